package dnsservice

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
)

// pages answers the n-th request with a page that leads to another.
type pages struct {
	page func(n int) string
	read int
}

func (p *pages) RoundTrip(r *http.Request) (*http.Response, error) {
	p.read++
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(p.page(p.read))), Request: r}, nil
}

// A service whose pages lead in a circle, or on and on, is an error, for zones and for what is in one, and never a smaller zone.
func TestAListingWithoutEndEnds(t *testing.T) {
	services := map[string]struct {
		open  func(o Options) (Service, error)
		zones func(to int) string
		sets  func(to int) string
	}{
		"Azure DNS": {
			func(o Options) (Service, error) {
				return NewAzure(AzureOptions{Options: o, Credential: anyToken{}, Subscription: "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11"})
			},
			func(to int) string {
				return fmt.Sprintf(`{"value":[],"nextLink":"https://dns.example/zones?page=%d"}`, to)
			},
			func(to int) string {
				return fmt.Sprintf(`{"value":[],"nextLink":"https://dns.example/sets?page=%d"}`, to)
			},
		},
		"Route 53": {
			func(o Options) (Service, error) {
				return NewRoute53(Route53Options{Options: o, Credentials: credentials.NewStaticCredentialsProvider("AKID", "secret", "")})
			},
			func(to int) string {
				return fmt.Sprintf(`<ListHostedZonesResponse><IsTruncated>true</IsTruncated><NextMarker>Z%d</NextMarker></ListHostedZonesResponse>`, to)
			},
			func(to int) string {
				return fmt.Sprintf(`<ListResourceRecordSetsResponse><IsTruncated>true</IsTruncated><NextRecordName>n%d.contoso.com.</NextRecordName><NextRecordType>A</NextRecordType></ListResourceRecordSetsResponse>`, to)
			},
		},
		"Cloudflare": {
			func(o Options) (Service, error) { return NewCloudflare(CloudflareOptions{Options: o, Token: "secret"}) },
			func(int) string {
				return `{"success":true,"result":[{}],"result_info":{"total_pages":1000000000,"total_count":1000000000}}`
			},
			func(int) string {
				return `{"success":true,"result":[{"type":"LOC"}],"result_info":{"total_pages":1000000000,"total_count":1000000000}}`
			},
		},
	}
	for name, s := range services {
		for way, to := range map[string]func(n int) int{"the same page": func(int) int { return 1 }, "a circle": func(n int) int { return n % 3 }, "on and on": func(n int) int { return n }} {
			for what, page := range map[string]func(int) string{"zones": s.zones, "sets": s.sets} {
				t.Run(name+"/"+what+"/"+way, func(t *testing.T) {
					answers := &pages{page: func(n int) string { return page(to(n)) }}
					service, err := s.open(Options{URL: "https://dns.example", HTTP: &http.Client{Transport: answers}, Timeout: time.Minute})
					if err != nil {
						t.Fatal(err)
					}
					zone := Zone{ID: "Z1", Name: "contoso.com."}
					if what == "zones" {
						_, err = service.Zones(t.Context())
					} else {
						_, err = service.Sets(t.Context(), zone)
					}
					if err == nil || !strings.Contains(err.Error(), name+" do not end") || answers.read > maxPages+1 {
						t.Errorf("%v after %d pages", err, answers.read)
					}
					if way != "on and on" && name != "Cloudflare" && answers.read > 5 {
						t.Errorf("%d pages were read", answers.read)
					}
				})
			}
		}
	}
}
