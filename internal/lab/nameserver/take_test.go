package nameserver

import (
	"sync/atomic"
	"testing"

	"github.com/miekg/dns"
)

// A secondary that is behind answers with what it has until it has taken what the primary has.
func TestCatchingUp(t *testing.T) {
	t.Parallel()
	zone := func(address string) map[string][]string {
		return map[string][]string{"contoso.com": {"@ 60 IN SOA ns1 hostmaster 1 60 60 60 60", "@ 60 IN NS ns1", "sip 60 IN A " + address}}
	}
	var asked atomic.Int32
	s, err := Start(Options{Listen: "127.0.0.1:0", Zones: zone("192.0.2.1"), Asked: func(s *Server, q dns.Question) {
		if q.Name == "sip.contoso.com." && asked.Add(1) == 2 {
			if err := s.Take(zone("192.0.2.2")); err != nil {
				t.Error(err)
			}
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	for _, want := range []string{"192.0.2.1", "192.0.2.2", "192.0.2.2"} {
		m, err := dns.Exchange(new(dns.Msg).SetQuestion("sip.contoso.com.", dns.TypeA), s.Addr())
		if err != nil || len(m.Answer) != 1 || m.Answer[0].(*dns.A).A.String() != want {
			t.Fatalf("%v, %v, want %s", m, err, want)
		}
	}
	if err := s.Take(map[string][]string{"contoso.com": {"@ 60 IN NS ns1"}}); err == nil {
		t.Error("a zone without an SOA record was taken")
	}
	if got := s.Zones()["contoso.com"]; len(got) != 3 {
		t.Errorf("what could not be taken has changed the zone: %q", got)
	}
}
