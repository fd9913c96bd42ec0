package dns

import (
	"regexp"
	"testing"

	"hybrid/planner"
)

// What a Windows DNS server has is verified with its zone's name servers and with resolvers as anything else is.
func TestPropagationFromAWindowsServer(t *testing.T) {
	t.Parallel()
	l, s := windowsLab(t, map[string][]string{"contoso.com": {
		"@ 3600 IN SOA ns1 hostmaster 7 3600 600 86400 300", "@ 3600 IN NS ns1", "@ 3600 IN NS ns2", "ns1 3600 IN A 192.0.2.1", "ns2 3600 IN A 192.0.2.2",
		"sip 300 IN A 203.0.113.10",
	}})
	primary, secondary := l.Endpoints().DNS["dns.internal"].Addr, another(t, "sip 300 IN A 203.0.113.9").Addr()
	s.Reach = func(address string) string {
		if address == "192.0.2.2:53" || address == "192.0.2.53:53" {
			return secondary
		}
		return primary
	}
	p := openAt(t, s)
	want := set("sip.contoso.com", "A", -1, "203.0.113.10")
	got := pending(t, p, wanted(propagated(want, true, "192.0.2.53")))
	const text = `^the name server ns2\.contoso\.com \(192\.0\.2\.2\) still answers 203\.0\.113\.9; the resolver 192\.0\.2\.53 still answers 203\.0\.113\.9, until .* at the latest$`
	if !regexp.MustCompile(text).MatchString(got) {
		t.Errorf("pending %q", got)
	}
	secondary = primary
	if got := pending(t, p, wanted(propagated(want, true, "192.0.2.53"))); got != "" {
		t.Errorf("all agree, and yet %q", got)
	}
	c := planner.Change{Kind: dnsRecord(), Action: planner.Run, Place: "contoso.com", Identity: "sip.contoso.com", Before: want, After: want, Reason: "somebody is behind"}
	todo, err := System().Commands(c)
	if err != nil || len(todo) != 1 || todo[0].String() != "wait: somebody is behind" {
		t.Errorf("%v, %v", todo, err)
	}
	if err := p.Apply(t.Context(), c); err != nil {
		t.Error(err)
	}
}
