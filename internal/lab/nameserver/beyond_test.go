package nameserver

import (
	"net/netip"
	"testing"

	"github.com/miekg/dns"
)

// Names that others have put there, or that a resolver would find, are answered for; what a zone has of its own goes first.
func TestNamesBeyondTheZones(t *testing.T) {
	t.Parallel()
	s, err := Start(Options{
		Listen: "127.0.0.1:0",
		Zones: map[string][]string{"contoso.com.": {
			"@ 3600 IN SOA ns1 hostmaster 1 900 600 86400 3600", "@ 3600 IN NS ns1", "ns1 3600 IN A 127.0.0.1",
			"own 3600 IN A 192.0.2.1", "there 3600 IN CNAME webdir.example.net.", "gone 3600 IN CNAME gone.example.net.", "far 3600 IN CNAME far.example.org.",
		}},
		Beyond: func(name string) (netip.Addr, bool) {
			switch name {
			case "own.contoso.com", "pool.contoso.com", "webdir.example.net":
				return netip.MustParseAddr("192.0.2.99"), true
			case "gone.example.net":
				return netip.Addr{}, true
			}
			return netip.Addr{}, false
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	tests := []struct {
		name    string
		qtype   uint16
		rcode   int
		records int
		last    string
	}{
		{"own.contoso.com.", dns.TypeA, dns.RcodeSuccess, 1, "192.0.2.1"},
		{"POOL.contoso.com.", dns.TypeA, dns.RcodeSuccess, 1, "192.0.2.99"},
		{"pool.contoso.com.", dns.TypeAAAA, dns.RcodeSuccess, 0, ""},
		{"webdir.example.net.", dns.TypeA, dns.RcodeSuccess, 1, "192.0.2.99"},
		{"there.contoso.com.", dns.TypeA, dns.RcodeSuccess, 2, "192.0.2.99"},
		{"gone.contoso.com.", dns.TypeA, dns.RcodeNameError, 1, ""},
		{"gone.example.net.", dns.TypeA, dns.RcodeNameError, 0, ""},
		{"far.contoso.com.", dns.TypeA, dns.RcodeSuccess, 1, ""},
		{"nobody.contoso.com.", dns.TypeA, dns.RcodeNameError, 0, ""},
		{"far.example.org.", dns.TypeA, dns.RcodeRefused, 0, ""},
	}
	for _, c := range tests {
		m, _, err := new(dns.Client).Exchange(new(dns.Msg).SetQuestion(c.name, c.qtype), s.Addr())
		if err != nil || m.Rcode != c.rcode || len(m.Answer) != c.records {
			t.Errorf("%s %s: %v %v", c.name, dns.TypeToString[c.qtype], m, err)
			continue
		}
		if c.last == "" {
			continue
		}
		if a, ok := m.Answer[len(m.Answer)-1].(*dns.A); !ok || a.A.String() != c.last {
			t.Errorf("%s: %v, want %s", c.name, m.Answer, c.last)
		}
	}
}
