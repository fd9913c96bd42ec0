package nameserver

import (
	"fmt"
	"testing"

	"github.com/miekg/dns"
)

// BenchmarkUpdates carries out one update a name in a zone that grows by each. The time of one must not depend on their number.
func BenchmarkUpdates(b *testing.B) {
	for _, count := range []int{1_000, 4_000, 16_000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			for b.Loop() {
				grow(b, count)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*count), "ns/update")
		})
	}
}

func grow(b *testing.B, count int) {
	told := 0
	s, err := Start(Options{Listen: "127.0.0.1:0", Zones: contoso(), Changed: func(_ string, sets []Set, _ bool) { told += len(sets) }})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for n := range count {
		m := new(dns.Msg).SetUpdate("contoso.com.")
		record := &dns.A{Hdr: dns.RR_Header{Name: fmt.Sprintf("h%d.contoso.com.", n), Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 300, Rdlength: 4}, A: []byte{192, 0, 2, 1}}
		m.NameNotUsed([]dns.RR{record})
		m.Insert([]dns.RR{record})
		if rcode := s.update(m); rcode != dns.RcodeSuccess {
			b.Fatal(dns.RcodeToString[rcode])
		}
	}
	if told != 2*count {
		b.Fatalf("told of %d sets", told)
	}
}
