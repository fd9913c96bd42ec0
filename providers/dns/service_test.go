package dns

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"net/http/httptest"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/dnsservice"
	labservice "hybrid/internal/lab/dnsservice"
	"hybrid/internal/lab/nameserver"
	"hybrid/providers"
	"hybrid/schema"
)

// What the lab's account signs in with.
const (
	serviceKey    = "11111111-2222-3333-4444-555555555555"
	serviceSecret = "what proves it is the account"
)

// serviceLab starts the lab's services in front of zones, and gives them with the settings of a block for one.
func serviceLab(t *testing.T, kind dnsservice.Kind, names *nameserver.Server, o labservice.Options) (*labservice.Server, providers.Settings) {
	t.Helper()
	pair := httptest.NewUnstartedServer(nil)
	pair.StartTLS()
	t.Cleanup(pair.Close)
	sum := sha256.Sum256(pair.Certificate().Raw)
	o.Listen, o.TLS, o.Zones, o.KeyID, o.Secret = "127.0.0.1:0", &tls.Config{Certificates: pair.TLS.Certificates}, names, serviceKey, serviceSecret
	s, err := labservice.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, providers.Settings{Name: "dns.external", Values: serviceBlock(kind, s.URL(), hex.EncodeToString(sum[:]), nil)}
}

// serviceBlock is a provider block that leads to the lab's services.
func serviceBlock(kind dnsservice.Kind, url, fingerprint string, further map[string]cty.Value) cty.Value {
	secret := cty.StringVal(serviceSecret).Mark(schema.Sensitive)
	own := map[dnsservice.Kind]map[string]cty.Value{
		dnsservice.Route53:    {"access_key_id": cty.StringVal(serviceKey), "secret_access_key": secret},
		dnsservice.Cloudflare: {"api_token": secret},
		dnsservice.Azure: {
			"subscription_id": cty.StringVal(serviceKey), "tenant_id": cty.StringVal("contoso.onmicrosoft.com"), "client_id": cty.StringVal(serviceKey),
			"sign_in": cty.StringVal("secret"), "client_secret": secret, "login_url": cty.StringVal(url),
		},
	}[kind]
	values := map[string]cty.Value{"type": cty.StringVal(string(kind)), "service_url": cty.StringVal(url), "fingerprint": cty.StringVal(fingerprint), string(kind): ofBlock(kind, own)}
	for name, v := range further {
		values[name] = v
	}
	return block(values)
}

// ofBlock is a block that says who signs in, null but for some.
func ofBlock(kind dnsservice.Kind, said map[string]cty.Value) cty.Value {
	for _, b := range serviceBlocks() {
		if b.Name != string(kind) {
			continue
		}
		for name, t := range b.Type().AttributeTypes() {
			if _, ok := said[name]; !ok {
				said[name] = cty.NullVal(t)
			}
		}
	}
	return cty.ObjectVal(said)
}

// serviceRig is the lab as a DNS service; what somebody changes by hand goes to the name server of the same zones. Lists are of
// few elements a page.
func serviceRig(t *testing.T, kind dnsservice.Kind) rig {
	names := lab(t, labKey)
	_, s := serviceLab(t, kind, names, labservice.Options{Page: 3})
	return rig{addr: names.Addr(), key: labKey, cmdlets: &s, service: kind}
}
