package handshake

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"hybrid/internal/hostile"
)

// Nothing that answers a handshake is listened to without end, or for longer than the time, and it is never a certificate.
func TestWhoMeansNoGood(t *testing.T) {
	hello := func(c net.Conn) { _, _ = c.Read(make([]byte, 1<<16)) }
	empty := "\x16\x03\x03\x00\x00"
	long := "\x16\x03\x03\x40\x00" + strings.Repeat("\x02\xff\xff\xff", 1<<12) // a message of the handshake of 16 MiB, piece by piece
	alert := "\x15\x03\x03\x00\x02\x01\x64"                                    // a warning, which is passed over
	for name, c := range map[string]struct {
		answer func(c net.Conn)
		slow   bool
	}{
		"text without end":         {func(c net.Conn) { hostile.Forever(c, "", "SIP/2.0 400 Bad\r\n") }, false},
		"empty records":            {func(c net.Conn) { hello(c); hostile.Forever(c, "", empty) }, false},
		"a message without end":    {func(c net.Conn) { hello(c); hostile.Forever(c, "", long) }, false},
		"warnings without end":     {func(c net.Conn) { hello(c); hostile.Forever(c, "", alert) }, false},
		"a record that is claimed": {func(c net.Conn) { hello(c); _, _ = io.WriteString(c, "\x16\x03\x03\xff\xff") }, false},
		"cut off":                  {func(c net.Conn) { hello(c); _, _ = io.WriteString(c, long[:100]) }, false},
		"a byte at a time":         {func(c net.Conn) { hello(c); hostile.Trickle(c, long) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			limit := time.Minute
			if c.slow {
				limit = 300 * time.Millisecond
			}
			var shown Shown
			var err error
			began := time.Now()
			peak := hostile.Peak(t, func() { shown, err = Look(t.Context(), serve(t, c.answer), "sip.contoso.com", limit) })
			var failure *Failure
			if !errors.As(err, &failure) || len(shown.Chain) > 0 || c.slow != strings.Contains(err.Error(), "no answer within") {
				t.Errorf("%v, %v", shown.Chain, err)
			}
			if peak > 64<<20 || time.Since(began) > limit+30*time.Second {
				t.Errorf("%d bytes of memory, %s", peak, time.Since(began))
			}
		})
	}
}
