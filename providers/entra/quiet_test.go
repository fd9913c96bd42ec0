package entra

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"

	"hybrid/planner"
	"hybrid/schema"
)

// drawKey is an entry of keyCredentials for a certificate, in the forms that Graph gives (resources/keycredential of its
// documentation): with the certificate or without, the thumbprint as base64 of its bytes or of its hex digits or as those,
// times with and without the letter of the zone.
func drawKey(t *rapid.T, c made) map[string]any {
	sum, _ := hex.DecodeString(thumbprint(c.Certificate))
	identifiers := []any{
		base64.StdEncoding.EncodeToString(sum), strings.ToUpper(hex.EncodeToString(sum)), hex.EncodeToString(sum),
		base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString(sum))),
	}
	key := map[string]any{
		"keyId": rapid.SampledFrom([]string{"0f8f5e26-64a5-4f1e-8f3e-1d7c0f3b9a11", "0F8F5E26-64A5-4F1E-8F3E-1D7C0F3B9A11"}).Draw(t, "id"),
		"type":  "AsymmetricX509Cert", "usage": "Verify", "displayName": rapid.SampledFrom([]any{nil, c.Subject.String()}).Draw(t, "name"),
		"startDateTime": rapid.SampledFrom([]string{"2026-01-01T00:00:00Z", "2026-01-01T00:00:00"}).Draw(t, "start"),
		"endDateTime":   "2027-01-01T00:00:00Z", "key": c.base64(), "customKeyIdentifier": rapid.SampledFrom(identifiers).Draw(t, "identifier"),
	}
	if rapid.Bool().Draw(t, "without certificate") {
		key["key"] = nil
	} else if rapid.Bool().Draw(t, "identifier of one's own") {
		key["customKeyIdentifier"] = base64.StdEncoding.EncodeToString([]byte("hybrid"))
	}
	return key
}

// drawPrincipal is a service principal as Graph gives it, read as the provider reads it.
func drawPrincipal(t *rapid.T, enabled bool, names []string, keys []map[string]any) planner.Found {
	var spelled []string
	for _, name := range append(slices.Clone(names), "Microsoft.Lync", "https://somebody.contoso.com/") {
		spelled = append(spelled, rapid.SampledFrom([]string{name, strings.ToUpper(name), strings.ToLower(name)}).Draw(t, "name"))
	}
	answer, err := json.Marshal(map[string]any{
		"@odata.context": "x", "id": "7d6b…", "appId": strings.ToUpper(skypeOnline), "displayName": "Skype for Business Online", "accountEnabled": enabled,
		"servicePrincipalNames": rapid.Permutation(spelled).Draw(t, "names"), "keyCredentials": rapid.Permutation(keys).Draw(t, "keys"),
	})
	if err != nil {
		t.Fatal(err)
	}
	var p principal
	if err := json.Unmarshal(answer, &p); err != nil {
		t.Fatal(err)
	}
	v, err := p.value(skypeOnline)
	if err != nil {
		t.Fatal(err)
	}
	return planner.Found{Identity: skypeOnline, Value: v}
}

// wantPrincipal is a block about it: it declares some of the names and keys that there are.
func wantPrincipal(names []string, certificate string, enabled cty.Value) planner.Object {
	k := servicePrincipal(time.Now)
	values := map[string]cty.Value{}
	for name, kind := range k.Type().AttributeTypes() {
		values[name] = cty.NullVal(kind)
	}
	values["identity"], values["account_enabled"] = cty.StringVal(skypeOnline), enabled
	if len(names) > 0 {
		values["names"] = schema.TextSet(names)
	}
	if certificate != "" {
		key := map[string]cty.Value{}
		for name := range keyType().AttributeTypes() {
			key[name] = cty.NullVal(cty.String)
		}
		key["certificate"] = cty.StringVal(certificate)
		values["key_credential"] = cty.ListVal([]cty.Value{cty.ObjectVal(key)})
	}
	return planner.Object{Kind: k, Identity: skypeOnline, Want: cty.ObjectVal(values)}
}

func held(o planner.Object, live planner.Found) planner.Change {
	return planner.Check(&o, planner.Listing{Objects: map[string]planner.Found{o.Kind.LiveID(live.Identity, live.Value): live}})
}

// TestServicePrincipalsAreQuiet feeds service principals in every form in which Graph gives them.
func TestServicePrincipalsAreQuiet(t *testing.T) {
	t.Parallel()
	ours, others := public(t, "lync-oauth"), public(t, "somebody-else")
	certificates := []string{"", ours.pem, ours.base64(), ours.base64()[:64] + "\r\n" + ours.base64()[64:]}
	names := []string{skypeOnline + "/lync.contoso.com", "https://lync.contoso.com/"}
	rapid.Check(t, func(t *rapid.T) {
		enabled := rapid.Bool().Draw(t, "enabled")
		o := wantPrincipal(names[:rapid.IntRange(0, 2).Draw(t, "declared")], rapid.SampledFrom(certificates).Draw(t, "certificate"),
			rapid.SampledFrom([]cty.Value{cty.NullVal(cty.Bool), cty.BoolVal(enabled)}).Draw(t, "account"))
		live := drawPrincipal(t, enabled, names, []map[string]any{drawKey(t, ours), drawKey(t, others)})
		if c := held(o, live); c.Action != planner.NoOp || len(c.Unread) > 0 {
			t.Fatalf("%s of %v, unread %v\nwanted %#v\nlive   %#v", c.Action, c.Paths, c.Unread, o.Want, live.Value)
		}
	})
}

// TestNoDifferenceOfAServicePrincipalIsSilent is the counterpart: a name, a key or the account is another.
func TestNoDifferenceOfAServicePrincipalIsSilent(t *testing.T) {
	t.Parallel()
	ours, others := public(t, "lync-oauth"), public(t, "somebody-else")
	name := skypeOnline + "/lync.contoso.com"
	rapid.Check(t, func(t *rapid.T) {
		keys := []map[string]any{drawKey(t, others)}
		for what, o := range map[string]planner.Object{
			"name": wantPrincipal([]string{name, name + ".example"}, "", cty.NullVal(cty.Bool)),
			"key":  wantPrincipal(nil, ours.pem, cty.NullVal(cty.Bool)), "account": wantPrincipal(nil, "", cty.True),
		} {
			if c := held(o, drawPrincipal(t, false, []string{name}, keys)); c.Action != planner.Update || len(c.Paths) != 1 {
				t.Fatalf("another %s: %s of %v", what, c.Action, c.Paths)
			}
		}
	})
}
