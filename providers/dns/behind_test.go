package dns

import (
	"math"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/providers"
)

func TestSerialsBeginAgain(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b uint32
		want bool
	}{{2, 1, true}, {1, 2, false}, {7, 7, false}, {0, math.MaxUint32, true}, {math.MaxUint32, 0, false}} {
		if newer(test.a, test.b) != test.want {
			t.Errorf("%d after %d: %v", test.a, test.b, !test.want)
		}
	}
}

// A plan of what a secondary shows says so where the primary has a newer version, with both serials, and only then. A primary
// that does not answer is waited for no longer than a second, and once.
func TestAPlanFromASecondaryThatLags(t *testing.T) {
	t.Parallel()
	for name, start := range realServers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			primary := start(t, serving{})
			secondary := start(t, serving{primary: primary})
			at := map[string]string{"192.0.2.1:53": primary}
			sip := set("sip.contoso.com", "A", 300, "203.0.113.70")
			if said := remark(t, openAt(t, view(settings(secondary, labKey), at)), sip); said != "" {
				t.Errorf("of a secondary that is up to date: %s", said)
			}
			p := openAt(t, view(settings(primary, labKey), at))
			converge(t, p, sip, planner.Update)
			if said := remark(t, p, sip); said != "" {
				t.Errorf("of the primary: %s", said)
			}
			lagging := openAt(t, view(settings(secondary, labKey), at))
			said := remark(t, lagging, sip)
			if !strings.HasPrefix(said, secondary+" has the zone contoso.com in version 7 (the serial of its SOA record), and ns1.contoso.com, which that record names as primary, says unsigned that it has ") {
				t.Errorf("of a secondary that lags: %q", said)
			}
			if said := remark(t, lagging, sip); said != "" {
				t.Errorf("it was asked a second time: %s", said)
			}
		})
	}
	t.Run("silent", func(t *testing.T) {
		t.Parallel()
		deaf, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = deaf.Close() })
		s := settings(lab(t, labKey).Addr(), labKey)
		s.Reach = func(string) string { return deaf.LocalAddr().String() }
		p, began := openAt(t, s), time.Now()
		for range 20 {
			if said := remark(t, p, set("sip.contoso.com", "A", 300, "192.0.2.1")); said != "" {
				t.Error(said)
			}
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("20 readings took %s: it was waited for more than once", took)
		}
	})
}

func remark(t *testing.T, p providers.Provider, v cty.Value) string {
	t.Helper()
	o := wanted(v)
	listing := p.Read(t.Context(), o.Kind, []planner.Object{o})
	if listing.Err != nil {
		t.Fatal(listing.Err)
	}
	return listing.Remark
}
