package dns

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/dnsservice"
	"hybrid/planner"
	"hybrid/providers"
)

// Private zones at Azure are of another resource provider, with paths, a version and members' names of its own.
func TestPrivateZonesAtAzure(t *testing.T) {
	t.Parallel()
	const zone = "/subscriptions/s/resourceGroups/inner/providers/Microsoft.Network/privateDnsZones/contoso.com"
	wrote, s := "", (*httptest.Server)(nil)
	s = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		pool := `{"id":"` + zone + `/A/pool01","name":"pool01","type":"Microsoft.Network/privateDnsZones/A","etag":"7","properties":{"ttl":300,"fqdn":"pool01.contoso.com.",` +
			`"isAutoRegistered":false,"metadata":{"owner":"voice"},"aRecords":[{"ipv4Address":"10.20.0.11"}]}}`
		own := strings.NewReplacer("pool01", "vm01", `"isAutoRegistered":false`, `"isAutoRegistered":true`).Replace(pool)
		switch {
		case strings.HasSuffix(path, "openid-configuration"):
			_, _ = io.WriteString(w, `{"issuer":"`+s.URL+`/t/v2.0","token_endpoint":"`+s.URL+`/t/oauth2/v2.0/token","authorization_endpoint":"`+s.URL+`/t/a"}`)
		case strings.HasSuffix(path, "/token"):
			_, _ = io.WriteString(w, `{"token_type":"Bearer","expires_in":3599,"access_token":"x"}`)
		case r.URL.Query().Get("api-version") != "2020-06-01":
			http.Error(w, `{"error":{"code":"InvalidApiVersionParameter","message":"The api-version is invalid."}}`, http.StatusBadRequest)
		case r.Method != http.MethodGet:
			body, _ := io.ReadAll(r.Body)
			wrote = r.Method + " " + path + " " + r.Header.Get("If-Match") + " " + string(body)
			_, _ = io.WriteString(w, pool)
		case strings.HasSuffix(path, "/providers/Microsoft.Network/privateDnsZones"):
			_, _ = io.WriteString(w, `{"value":[{"id":"`+zone+`","name":"contoso.com","type":"Microsoft.Network/privateDnsZones","properties":{"numberOfRecordSets":3}}]}`)
		case path == zone+"/ALL":
			_, _ = io.WriteString(w, `{"value":[`+pool+`,`+own+`]}`)
		case path == zone+"/A/pool01":
			_, _ = io.WriteString(w, pool)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	sum := sha256.Sum256(s.Certificate().Raw)
	at := providers.Settings{Name: "dns.internal", Values: serviceBlock(dnsservice.Azure, s.URL, hex.EncodeToString(sum[:]), map[string]cty.Value{"private": cty.True})}
	p := openAt(t, at)
	if c := plan(t, p, set("pool01.contoso.com", "A", -1, "10.20.0.11")); c.Action != planner.NoOp {
		t.Errorf("%s of what is there", c.Action)
	}
	refusedAtPlan(t, at, set("vm01.contoso.com", "A", -1, "10.20.0.12"), "vm01.contoso.com A at Azure DNS is registered by Azure for a virtual machine;")
	err := p.Apply(t.Context(), plan(t, p, set("pool01.contoso.com", "A", -1, "10.20.0.12")))
	if want := "PUT " + zone + `/A/pool01 7 {"properties":{"metadata":{"owner":"voice"},"TTL":300,"ARecords":[{"ipv4Address":"10.20.0.12"}]}}`; err != nil || wrote != want {
		t.Errorf("%v\ngot  %s\nwant %s", err, wrote, want)
	}

	o := wanted(withPropagation(set("pool01.contoso.com", "A", -1, "10.20.0.11")))
	listing := p.Read(t.Context(), o.Kind, []planner.Object{o})
	p.(providers.Verifier).Verify(t.Context(), o.Kind, []planner.Object{o}, listing)
	if found := listing.Objects[o.LiveID()]; !strings.Contains(found.Pending, "Azure DNS names none for the zone contoso.com that could be asked from here; write authoritative = false") {
		t.Errorf("pending %q", found.Pending)
	}
}
