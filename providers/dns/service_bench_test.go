package dns

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"hybrid/internal/dnsservice"
	"hybrid/planner"
	"hybrid/providers"
)

// longZone serves one zone of so many addresses, h0 to h(n-1), in the pages that each service has.
func longZone(t testing.TB, kind dnsservice.Kind, count int) providers.Settings {
	t.Helper()
	size := map[dnsservice.Kind]int{dnsservice.Route53: 300, dnsservice.Azure: 100, dnsservice.Cloudflare: 1000}[kind]
	var s *httptest.Server
	s = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, q := strings.ToLower(r.URL.Path), r.URL.Query()
		from, _ := strconv.Atoi(q.Get("from") + strings.TrimSuffix(strings.TrimPrefix(q.Get("name"), "h"), ".contoso.com."))
		if page, err := strconv.Atoi(q.Get("page")); err == nil {
			from = (page - 1) * size
		}
		switch {
		case strings.HasSuffix(path, "openid-configuration"):
			_, _ = io.WriteString(w, `{"issuer":"`+s.URL+`/t/v2.0","token_endpoint":"`+s.URL+`/t/oauth2/v2.0/token","authorization_endpoint":"`+s.URL+`/t/a"}`)
		case strings.HasSuffix(path, "/token"):
			_, _ = io.WriteString(w, `{"token_type":"Bearer","expires_in":3599,"access_token":"x"}`)
		case strings.HasSuffix(path, "/hostedzone"), strings.HasSuffix(path, "/dnszones"), strings.HasSuffix(path, "/v4/zones"):
			_, _ = io.WriteString(w, map[dnsservice.Kind]string{
				dnsservice.Route53:    `<ListHostedZonesResponse><HostedZones><HostedZone><Id>/hostedzone/Z1</Id><Name>contoso.com.</Name></HostedZone></HostedZones></ListHostedZonesResponse>`,
				dnsservice.Azure:      `{"value":[{"id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/dnszones/contoso.com","name":"contoso.com"}]}`,
				dnsservice.Cloudflare: `{"result":[{"id":"1","name":"contoso.com"}],"success":true,"result_info":{"total_pages":1,"total_count":1}}`,
			}[kind])
		default:
			_, _ = io.WriteString(w, longPage(kind, s.URL+r.URL.Path, from, min(from+size, count), count, size))
		}
	}))
	t.Cleanup(s.Close)
	sum := sha256.Sum256(s.Certificate().Raw)
	return providers.Settings{Name: "dns.external", Values: serviceBlock(kind, s.URL, hex.EncodeToString(sum[:]), nil)}
}

// longPage is the page of such a zone from one number to another.
func longPage(kind dnsservice.Kind, url string, from, to, count, size int) string {
	form := map[dnsservice.Kind]string{
		dnsservice.Route53:    `<ResourceRecordSet><Name>h%d.contoso.com.</Name><Type>A</Type><TTL>300</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>`,
		dnsservice.Azure:      `{"name":"h%d","type":"Microsoft.Network/dnszones/A","etag":"1","properties":{"TTL":300,"ARecords":[{"ipv4Address":"192.0.2.1"}]}}`,
		dnsservice.Cloudflare: `{"id":"%[1]d","name":"h%[1]d.contoso.com","type":"A","ttl":300,"content":"192.0.2.1"}`,
	}[kind]
	var sets []string
	for n := from; n < to; n++ {
		sets = append(sets, fmt.Sprintf(form, n))
	}
	switch kind {
	case dnsservice.Azure:
		next := ""
		if to < count {
			next = fmt.Sprintf(`,"nextLink":"%s?from=%d"`, url, to)
		}
		return `{"value":[` + strings.Join(sets, ",") + `]` + next + `}`
	case dnsservice.Cloudflare:
		return fmt.Sprintf(`{"success":true,"result":[%s],"result_info":{"total_pages":%d,"total_count":%d}}`, strings.Join(sets, ","), (count+size-1)/size, count)
	}
	return fmt.Sprintf(`<ListResourceRecordSetsResponse><ResourceRecordSets>%s</ResourceRecordSets><IsTruncated>%t</IsTruncated><NextRecordName>h%d.contoso.com.</NextRecordName><NextRecordType>A</NextRecordType></ListResourceRecordSetsResponse>`,
		strings.Join(sets, ""), to < count, to)
}

// Every page of a long zone is read, and its records are found.
func TestLongZonesAreReadWhole(t *testing.T) {
	t.Parallel()
	eachService(t, func(t *testing.T, kind dnsservice.Kind) {
		const count = 2345
		last := wanted(set(fmt.Sprintf("h%d.contoso.com", count-1), "A", 300, "192.0.2.1"))
		listing := openAt(t, longZone(t, kind, count)).Read(t.Context(), last.Kind, []planner.Object{last})
		if c := planner.Check(&last, listing); c.Action != planner.NoOp || len(listing.Objects) != count {
			t.Errorf("%s of the last record; %d were read: %v", c.Action, len(listing.Objects), listing.Err)
		}
	})
}

// BenchmarkLongZones reads zones of 10,000 and 100,000 record sets, of which 1,000 are declared. What is held afterwards is told.
func BenchmarkLongZones(b *testing.B) {
	for _, kind := range dnsservice.Kinds() {
		for _, count := range []int{10_000, 100_000} {
			b.Run(fmt.Sprintf("%s/%d", kind, count), func(b *testing.B) {
				s := longZone(b, kind, count)
				var want []planner.Object
				for n := range 1000 {
					want = append(want, wanted(set(fmt.Sprintf("h%d.contoso.com", n*(count/1000)), "A", 300, "192.0.2.1")))
				}
				for b.Loop() {
					p, err := System().Open(s)
					if err != nil {
						b.Fatal(err)
					}
					listing := p.Read(b.Context(), dnsRecord(), want)
					if len(listing.Objects) != count {
						b.Fatal(len(listing.Objects), listing.Err)
					}
					var m runtime.MemStats
					runtime.GC()
					runtime.ReadMemStats(&m)
					b.ReportMetric(float64(m.HeapAlloc>>20), "MB-held")
					runtime.KeepAlive(listing)
					runtime.KeepAlive(p)
					_ = p.Close()
				}
			})
		}
	}
}
