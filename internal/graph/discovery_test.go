package graph

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"hybrid/internal/clouds"
)

const tenantID = "9d2f1f52-3f5c-4a0f-9a53-6f0b6c1e7d42"

// login is a sign-in service that knows one domain.
func login(t *testing.T, domain, subScope string) (*httptest.Server, string) {
	t.Helper()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		switch {
		case rest != "v2.0/.well-known/openid-configuration":
			http.NotFound(w, r)
		case name == "common":
			fmt.Fprintf(w, `{"issuer":"https://x/{tenantid}/v2.0","token_endpoint":"https://x/common/oauth2/v2.0/token"}`)
		case name == "no name":
			w.WriteHeader(400)
			fmt.Fprint(w, `{"error":"invalid_tenant","error_description":"AADSTS900023: no","error_codes":[900023]}`)
		case name != domain:
			w.WriteHeader(400)
			fmt.Fprintf(w, `{"error":"invalid_tenant","error_description":"AADSTS90002: Tenant '%s' not found.","error_codes":[90002]}`, name)
		default:
			fmt.Fprintf(w, `{"issuer":"https://x/%[1]s/v2.0","token_endpoint":"https://x/%[1]s/oauth2/v2.0/token","tenant_region_scope":"EU","tenant_region_sub_scope":%[2]q}`, tenantID, subScope)
		}
	}))
	t.Cleanup(server.Close)
	return server, strings.TrimPrefix(server.URL, "https://")
}

func TestATenantIsFoundByItsDomain(t *testing.T) {
	t.Parallel()
	server, host := login(t, "contoso.com", "")
	d := Discovery{HTTP: server.Client(), Cloud: clouds.Cloud{Name: "commercial", LoginHosts: []string{host}}}
	got, err := d.Tenant(t.Context(), "contoso.com")
	if err != nil || got.ID != tenantID || got.Cloud != "commercial" || got.Region != "EU" {
		t.Fatalf("%+v, %v", got, err)
	}
}

func TestATenantElsewhereIsNamed(t *testing.T) {
	t.Parallel()
	server, host := login(t, "contoso.com", "DODCON")
	empty, emptyHost := login(t, "", "")
	_ = empty
	d := Discovery{
		HTTP: server.Client(), Cloud: clouds.Cloud{Name: "commercial", LoginHosts: []string{emptyHost}},
		Others: []clouds.Cloud{{Name: "gcc_high", LoginHosts: []string{host}, SubScope: "DODCON"}},
	}
	_, err := d.Tenant(t.Context(), "contoso.com")
	if err == nil || !strings.Contains(err.Error(), `no tenant has contoso.com in the cloud commercial (AADSTS90002). It exists in another cloud: write hybrid { cloud = "gcc_high" }`) {
		t.Fatal(err)
	}
	_, err = d.Tenant(t.Context(), "fabrikam.com")
	if err == nil || !strings.Contains(err.Error(), "nor in the other clouds: check the spelling") {
		t.Fatal(err)
	}
}

func TestTheDeclaredCloudMustBeTheTenants(t *testing.T) {
	t.Parallel()
	server, host := login(t, "contoso.com", "GCC")
	d := Discovery{HTTP: server.Client(), Cloud: clouds.Cloud{Name: "gcc", DisplayName: "GCC", LoginHosts: []string{host}, SubScope: "GCC"}}
	if got, err := d.Tenant(t.Context(), "contoso.com"); err != nil || got.Cloud != "gcc" {
		t.Fatalf("%+v, %v", got, err)
	}
	commercial, _ := clouds.BuiltIn().Named("commercial")
	if got := cloudOf(nil, commercial, "GCC"); got != "gcc" {
		t.Errorf("a tenant of the sub-scope GCC is in %s", got)
	}
	high, _ := clouds.BuiltIn().Named("gcc_high")
	if got := cloudOf(nil, high, "DOD"); got != "dod" {
		t.Errorf("a tenant of the sub-scope DOD is in %s", got)
	}
}

func TestWhatNamesNoTenantIsRefused(t *testing.T) {
	t.Parallel()
	server, host := login(t, "contoso.com", "")
	d := Discovery{HTTP: server.Client(), Cloud: clouds.Cloud{Name: "commercial", LoginHosts: []string{host}}}
	for domain, want := range map[string]string{
		"common":       `"common" belongs to no single tenant`,
		"no name":      "neither a domain nor the id of a tenant (AADSTS900023)",
		"fabrikam.com": "no tenant has fabrikam.com in the cloud commercial (AADSTS90002)",
	} {
		if _, err := d.Tenant(t.Context(), domain); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", domain, err)
		}
	}
}

func TestAServiceThatDoesNotAnswerIsNoAbsence(t *testing.T) {
	t.Parallel()
	server, host := login(t, "contoso.com", "")
	server.Close()
	d := Discovery{HTTP: server.Client(), Cloud: clouds.Cloud{Name: "commercial", LoginHosts: []string{host}}}
	if _, err := d.Tenant(t.Context(), "contoso.com"); err == nil || !strings.Contains(err.Error(), "does not answer") {
		t.Fatal(err)
	}
}

func TestTheNextHostIsAskedWhereOneIsSilent(t *testing.T) {
	t.Parallel()
	silent, silentHost := login(t, "", "")
	silent.Close()
	server, host := login(t, "contoso.com", "")
	d := Discovery{HTTP: server.Client(), Cloud: clouds.Cloud{Name: "china", LoginHosts: []string{silentHost, host}}}
	if got, err := d.Tenant(t.Context(), "contoso.com"); err != nil || got.ID != tenantID {
		t.Fatalf("%+v, %v", got, err)
	}
}

func TestAClosedCloudIsNotAsked(t *testing.T) {
	t.Parallel()
	if _, err := Discover(t.Context(), nil, "contoso.com", "germany"); err == nil || !strings.Contains(err.Error(), "is closed") {
		t.Fatal(err)
	}
}
