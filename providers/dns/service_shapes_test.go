package dns

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"hybrid/internal/dnsservice"
	"hybrid/planner"
	"hybrid/providers"

	"github.com/zclconf/go-cty/cty"
)

// recorded serves one zone, contoso.com, with documents in the form that the services' API documentation shows; what is written
// goes to a function.
func recorded(t *testing.T, kind dnsservice.Kind, wrote func(r *http.Request, body string)) providers.Settings {
	t.Helper()
	zones := map[dnsservice.Kind]string{
		dnsservice.Route53: `<?xml version="1.0"?><ListHostedZonesResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><HostedZones><HostedZone><Id>/hostedzone/Z111</Id>` +
			`<Name>contoso.com.</Name><CallerReference>x</CallerReference><Config><Comment/><PrivateZone>false</PrivateZone></Config><ResourceRecordSetCount>9</ResourceRecordSetCount>` +
			`</HostedZone></HostedZones><IsTruncated>false</IsTruncated><MaxItems>100</MaxItems></ListHostedZonesResponse>`,
		dnsservice.Azure: `{"value":[{"id":"/subscriptions/s/resourceGroups/dns/providers/Microsoft.Network/dnszones/contoso.com","name":"contoso.com","type":"Microsoft.Network/dnszones",` +
			`"etag":"0","location":"global","properties":{"maxNumberOfRecordSets":10000,"nameServers":["ns1-01.azure-dns.com."],"numberOfRecordSets":9,"zoneType":"Public"}}]}`,
		dnsservice.Cloudflare: `{"result":[{"id":"023e105f4ecef8ad9ca31a8372d0c353","name":"contoso.com","status":"active","paused":false,"type":"full","name_servers":["bob.ns.cloudflare.com"]}],` +
			`"success":true,"errors":[],"messages":[],"result_info":{"page":1,"per_page":50,"count":1,"total_count":1,"total_pages":1}}`,
	}
	file := map[dnsservice.Kind]string{dnsservice.Route53: "route53.xml", dnsservice.Azure: "azure.json", dnsservice.Cloudflare: "cloudflare.json"}[kind]
	records, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var s *httptest.Server
	s = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := strings.ToLower(r.URL.Path)
		switch {
		case strings.HasSuffix(path, "openid-configuration"):
			_, _ = io.WriteString(w, `{"issuer":"`+s.URL+`/t/v2.0","token_endpoint":"`+s.URL+`/t/oauth2/v2.0/token","authorization_endpoint":"`+s.URL+`/t/a"}`)
		case strings.HasSuffix(path, "/token"):
			_, _ = io.WriteString(w, `{"token_type":"Bearer","expires_in":3599,"access_token":"x"}`)
		case r.Method != http.MethodGet:
			body, _ := io.ReadAll(r.Body)
			wrote(r, string(body))
			_, _ = io.WriteString(w, map[dnsservice.Kind]string{
				dnsservice.Cloudflare: `{"success":true}`, dnsservice.Azure: `{"etag":"9","properties":{}}`,
				dnsservice.Route53: `<?xml version="1.0"?><ChangeResourceRecordSetsResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeInfo><Id>/change/C1</Id></ChangeInfo></ChangeResourceRecordSetsResponse>`,
			}[kind])
		case strings.HasSuffix(path, "/hostedzone"), strings.HasSuffix(path, "/dnszones"), strings.HasSuffix(path, "/v4/zones"):
			_, _ = io.WriteString(w, zones[kind])
		case kind == dnsservice.Azure && strings.Contains(path, "/txt/"):
			_, _ = w.Write(azureElement(records, `"etag": "2"`))
		case kind == dnsservice.Azure && !strings.HasSuffix(path, "/recordsets"):
			http.NotFound(w, r)
		default:
			_, _ = w.Write(records)
		}
	}))
	t.Cleanup(s.Close)
	sum := sha256.Sum256(s.Certificate().Raw)
	return providers.Settings{Name: "dns.external", Values: serviceBlock(kind, s.URL, hex.EncodeToString(sum[:]), nil)}
}

// azureElement is the line of a list that a text stands in, as one object.
func azureElement(list []byte, text string) []byte {
	for line := range bytes.Lines(list) {
		if bytes.Contains(line, []byte(text)) {
			return bytes.TrimRight(bytes.TrimSpace(line), ",")
		}
	}
	return nil
}

// However a service spells what was declared, it is no difference: case, dots at the end, the form of IPv6 addresses, quotes and
// parts of texts, escapes of names, an alias that is answered flattened.
func TestWhatAServiceNormalisesIsNoDifference(t *testing.T) {
	t.Parallel()
	eachService(t, func(t *testing.T, kind dnsservice.Kind) {
		p := openAt(t, recorded(t, kind, nil))
		for _, v := range []cty.Value{
			set("_sip._tls.CONTOSO.com.", "SRV", 300, "0 0 443 sip.contoso.com."),
			set("_sip._tls.contoso.com", "SRV", -1, "0 0 443 Sip.Contoso.COM"),
			set("lyncdiscover.contoso.com", "CNAME", 300, "reverse.contoso.com."),
			set("sip.contoso.com", "AAAA", 300, "2001:DB8::0001"),
			set("*.wild.contoso.com", "A", -1, "203.0.113.99"),
			set("nobody.contoso.com", "A", -1),
			set("contoso.com", "CNAME", -1),
		} {
			if c := plan(t, p, v); c.Action != planner.NoOp {
				t.Errorf("%s of %v %v: %#v", c.Action, v.GetAttr("identity"), v.GetAttr("type"), c.Before)
			}
		}
		texts := set("contoso.com", "TXT", 300, `"v=spf1 include:spf." "protection.outlook.com -all"`, `"a \"quoted\" word, a back\\slash and \195\171"`)
		if kind == dnsservice.Route53 {
			if c := plan(t, p, texts); c.Action != planner.NoOp {
				t.Errorf("%s of texts: %#v", c.Action, c.Before)
			}
			return
		}
		// The other two are not asked to keep what is no ASCII; what is there is read all the same.
		all := p.Read(t.Context(), dnsRecord(), nil)
		o := wanted(texts)
		if c := planner.Check(&o, all); c.Action != planner.NoOp {
			t.Errorf("%s of texts: %#v", c.Action, c.Before)
		}
		if kind == dnsservice.Cloudflare {
			if c := plan(t, p, set("bare.contoso.com", "TXT", 1, "a text without quotes")); c.Action != planner.NoOp {
				t.Errorf("%s of a text without quotes", c.Action)
			}
		}
	})
}

// Whatever the documents hold beside plain sets is told by name where it is declared.
func TestRecordedOddities(t *testing.T) {
	t.Parallel()
	said := map[dnsservice.Kind]map[string]string{
		dnsservice.Route53: {
			"www": "an alias of d111111abcdef8.cloudfront.net;", "web": "one of several weighted sets (blue);", "geo": "one of several sets of a routing policy (eu);",
			"health": "bound to the health check abcdef11-2222-3333-4444-555555fedcba;",
		},
		dnsservice.Azure:      {"www": "an alias of the resource /subscriptions/s/resourceGroups/web/", "web": "an alias of the traffic manager profile /subscriptions/s/"},
		dnsservice.Cloudflare: {"www": "proxied: Cloudflare answers", "web": "kept by Cloudflare, which lets nobody change it;"},
	}
	eachService(t, func(t *testing.T, kind dnsservice.Kind) {
		s := recorded(t, kind, nil)
		for name, text := range said[kind] {
			refusedAtPlan(t, s, set(name+".contoso.com", "A", -1, "192.0.2.1"), name+".contoso.com A at "+kind.Title()+" is "+text)
		}
		all := openAt(t, s).Read(t.Context(), dnsRecord(), nil)
		if want := map[dnsservice.Kind]int{dnsservice.Route53: 5, dnsservice.Azure: 5, dnsservice.Cloudflare: 6}[kind]; len(all.Objects) != want {
			t.Errorf("%d plain sets, want %d", len(all.Objects), want)
		}
	})
}

// The requests, to the letter: what is deleted is deleted as it was read, and what is not declared of a set is kept.
func TestRequestsToTheLetter(t *testing.T) {
	t.Parallel()
	want := map[dnsservice.Kind]string{
		dnsservice.Route53: `POST /2013-04-01/hostedzone/Z111/rrset/ ` + "\n" + `<?xml version="1.0" encoding="UTF-8"?>
<ChangeResourceRecordSetsRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeBatch><Comment>hybrid</Comment><Changes>` +
			`<Change><Action>DELETE</Action><ResourceRecordSet><Name>contoso.com.</Name><Type>TXT</Type><TTL>300</TTL><ResourceRecords>` +
			`<ResourceRecord><Value>&#34;v=spf1 include:spf.protection.outlook.com&#34; &#34; -all&#34;</Value></ResourceRecord>` +
			`<ResourceRecord><Value>&#34;a \&#34;quoted\&#34; word, a back\\slash and \303\253&#34;</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change>` +
			`<Change><Action>CREATE</Action><ResourceRecordSet><Name>contoso.com.</Name><Type>TXT</Type><TTL>600</TTL><ResourceRecords>` +
			`<ResourceRecord><Value>&#34;v=spf1 -all&#34;</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>`,
		dnsservice.Azure: `PUT /subscriptions/s/resourceGroups/dns/providers/Microsoft.Network/dnszones/contoso.com/TXT/@?api-version=2018-05-01 2` + "\n" +
			`{"properties":{"TTL":600,"TXTRecords":[{"value":["v=spf1 -all"]}]}}`,
		dnsservice.Cloudflare: `POST /client/v4/zones/023e105f4ecef8ad9ca31a8372d0c353/dns_records/batch ` + "\n" +
			`{"deletes":[{"id":"372e67954025e0ba6aaa6d586b9e0b60"}],"patches":[{"id":"372e67954025e0ba6aaa6d586b9e0b59","type":"TXT","content":"\"v=spf1 -all\"","ttl":600}]}`,
	}
	eachService(t, func(t *testing.T, kind dnsservice.Kind) {
		var got string
		p := openAt(t, recorded(t, kind, func(r *http.Request, body string) {
			got = r.Method + " " + r.URL.RequestURI() + " " + r.Header.Get("If-Match") + "\n" + body
		}))
		if err := p.Apply(t.Context(), plan(t, p, set("contoso.com", "TXT", 600, "v=spf1 -all"))); err != nil || got != want[kind] {
			t.Errorf("%v\ngot  %s\nwant %s", err, got, want[kind])
		}
	})
}

// A list whose pages do not end, or lead elsewhere, is an error, and no credential goes there.
func TestPagesThatCannotBeFollowed(t *testing.T) {
	t.Parallel()
	astray := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the link was followed") }))
	t.Cleanup(astray.Close)
	pages := map[dnsservice.Kind][]struct{ body, want string }{
		dnsservice.Route53: {
			{`<ListHostedZonesResponse><HostedZones></HostedZones><IsTruncated>true</IsTruncated><NextMarker>Z1</NextMarker></ListHostedZonesResponse>`, "listing the zones: the pages of Amazon Route 53 do not end"},
			{`<html>Sign in</html>`, "the answer is not one of Amazon Route 53 (expected element type <ListHostedZonesResponse> but have <html>); is there a proxy in between?"},
		},
		dnsservice.Azure: {{`{"value":[],"nextLink":"` + astray.URL + `/x"}`, "the link to the next page leads away from 127.0.0.1"}, {`<html>`, "the answer is not one of Azure DNS"}},
		dnsservice.Cloudflare: {
			{`{"success":true,"result":[],"result_info":{"total_pages":7,"total_count":9}}`, "the pages of Cloudflare do not end"},
			{`{"success":true,"result":[],"result_info":{"total_pages":1,"total_count":9}}`, "told of 9 and showed 0: something changed them meanwhile"},
			{`{"success":false}`, "the answer is not one of Cloudflare"},
		},
	}
	eachService(t, func(t *testing.T, kind dnsservice.Kind) {
		for _, page := range pages[kind] {
			var s *httptest.Server
			s = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case strings.HasSuffix(r.URL.Path, "openid-configuration"):
					_, _ = io.WriteString(w, `{"issuer":"`+s.URL+`/t/v2.0","token_endpoint":"`+s.URL+`/t/oauth2/v2.0/token","authorization_endpoint":"`+s.URL+`/t/a"}`)
				case strings.HasSuffix(r.URL.Path, "/token"):
					_, _ = io.WriteString(w, `{"token_type":"Bearer","expires_in":3599,"access_token":"x"}`)
				default:
					_, _ = io.WriteString(w, page.body)
				}
			}))
			sum := sha256.Sum256(s.Certificate().Raw)
			refusedAtPlan(t, providers.Settings{Name: "dns.external", Values: serviceBlock(kind, s.URL, hex.EncodeToString(sum[:]), nil)}, set("sip.contoso.com", "A", -1, "192.0.2.1"), page.want)
			s.Close()
		}
	})
}
