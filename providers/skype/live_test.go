package skype

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"
)

// told writes live values as text: "-" for null, "?" for unknown.
func told(v cty.Value, names ...string) map[string]string {
	texts := map[string]string{}
	for _, name := range names {
		switch value := v.GetAttr(name); {
		case !value.IsKnown():
			texts[name] = "?"
		case value.IsNull():
			texts[name] = "-"
		case value.Type() == cty.String:
			texts[name] = value.AsString()
		case value.Type() == cty.Bool:
			texts[name] = map[bool]string{true: "true", false: "false"}[value.True()]
		default:
			texts[name] = value.AsBigFloat().Text('f', -1)
		}
	}
	return texts
}

func TestLivePartnerApplications(t *testing.T) {
	t.Parallel()
	const url = "https://autodiscover.contoso.com/autodiscover/metadata/json/1"
	tests := []struct {
		token any
		want  [4]string // of keySources
	}{
		{oauthToken, [4]string{"true", "-", "-", "-"}},
		{"Deserialized." + oauthToken, [4]string{"true", "-", "-", "-"}},
		{"UseOAuthServer", [4]string{"true", "-", "-", "-"}},
		{"Value=" + url, [4]string{"-", url, "-", "-"}},
		{"value=" + url, [4]string{"-", url, "-", "-"}},
		{"Microsoft.Rtc.Management.WritableConfig.Settings.SSAuth.MetadataUrl;Value=" + url, [4]string{"-", url, "-", "-"}},
		{url, [4]string{"-", url, "-", "-"}},
		{"System.Byte[]", [4]string{"-", "-", "?", "?"}},
		{"Value=System.Byte[]", [4]string{"-", "-", "?", "?"}},
		{"MIIB" + strings.Repeat("A", 40), [4]string{"-", "-", "?", "?"}},
		{"", [4]string{"?", "?", "?", "?"}},
		{nil, [4]string{"?", "?", "?", "?"}},
		{missing, [4]string{"?", "?", "?", "?"}},
		{map[string]any{"Value": url}, [4]string{"?", "?", "?", "?"}},
	}
	for _, test := range tests {
		v, err := kindNamed(t, "partner_application").Live("e", exchange("", "AuthToken", test.token))
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{}
		for i, name := range keySources() {
			want[name] = test.want[i]
		}
		if diff := cmp.Diff(want, told(v, keySources()...)); diff != "" {
			t.Errorf("AuthToken %v (want - got +):\n%s", test.token, diff)
		}
	}
}

func TestLiveAccessEdge(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		props map[string]any
		want  map[string]string
	}{
		{"DNS", dnsEdge(), map[string]string{
			"routing": "dns_srv", "enable_partner_discovery": "false", "discovered_partner_verification_level": "UseSourceVerification",
			"default_route_fqdn": "-", "verification_level": "-", "is_public_provider": "-", "allow_outside_users": "true", "skype_search_url": "?",
		}},
		{"DNS on a build without levels", dnsEdge("DiscoveredPartnerVerificationLevel", missing), map[string]string{
			"routing": "dns_srv", "enable_partner_discovery": "false",
			"discovered_partner_verification_level": "?", "default_route_fqdn": "-", "verification_level": "-",
		}},
		{"default route", routeEdge(), map[string]string{
			"routing": "default", "enable_partner_discovery": "-", "be_clearing_house": "-", "discovered_partner_verification_level": "-",
			"default_route_fqdn": "edge.fabrikam.com", "is_public_provider": "false", "verification_level": "AlwaysVerifiable",
		}},
		{"a method that is not told shows by its properties", dnsEdge("RoutingMethod", missing), map[string]string{"routing": "dns_srv", "default_route_fqdn": "-"}},
		{"so does the other", routeEdge("RoutingMethod", missing), map[string]string{"routing": "default", "enable_partner_discovery": "-"}},
		{"nothing to tell it by", map[string]any{"AllowOutsideUsers": true}, map[string]string{"routing": "?", "enable_partner_discovery": "?", "default_route_fqdn": "?", "allow_outside_users": "true"}},
		{"a method nobody knows", dnsEdge("RoutingMethod", "UsePigeons"), map[string]string{"routing": "?", "enable_partner_discovery": "false", "default_route_fqdn": "?"}},
	}
	for _, test := range tests {
		v, err := kindNamed(t, "access_edge").Live("Global", test.props)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, told(v, slices.Collect(keysOf(test.want))...)); diff != "" {
			t.Errorf("%s (want - got +):\n%s", test.name, diff)
		}
	}
}

func keysOf(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for name := range m {
			if !yield(name) {
				return
			}
		}
	}
}

func TestLiveProvidersAndServers(t *testing.T) {
	t.Parallel()
	v, err := kindNamed(t, "hosting_provider").Live("LyncOnline", lyncOnline("SipClientPort", json.Number("443"), "IsLocal", missing, "AutodiscoverUrl", ""))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"identity": "LyncOnline", "proxy_fqdn": "sipfed.online.lync.com", "hosts_ocs_users": "true", "is_local": "?", "autodiscover_url": "-", "sip_client_port": "443"}
	if diff := cmp.Diff(want, told(v, slices.Collect(keysOf(want))...)); diff != "" {
		t.Error(diff)
	}
	v, err = kindNamed(t, "oauth_server").Live("microsoft.sts", sts("Type", missing))
	if err != nil {
		t.Fatal(err)
	}
	want = map[string]string{"issuer_identifier": "00000001-0000-0000-c000-000000000000", "authorization_uri_override": "-", "type": "?", "realm": "9d2a"}
	if diff := cmp.Diff(want, told(v, slices.Collect(keysOf(want))...)); diff != "" {
		t.Error(diff)
	}
}

func TestHomes(t *testing.T) {
	t.Parallel()
	tests := []struct{ provider, pool, home, blocked string }{
		{"SRV:", "Pool01.contoso.com", "pool01.contoso.com", ""},
		{"srv:", "pool01.contoso.com.", "pool01.contoso.com", ""},
		{"", "pool01.contoso.com", "pool01.contoso.com", ""},
		{"Sipfed.online.lync.com", "", "sipfed.online.lync.com", ""},
		{"sipfed.online.lync.com", "pool01.contoso.com", "sipfed.online.lync.com", ""},
		{"SRV:", "", "", "no home known"},
		{"", "", "", "no home known"},
	}
	for _, test := range tests {
		cells := []string{"sip:ada@contoso.com", "", "", test.provider, test.pool, "False"}
		if got := home(cells); got != test.home {
			t.Errorf("%q, %q: homed at %q, want %q", test.provider, test.pool, got, test.home)
		}
		if got := unmovable(cells); !strings.HasPrefix(got, test.blocked) || (test.blocked == "") != (got == "") {
			t.Errorf("%q, %q: blocked by %q, want %q", test.provider, test.pool, got, test.blocked)
		}
	}
}

func TestWhoWasJustEnabledIsAtHome(t *testing.T) {
	t.Parallel()
	rows := kindNamed(t, "user").Rows
	for body, want := range map[string]string{
		`registrar_pool = "Pool01.contoso.com"`:                  "pool01.contoso.com",
		`hosting_provider_proxy_fqdn = "sipfed.online.lync.com"`: "sipfed.online.lync.com",
	} {
		v := wanted(t, kindNamed(t, "user"), "pilot", "users = []\n"+body)
		cells := rows.Created(v.AsValueMap(), "sip:ada@contoso.com", "ada@contoso.com")
		if got := home(cells); got != want || neverEnabled(cells) || len(cells) != len(rows.Columns) {
			t.Errorf("%s: homed at %q with cells %q", body, got, cells)
		}
	}
}
