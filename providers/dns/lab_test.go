package dns

import (
	"encoding/base64"
	"maps"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/lab/nameserver"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/schema"
)

var labKey = nameserver.Key{Name: "hybrid", Algorithm: "hmac-sha256", Secret: base64.StdEncoding.EncodeToString([]byte("the secret of the tests"))}

func contoso() map[string][]string {
	return map[string][]string{
		"contoso.com": {
			"@ 3600 IN SOA ns1 hostmaster 7 3600 600 86400 300", "@ 3600 IN NS ns1", "ns1 3600 IN A 192.0.2.1",
			"sip 300 IN A 203.0.113.10", "SIP 300 IN A 203.0.113.11", "lyncdiscover 300 IN CNAME sip",
			"_sip._tls 300 IN SRV 0 0 443 Sip", `@ 300 IN TXT "v=spf1 include:spf." "contoso.com -all"`,
			"*.wild 300 IN A 203.0.113.99", "sub IN NS ns.sub", "ns.sub IN A 192.0.2.2",
		},
		"_sipinternaltls._tcp.contoso.com": { // a pin-point zone within the other
			"@ 3600 IN SOA ns1.contoso.com. hostmaster.contoso.com. 1 3600 600 86400 300", "@ 3600 IN NS ns1.contoso.com.",
			"@ 300 IN SRV 0 0 5061 pool01.contoso.com.",
		},
	}
}

// settings are a provider block's values, signed with the key unless it has no name.
func settings(server string, k nameserver.Key, zones ...string) providers.Settings {
	s := systemSchema()
	tsig := cty.NullVal(s.Blocks[0].Type())
	if k.Name != "" {
		tsig = cty.ObjectVal(map[string]cty.Value{
			"name": cty.StringVal(k.Name), "algorithm": cty.StringVal(k.Algorithm),
			"secret": cty.StringVal(k.Secret).Mark(schema.Sensitive),
		})
	}
	names := cty.NullVal(cty.Set(cty.String))
	if len(zones) > 0 {
		var all []cty.Value
		for _, zone := range zones {
			all = append(all, cty.StringVal(zone))
		}
		names = cty.SetVal(all)
	}
	return providers.Settings{Name: "dns.external", Values: block(map[string]cty.Value{
		"type": cty.StringVal("rfc2136"), "server": cty.StringVal(server), "zones": names, "tsig": tsig,
	})}
}

// block is a provider block's values, null but for some.
func block(said map[string]cty.Value) cty.Value {
	values := map[string]cty.Value{}
	for name, t := range systemSchema().Type().AttributeTypes() {
		values[name] = cty.NullVal(t)
	}
	maps.Copy(values, said)
	return cty.ObjectVal(values)
}

func openAt(t *testing.T, s providers.Settings) providers.Provider {
	t.Helper()
	p, err := System().Open(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func lab(t *testing.T, k nameserver.Key) *nameserver.Server {
	t.Helper()
	s, err := nameserver.Start(nameserver.Options{Listen: "127.0.0.1:0", Zones: contoso(), TSIG: k})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// wanted is an object as the configuration evaluates to it.
func wanted(v cty.Value) planner.Object {
	k := dnsRecord()
	name := v.GetAttr("identity").AsString()
	return planner.Object{
		Kind: k, Provider: "dns.external", Identity: name, Want: v, Absent: v.GetAttr("values").IsNull(),
		Address: planner.Address{Kind: k.Name, Labels: []string{name, v.GetAttr("type").AsString()}},
	}
}

// plan reads and compares one record set; without values it is to be absent.
func plan(t *testing.T, p providers.Provider, v cty.Value) planner.Change {
	t.Helper()
	o := wanted(v)
	listing := p.Read(t.Context(), o.Kind, []planner.Object{o})
	if listing.Err != nil {
		t.Fatal(listing.Err)
	}
	return planner.Check(&o, listing)
}

// converge plans, applies and plans again.
func converge(t *testing.T, p providers.Provider, v cty.Value, want planner.Action) planner.Change {
	t.Helper()
	c := plan(t, p, v)
	if c.Action != want {
		t.Fatalf("planned %s of %#v, want %s: %v", c.Action, v, want, c.Before)
	}
	if err := p.Apply(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if again := plan(t, p, v); again.Action != planner.NoOp {
		t.Fatalf("after apply %s is planned: %#v", again.Action, again.Before)
	}
	return c
}
