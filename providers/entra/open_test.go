package entra

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/clouds"
	"hybrid/internal/graph"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/schema"
)

// openWith opens a provider with some settings replaced.
func (e *estate) openWith(log hclog.Logger, replace map[string]cty.Value) (providers.Provider, error) {
	values := map[string]cty.Value{}
	for name, of := range block().Type().AttributeTypes() {
		values[name] = cty.NullVal(of)
		if v, ok := e.settings[name]; ok {
			values[name] = v
		}
		if v, ok := replace[name]; ok {
			values[name] = v
		}
	}
	return open(providers.Settings{Name: "entra", Values: cty.ObjectVal(values), Log: log})
}

func TestCredentialsThatCannotWorkAreRefusedAndNotShown(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	elliptic := public(t, "hybrid")
	for name, x := range map[string]struct{ text, want string }{
		"no key":    {elliptic.pem, "no certificate with its private key in PEM"},
		"garbage":   {"hunter2", "no certificate with its private key in PEM"},
		"not RSA":   {elliptic.pem + elliptic.key, "its key is not RSA"},
		"key alone": {elliptic.key, "no certificate with its private key in PEM"},
	} {
		_, err := e.openWith(nil, map[string]cty.Value{"certificate": cty.StringVal(x.text).Mark(schema.Sensitive)})
		mustSay(t, err, "provider entra: certificate: ", x.want)
		if err != nil && (strings.Contains(err.Error(), x.text) || strings.Contains(err.Error(), "MIG")) {
			t.Errorf("%s: the error shows the secret: %v", name, err)
		}
	}
}

func TestAnotherCertificateThanThePinnedOneGetsNoToken(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	p, err := e.openWith(nil, map[string]cty.Value{"fingerprint": cty.StringVal(strings.Repeat("ab", 32))})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	listing := p.Read(t.Context(), e.kind, []planner.Object{e.want(nil)})
	mustSay(t, listing.Err, "signing in to Entra: ", "the server's certificate is not the pinned one: its SHA-256 fingerprint is ")
	if e.Requests(http.MethodGet) != 0 || strings.Contains(listing.Err.Error(), "\n") {
		t.Fatalf("%d requests, %v", e.Requests(http.MethodGet), listing.Err)
	}
}

func TestASignInServiceThatIsGoneIsNoAbsence(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	o := e.want(nil)
	listing := e.provider.Read(t.Context(), e.kind, []planner.Object{o})
	mustSay(t, listing.Err, "signing in to Entra: ", "connection refused; check the network")
	if c := planner.Check(&o, listing); c.Action != planner.Unknown {
		t.Fatalf("planned %s", c.Action)
	}
}

func TestTheLogShowsNoSecret(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	var b bytes.Buffer
	p, err := e.openWith(hclog.New(&hclog.LoggerOptions{Level: hclog.Trace, Output: &b}), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if listing := p.Read(t.Context(), e.kind, []planner.Object{e.want(nil)}); listing.Err != nil {
		t.Fatal(listing.Err)
	}
	secret, _ := e.settings["certificate"].Unmark()
	for _, line := range strings.Split(secret.AsString(), "\n") {
		if len(line) > 40 && strings.Contains(b.String(), line) {
			t.Fatalf("the log shows %q", line)
		}
	}
	if strings.Contains(b.String(), "Bearer") {
		t.Fatalf("the log shows a token: %s", b.String())
	}
}

func TestTheLabsTenantIsFoundWithoutSigningIn(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	d := graph.Discovery{HTTP: e.provider.http, Cloud: clouds.Cloud{Name: clouds.Commercial, LoginHosts: []string{strings.TrimPrefix(e.URL(), "https://")}}}
	if got, err := d.Tenant(t.Context(), "contoso.com"); err != nil || got.ID != tenant {
		t.Fatalf("%+v, %v", got, err)
	}
	_, err := d.Tenant(t.Context(), "fabrikam.com")
	mustSay(t, err, "no tenant has fabrikam.com in the cloud commercial (AADSTS90002)")
}

func TestWhereATenantIsFollowsItsCloud(t *testing.T) {
	t.Parallel()
	table, diags := clouds.BuiltIn().Read([]byte(`{"clouds": {"bare": {}, "own": {"login_hosts": {"value": ["login.example.org"]}, "graph_host": {"value": "graph.example.org"}}}}`), "clouds.json")
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	for _, x := range []struct{ cloud, login, graph, want string }{
		{"", "", "", "https://login.microsoftonline.com https://graph.microsoft.com"},
		{"dod", "", "", "https://login.microsoftonline.us https://dod-graph.microsoft.us"},
		{"own", "", "", "https://login.example.org https://graph.example.org"},
		{"own", "https://l.example.org", "https://g.example.org", "https://l.example.org https://g.example.org"},
		{"bare", "https://l.example.org", "https://g.example.org", "https://l.example.org https://g.example.org"},
		{"bare", "https://l.example.org", "", "! nothing says where bare is: write login_hosts and graph_host into the file of clouds"},
		{"germany", "", "", "! Microsoft Cloud Germany (old) is closed"},
	} {
		login, endpoint, err := hosts(table, map[string]cty.Value{"cloud": cty.StringVal(x.cloud), "login_url": cty.StringVal(x.login), "graph_url": cty.StringVal(x.graph)})
		got := login + " " + endpoint
		if err != nil {
			got = "! " + err.Error()
		}
		if !strings.HasPrefix(got, x.want) {
			t.Errorf("%s: %s, want %s", x.cloud, got, x.want)
		}
	}
	if _, err := graph.Discover(t.Context(), table, "contoso.com", "bare"); err == nil || !strings.Contains(err.Error(), "write login_hosts into the file of clouds") {
		t.Errorf("%v", err)
	}
}
