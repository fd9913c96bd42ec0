package dns

import (
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/providers"
)

// realServers are the name servers that take shared keys.
var realServers = map[string]func(t *testing.T, s serving) string{"bind": bind, "knot": knot, "powerdns": powerDNS}

// handedOn is what is said where a secondary has handed an update on to its primary, which knows better.
const handedOn = "is not as it was when the plan was made, says the server that decides (NXRRSET), though "

// said is how each of them puts it that an update is not allowed, and that it is not the zone's primary server.
//
// PowerDNS hands updates on unless it is told not to.
var said = map[string]struct{ update, secondary string }{
	"bind":     {"answered REFUSED; its policy does not allow it: let the key transfer the zone and update this name", "answered REFUSED; its policy does not allow it"},
	"knot":     {"TSIG error BADKEY; the server has no key of that name and algorithm, or does not let it do this, which Knot says in the same way", "TSIG error BADKEY"},
	"powerdns": {"answered REFUSED; its policy does not allow it: let the key transfer the zone and update this name", handedOn},
}

// Whatever a real server refuses is told with its cause and with what to do; nothing is changed, and nothing is in doubt.
func TestRealRefusals(t *testing.T) {
	t.Parallel()
	for name, start := range realServers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testZoneThatIsNotWritable(t, start(t, serving{noUpdates: true}), said[name].update)
			testClock(t, start(t, serving{}), name == "powerdns")
			if name != "powerdns" { // whose policies are programs in Lua
				testKeyOfOneName(t, start(t, serving{only: "sip.contoso.com"}), said[name].update)
			}
		})
	}
}

func testZoneThatIsNotWritable(t *testing.T, server, want string) {
	p := openAt(t, settings(server, labKey))
	c := plan(t, p, set("new.contoso.com", "A", -1, "192.0.2.1"))
	refusedBecause(t, p, c, want)
	if again := plan(t, p, set("new.contoso.com", "A", -1)); again.Action != planner.NoOp {
		t.Errorf("%s: a zone that takes no updates has taken one", again.Action)
	}
}

func testKeyOfOneName(t *testing.T, server, want string) {
	p := openAt(t, settings(server, labKey))
	converge(t, p, set("sip.contoso.com", "A", -1, "203.0.113.12"), planner.Update)
	refusedBecause(t, p, plan(t, p, set("other.contoso.com", "A", -1, "192.0.2.1")), want)
}

// testClock signs with a clock that is wrong. A curt server does not say that it is the clock.
func testClock(t *testing.T, server string, curt bool) {
	for off, want := range map[time.Duration]string{
		-20 * time.Minute: "TSIG error BADTIME; this machine's clock is behind the server's by ", time.Hour: "TSIG error BADTIME; this machine's clock is ahead of the server's by ",
	} {
		if curt {
			want = keyDoubts
		}
		p := openAt(t, settings(server, labKey)).(*provider)
		p.now = func() time.Time { return time.Now().Add(off) }
		o := wanted(set("sip.contoso.com", "A", -1, "192.0.2.1"))
		if err := p.Read(t.Context(), o.Kind, []planner.Object{o}).Err; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", off, err)
		}
		p.zones = map[string]bool{"contoso.com.": true}
		refusedBecause(t, p, change(cty.NilVal, set("new.contoso.com", "A", -1, "192.0.2.1")), want)
	}
}

// view leads the addresses of a zone's name servers to where they listen.
func view(s providers.Settings, at map[string]string) providers.Settings {
	s.Reach = func(address string) string { return at[address] }
	return s
}

// A secondary that lags is not believed: what the primary has counts, and what comes after a change waits until the secondary has it.
func TestASecondaryThatLags(t *testing.T) {
	t.Parallel()
	for name, start := range realServers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			primary := start(t, serving{records: []string{"@ IN NS ns2", "ns2 IN A 192.0.2.2"}})
			secondary := start(t, serving{primary: primary})
			var forwarding string
			if name != "powerdns" { // which does so anyway
				forwarding = start(t, serving{primary: primary, forwards: true})
			}
			p := openAt(t, view(settings(primary, labKey), map[string]string{"192.0.2.1:53": primary, "192.0.2.2:53": secondary}))
			want := set("sip.contoso.com", "A", 300, "203.0.113.70")
			converge(t, p, want, planner.Update)
			waits := pending(t, p, wanted(propagated(want, true)))
			if !strings.HasPrefix(waits, "the name server ns2.contoso.com (192.0.2.2) still answers 203.0.113.10, 203.0.113.11") || strings.Contains(waits, "ns1") {
				t.Errorf("got %q", waits)
			}
			testUpdateOfSecondary(t, said[name].secondary, secondary)
			if forwarding != "" {
				testUpdateOfSecondary(t, handedOn, forwarding)
			}
			notify(t, secondary)
			for range 600 {
				if waits = pending(t, p, wanted(propagated(want, true))); waits == "" {
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
			t.Errorf("the secondary has not caught up: %s", waits)
		})
	}
}

// testUpdateOfSecondary plans at a secondary, whose answers are old.
func testUpdateOfSecondary(t *testing.T, want, secondary string) {
	p := openAt(t, settings(secondary, labKey))
	c := plan(t, p, set("sip.contoso.com", "A", 300, "203.0.113.71"))
	refusedBecause(t, p, c, want)
	if want != handedOn {
		refusedBecause(t, p, c, "; the zone names ns1.contoso.com as its primary server (SOA)")
	}
}

// notify tells a secondary that its primary has something new (RFC 1996).
func notify(t *testing.T, secondary string) {
	t.Helper()
	m := new(dns.Msg).SetNotify("contoso.com.")
	if _, _, err := (&dns.Client{Timeout: 5 * time.Second}).Exchange(m, secondary); err != nil {
		t.Fatal(err)
	}
}
