package skype

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/lab"
	"hybrid/planner"
)

// The live objects of federation and trust, as the host agent sends them.

func oauthSettings(more ...any) map[string]any {
	return with(map[string]any{
		"Identity": "Global", "PartnerApplications": []any{"Name=Exchange"}, "OAuthServers": []any{}, "Realm": "contoso.com",
		"ServiceName": "00000004-0000-0ff1-ce00-000000000000", "ClientAuthorizationOAuthServerIdentity": "", "ExchangeAutodiscoverUrl": "",
		"ExchangeAutodiscoverAllowedDomains": "", "ClientAdalAuthOverride": "NoOverride",
	}, more)
}

func msn(more ...any) map[string]any {
	return with(map[string]any{
		"Identity": "MSN", "Name": "MSN", "ProxyFqdn": "federation.messenger.msn.com", "IconUrl": "", "NameDecorationDomain": "msn.com",
		"NameDecorationRoutingDomain": "", "NameDecorationExcludedDomainList": "", "VerificationLevel": "AlwaysVerifiable", "Enabled": false,
		"EnableSkypeIdRouting": false, "EnableSkypeDirectorySearch": false,
	}, more)
}

func partner(more ...any) map[string]any {
	return with(map[string]any{
		"Identity": "fabrikam.com", "Domain": "fabrikam.com", "ProxyFqdn": nil, "VerificationLevel": "UseSourceVerification",
		"Comment": nil, "MarkForMonitoring": false,
	}, more)
}

func policy(identity string, more ...any) map[string]any {
	return with(map[string]any{
		"Identity": identity, "Description": nil, "EnableFederationAccess": false, "EnableXmppAccess": false,
		"EnablePublicCloudAudioVideoAccess": false, "EnableOutsideAccess": false, "EnablePublicCloudAccess": true,
	}, more)
}

func voicemail(more ...any) map[string]any {
	return with(map[string]any{"Identity": "Global", "Description": nil, "Destination": nil, "Organization": nil}, more)
}

func domain(name string, isDefault bool) map[string]any {
	return map[string]any{"Identity": name, "Name": name, "IsDefault": isDefault}
}

func TestCommandsOfFederationAndTrust(t *testing.T) {
	t.Parallel()
	for _, test := range slices.Concat(configurationCommands(), publicProviderCommands(), domainCommands(), policyCommands()) {
		t.Run(test.kind+" "+test.name, func(t *testing.T) {
			t.Parallel()
			c := change(t, kindNamed(t, test.kind), test.identity, test.live, test.body)
			compareLines(t, c, test.do)
			compareLines(t, c.Reverse(), test.undo)
		})
	}
}

func configurationCommands() []objectTest {
	return []objectTest{
		{
			"modern authentication", "oauth_configuration", "Global", oauthSettings(), "client_authorization_oauth_server_identity = \"evoSTS\"\nclient_adal_auth_override = \"Allowed\"",
			`Set-CsOAuthConfiguration -Identity:'Global' -ClientAuthorizationOAuthServerIdentity:'evoSTS' -ClientAdalAuthOverride:'Allowed' -Confirm:$false`,
			`Set-CsOAuthConfiguration -Identity:'Global' -ClientAuthorizationOAuthServerIdentity:$null -ClientAdalAuthOverride:'NoOverride' -Confirm:$false`,
		},
		{
			"a set is one text", "oauth_configuration", "Global", oauthSettings("ExchangeAutodiscoverAllowedDomains", "*.old.com"),
			`exchange_autodiscover_allowed_domains = ["*.outlook.com", "*.contoso.com"]`,
			`Set-CsOAuthConfiguration -Identity:'Global' -ExchangeAutodiscoverAllowedDomains:'*.contoso.com;*.outlook.com' -Confirm:$false`,
			`Set-CsOAuthConfiguration -Identity:'Global' -ExchangeAutodiscoverAllowedDomains:'*.old.com' -Confirm:$false`,
		},
		{
			"order, case and blanks of a set do not count", "oauth_configuration", "Global", oauthSettings("ExchangeAutodiscoverAllowedDomains", "*.Outlook.com; *.contoso.com;"),
			`exchange_autodiscover_allowed_domains = ["*.contoso.com", "*.outlook.com"]`, "", "",
		},
		{
			"a set is emptied", "oauth_configuration", "Global", oauthSettings("ExchangeAutodiscoverAllowedDomains", "*.old.com"), `exchange_autodiscover_allowed_domains = []`,
			`Set-CsOAuthConfiguration -Identity:'Global' -ExchangeAutodiscoverAllowedDomains:'' -Confirm:$false`,
			`Set-CsOAuthConfiguration -Identity:'Global' -ExchangeAutodiscoverAllowedDomains:'*.old.com' -Confirm:$false`,
		},
		{"what the server does not tell is not planned", "oauth_configuration", "Global", oauthSettings("ExchangeAutodiscoverAllowedDomains", missing), `exchange_autodiscover_allowed_domains = ["*.contoso.com"]`, "", ""},
		{
			"a secret stays one", "oauth_configuration", "Global", oauthSettings(), `exchange_autodiscover_url = secret`,
			`Set-CsOAuthConfiguration -Identity:'Global' -ExchangeAutodiscoverUrl:(sensitive) -Confirm:$false`,
			`Set-CsOAuthConfiguration -Identity:'Global' -ExchangeAutodiscoverUrl:(sensitive) -Confirm:$false`,
		},
		{"service name without case", "oauth_configuration", "Global", oauthSettings("ServiceName", "00000004-0000-0FF1-CE00-000000000000"), `service_name = "00000004-0000-0ff1-ce00-000000000000"`, "", ""},
	}
}

func publicProviderCommands() []objectTest {
	const onMSN = "proxy_fqdn = \"federation.messenger.msn.com\"\nenabled = true\n"
	return []objectTest{
		{
			"new", "public_provider", "MSN", nil, onMSN + `name_decoration_domain = "msn.com"`,
			`New-CsPublicProvider -Identity:'MSN' -ProxyFqdn:'federation.messenger.msn.com' -Enabled:$true -NameDecorationDomain:'msn.com' -Confirm:$false`,
			`Remove-CsPublicProvider -Identity:'MSN' -Confirm:$false`,
		},
		{
			"switched on in place", "public_provider", "MSN", msn(), onMSN,
			`Set-CsPublicProvider -Identity:'MSN' -Enabled:$true -Confirm:$false`,
			`Set-CsPublicProvider -Identity:'MSN' -Enabled:$false -Confirm:$false`,
		},
		{
			"all else replaces", "public_provider", "MSN", msn("Enabled", true), onMSN + "enable_skype_id_routing = true",
			"Remove-CsPublicProvider -Identity:'MSN' -Confirm:$false\n" +
				`New-CsPublicProvider -Identity:'MSN' -ProxyFqdn:'federation.messenger.msn.com' -Enabled:$true -VerificationLevel:'AlwaysVerifiable' -NameDecorationDomain:'msn.com' -EnableSkypeIdRouting:$true -EnableSkypeDirectorySearch:$false -Confirm:$false`,
			"Remove-CsPublicProvider -Identity:'MSN' -Confirm:$false\n" +
				`New-CsPublicProvider -Identity:'MSN' -ProxyFqdn:'federation.messenger.msn.com' -Enabled:$true -VerificationLevel:'AlwaysVerifiable' -NameDecorationDomain:'msn.com' -EnableSkypeIdRouting:$false -EnableSkypeDirectorySearch:$false -Confirm:$false`,
		},
	}
}

func domainCommands() []objectTest {
	return []objectTest{
		{
			"allowed", "allowed_domain", "fabrikam.com", nil, "proxy_fqdn = \"edge.fabrikam.com\"\ncomment = \"partner\"",
			`New-CsAllowedDomain -Identity:'fabrikam.com' -ProxyFqdn:'edge.fabrikam.com' -Comment:'partner' -Confirm:$false`,
			`Remove-CsAllowedDomain -Identity:'fabrikam.com' -Confirm:$false`,
		},
		{
			"a proxy taken away", "allowed_domain", "fabrikam.com", partner("ProxyFqdn", "edge.fabrikam.com"), `proxy_fqdn = ""`,
			`Set-CsAllowedDomain -Identity:'fabrikam.com' -ProxyFqdn:'' -Confirm:$false`,
			`Set-CsAllowedDomain -Identity:'fabrikam.com' -ProxyFqdn:'edge.fabrikam.com' -Confirm:$false`,
		},
		{"no proxy is none", "allowed_domain", "fabrikam.com", partner(), `proxy_fqdn = ""`, "", ""},
		{
			"blocked", "blocked_domain", "tailspintoys.com", nil, `comment = "spam"`,
			`New-CsBlockedDomain -Identity:'tailspintoys.com' -Comment:'spam' -Confirm:$false`,
			`Remove-CsBlockedDomain -Identity:'tailspintoys.com' -Confirm:$false`,
		},
		{
			"no longer blocked", "blocked_domain", "tailspintoys.com",
			map[string]any{"Identity": "tailspintoys.com", "Domain": "tailspintoys.com", "Comment": "spam"},
			"",
			`Remove-CsBlockedDomain -Identity:'tailspintoys.com' -Confirm:$false`,
			`New-CsBlockedDomain -Identity:'tailspintoys.com' -Comment:'spam' -Confirm:$false`,
		},
		{
			"new", "sip_domain", "fabrikam.com", nil, " ",
			`New-CsSipDomain -Identity:'fabrikam.com' -Confirm:$false`, `Remove-CsSipDomain -Identity:'fabrikam.com' -Confirm:$false`,
		},
		{
			"new default", "sip_domain", "fabrikam.com", nil, "is_default = true",
			`New-CsSipDomain -Identity:'fabrikam.com' -IsDefault:$true -Confirm:$false`, "!cannot be removed. Make another domain the default",
		},
		{
			"becomes the default", "sip_domain", "fabrikam.com", domain("fabrikam.com", false), "is_default = true",
			`Set-CsSipDomain -Identity:'fabrikam.com' -IsDefault:$true -Confirm:$false`, "!cannot be demoted: make another domain the default instead",
		},
		{"the default stays", "sip_domain", "contoso.com", domain("contoso.com", true), "", "!it is the default SIP domain, which cannot be removed", `New-CsSipDomain -Identity:'contoso.com' -IsDefault:$true -Confirm:$false`},
	}
}

func policyCommands() []objectTest {
	return []objectTest{
		{
			"global", "external_access_policy", "Global", policy("Global"), "enable_federation_access = true\nenable_outside_access = true",
			`Set-CsExternalAccessPolicy -Identity:'Global' -EnableFederationAccess:$true -EnableOutsideAccess:$true -Confirm:$false`,
			`Set-CsExternalAccessPolicy -Identity:'Global' -EnableFederationAccess:$false -EnableOutsideAccess:$false -Confirm:$false`,
		},
		{
			"granted", "external_access_policy", "Sales", nil, "enable_outside_access = true\ndescription = \"abroad\"",
			`New-CsExternalAccessPolicy -Identity:'Sales' -EnableOutsideAccess:$true -Description:'abroad' -Confirm:$false`,
			`Remove-CsExternalAccessPolicy -Identity:'Sales' -Confirm:$false`,
		},
		{
			"of one organisation", "hosted_voicemail_policy", "Global", voicemail(), "destination = \"exap.um.outlook.com\"\norganization = [\"contoso.onmicrosoft.com\"]",
			`Set-CsHostedVoicemailPolicy -Identity:'Global' -Destination:'exap.um.outlook.com' -Organization:'contoso.onmicrosoft.com' -Confirm:$false`,
			`Set-CsHostedVoicemailPolicy -Identity:'Global' -Destination:$null -Organization:'' -Confirm:$false`,
		},
		{
			"of two", "hosted_voicemail_policy", "Tag:Redmond", voicemail("Organization", "contoso.onmicrosoft.com"), `organization = ["litware.onmicrosoft.com", "contoso.onmicrosoft.com"]`,
			`Set-CsHostedVoicemailPolicy -Identity:'Tag:Redmond' -Organization:'contoso.onmicrosoft.com,litware.onmicrosoft.com' -Confirm:$false`,
			`Set-CsHostedVoicemailPolicy -Identity:'Tag:Redmond' -Organization:'contoso.onmicrosoft.com' -Confirm:$false`,
		},
	}
}

func TestLiveFederation(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind, identity string
		props          map[string]any
		want           map[string]string
	}{
		{"oauth_configuration", "Global", oauthSettings("ClientAdalAuthOverride", missing), map[string]string{"realm": "contoso.com", "client_authorization_oauth_server_identity": "-", "client_adal_auth_override": "?"}},
		{"public_provider", "MSN", msn("EnableSkypeIdRouting", missing), map[string]string{"proxy_fqdn": "federation.messenger.msn.com", "icon_url": "-", "enable_skype_id_routing": "?", "enabled": "false"}},
		{"allowed_domain", "fabrikam.com", partner("VerificationLevel", missing), map[string]string{"identity": "fabrikam.com", "proxy_fqdn": "-", "verification_level": "?", "comment": "-"}},
		{"sip_domain", "contoso.com", domain("contoso.com", true), map[string]string{"identity": "contoso.com", "is_default": "true"}},
		{"external_access_policy", "Tag:Sales", policy("Tag:Sales"), map[string]string{"identity": "Tag:Sales", "description": "-", "enable_federation_access": "false"}},
		{"hosted_voicemail_policy", "Global", voicemail("Destination", "exap.um.outlook.com"), map[string]string{"destination": "exap.um.outlook.com"}},
	}
	for _, test := range tests {
		v, err := kindNamed(t, test.kind).Live(test.identity, test.props)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, told(v, slices.Collect(keysOf(test.want))...)); diff != "" {
			t.Errorf("%s (want - got +):\n%s", test.kind, diff)
		}
	}
}

func TestMistakesInFederation(t *testing.T) {
	t.Parallel()
	const onMSN = "proxy_fqdn = \"federation.messenger.msn.com\"\nenabled = true\n"
	tests := []struct{ kind, identity, body, want string }{
		{"oauth_configuration", "", `service_name = "{00000004-0000-0ff1-ce00-000000000000}"`, "write its 32 hexadecimal digits in groups"},
		{"oauth_configuration", "", `exchange_autodiscover_allowed_domains = ["*.a.com;*.b.com"]`, "write one name an element"},
		{"oauth_configuration", "", `exchange_autodiscover_url = "http://a.b/"`, "write https instead of http"},
		{"oauth_configuration", "", `client_adal_auth_override = "Allow"`, `Did you mean "Allowed"`},
		{"oauth_configuration", "", "client_authorization_oauth_server_identity = \"\"\nexchange_autodiscover_url = \"\"\nexchange_autodiscover_allowed_domains = [\"*\", \"*.b.com\"]", `"*" is neither a domain`},
		{"public_provider", "MSN", "enabled = true", "cannot do without:\n  proxy_fqdn"},
		{"public_provider", "MSN", onMSN + `verification_level = "UseSourceVerification"`, "deprecated for public providers"},
		{"allowed_domain", "fabrikam", "", `"fabrikam" is no fully qualified domain name`},
		{"allowed_domain", "*.fabrikam.com", "", `the part "*" may hold only letters`},
		{"allowed_domain", "fabrikam.com", `proxy_fqdn = "edge"`, "is no fully qualified domain name"},
		{"allowed_domain", "fabrikam.com", "mark_for_monitoring = true", `has no argument "mark_for_monitoring"`},
		{"blocked_domain", "https://fabrikam.com", "", "write the host name alone"},
		{"sip_domain", "contoso,com", "", `"contoso,com" is no domain name: the part "contoso,com" may hold only letters`},
		{"sip_domain", "contoso.com", "is_default = false", "write is_default = true on the domain that shall be the default instead"},
		{"hosted_voicemail_policy", "Global", `destination = "exap um"`, `"exap um" is no destination`},
		{"hosted_voicemail_policy", "Global", fmt.Sprintf("destination = %q", strings.Repeat("a", 256)), "at most 255 characters"},
		{"hosted_voicemail_policy", "Global", `organization = ["a.com,b.com"]`, "One domain is one element."},
		{"hosted_voicemail_policy", "Global", `destination = ""`, ""},
		{"allowed_domain", "fabrikam.com", `proxy_fqdn = ""`, ""},
	}
	for _, test := range tests {
		_, diags := decoded(t, kindNamed(t, test.kind), test.identity, test.body)
		if got := said(diags); !strings.Contains(got, test.want) || (test.want == "") != (got == "") {
			t.Errorf("%s %s\nsays %q, want %q", test.kind, test.body, got, test.want)
		}
	}
}

func TestNotesOfFederation(t *testing.T) {
	t.Parallel()
	with := func(name string, v cty.Value) map[string]cty.Value { return map[string]cty.Value{name: v} }
	text := cty.StringVal
	tests := []struct {
		kind, action  string
		before, after map[string]cty.Value
		want          string
	}{
		{"oauth_configuration", "update", with("realm", text("a")), with("realm", text("b")), "partners that know the deployment by its old realm"},
		{"oauth_configuration", "update", with("realm", text("a")), with("realm", text("A")), ""},
		{"oauth_configuration", "update", nil, with("client_authorization_oauth_server_identity", text("evoSTS")), "sign in with evoSTS from now on"},
		{"public_provider", "delete", nil, nil, "enabled = false would keep the record"},
		{"public_provider", "replace", nil, nil, "nobody there can be reached in between"},
		{"public_provider", "update", nil, nil, ""},
		{"allowed_domain", "delete", nil, nil, "federation with the domain ends"},
		{"allowed_domain", "create", nil, nil, ""},
		{"blocked_domain", "create", nil, nil, "nobody in the domain can be reached any more"},
		{"blocked_domain", "delete", nil, nil, "partner discovery may let it in"},
		{"external_access_policy", "delete", with("identity", text("Tag:Sales")), nil, "fall back to the policy of their site"},
		{"hosted_voicemail_policy", "delete", with("identity", text("Site:Redmond")), nil, "the global policy applies to the users of the site"},
		{"hosted_voicemail_policy", "update", with("destination", text("a.b")), with("destination", text("")), "no longer works"},
		{"sip_domain", "update", with("is_default", cty.False), with("is_default", cty.True), "restart the services RTCCAA and RTCCAS"},
		{"sip_domain", "create", nil, with("is_default", cty.NullVal(cty.Bool)), "certificates and DNS records"},
		{"sip_domain", "delete", with("is_default", cty.False), nil, "while anybody has a SIP address"},
	}
	for _, test := range tests {
		got := fmt.Sprint(kindNamed(t, test.kind).Notes(test.action, test.before, test.after))
		if !strings.Contains(got, test.want) || (test.want == "") != (got == "[]") {
			t.Errorf("%s %s: %s, want %q", test.kind, test.action, got, test.want)
		}
	}
}

func TestPoliciesAreTheSameWithAndWithoutTag(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"external_access_policy", "hosted_voicemail_policy"} {
		k := kindNamed(t, kind)
		if a, b := k.LiveID("Sales", cty.NilVal), k.LiveID("tag:SALES", cty.NilVal); a != b {
			t.Errorf("%s: %q and %q", kind, a, b)
		}
		if a, b := k.LiveID("site:Sales", cty.NilVal), k.LiveID("Sales", cty.NilVal); a == b {
			t.Errorf("%s: a site's policy is taken for another", kind)
		}
		if !k.IsBuiltIn("global") || k.IsBuiltIn("Sales") {
			t.Errorf("%s: global is not told apart", kind)
		}
	}
}

// TestFederationFollows carries every kind through its life against the simulated servers.
func TestFederationFollows(t *testing.T) {
	t.Parallel()
	p := laboratory(t, lab.Needs{SipDomains: []string{"contoso.com"}})
	const evoSTS = "metadata_url = \"https://login.windows.net/common/FederationMetadata/2007-06/FederationMetadata.xml\"\ntype = \"AzureAD\"\naccept_security_identifier_information = true"
	const skype = "proxy_fqdn = \"federation.messenger.msn.com\"\nenabled = true\n"
	const exchangeUM = "proxy_fqdn = \"exap.um.outlook.com\"\nenabled = true\nenabled_shared_address_space = true\nhosts_ocs_users = false"
	certificate := "application_identifier = \"microsoft.exchange\"\napplication_trust_level = \"Full\"\nrealm = \"contoso.com\"\n"
	carriedOut(t, p, []step{
		{"oauth_server", "evoSTS", evoSTS, planner.Create},
		{"oauth_configuration", "", "client_authorization_oauth_server_identity = \"evoSTS\"\nexchange_autodiscover_allowed_domains = [\"*.outlook.com\", \"*.contoso.com\"]", planner.Update},
		{"oauth_configuration", "", "exchange_autodiscover_allowed_domains = []\nclient_authorization_oauth_server_identity = \"\"", planner.Update},
		{"public_provider", "msn", skype, planner.Update},
		{"public_provider", "MSN", skype + "enable_skype_directory_search = true", planner.Replace},
		{"public_provider", "MSN", "", planner.Delete},
		{"hosting_provider", "LyncOnline", providerBody, planner.Create},
		{"hosting_provider", "ExchangeOnline", exchangeUM, planner.Create},
		{"allowed_domain", "fabrikam.com", "proxy_fqdn = \"edge.fabrikam.com\"", planner.Create},
		{"allowed_domain", "Fabrikam.com", "proxy_fqdn = \"\"\nverification_level = \"AlwaysVerifiable\"", planner.Update},
		{"allowed_domain", "fabrikam.com", "", planner.Delete},
		{"blocked_domain", "fabrikam.com", "comment = \"spam\"", planner.Create},
		{"blocked_domain", "fabrikam.com", "comment = \"\"", planner.Update},
		{"blocked_domain", "fabrikam.com", "", planner.Delete},
		{"sip_domain", "litware.com", " ", planner.Create},
		{"sip_domain", "litware.com", "is_default = true", planner.Update},
		{"sip_domain", "contoso.com", "", planner.Delete},
		{"external_access_policy", "Global", "enable_federation_access = true", planner.Update},
		{"external_access_policy", "Sales", "enable_outside_access = true", planner.Create},
		{"external_access_policy", "tag:sales", "enable_outside_access = false\ndescription = \"home\"", planner.Update},
		{"external_access_policy", "Sales", "", planner.Delete},
		{"hosted_voicemail_policy", "Global", "destination = \"exap.um.outlook.com\"\norganization = [\"b.onmicrosoft.com\", \"a.onmicrosoft.com\"]", planner.Update},
		{"hosted_voicemail_policy", "site:Redmond", "destination = \"exap.um.outlook.com\"", planner.Create},
		{"hosted_voicemail_policy", "Site:redmond", "", planner.Delete},
		{"partner_application", "exchange", certificate + "certificate_file = \"C:\\\\exchange.cer\"", planner.Create},
		{"partner_application", "exchange", onOAuthServer, planner.Replace},
		{"partner_application", "exchange", onMetadata, planner.Update},
	})
}

// TestApplicationWithACertificate is the fourth source of keys: the certificate itself travels with the call.
func TestApplicationWithACertificate(t *testing.T) {
	t.Parallel()
	p := laboratory(t, lab.Needs{SipDomains: []string{"contoso.com"}})
	const body = "application_identifier = \"microsoft.exchange\"\napplication_trust_level = \"Full\"\nrealm = \"contoso.com\"\ncertificate = cer"
	if err := p.Apply(t.Context(), next(t, p, "partner_application", "exchange", body)); err != nil {
		t.Fatal(err)
	}
	left := next(t, p, "partner_application", "exchange", body)
	if left.Action != planner.NoOp || !slices.Equal(left.Unread, []string{"certificate"}) {
		t.Errorf("%s, unread %v: servers do not show the certificate, so nothing is planned from it", left.Action, left.Unread)
	}
}
