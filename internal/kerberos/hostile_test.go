package kerberos_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/patype"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"

	"hybrid/internal/hostile"
	"hybrid/internal/kerberos"
	"hybrid/internal/kerberos/kdctest"
)

// refusal is a KDC's error, as anybody can make it: none is signed.
func refusal(t *testing.T, code int32, data []byte) []byte {
	t.Helper()
	e := messages.NewKRBError(types.NewPrincipalName(2, "krbtgt/HYBRID.TEST"), "HYBRID.TEST", code, "\x1b[2J")
	e.EData = data
	b, err := e.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func framed(b []byte) []byte { return append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...) }

// Whatever answers in the place of a KDC: a run goes on, with an error that names the realm and shows no password, and soon.
func TestAKDCThatMeansNoGood(t *testing.T) {
	// A sequence of hints, of which one says that it lists types of encryption and lists none.
	none := []byte{0x30, 0x0b, 0x30, 0x09, 0xa1, 0x03, 0x02, 0x01, byte(patype.PA_ETYPE_INFO2), 0xa2, 0x02, 0x04, 0x00}
	empty2 := []byte{0x30, 0x0d, 0x30, 0x0b, 0xa1, 0x03, 0x02, 0x01, byte(patype.PA_ETYPE_INFO2), 0xa2, 0x04, 0x04, 0x02, 0x30, 0x00}
	for name, serve := range map[string]func(w io.Writer){
		"no types of encryption": func(w io.Writer) { _, _ = w.Write(framed(refusal(t, errorcode.KDC_ERR_PREAUTH_REQUIRED, empty2))) },
		"hints without a body":   func(w io.Writer) { _, _ = w.Write(framed(refusal(t, errorcode.KDC_ERR_PREAUTH_REQUIRED, none))) },
		"hints that are none": func(w io.Writer) {
			_, _ = w.Write(framed(refusal(t, errorcode.KDC_ERR_PREAUTH_REQUIRED, []byte("\x30\x84\xff"))))
		},
		"elsewhere without end": func(w io.Writer) { _, _ = w.Write(framed(refusal(t, errorcode.KDC_ERR_WRONG_REALM, nil))) },
		"an unknown error":      func(w io.Writer) { _, _ = w.Write(framed(refusal(t, 4711, nil))) },
		"no Kerberos":           func(w io.Writer) { _, _ = io.WriteString(w, "\x00\x00\x00\x0cHTTP/1.1 400") },
		"nothing but a length":  func(w io.Writer) { _, _ = w.Write([]byte{0, 0, 0, 0}) },
		"more than it sends":    func(w io.Writer) { _, _ = w.Write([]byte{0x02, 0, 0, 0, 0x7e}) },
		"cut off":               func(w io.Writer) { _, _ = w.Write([]byte{0, 0}) },
		"a tower":               func(w io.Writer) { _, _ = w.Write(framed([]byte(strings.Repeat("\x30\x84\x7f\xff\xff\xff", 10_000)))) },
		"hangs up":              func(io.Writer) {},
	} {
		t.Run(name, func(t *testing.T) {
			address, _ := hostile.Listen(t, func(c net.Conn) {
				length := make([]byte, 4)
				if _, err := io.ReadFull(c, length); err == nil {
					_, _ = io.CopyN(io.Discard, c, int64(binary.BigEndian.Uint32(length)))
					serve(c)
				}
			})
			i := identity(t, kerberos.Options{Username: kdctest.Account, Password: "s3cret-" + name, KDCs: []string{address}, Config: empty(t)})
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			var err error
			peak := hostile.Peak(t, func() { _, err = i.Token(ctx, host, kerberos.Binding{}) })
			if err == nil || ctx.Err() != nil || strings.Contains(err.Error(), "s3cret") || len(err.Error()) > 1000 {
				t.Errorf("%q", err)
			}
			if peak > 128<<20 {
				t.Errorf("it took %d bytes of memory", peak)
			}
		})
	}
}
