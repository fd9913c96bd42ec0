package skype

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"hybrid/providers/shell"
)

// said is everything that is said about a body.
func said(diags hcl.Diagnostics) string {
	var texts []string
	for _, d := range diags {
		texts = append(texts, d.Summary+": "+d.Detail)
	}
	return strings.Join(texts, "\n")
}

func TestMistakesInBlocks(t *testing.T) {
	t.Parallel()
	provider := func(args string) string {
		return "enabled = true\nenabled_shared_address_space = true\nhosts_ocs_users = true\n" + args
	}
	tests := []struct{ kind, body, want string }{
		{"access_edge", "enable_partner_discovery = true", `enable_partner_discovery exists only with one way of routing: write routing = "dns_srv" beside it.`},
		{"access_edge", "routing = \"default\"\ndefault_route_fqdn = \"a.b\"\nenable_partner_discovery = true", `enable_partner_discovery exists only with routing = "dns_srv": take it out, or change the routing.`},
		{"access_edge", "routing = \"dns_srv\"\nverification_level = \"AlwaysVerifiable\"", `verification_level exists only with routing = "default"`},
		{"access_edge", "routing = \"default\"", `routing = "default" needs default_route_fqdn`},
		{"access_edge", "outgoing_tls_count_for_federated_partners = 5", "5 is out of range: write a whole number from 1 to 4."},
		{"access_edge", "dns_srv_cache_record_count = 1.5", "1.5 is out of range"},
		{"access_edge", "max_rejected_certificates_stored = -1", "-1 is out of range"},
		{"hosting_provider", "proxy_fqdn = \"sipfed.online.lync.com\"", "cannot do without:\n  enabled (true or false)"},
		{"hosting_provider", provider(`proxy_fqdn = "sipfed.online.lync.om"`), `ends in "lync.om": write "sipfed.online.lync.com".`},
		{"hosting_provider", provider(`proxy_fqdn = "https://sipfed.online.lync.com"`), "write the host name alone"},
		{"hosting_provider", provider(`proxy_fqdn = "sipfed.online.lync.com:5061"`), "write the host name alone"},
		{"hosting_provider", provider(`proxy_fqdn = "203.0.113.10"`), "is an IP address"},
		{"hosting_provider", provider(`proxy_fqdn = "sipfed.online.lync.com."`), `write "sipfed.online.lync.com"`},
		{"hosting_provider", provider(`proxy_fqdn = "sipfed"`), "is no fully qualified domain name"},
		{"hosting_provider", provider(`proxy_fqdn = "sip fed.lync.com"`), `the part "sip fed" may hold only letters`},
		{"hosting_provider", provider(`proxy_fqdn = "a..com"`), `the part "" may hold`},
		{"hosting_provider", provider("proxy_fqdn = \"a.b\"\nautodiscover_url = \"https://admin0a.online.lync.com/HostedMigration/hostedmigrationservice.svc\""), `autodiscover is at "https://webdir0a.online.lync.com/Autodiscover/AutodiscoverService.svc/root"`},
		{"hosting_provider", provider("proxy_fqdn = \"a.b\"\nautodiscover_url = \"https://webdir.online.lync.om/Autodiscover\""), `ends in "lync.om"`},
		{"hosting_provider", provider("proxy_fqdn = \"a.b\"\nautodiscover_url = \"webdir.online.lync.com\""), "is no https URL"},
		{"hosting_provider", provider("proxy_fqdn = \"a.b\"\nautodiscover_url = \"http://webdir.online.lync.com\""), "write https instead of http"},
		{"hosting_provider", provider("proxy_fqdn = \"a.b\"\nverification_level = \"UseSourceVerifcation\""), `Did you mean "UseSourceVerification"`},
		{"hosting_provider", provider("proxy_fqdn = \"a.b\"\nsip_client_port = 65536"), "65536 is out of range"},
		{"oauth_server", "metadata_url = \"https://user:pw@a.b/\"", "holds a user name or password"},
		{"oauth_server", "metadata_url = \"https://a.b/ x\"", "without spaces"},
		{"oauth_server", "metadata_url = \"https://a.b/\"\nissuer_identifier = \"x\"", "issuer_identifier is set by the server"},
		{"partner_application", "application_trust_level = \"Full\"\napplication_identifier = \"x\"", "Nothing says where the application's keys come from: write one of use_oauth_server, metadata_url, certificate, certificate_file."},
		{"partner_application", onOAuthServer + "metadata_url = \"https://a.b/\"", "use_oauth_server and metadata_url exclude one another"},
		{"partner_application", onMetadata + "application_identifier = \"x\"", "application_identifier comes from the metadata"},
		{"partner_application", onMetadata + "realm = \"x\"", "realm cannot be set together with metadata_url"},
		{"partner_application", "application_trust_level = \"Full\"\nuse_oauth_server = true", "application_identifier is missing"},
		{"partner_application", "application_trust_level = \"Full\"\napplication_identifier = \"x\"\ncertificate = cer", "realm is missing"},
		{"partner_application", "application_trust_level = \"Full\"\napplication_identifier = \"x\"\nuse_oauth_server = false", "It can only be switched on"},
		{"partner_application", "application_trust_level = \"Some\"\napplication_identifier = \"x\"\nuse_oauth_server = true", `"Full", "Application" or "User"`},
		{"user", "users = []", "Nothing says where new users are homed"},
		{"user", "users = []\nregistrar_pool = \"a.b\"\nhosting_provider_proxy_fqdn = \"a.b\"", "exclude one another"},
		{"user", "registrar_pool = \"a.b\"", "cannot do without:\n  users"},
		{"user_homing", "users = []", "cannot do without:\n  target"},
		{"user_homing", "users = []\ntarget = \"a.b\"\nhosted_migration_override_url = \"https://webdir0a.online.lync.com/HostedMigration/hostedmigrationservice.svc\"", `users are moved through the admin host: write "https://admin0a.online.lync.com/HostedMigration/hostedmigrationService.svc"`},
		{"user_homing", "users = []\ntarget = \"a.b\"\nhosted_migration_override_url = \"https://admin.online.lync.com/HostedMigration/hostedmigrationService.svc\"", `names no forest, and users are moved through that of the tenant`},
		{"user_homing", "users = []\ntarget = \"a.b\"\nhosted_migration_override_url = \"https://webdir.online.lync.com/HostedMigration/hostedmigrationService.svc\"", `names no forest`},
		{"user_homing", "users = []\ntarget = \"a.b\"\nhosted_migration_override_url = \"https://admin0a.online.lync.com/lscp\"", `does not lead to the hosted migration service: write "https://admin0a.online.lync.com/HostedMigration/hostedmigrationService.svc"`},
		{"user_homing", "users = []\ntarget = \"a.b\"\nhosted_migration_override_url = \"https://admin0a.online.lync.com/\"", "does not lead to the hosted migration service"},
		{"user_homing", "users = []\ntarget = \"a.b\"\nwave {\n max_failures = \"101%\"\n}", `"101%" is neither a number of users nor a part of them`},
		{"user_homing", "users = []\ntarget = \"a.b\"\nwave {\n batch = 0\n}", "0 is out of range"},
		{"user_homing", "users = []\ntarget = \"a.b\"\ncredential {\n username = \"x\"\n}", "cannot do without:\n  password"},
	}
	for _, test := range tests {
		t.Run(test.kind+" "+test.want, func(t *testing.T) {
			t.Parallel()
			_, diags := decoded(t, kindNamed(t, test.kind), "x", test.body)
			if !strings.Contains(said(diags), test.want) {
				t.Errorf("%s\nsays %q, want %q", test.body, said(diags), test.want)
			}
		})
	}
}

func TestGoodValuesOfWaves(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"0", "5", "2%", "2.5%", "100%"} {
		if err := shell.CheckShare(cty.StringVal(text)); err != nil {
			t.Error(err)
		}
	}
	for _, text := range []string{"", "-1", "2.5", "many", "5 %", "%"} {
		if shell.CheckShare(cty.StringVal(text)) == nil {
			t.Errorf("%q passes", text)
		}
	}
}

func TestProviderBlocks(t *testing.T) {
	t.Parallel()
	const account = "username = \"svc\"\npassword = \"p\"\n"
	tests := []struct{ body, want string }{
		{account + `hosts = ["fe01.contoso.com", "203.0.113.10", "2001:db8::1"]`, ""},
		{`transport = "local"`, ""},
		{account + "transport = \"local\"\nendpoint = \"https://pool01.contoso.com/OcsPowershell\"", ""},
		{account + "hosts = [\"fe01\"]\nauth = \"kerberos\"", ""},
		{"transport = \"local\"\nendpoint = \"https://pool01.contoso.com/OcsPowershell\"\nendpoint_username = \"a\"\nendpoint_password = \"b\"", ""},
		{account + "hosts = [\"fe01\"]\nendpoint_username = \"a\"\nendpoint_password = \"b\"", "name the endpoint"},
		{account + "hosts = [\"fe01\"]\nendpoint = \"https://pool01.contoso.com/OcsPowershell\"\nendpoint_username = \"a\"", "go together"},
		{account, "hosts is missing"},
		{`hosts = ["fe01"]`, "username is missing: the account that signs in to the hosts and to the endpoint, such as svc-hybrid@CONTOSO.COM."},
		{"hosts = [\"fe01\"]\nusername = \"svc\"", "password is missing: that of the account which signs in to the hosts and to the endpoint. Write env("},
		{"transport = \"local\"\nendpoint = \"https://pool01.contoso.com/OcsPowershell\"", "username is missing"},
		{"hosts = [\"fe01\"]\ntransport = \"local\"", `hosts are not used with transport = "local"`},
		{account + "hosts = []", "The list is empty"},
		{account + `hosts = ["fe01:5986"]`, "the port has an argument of its own"},
		{account + `hosts = ["https://fe01"]`, "write its name or address alone"},
		{account + "hosts = [\"fe01\"]\nendpoint = \"https://pool01.contoso.com/powershell\"", `write "https://pool01.contoso.com/OcsPowershell"`},
		{account + "hosts = [\"fe01\"]\nfingerprint = \"" + strings.Repeat("0f", 20) + "\"", "SHA-1 thumbprint"},
		{account + "hosts = [\"fe01\"]\nfingerprint = \"zz\"", "no SHA-256 fingerprint"},
		{account + "hosts = [\"fe01\"]\nfingerprint = \"" + strings.TrimSuffix(strings.Repeat("0F:", 32), ":") + "\"", ""},
		{account + "hosts = [\"fe01\"]\nauth = \"digest\"", "takes"},
	}
	for _, test := range tests {
		file, diags := hclsyntax.ParseConfig([]byte(test.body), "providers.hcl", hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		_, _, diags = System().Schema.Decode(file.Body, nil)
		if got := said(diags); !strings.Contains(got, test.want) || (test.want == "") != (got == "") {
			t.Errorf("%s\nsays %q, want %q", test.body, got, test.want)
		}
	}
}

func TestCanonicalForms(t *testing.T) {
	t.Parallel()
	tests := []struct {
		norm       func(cty.Value) cty.Value
		text, want string
	}{
		{normFQDN, "SipFed.Online.Lync.com.", "sipfed.online.lync.com"},
		{normURL, "HTTPS://Accounts.Contoso.COM/Tenant/JSON", "https://accounts.contoso.com/Tenant/JSON"},
		{normURL, "https://Contoso.com:443", "https://contoso.com/"},
		{normURL, "https://contoso.com?Q=/A", "https://contoso.com/?Q=/A"},
		{normURL, "no url", "no url"},
		{normCaseless, "9D2A", "9d2a"},
	}
	for _, test := range tests {
		once := test.norm(cty.StringVal(test.text))
		if got := once.AsString(); got != test.want {
			t.Errorf("%q becomes %q, want %q", test.text, got, test.want)
		}
		if !test.norm(once).RawEquals(once) {
			t.Errorf("%q has no settled form", test.text)
		}
	}
}

func TestNotesTellWhatIsLost(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind, action  string
		before, after map[string]cty.Value
		want          string
	}{
		{"user", "delete", nil, nil, "Disable-CsUser wipes contacts and conferences"},
		{"user", "delete", nil, nil, "leaves msRTCSIP-DeploymentLocator behind"},
		{"user", "create", nil, nil, ""},
		{"user", "update", nil, nil, ""},
		{"hosting_provider", "delete", nil, nil, "ends federation"},
		{"hosting_provider", "replace", nil, nil, "down in between"},
		{"hosting_provider", "update", nil, nil, ""},
		{"oauth_server", "replace", nil, nil, "fails in between"},
		{"partner_application", "delete", nil, nil, "can no longer authenticate"},
		{"access_edge", "update", map[string]cty.Value{"routing": cty.StringVal("dns_srv")}, map[string]cty.Value{"routing": cty.StringVal("default")}, "refuse a default route while any"},
		{"access_edge", "update", map[string]cty.Value{"routing": cty.StringVal("default")}, map[string]cty.Value{"routing": cty.StringVal("default")}, ""},
		{"access_edge", "update", map[string]cty.Value{"enable_user_replicator": cty.True}, map[string]cty.Value{"enable_user_replicator": cty.False}, "restart the Edge's services once"},
		{"access_edge", "update", map[string]cty.Value{"enable_user_replicator": cty.True}, map[string]cty.Value{"enable_user_replicator": cty.NullVal(cty.Bool)}, ""},
		{"access_edge", "update", map[string]cty.Value{"enable_user_replicator": cty.False}, map[string]cty.Value{"enable_user_replicator": cty.False}, ""},
	}
	for _, test := range tests {
		got := fmt.Sprint(kindNamed(t, test.kind).Notes(test.action, test.before, test.after))
		if !strings.Contains(got, test.want) || (test.want == "") != (got == "[]") {
			t.Errorf("%s %s: %s, want %q", test.kind, test.action, got, test.want)
		}
	}
}
