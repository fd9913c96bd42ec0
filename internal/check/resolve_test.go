package check

import (
	"strings"
	"testing"
)

const oneView = `
provider "dns" "external" {
  type      = "rfc2136"
  server    = "ns1.contoso.com"
  zones     = ["contoso.com"]
  resolvers = ["192.0.2.53"]
  tsig {
    name      = "hybrid"
    algorithm = "hmac-sha256"
    secret    = "c2VjcmV0"
  }
}
`

// Names are resolved as clients do: resolvers before name servers, aliases to their end; and what is not told is not absent.
func TestResolve(t *testing.T) {
	t.Parallel()
	zone := map[string]string{"lyncdiscover.contoso.com CNAME": "proxy.contoso.com.", "proxy.contoso.com A": "203.0.113.5"}
	f := &fake{zones: map[string]map[string]string{"192.0.2.53": zone, "ns1.contoso.com": zone}}
	got, by, err := estateOf(t, oneView, f).Resolve(t.Context(), Outside, "contoso.com", "lyncdiscover.contoso.com", "A", "AAAA")
	if err != nil || by.Name != "192.0.2.53" || len(got) != 2 || got[0].Target() != "proxy.contoso.com" || got[1].Data != "203.0.113.5" {
		t.Errorf("%+v by %v, %v", got, by, err)
	}
	delete(f.zones, "192.0.2.53")
	if got, by, err = estateOf(t, oneView, f).Resolve(t.Context(), Outside, "contoso.com", "lyncdiscover.contoso.com", "A"); err != nil || by.Name != "ns1.contoso.com" || len(got) != 2 {
		t.Errorf("the resolver is silent: %+v by %v, %v", got, by, err)
	}
	delete(f.zones, "ns1.contoso.com")
	if got, _, err = estateOf(t, oneView, f).Resolve(t.Context(), Outside, "contoso.com", "lyncdiscover.contoso.com", "A"); err == nil || got != nil {
		t.Errorf("silence is taken for an absence: %+v", got)
	}
	if _, _, err = estateOf(t, oneView, f).Resolve(t.Context(), Inside, "contoso.com", "x.contoso.com", "A"); err == nil || !strings.Contains(err.Error(), `view = "internal"`) {
		t.Errorf("nobody to ask: %v", err)
	}
}

// A server that has not the zone and asks nobody else has said nothing; one that knows there is no such name has.
func TestWhatAWitnessDoesNotKnowIsNotAbsent(t *testing.T) {
	t.Parallel()
	f := &fake{zones: map[string]map[string]string{"192.0.2.53": {}, "ns1.contoso.com": {}}}
	if got, _, err := estateOf(t, oneView, f).Resolve(t.Context(), Outside, "contoso.com", "webdir.online.lync.com", "A"); err == nil {
		t.Errorf("%+v", got)
	}
	f.recursive = true
	if got, _, err := estateOf(t, oneView, f).Resolve(t.Context(), Outside, "contoso.com", "webdir.online.lync.com", "A"); err != nil || len(got) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}
