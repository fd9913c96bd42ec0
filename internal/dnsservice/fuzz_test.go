package dnsservice

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/miekg/dns"
)

// said answers every request alike.
type said struct {
	status int
	body   []byte
}

func (s said) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: s.status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(s.body)), Request: r}, nil
}

type anyToken struct{}

func (anyToken) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "secret-token", ExpiresOn: time.Now().Add(time.Hour)}, nil
}

// services are all three, behind one way of answering.
func services(tb testing.TB, way http.RoundTripper) []Service {
	tb.Helper()
	o := Options{HTTP: &http.Client{Transport: way}, Sleep: func(context.Context, time.Duration) bool { return false }}
	var all []Service
	for _, open := range []func() (Service, error){
		func() (Service, error) {
			return NewRoute53(Route53Options{Options: o, Credentials: credentials.NewStaticCredentialsProvider("AKID", "secret", "")})
		},
		func() (Service, error) {
			return NewAzure(AzureOptions{Options: o, Credential: anyToken{}, Subscription: "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11"})
		},
		func() (Service, error) { return NewCloudflare(CloudflareOptions{Options: o, Token: "secret"}) },
	} {
		s, err := open()
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

// Whatever a service answers, there is an error or a reading that makes sense: every record is of its set's name and type, and a set
// that cannot be read whole says so.
func FuzzAnswers(f *testing.F) {
	for _, name := range []string{"azure.json", "cloudflare.json", "route53.xml"} {
		body, err := os.ReadFile("../../providers/dns/testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(200, body)
		f.Add(403, body)
	}
	f.Add(429, []byte(`{"errors":[{"code":971,"message":"Please wait"}]}`))
	f.Add(400, []byte(`<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>`))
	f.Add(200, []byte(`{"success":true,"result":[{"id":"1","name":"x.test","type":"SRV","data":null}],"result_info":{"page":1,"total_pages":9}}`))
	f.Add(200, []byte(`{"value":[{"name":"x","type":"Microsoft.Network/dnszones/SRV","properties":{"SRVRecords":[{"target":""}]}}],"nextLink":"https://elsewhere.test/"}`))
	zone := Zone{ID: "Z1", Name: "contoso.com."}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		if status < 200 || status > 599 {
			status = 200
		}
		for _, s := range services(t, said{status, body}) {
			if _, err := s.Zones(t.Context()); err != nil && err.Error() == "" {
				t.Error("an error that says nothing")
			}
			sets, err := s.Sets(t.Context(), zone)
			if err != nil && len(sets) > 0 {
				t.Errorf("%T: %d sets beside %v", s, len(sets), err)
			}
			for _, set := range sets {
				consistent(t, set)
			}
		}
	})
}

func consistent(t *testing.T, set Set) {
	t.Helper()
	for _, rr := range set.Records {
		if h := rr.Header(); dns.TypeToString[h.Rrtype] != set.Type || !strings.EqualFold(h.Name, set.Owner) {
			t.Errorf("%s in the set %s %s", rr, set.Owner, set.Type)
		}
	}
}

// A text comes back from each service as it was written there, whatever octets are in it.
func FuzzText(f *testing.F) {
	f.Add("v=spf1 -all")
	f.Add(`a"b\c`)
	f.Add("grün\x00\x7f\xff")
	f.Add(strings.Repeat("x", 600))
	h := header("contoso.com.", "TXT", 300)
	f.Fuzz(func(t *testing.T, text string) {
		rr := textRecord(h, text)
		back, err := route53Record(h, route53Value(rr))
		if err != nil || !sameData(rr, back) {
			t.Errorf("%q is %v at Route 53: %v", text, back, err)
		}
		if back, err = cloudflareWritten(rr).record(h); err != nil || !sameData(rr, back) {
			t.Errorf("%q is %v at Cloudflare: %v", text, back, err)
		}
	})
}
