package entra

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/lab/graph"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/schema"
)

const (
	skypeOnline = "00000004-0000-0ff1-ce00-000000000000"
	tenant      = "9d2f1f52-3f5c-4a0f-9a53-6f0b6c1e7d42"
	application = "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11"
)

// made is a certificate with its key in PEM.
type made struct {
	*x509.Certificate
	pem, key string
}

func (m made) base64() string { return base64.StdEncoding.EncodeToString(m.Raw) }

// certificate makes a self-signed certificate.
func certificate(t *testing.T, name string, key crypto.Signer, from, until time.Time) made {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, NotBefore: from, NotAfter: until,
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return made{parsed, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))}
}

// public is a certificate as the servers' OAuthTokenIssuer one is, valid for a year.
func public(t *testing.T, name string) made {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return certificate(t, name, key, time.Now().Add(-time.Hour), time.Now().AddDate(1, 0, 0))
}

// estate is a served tenant with a provider that leads to it.
type estate struct {
	*graph.Server
	t        *testing.T
	provider *provider
	kind     *schema.Kind
	settings map[string]cty.Value
}

func newEstate(t *testing.T) *estate {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	client := certificate(t, "hybrid", key, time.Now().Add(-time.Hour), time.Now().AddDate(1, 0, 0))
	server, err := graph.Start(graph.Options{
		Listen: "127.0.0.1:0", TLS: &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{client.Raw}, PrivateKey: key}}},
		Directory: graph.Directory{
			TenantID: tenant, Domains: []string{"contoso.com"},
			Clients: []graph.Client{{ID: application, Certificate: client.base64(), Permissions: []string{"Application.ReadWrite.All"}}},
			Principals: []graph.Principal{
				{ID: "11111111-0000-4000-8000-000000000004", AppID: skypeOnline, DisplayName: "Skype for Business Online", Enabled: true, Names: []string{skypeOnline}},
				{ID: "11111111-0000-4000-8000-000000000002", AppID: exchangeOnline, DisplayName: "Office 365 Exchange Online", Enabled: true, Names: []string{exchangeOnline}},
			},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	e := &estate{Server: server, t: t, kind: servicePrincipal(time.Now)}
	e.settings = map[string]cty.Value{
		"tenant_id": cty.StringVal(tenant), "client_id": cty.StringVal(application), "certificate": cty.StringVal(client.pem + client.key).Mark(schema.Sensitive),
		"login_url": cty.StringVal(server.URL()), "graph_url": cty.StringVal(server.URL()), "fingerprint": cty.StringVal(fmt.Sprintf("%X", sha256.Sum256(client.Raw))),
	}
	e.provider = e.open()
	return e
}

func (e *estate) open() *provider {
	e.t.Helper()
	values := map[string]cty.Value{}
	for name, of := range block().Type().AttributeTypes() {
		values[name] = cty.NullVal(of)
		if v, ok := e.settings[name]; ok {
			values[name] = v
		}
	}
	opened, err := open(providers.Settings{Name: "entra", Values: cty.ObjectVal(values)})
	if err != nil {
		e.t.Fatal(err)
	}
	p := opened.(*provider)
	p.pauses = []time.Duration{0, time.Millisecond}
	e.t.Cleanup(func() { p.Close() })
	return p
}

// want is what a configuration says of the principal of Skype for Business Online.
func (e *estate) want(values map[string]cty.Value) planner.Object {
	all := map[string]cty.Value{}
	for name, of := range e.kind.Type().AttributeTypes() {
		all[name] = cty.NullVal(of)
		if v, ok := values[name]; ok {
			all[name] = v
		}
	}
	all["identity"] = cty.StringVal(skypeOnline)
	return planner.Object{Address: planner.Address{Kind: e.kind.Name, Labels: []string{skypeOnline}}, Kind: e.kind, Provider: "entra", Identity: skypeOnline, Want: cty.ObjectVal(all)}
}

// plan reads and compares.
func (e *estate) plan(o planner.Object) planner.Change {
	e.t.Helper()
	listing := e.provider.Read(e.t.Context(), e.kind, []planner.Object{o})
	if listing.Err != nil {
		e.t.Fatal(listing.Err)
	}
	return planner.Check(&o, listing)
}

// settle plans, applies and sees to it that nothing is left.
func (e *estate) settle(o planner.Object) planner.Change {
	e.t.Helper()
	c := e.plan(o)
	if c.Action != planner.Update {
		e.t.Fatalf("%s of %v", c.Action, c.Paths)
	}
	if err := e.provider.Apply(context.Background(), c); err != nil {
		e.t.Fatal(err)
	}
	if left := e.plan(o); left.Action != planner.NoOp {
		e.t.Fatalf("there is still %s of %v", left.Action, left.Paths)
	}
	return c
}

func (e *estate) live() graph.Principal { d := e.Directory(); return *d.Principal(skypeOnline) }

// strangers gives the principal a key that the configuration does not name, and says which.
func (e *estate) strangers() graph.Key {
	other := public(e.t, "somebody else")
	text := other.base64()
	k := graph.Key{KeyID: "22222222-0000-4000-8000-000000000001", Type: "AsymmetricX509Cert", Usage: "Sign", DisplayName: "<theirs>", Identifier: "dGhlaXJz", Start: "2026-01-01T00:00:00", End: "2036-01-01T00:00:00.1234567Z", Key: &text}
	e.Change(func(d *graph.Directory) { p := d.Principal(skypeOnline); p.Keys = append(p.Keys, k) })
	return k
}

func keys(blocks ...map[string]string) map[string]cty.Value {
	var all []cty.Value
	for _, b := range blocks {
		values := map[string]cty.Value{}
		for name, of := range keyType().AttributeTypes() {
			values[name] = cty.NullVal(of)
			if text, ok := b[name]; ok {
				values[name] = cty.StringVal(text)
			}
		}
		all = append(all, cty.ObjectVal(values))
	}
	return map[string]cty.Value{"key_credential": cty.ListVal(all)}
}

func (e *estate) fault(f graph.Fault) {
	e.Change(func(d *graph.Directory) { d.Faults = append(d.Faults, f) })
}

func mustSay(t *testing.T, err error, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
}

func (e *estate) writes() int { return e.Requests(http.MethodPatch) }
