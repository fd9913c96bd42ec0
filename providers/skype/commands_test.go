package skype

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

// The live objects of the tests, as the host agent sends them.

func dnsEdge(more ...any) map[string]any {
	return with(map[string]any{
		"Identity": "Global", "RoutingMethod": "UseDnsSrvRouting", "EnablePartnerDiscovery": false, "BeClearingHouse": false,
		"DiscoveredPartnerVerificationLevel": "UseSourceVerification", "AllowFederatedUsers": false, "AllowOutsideUsers": true,
		"AllowAnonymousUsers": false, "OutgoingTlsCountForFederatedPartners": int64(4),
	}, more)
}

func routeEdge(more ...any) map[string]any {
	return with(map[string]any{
		"Identity": "Global", "RoutingMethod": "UseDefaultRouting", "DefaultRouteFqdn": "edge.fabrikam.com", "IsPublicProvider": false,
		"VerificationLevel": "AlwaysVerifiable", "AllowFederatedUsers": true, "AllowOutsideUsers": true,
	}, more)
}

func lyncOnline(more ...any) map[string]any {
	return with(map[string]any{
		"Identity": "LyncOnline", "Name": "LyncOnline", "ProxyFqdn": "sipfed.online.lync.com", "Enabled": true,
		"EnabledSharedAddressSpace": true, "HostsOCSUsers": true, "VerificationLevel": "UseSourceVerification", "IsLocal": false,
		"AutodiscoverUrl": "https://webdir.online.lync.com/Autodiscover/AutodiscoverService.svc/root", "SipClientPort": int64(443),
	}, more)
}

func sts(more ...any) map[string]any {
	return with(map[string]any{
		"Identity": "microsoft.sts", "IssuerIdentifier": "00000001-0000-0000-c000-000000000000", "Realm": "9d2a",
		"MetadataUrl": "https://accounts.accesscontrol.windows.net/old/metadata/json/1", "AuthorizationUriOverride": "", "Type": "Acs",
		"AcceptSecurityIdentifierInformation": false,
	}, more)
}

const oauthToken = "Microsoft.Rtc.Management.WritableConfig.Settings.SSAuth.UseOAuthServer"

func exchange(token string, more ...any) map[string]any {
	return with(map[string]any{
		"Identity": "microsoft.exchange", "AuthToken": token, "Name": "Exchange", "ApplicationIdentifier": "00000002-0000-0ff1-ce00-000000000000",
		"Realm": "contoso.com", "ApplicationTrustLevel": "Full", "AcceptSecurityIdentifierInformation": false, "Enabled": true,
	}, more)
}

// with sets properties, or with nil in the place of the map's value takes them out.
func with(props map[string]any, more []any) map[string]any {
	for i := 0; i+1 < len(more); i += 2 {
		if more[i+1] == missing {
			delete(props, more[i].(string))
			continue
		}
		props[more[i].(string)] = more[i+1]
	}
	return props
}

type gone struct{}

var missing = gone{}

const providerBody = `
proxy_fqdn                   = "sipfed.online.lync.com"
enabled                      = true
enabled_shared_address_space = true
hosts_ocs_users              = true
verification_level           = "usesourceverification"
is_local                     = false
autodiscover_url             = "https://WebDir.online.lync.com/AutoDiscover/autodiscoverservice.svc/root"
`

const newProvider = `New-CsHostingProvider -Identity:'LyncOnline' -ProxyFqdn:'sipfed.online.lync.com' -Enabled:$true -EnabledSharedAddressSpace:$true -HostsOCSUsers:$true -VerificationLevel:'UseSourceVerification' -IsLocal:$false -AutodiscoverUrl:'https://WebDir.online.lync.com/AutoDiscover/autodiscoverservice.svc/root' -Confirm:$false`

const (
	onOAuthServer = "application_identifier = \"00000002-0000-0ff1-ce00-000000000000\"\napplication_trust_level = \"Full\"\nuse_oauth_server = true\n"
	onMetadata    = "application_trust_level = \"Full\"\nmetadata_url = \"https://autodiscover.contoso.com/autodiscover/metadata/json/1\"\n"
)

// An objectTest is a live object, nil where there is none, what is declared of it, and the commands there and back.
type objectTest struct {
	name, kind, identity string
	live                 map[string]any
	body                 string
	do, undo             string // undo "!" and a text: there is none, and the error says so
}

func TestCommandsOfObjects(t *testing.T) {
	t.Parallel()
	tests := slices.Concat(edgeCommands(), providerCommands(), serverCommands(), applicationCommands(bareCertificate(certificate(t))), changedApplicationCommands())

	for _, test := range tests {
		t.Run(test.kind+" "+test.name, func(t *testing.T) {
			t.Parallel()
			c := change(t, kindNamed(t, test.kind), test.identity, test.live, test.body)
			compareLines(t, c, test.do)
			compareLines(t, c.Reverse(), test.undo)
		})
	}
}

func edgeCommands() []objectTest {
	return []objectTest{
		{
			"what all routings share goes with the identity", "access_edge", "Global", dnsEdge(),
			"allow_federated_users = true\nallow_anonymous_users = true",
			`Set-CsAccessEdgeConfiguration -Identity:'Global' -AllowFederatedUsers:$true -AllowAnonymousUsers:$true -Confirm:$false`,
			`Set-CsAccessEdgeConfiguration -Identity:'Global' -AllowFederatedUsers:$false -AllowAnonymousUsers:$false -Confirm:$false`,
		},
		{
			"what all routings share goes with the identity under a default route", "access_edge", "Global", routeEdge(),
			"allow_federated_users = false",
			`Set-CsAccessEdgeConfiguration -Identity:'Global' -AllowFederatedUsers:$false -Confirm:$false`,
			`Set-CsAccessEdgeConfiguration -Identity:'Global' -AllowFederatedUsers:$true -Confirm:$false`,
		},
		{
			"partner discovery goes with the switch and not with the identity", "access_edge", "Global", dnsEdge(),
			"allow_outside_users = true\nallow_federated_users = true\nrouting = \"dns_srv\"\nenable_partner_discovery = true",
			`Set-CsAccessEdgeConfiguration -UseDnsSrvRouting:$true -EnablePartnerDiscovery:$true -AllowFederatedUsers:$true -Confirm:$false`,
			`Set-CsAccessEdgeConfiguration -UseDnsSrvRouting:$true -EnablePartnerDiscovery:$false -AllowFederatedUsers:$false -Confirm:$false`,
		},
		{
			"the switch takes partner discovery along as it is", "access_edge", "Global", dnsEdge("EnablePartnerDiscovery", true),
			"routing = \"dns_srv\"\nbe_clearing_house = true",
			`Set-CsAccessEdgeConfiguration -UseDnsSrvRouting:$true -EnablePartnerDiscovery:$true -BeClearingHouse:$true -Confirm:$false`,
			`Set-CsAccessEdgeConfiguration -UseDnsSrvRouting:$true -EnablePartnerDiscovery:$true -BeClearingHouse:$false -Confirm:$false`,
		},
		{
			"partner discovery that is not told is not made up", "access_edge", "Global", dnsEdge("EnablePartnerDiscovery", missing),
			"routing = \"dns_srv\"\nbe_clearing_house = true",
			`Set-CsAccessEdgeConfiguration -UseDnsSrvRouting:$true -BeClearingHouse:$true -Confirm:$false`,
			`Set-CsAccessEdgeConfiguration -UseDnsSrvRouting:$true -BeClearingHouse:$false -Confirm:$false`,
		},
		{
			"from a default route to DNS and back with all that belongs to it", "access_edge", "Global", routeEdge("IsPublicProvider", true),
			"routing = \"dns_srv\"\nenable_partner_discovery = true\nallow_federated_users = true",
			`Set-CsAccessEdgeConfiguration -UseDnsSrvRouting:$true -EnablePartnerDiscovery:$true -Confirm:$false`,
			`Set-CsAccessEdgeConfiguration -UseDefaultRouting:$true -DefaultRouteFqdn:'edge.fabrikam.com' -VerificationLevel:'AlwaysVerifiable' -IsPublicProvider:$true -Confirm:$false`,
		},
		{
			"to DNS the switch brings the parameter that it needs", "access_edge", "Global", routeEdge(),
			"routing = \"dns_srv\"",
			`Set-CsAccessEdgeConfiguration -UseDnsSrvRouting:$true -EnablePartnerDiscovery:$false -Confirm:$false`,
			`Set-CsAccessEdgeConfiguration -UseDefaultRouting:$true -DefaultRouteFqdn:'edge.fabrikam.com' -VerificationLevel:'AlwaysVerifiable' -IsPublicProvider:$false -Confirm:$false`,
		},
		{
			"from DNS to a default route", "access_edge", "Global", dnsEdge("EnablePartnerDiscovery", true),
			"routing = \"default\"\ndefault_route_fqdn = \"edge.fabrikam.com\"\nmax_contacts_per_discovered_partner = 5",
			`Set-CsAccessEdgeConfiguration -UseDefaultRouting:$true -DefaultRouteFqdn:'edge.fabrikam.com' -Confirm:$false`,
			`Set-CsAccessEdgeConfiguration -UseDnsSrvRouting:$true -EnablePartnerDiscovery:$true -DiscoveredPartnerVerificationLevel:'UseSourceVerification' -BeClearingHouse:$false -Confirm:$false`,
		},
		{
			"a default route takes its server along", "access_edge", "Global", routeEdge(),
			"routing = \"default\"\ndefault_route_fqdn = \"Edge.Fabrikam.com\"\nverification_level = \"AlwaysUnverifiable\"",
			`Set-CsAccessEdgeConfiguration -UseDefaultRouting:$true -DefaultRouteFqdn:'edge.fabrikam.com' -VerificationLevel:'AlwaysUnverifiable' -Confirm:$false`,
			`Set-CsAccessEdgeConfiguration -UseDefaultRouting:$true -DefaultRouteFqdn:'edge.fabrikam.com' -VerificationLevel:'AlwaysVerifiable' -Confirm:$false`,
		},
		{
			"numbers", "access_edge", "Global", dnsEdge(), "outgoing_tls_count_for_federated_partners = 2",
			`Set-CsAccessEdgeConfiguration -Identity:'Global' -OutgoingTlsCountForFederatedPartners:2 -Confirm:$false`,
			`Set-CsAccessEdgeConfiguration -Identity:'Global' -OutgoingTlsCountForFederatedPartners:4 -Confirm:$false`,
		},
	}
}

func providerCommands() []objectTest {
	return []objectTest{
		{
			"create a provider", "hosting_provider", "LyncOnline", nil, providerBody, newProvider,
			`Remove-CsHostingProvider -Identity:'LyncOnline' -Confirm:$false`,
		},
		{"a provider as wanted but for case", "hosting_provider", "LyncOnline", lyncOnline(), providerBody, "", ""},
		{
			"update a provider", "hosting_provider", "LyncOnline", lyncOnline("Enabled", false, "AutodiscoverUrl", ""), providerBody,
			`Set-CsHostingProvider -Identity:'LyncOnline' -Enabled:$true -AutodiscoverUrl:'https://WebDir.online.lync.com/AutoDiscover/autodiscoverservice.svc/root' -Confirm:$false`,
			`Set-CsHostingProvider -Identity:'LyncOnline' -Enabled:$false -AutodiscoverUrl:$null -Confirm:$false`,
		},
		{
			"another proxy FQDN replaces, and what is not declared stays", "hosting_provider", "LyncOnline",
			lyncOnline("ProxyFqdn", "sipfed.lync.om", "SipClientPort", int64(444)), providerBody,
			"Remove-CsHostingProvider -Identity:'LyncOnline' -Confirm:$false\n" +
				strings.Replace(strings.Replace(newProvider, "WebDir.online.lync.com/AutoDiscover/autodiscoverservice", "webdir.online.lync.com/Autodiscover/AutodiscoverService", 1), " -Confirm", " -SipClientPort:444 -Confirm", 1),
			"Remove-CsHostingProvider -Identity:'LyncOnline' -Confirm:$false\n" +
				`New-CsHostingProvider -Identity:'LyncOnline' -ProxyFqdn:'sipfed.lync.om' -Enabled:$true -EnabledSharedAddressSpace:$true -HostsOCSUsers:$true -VerificationLevel:'UseSourceVerification' -IsLocal:$false -AutodiscoverUrl:'https://webdir.online.lync.com/Autodiscover/AutodiscoverService.svc/root' -SipClientPort:444 -Confirm:$false`,
		},
		{
			"remove a provider of an older build", "hosting_provider", "LyncOnline", lyncOnline("SipClientPort", missing, "AutodiscoverUrl", missing), "",
			`Remove-CsHostingProvider -Identity:'LyncOnline' -Confirm:$false`,
			`New-CsHostingProvider -Identity:'LyncOnline' -ProxyFqdn:'sipfed.online.lync.com' -Enabled:$true -EnabledSharedAddressSpace:$true -HostsOCSUsers:$true -VerificationLevel:'UseSourceVerification' -IsLocal:$false -Confirm:$false`,
		},
		{
			"an identity with a quote", "hosting_provider", "Contoso's", lyncOnline("Enabled", false), "proxy_fqdn = \"sipfed.online.lync.com\"\nenabled = true\nenabled_shared_address_space = true\nhosts_ocs_users = true",
			`Set-CsHostingProvider -Identity:'Contoso''s' -Enabled:$true -Confirm:$false`,
			`Set-CsHostingProvider -Identity:'Contoso''s' -Enabled:$false -Confirm:$false`,
		},
	}
}

func serverCommands() []objectTest {
	return []objectTest{
		{
			"create a token server", "oauth_server", "microsoft.sts", nil, `metadata_url = "https://accounts.accesscontrol.windows.net/new/metadata/json/1"`,
			`New-CsOAuthServer -Identity:'microsoft.sts' -MetadataUrl:'https://accounts.accesscontrol.windows.net/new/metadata/json/1' -Confirm:$false`,
			`Remove-CsOAuthServer -Identity:'microsoft.sts' -Confirm:$false`,
		},
		{
			"a token server's metadata change in place", "oauth_server", "microsoft.sts", sts(), `metadata_url = "https://accounts.accesscontrol.windows.net/new/metadata/json/1"`,
			`Set-CsOAuthServer -Identity:'microsoft.sts' -MetadataUrl:'https://accounts.accesscontrol.windows.net/new/metadata/json/1' -Confirm:$false`,
			`Set-CsOAuthServer -Identity:'microsoft.sts' -MetadataUrl:'https://accounts.accesscontrol.windows.net/old/metadata/json/1' -Confirm:$false`,
		},
		{
			"another realm replaces", "oauth_server", "microsoft.sts", sts(), "metadata_url = \"https://accounts.accesscontrol.windows.net/old/metadata/json/1\"\nrealm = \"other\"",
			"Remove-CsOAuthServer -Identity:'microsoft.sts' -Confirm:$false\n" +
				`New-CsOAuthServer -Identity:'microsoft.sts' -MetadataUrl:'https://accounts.accesscontrol.windows.net/old/metadata/json/1' -Realm:'other' -Type:'Acs' -AcceptSecurityIdentifierInformation:$false -Confirm:$false`,
			"Remove-CsOAuthServer -Identity:'microsoft.sts' -Confirm:$false\n" +
				`New-CsOAuthServer -Identity:'microsoft.sts' -MetadataUrl:'https://accounts.accesscontrol.windows.net/old/metadata/json/1' -Realm:'9d2a' -Type:'Acs' -AcceptSecurityIdentifierInformation:$false -Confirm:$false`,
		},
		{
			"a value that is known after apply", "oauth_server", "microsoft.sts", sts(), `metadata_url = later`,
			`Set-CsOAuthServer -Identity:'microsoft.sts' -MetadataUrl:(known after apply) -Confirm:$false`,
			`Set-CsOAuthServer -Identity:'microsoft.sts' -MetadataUrl:'https://accounts.accesscontrol.windows.net/old/metadata/json/1' -Confirm:$false`,
		},
		{
			"a secret value", "oauth_server", "microsoft.sts", nil, `metadata_url = secret`,
			`New-CsOAuthServer -Identity:'microsoft.sts' -MetadataUrl:(sensitive) -Confirm:$false`,
			`Remove-CsOAuthServer -Identity:'microsoft.sts' -Confirm:$false`,
		},
		{
			"over a secret value", "oauth_server", "microsoft.sts", sts(), `metadata_url = secret`,
			`Set-CsOAuthServer -Identity:'microsoft.sts' -MetadataUrl:(sensitive) -Confirm:$false`,
			`Set-CsOAuthServer -Identity:'microsoft.sts' -MetadataUrl:(sensitive) -Confirm:$false`,
		},
	}
}

func applicationCommands(bare string) []objectTest {
	return []objectTest{
		{
			"an application on the token server", "partner_application", "microsoft.exchange", nil, onOAuthServer,
			`New-CsPartnerApplication -Identity:'microsoft.exchange' -ApplicationIdentifier:'00000002-0000-0ff1-ce00-000000000000' -ApplicationTrustLevel:'Full' -UseOAuthServer:$true -Confirm:$false`,
			`Remove-CsPartnerApplication -Identity:'microsoft.exchange' -Confirm:$false`,
		},
		{
			"an application with metadata", "partner_application", "microsoft.exchange", nil, onMetadata,
			`New-CsPartnerApplication -Identity:'microsoft.exchange' -ApplicationTrustLevel:'Full' -MetadataUrl:'https://autodiscover.contoso.com/autodiscover/metadata/json/1' -Confirm:$false`,
			`Remove-CsPartnerApplication -Identity:'microsoft.exchange' -Confirm:$false`,
		},
		{
			"an application with a certificate", "partner_application", "microsoft.exchange", nil,
			"application_identifier = \"microsoft.exchange\"\napplication_trust_level = \"Application\"\ncertificate = cer\nrealm = \"contoso.com\"",
			`New-CsPartnerApplication -Identity:'microsoft.exchange' -ApplicationIdentifier:'microsoft.exchange' -ApplicationTrustLevel:'Application' -Realm:'contoso.com' -CertificateRawData:'` + bare + `' -Confirm:$false`,
			`Remove-CsPartnerApplication -Identity:'microsoft.exchange' -Confirm:$false`,
		},
		{
			"an application with a certificate on the server", "partner_application", "microsoft.exchange", nil,
			"application_identifier = \"microsoft.exchange\"\napplication_trust_level = \"Full\"\ncertificate_file = \"C:\\\\Certificates\\\\Exchange.cer\"\nrealm = \"contoso.com\"",
			`New-CsPartnerApplication -Identity:'microsoft.exchange' -ApplicationIdentifier:'microsoft.exchange' -ApplicationTrustLevel:'Full' -Realm:'contoso.com' -CertificateFileData:'C:\Certificates\Exchange.cer' -Confirm:$false`,
			`Remove-CsPartnerApplication -Identity:'microsoft.exchange' -Confirm:$false`,
		},
	}
}

func changedApplicationCommands() []objectTest {
	return []objectTest{
		{"an application as wanted", "partner_application", "microsoft.exchange", exchange(oauthToken), onOAuthServer, "", ""},
		{
			"no change of source", "partner_application", "microsoft.exchange", exchange(oauthToken, "ApplicationTrustLevel", "User"), onOAuthServer,
			`Set-CsPartnerApplication -Identity:'microsoft.exchange' -ApplicationTrustLevel:'Full' -Confirm:$false`,
			`Set-CsPartnerApplication -Identity:'microsoft.exchange' -ApplicationTrustLevel:'User' -Confirm:$false`,
		},
		{
			"from metadata to the token server and back", "partner_application", "microsoft.exchange",
			exchange("Value=https://autodiscover.contoso.com/old/json/1"), onOAuthServer,
			`Set-CsPartnerApplication -Identity:'microsoft.exchange' -UseOAuthServer:$true -Confirm:$false`,
			`Set-CsPartnerApplication -Identity:'microsoft.exchange' -MetadataUrl:'https://autodiscover.contoso.com/old/json/1' -Confirm:$false`,
		},
		{
			"from the token server to metadata and back, with another trust level", "partner_application", "microsoft.exchange",
			exchange(oauthToken, "ApplicationTrustLevel", "Application"), onMetadata,
			`Set-CsPartnerApplication -Identity:'microsoft.exchange' -ApplicationTrustLevel:'Full' -MetadataUrl:'https://autodiscover.contoso.com/autodiscover/metadata/json/1' -Confirm:$false`,
			`Set-CsPartnerApplication -Identity:'microsoft.exchange' -ApplicationTrustLevel:'Application' -UseOAuthServer:$true -Confirm:$false`,
		},
		{
			"from a certificate to the token server there is no way back", "partner_application", "microsoft.exchange",
			exchange("System.Byte[]"), onOAuthServer,
			`Set-CsPartnerApplication -Identity:'microsoft.exchange' -UseOAuthServer:$true -Confirm:$false`,
			"!-UseOAuthServer: it had no value",
		},
		{
			"another identifier replaces", "partner_application", "microsoft.exchange",
			exchange(oauthToken, "ApplicationIdentifier", "00000002-0000-0ff1-ce00-000000000001", "Enabled", false), onOAuthServer,
			"Remove-CsPartnerApplication -Identity:'microsoft.exchange' -Confirm:$false\n" +
				`New-CsPartnerApplication -Identity:'microsoft.exchange' -ApplicationIdentifier:'00000002-0000-0ff1-ce00-000000000000' -ApplicationTrustLevel:'Full' -Realm:'contoso.com' -Enabled:$false -AcceptSecurityIdentifierInformation:$false -UseOAuthServer:$true -Confirm:$false`,
			"Remove-CsPartnerApplication -Identity:'microsoft.exchange' -Confirm:$false\n" +
				`New-CsPartnerApplication -Identity:'microsoft.exchange' -ApplicationIdentifier:'00000002-0000-0ff1-ce00-000000000001' -ApplicationTrustLevel:'Full' -Realm:'contoso.com' -Enabled:$false -AcceptSecurityIdentifierInformation:$false -UseOAuthServer:$true -Confirm:$false`,
		},
		{
			"another identifier and another source replace with the new source only", "partner_application", "microsoft.exchange",
			exchange("https://autodiscover.contoso.com/old/json/1", "ApplicationIdentifier", "other"), onOAuthServer,
			"Remove-CsPartnerApplication -Identity:'microsoft.exchange' -Confirm:$false\n" +
				`New-CsPartnerApplication -Identity:'microsoft.exchange' -ApplicationIdentifier:'00000002-0000-0ff1-ce00-000000000000' -ApplicationTrustLevel:'Full' -Realm:'contoso.com' -Enabled:$true -AcceptSecurityIdentifierInformation:$false -UseOAuthServer:$true -Confirm:$false`,
			"Remove-CsPartnerApplication -Identity:'microsoft.exchange' -Confirm:$false\n" +
				`New-CsPartnerApplication -Identity:'microsoft.exchange' -ApplicationTrustLevel:'Full' -Enabled:$true -AcceptSecurityIdentifierInformation:$false -MetadataUrl:'https://autodiscover.contoso.com/old/json/1' -Confirm:$false`,
		},
		{
			"remove an application with metadata, and make it again without what the metadata tell", "partner_application", "microsoft.exchange",
			exchange("Value=https://autodiscover.contoso.com/old/json/1"), "",
			`Remove-CsPartnerApplication -Identity:'microsoft.exchange' -Confirm:$false`,
			`New-CsPartnerApplication -Identity:'microsoft.exchange' -ApplicationTrustLevel:'Full' -Enabled:$true -AcceptSecurityIdentifierInformation:$false -MetadataUrl:'https://autodiscover.contoso.com/old/json/1' -Confirm:$false`,
		},
		{
			"remove an application whose certificate nobody knows", "partner_application", "microsoft.exchange", exchange("System.Byte[]"), "",
			`Remove-CsPartnerApplication -Identity:'microsoft.exchange' -Confirm:$false`,
			"!New-CsPartnerApplication would refuse the call",
		},
	}
}

// compareLines holds the commands of a change against a text, or against "!" and what the error says.
func compareLines(t *testing.T, c planner.Change, want string) {
	t.Helper()
	got, err := lines(t, c)
	if refusal, refused := strings.CutPrefix(want, "!"); refused {
		if err == nil || !strings.Contains(err.Error(), refusal) {
			t.Errorf("got %q and error %v, want one that says %q", got, err, refusal)
		}
		return
	}
	if err != nil {
		t.Errorf("%s: %v", c.Action, err)
	}
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (want - got +):\n%s", c.Action, diff)
	}
}

func TestCommandsOfUsers(t *testing.T) {
	t.Parallel()
	online := []string{"sip:ada@contoso.com", "CN=Ada", "ada@contoso.com", "sipfed.online.lync.com", "", "True"}
	tests := []struct {
		name, kind string
		action     planner.Action
		identity   string
		body       string
		cells      []string
		do, undo   string
	}{
		{
			"enable online", "user", planner.Create, "ada@contoso.com", `hosting_provider_proxy_fqdn = "sipfed.online.lync.com"`, nil,
			`Enable-CsUser -Identity:'ada@contoso.com' -SipAddress:'sip:ada@contoso.com' -HostingProviderProxyFqdn:'sipfed.online.lync.com' -Confirm:$false`,
			`Disable-CsUser -Identity:'ada@contoso.com' -Confirm:$false`,
		},
		{
			"enable on a pool", "user", planner.Create, "sip:ada@contoso.com", "registrar_pool = \"pool01.contoso.com\"\nproxy_pool = \"pool02.contoso.com\"", nil,
			`Enable-CsUser -Identity:'ada@contoso.com' -SipAddress:'sip:ada@contoso.com' -RegistrarPool:'pool01.contoso.com' -ProxyPool:'pool02.contoso.com' -Confirm:$false`,
			`Disable-CsUser -Identity:'sip:ada@contoso.com' -Confirm:$false`,
		},
		{
			"enable with a home that is known after apply", "user", planner.Create, "ada@contoso.com", `hosting_provider_proxy_fqdn = later`, nil,
			`Enable-CsUser -Identity:'ada@contoso.com' -SipAddress:'sip:ada@contoso.com' -HostingProviderProxyFqdn:(known after apply) -Confirm:$false`,
			`Disable-CsUser -Identity:'ada@contoso.com' -Confirm:$false`,
		},
		{
			"disable", "user", planner.Delete, "CONTOSO\\ada", `registrar_pool = "pool01.contoso.com"`, online,
			`Disable-CsUser -Identity:'CONTOSO\ada' -Confirm:$false`, "!cannot be brought back",
		},
		{
			"an asterisk means any number of users", "user", planner.Delete, "Ada*", `registrar_pool = "pool01.contoso.com"`, online,
			"!any number of users", "!any number of users",
		},
		{
			"move", "user_homing", planner.Move, "ada@contoso.com", `target = "pool01.contoso.com"`, online,
			`Move-CsUser -Identity:'ada@contoso.com' -Target:'pool01.contoso.com' -Confirm:$false`,
			`Move-CsUser -Identity:'ada@contoso.com' -Target:'sipfed.online.lync.com' -Confirm:$false`,
		},
		{
			"move with all that there is", "user_homing", planner.Move, "O'Hara", `
			target = "sipfed.online.lync.com"
			hosted_migration_override_url = "https://admin0a.online.lync.com/HostedMigration/hostedmigrationservice.svc"
			bypass_enterprise_voice_check = true
			move_conference_data = false
			proxy_pool = "pool02.contoso.com"
			credential {
				username = "svc@contoso.com"
				password = secret
			}
			wave {
				canary = 5
				batch = 10
				parallel = 2
				max_failures = "2%"
				window = "night"
			}`,
			[]string{"sip:ada@contoso.com", "", "", "srv:", "Pool01.contoso.com", "True"},
			`Move-CsUser -Identity:'O''Hara' -Target:'sipfed.online.lync.com' -HostedMigrationOverrideUrl:'https://admin0a.online.lync.com/HostedMigration/hostedmigrationservice.svc' -BypassEnterpriseVoiceCheck:$true -ProxyPool:'pool02.contoso.com' -Credential:(Get-Credential -Credential:'svc@contoso.com') -Confirm:$false`,
			`Move-CsUser -Identity:'O''Hara' -Target:'pool01.contoso.com' -HostedMigrationOverrideUrl:'https://admin0a.online.lync.com/HostedMigration/hostedmigrationservice.svc' -BypassEnterpriseVoiceCheck:$true -ProxyPool:'pool02.contoso.com' -Credential:(Get-Credential -Credential:'svc@contoso.com') -Confirm:$false`,
		},
		{
			"a name that is a secret is not shown either", "user_homing", planner.Move, "ada@contoso.com",
			"target = \"pool01.contoso.com\"\ncredential {\n username = secret\n password = secret\n}", online,
			`Move-CsUser -Identity:'ada@contoso.com' -Target:'pool01.contoso.com' -Credential:(sensitive) -Confirm:$false`,
			`Move-CsUser -Identity:'ada@contoso.com' -Target:'sipfed.online.lync.com' -Credential:(sensitive) -Confirm:$false`,
		},
		{
			"a user who was not there has no way back", "user_homing", planner.Move, "ada@contoso.com", `target = "pool01.contoso.com"`, nil,
			`Move-CsUser -Identity:'ada@contoso.com' -Target:'pool01.contoso.com' -Confirm:$false`, "!not known where the user was homed before",
		},
	}
	for _, test := range tests {
		t.Run(test.kind+" "+test.name, func(t *testing.T) {
			t.Parallel()
			c := oneUser(t, test.kind, test.action, test.identity, test.body, test.cells)
			compareLines(t, c, test.do)
			compareLines(t, c.Reverse(), test.undo)
		})
	}
}

func TestCredentialsTravelButAreNotShown(t *testing.T) {
	t.Parallel()
	c := oneUser(t, "user_homing", planner.Move, "ada@contoso.com", "target = \"pool01.contoso.com\"\ncredential {\n username = \"svc\"\n password = secret\n}", nil)
	calls, err := newTranslator().Calls(c)
	if err != nil {
		t.Fatal(err)
	}
	var found bool
	for _, p := range calls[0].Command.Params {
		found = found || strings.Contains(p.Name, "Credential")
	}
	if text := calls[0].String(); !found || strings.Contains(text, "hunter2") {
		t.Errorf("credential sent: %t; text: %s", found, text)
	}
}

func TestWhatCannotBeTranslated(t *testing.T) {
	t.Parallel()
	k := kindNamed(t, "access_edge")
	c := planner.Change{Address: planner.Address{Kind: k.Name}, Kind: k, Before: cty.NullVal(k.Type()), After: cty.NullVal(k.Type())}
	for action, want := range map[planner.Action]string{
		planner.Create: "there is none that would create it",
		planner.Delete: "there is none that would delete it",
		planner.Update: "nothing differs",
		planner.Run:    `no cmdlet for the action "run"`,
	} {
		c.Action = action
		if _, err := lines(t, c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", action, err, want)
		}
	}
	for _, action := range []planner.Action{planner.NoOp, planner.Unknown} {
		c.Action = action
		if got, err := lines(t, c); got != "" || err != nil {
			t.Errorf("%s: %q, %v", action, got, err)
		}
	}
	c.Action, c.Kind = planner.Update, &schema.Kind{Name: "dns_record", Remote: schema.RRset{}}
	if _, err := lines(t, c); err == nil || !strings.Contains(err.Error(), "not kept by cmdlets") {
		t.Error(err)
	}
}
