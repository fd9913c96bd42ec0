package lab

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hybrid/schema"
)

// A story is a sequence of calls on a fresh estate of needed().
type story struct {
	t *testing.T
	s *simulator
}

func tell(t *testing.T) story {
	t.Helper()
	s, err := newSimulator(Seed(needed(), SeedOptions{}), []*schema.Kind{domainKind()})
	if err != nil {
		t.Fatal(err)
	}
	return story{t, s}
}

type params map[string]any

// does runs a cmdlet that must succeed.
func (s story) does(cmdlet string, p params) output {
	s.t.Helper()
	out, err := s.s.run(cmdlet, p, false)
	if err != nil {
		s.t.Fatalf("%s %v: %v", cmdlet, p, err)
	}
	return out
}

// fails runs a cmdlet that must fail with a category and a text, and change nothing.
func (s story) fails(cmdlet string, p params, category, text string) {
	s.t.Helper()
	before := s.snapshot()
	_, err := s.s.run(cmdlet, p, false)
	var failure *Failure
	if !errors.As(err, &failure) || failure.Category != category || !strings.Contains(failure.Message, text) {
		s.t.Errorf("%s %v: %#v\nwant %s: …%s…", cmdlet, p, err, category, text)
	}
	if diff := cmp.Diff(before, s.snapshot()); diff != "" {
		s.t.Errorf("%s %v failed and changed something:\n%s", cmdlet, p, diff)
	}
}

func (s story) snapshot() string {
	var b strings.Builder
	counted := s.s.estate.Calls.Writes // a refused call counts as well
	defer func() { s.s.estate.Calls.Writes = counted }()
	s.s.estate.Calls.Writes = nil
	if err := s.s.estate.encode(&b); err != nil {
		s.t.Fatal(err)
	}
	return b.String()
}

// reads checks properties of the one object that a Get- returns.
func (s story) reads(noun, identity string, want Object) {
	s.t.Helper()
	out := s.does("Get-"+noun, params{"Identity": identity})
	got := out.objects
	for _, a := range out.accounts {
		got = append(got, a.object())
	}
	if len(got) != 1 {
		s.t.Fatalf("Get-%s %s: %d objects", noun, identity, len(got))
	}
	seen := Object{}
	for name := range want {
		value, ok := got[0][name]
		if !ok {
			value = "(no such property)"
		}
		seen[name] = value
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		s.t.Errorf("Get-%s %s:\n%s", noun, identity, diff)
	}
}

func lyncOnline() params {
	return params{"Identity": "LyncOnline", "ProxyFqdn": "sipfed.online.lync.com", "Enabled": true, "EnabledSharedAddressSpace": true, "HostsOCSUsers": true}
}

func TestHostingProviders(t *testing.T) {
	t.Parallel()
	s := tell(t)
	out := s.does("New-CsHostingProvider", lyncOnline())
	if len(out.objects) != 1 {
		t.Fatalf("New- returned %v", out.objects)
	}
	s.reads("CsHostingProvider", "lynconline", Object{"Identity": "LyncOnline", "Name": "LyncOnline", "VerificationLevel": "AlwaysVerifiable", "IsLocal": false, "SipClientPort": int64(443), "AutodiscoverUrl": ""})
	s.fails("New-CsHostingProvider", lyncOnline(), "ResourceExists", "exists already")
	other := lyncOnline()
	other["Identity"] = "Another"
	s.fails("New-CsHostingProvider", other, "InvalidOperation", `There is a duplicate key sequence "SIPFED.ONLINE.LYNC.COM"`)
	other["Identity"], other["ProxyFqdn"] = "yahoo!", "exap.um.outlook.com"
	s.fails("New-CsHostingProvider", other, "InvalidOperation", `There is a duplicate key sequence "YAHOO!" for the 'ProviderName' key`)
	other["Identity"], other["ProxyFqdn"] = "New", "Federation.messenger.msn.com"
	s.fails("New-CsHostingProvider", other, "InvalidOperation", "'ProviderProxyFqdn'")
	other["ProxyFqdn"] = "not a host"
	s.fails("New-CsHostingProvider", other, "InvalidData", "no fully qualified domain name")

	if out := s.does("Set-CsHostingProvider", params{"Identity": "LYNCONLINE", "IsLocal": true, "VerificationLevel": "UseSourceVerification"}); len(out.objects) != 0 {
		t.Errorf("Set- returned %v", out.objects)
	}
	s.reads("CsHostingProvider", "LyncOnline", Object{"Identity": "LyncOnline", "IsLocal": true, "VerificationLevel": "UseSourceVerification", "Enabled": true})
	s.fails("Set-CsHostingProvider", params{"Identity": "LyncOnline", "ProxyFqdn": "x.y"}, "InvalidArgument", "parameter name 'ProxyFqdn'")
	s.fails("Set-CsHostingProvider", params{"Identity": "Nobody", "Enabled": true}, "ObjectNotFound", `Cannot find "HostingProvider" "Nobody" because it does not exist.`)
	s.fails("Enable-CsHostingProvider", params{"Identity": "LyncOnline"}, "InvalidOperation", "already enabled")
	s.does("Disable-CsHostingProvider", params{"Identity": "LyncOnline"})
	s.fails("Disable-CsHostingProvider", params{"Identity": "LyncOnline"}, "InvalidOperation", "already disabled")
	s.does("Enable-CsHostingProvider", params{"Identity": "LyncOnline"})
	s.does("Remove-CsHostingProvider", params{"Identity": "LyncOnline"})
	s.fails("Get-CsHostingProvider", params{"Identity": "LyncOnline"}, "ObjectNotFound", "does not exist")
	if out := s.does("Get-CsHostingProvider", nil); len(out.objects) != 0 {
		t.Errorf("an empty list gave %v", out.objects)
	}
}

func TestPublicProvidersAreShippedDisabled(t *testing.T) {
	t.Parallel()
	s := tell(t)
	for _, name := range []string{"Yahoo!", "AOL", "MSN"} {
		s.reads("CsPublicProvider", name, Object{"Enabled": false, "Name": name})
	}
	s.fails("Set-CsPublicProvider", params{"Identity": "AOL", "IconUrl": "x"}, "InvalidArgument", "IconUrl")
	s.does("Enable-CsPublicProvider", params{"Identity": "AOL"})
	s.reads("CsPublicProvider", "AOL", Object{"Enabled": true})
}

func TestAccessEdgeHasTwoShapes(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.reads("CsAccessEdgeConfiguration", "Global", Object{"RoutingMethod": "UseDnsSrvRouting", "EnablePartnerDiscovery": false, "AllowFederatedUsers": false, "AllowOutsideUsers": true,
		"DefaultRouteFqdn": "(no such property)", "VerificationLevel": "(no such property)", "OutgoingTlsCountForFederatedPartners": int64(4)})
	s.does("Set-CsAccessEdgeConfiguration", params{"AllowFederatedUsers": true})
	s.does("Set-CsAccessEdgeConfiguration", params{"UseDnsSrvRouting": true, "EnablePartnerDiscovery": true, "AllowOutsideUsers": true})
	s.reads("CsAccessEdgeConfiguration", "Global", Object{"EnablePartnerDiscovery": true, "AllowFederatedUsers": true, "UseDnsSrvRouting": "(no such property)"})
	s.fails("Set-CsAccessEdgeConfiguration", params{"Identity": "Global", "EnablePartnerDiscovery": true}, "InvalidArgument", "Parameter set cannot be resolved")
	s.fails("Set-CsAccessEdgeConfiguration", params{"OutgoingTlsCountForFederatedPartners": 5}, "InvalidData", "between 1 and 4")
	s.fails("Set-CsAccessEdgeConfiguration", params{"VerificationLevel": "AlwaysVerifiable"}, "InvalidOperation", "another routing method")
	route := params{"UseDefaultRouting": true, "DefaultRouteFqdn": "edge.fabrikam.com"}
	s.fails("Set-CsAccessEdgeConfiguration", params{"UseDefaultRouting": true}, "InvalidOperation", "needs -DefaultRouteFqdn")
	s.fails("Set-CsAccessEdgeConfiguration", route, "InvalidOperation", "while there are hosting or public providers")
	for _, name := range []string{"Yahoo!", "AOL", "MSN"} {
		s.does("Remove-CsPublicProvider", params{"Identity": name})
	}
	s.does("Set-CsAccessEdgeConfiguration", route)
	s.reads("CsAccessEdgeConfiguration", "Global", Object{"RoutingMethod": "UseDefaultRouting", "EnablePartnerDiscovery": "(no such property)", "DefaultRouteFqdn": "edge.fabrikam.com", "IsPublicProvider": false, "AllowFederatedUsers": true})
	s.fails("New-CsHostingProvider", lyncOnline(), "InvalidOperation", "while the Access Edge uses a default route")
	s.does("Set-CsAccessEdgeConfiguration", params{"UseDnsSrvRouting": true, "EnablePartnerDiscovery": false})
	s.reads("CsAccessEdgeConfiguration", "Global", Object{"DefaultRouteFqdn": "(no such property)", "EnablePartnerDiscovery": false})
	s.fails("New-CsAccessEdgeConfiguration", params{}, "ObjectNotFound", "is not recognized")
}

func TestOAuth(t *testing.T) {
	t.Parallel()
	s := tell(t)
	const tenant = "9D2A0000-1111-2222-3333-444444444444"
	sts := "https://accounts.accesscontrol.windows.net/" + tenant + "/metadata/json/1"
	s.fails("New-CsOAuthServer", params{"Identity": "microsoft.sts", "MetadataUrl": "nowhere"}, "InvalidOperation", "could not be downloaded")
	s.does("New-CsOAuthServer", params{"Identity": "microsoft.sts", "MetadataUrl": sts})
	s.reads("CsOAuthServer", "microsoft.sts", Object{"Name": "microsoft.sts", "Realm": strings.ToLower(tenant), "IssuerIdentifier": "00000001-0000-0000-c000-000000000000", "Type": "Acs", "MetadataUrl": sts, "AcceptSecurityIdentifierInformation": false})
	s.does("Set-CsOAuthServer", params{"Identity": "microsoft.sts", "MetadataUrl": "https://login.windows.net/other/metadata"})
	s.reads("CsOAuthServer", "microsoft.sts", Object{"IssuerIdentifier": "https://login.windows.net/", "Realm": strings.ToLower(tenant)})
	s.fails("Set-CsOAuthServer", params{"Identity": "microsoft.sts", "Realm": "x"}, "InvalidArgument", "'Realm'")

	exchange := params{"Identity": "microsoft.exchange", "ApplicationIdentifier": "00000002-0000-0ff1-ce00-000000000000", "ApplicationTrustLevel": "Full", "UseOAuthServer": true}
	s.does("New-CsPartnerApplication", exchange)
	s.reads("CsPartnerApplication", "microsoft.exchange", Object{"AuthToken": tokenOAuthServer, "Realm": "contoso.com", "Enabled": true, "UseOAuthServer": "(no such property)", "ApplicationTrustLevel": "Full"})
	s.does("Set-CsPartnerApplication", params{"Identity": "microsoft.exchange", "MetadataUrl": "https://autodiscover.contoso.com/autodiscover/metadata/json/1"})
	s.reads("CsPartnerApplication", "microsoft.exchange", Object{"AuthToken": "Value=https://autodiscover.contoso.com/autodiscover/metadata/json/1", "MetadataUrl": "(no such property)"})
	s.does("Set-CsPartnerApplication", params{"Identity": "microsoft.exchange", "Enabled": false})
	s.reads("CsPartnerApplication", "microsoft.exchange", Object{"AuthToken": "Value=https://autodiscover.contoso.com/autodiscover/metadata/json/1", "Enabled": false})
	s.fails("Set-CsPartnerApplication", params{"Identity": "microsoft.exchange", "UseOAuthServer": true, "MetadataUrl": "https://a.b/c"}, "InvalidArgument", "Parameter set cannot be resolved")
	s.does("New-CsPartnerApplication", params{"Identity": "byMetadata", "ApplicationTrustLevel": "User", "MetadataUrl": "https://a.b/c"})
	s.reads("CsPartnerApplication", "byMetadata", Object{"ApplicationIdentifier": "00000002-0000-0ff1-ce00-000000000000", "AuthToken": "Value=https://a.b/c"})
	s.does("New-CsPartnerApplication", params{"Identity": "byCertificate", "ApplicationIdentifier": "a", "ApplicationTrustLevel": "User", "Realm": "r", "CertificateRawData": "MIIB"})
	s.reads("CsPartnerApplication", "byCertificate", Object{"AuthToken": tokenCertificate, "CertificateRawData": "(no such property)", "Realm": "r"})

	s.reads("CsOAuthConfiguration", "Global", Object{"ServiceName": "00000004-0000-0ff1-ce00-000000000000", "Realm": "contoso.com", "OAuthServers": []any{"Name=microsoft.sts;Realm=" + strings.ToLower(tenant)}})
	s.fails("Set-CsOAuthConfiguration", params{"Identity": "Global", "ClientAuthorizationOAuthServerIdentity": "evoSTS"}, "InvalidOperation", `Cannot find OAuth server "evoSTS"`)
	s.does("Set-CsOAuthConfiguration", params{"Identity": "Global", "ClientAuthorizationOAuthServerIdentity": "microsoft.sts", "ClientAdalAuthOverride": "allowed"})
	s.reads("CsOAuthConfiguration", "Global", Object{"ClientAuthorizationOAuthServerIdentity": "microsoft.sts", "ClientAdalAuthOverride": "Allowed"})
}

func TestAKindWithoutRulesGetsItsCmdlets(t *testing.T) {
	t.Parallel()
	s := tell(t)
	delete(s.s.rules, "CsAllowedDomain")
	delete(s.s.rules, "CsBlockedDomain")
	s.does("New-CsAllowedDomain", params{"Identity": "fabrikam.com", "Comment": "partner"})
	s.reads("CsAllowedDomain", "FABRIKAM.com", Object{"Comment": "partner", "VerificationLevel": "UseSourceVerification", "MarkForMonitoring": false, "ProxyFqdn": nil})
	s.does("Set-CsAllowedDomain", params{"Identity": "fabrikam.com", "ProxyFqdn": "edge.fabrikam.com"})
	s.does("New-CsAllowedDomain", params{"Identity": "northwind.com"})
	if out := s.does("Get-CsAllowedDomain", params{"Filter": "fab*"}); len(out.objects) != 1 || out.objects[0]["ProxyFqdn"] != "edge.fabrikam.com" {
		t.Errorf("filter: %v", out.objects)
	}
	if out := s.does("New-CsAllowedDomain", params{"Identity": "never.com", "InMemory": true}); len(out.objects) != 1 {
		t.Errorf("-InMemory returned %v", out.objects)
	}
	if out := s.does("Remove-CsAllowedDomain", params{"Identity": "northwind.com", "WhatIf": true}); len(out.console) != 1 {
		t.Errorf("-WhatIf said %v", out.console)
	}
	if out := s.does("Get-CsAllowedDomain", nil); len(out.objects) != 2 {
		t.Errorf("list: %v", out.objects)
	}
	s.fails("Set-CsAllowedDomain", params{"Instance": "x"}, "NotImplemented", "-Instance of Set-CsAllowedDomain")
	s.fails("Get-CsBlockedDomain", nil, "ObjectNotFound", "is not recognized")
}

func TestEnableUser(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.fails("Get-CsUser", params{"Identity": "ada@contoso.com"}, "ObjectNotFound", "Management object not found")
	s.reads("CsAdUser", "ada@contoso.com", Object{"Enabled": nil, "SipAddress": "", "DisplayName": "Ada", "UserPrincipalName": "ada@contoso.com"})
	online := params{"Identity": "ada@contoso.com", "SipAddress": "sip:ada@contoso.com", "HostingProvider": "sipfed.online.lync.com"}
	s.fails("Enable-CsUser", online, "ObjectNotFound", "Cannot find a hosting provider")
	s.does("New-CsHostingProvider", lyncOnline())
	s.does("Disable-CsHostingProvider", params{"Identity": "LyncOnline"})
	s.fails("Enable-CsUser", online, "InvalidOperation", "is not enabled")
	s.does("Enable-CsHostingProvider", params{"Identity": "LyncOnline"})
	with := func(more params) params {
		p := params{"Identity": "ada@contoso.com"}
		for name, value := range more {
			p[name] = value
		}
		return p
	}
	s.fails("Enable-CsUser", with(params{"SipAddress": "sip:ada@contoso.com"}), "InvalidOperation", "Exactly one of -RegistrarPool")
	s.fails("Enable-CsUser", with(params{"SipAddress": "sip:ada@contoso.com", "RegistrarPool": "pool01.contoso.com", "HostingProviderProxyFqdn": "x.y"}), "InvalidOperation", "Exactly one of -RegistrarPool")
	s.fails("Enable-CsUser", with(params{"RegistrarPool": "pool01.contoso.com"}), "InvalidOperation", "Exactly one of -SipAddress")
	s.fails("Enable-CsUser", with(params{"RegistrarPool": "pool01.contoso.com", "SipAddress": "ada@contoso.com"}), "InvalidData", "sip:user@domain")
	s.fails("Enable-CsUser", with(params{"RegistrarPool": "pool01.contoso.com", "SipAddress": "sip:ada@northwind.com"}), "InvalidData", "not a SIP domain")
	s.fails("Enable-CsUser", with(params{"RegistrarPool": "pool01.contoso.com", "SipAddress": "sip:GRACE@contoso.com"}), "InvalidOperation", "already in use")
	s.fails("Enable-CsUser", with(params{"RegistrarPool": "pool09.contoso.com", "SipAddress": "sip:ada@contoso.com"}), "ObjectNotFound", "valid registrar pool")
	s.fails("Enable-CsUser", with(params{"RegistrarPool": "pool01.contoso.com", "SipAddressType": "SamAccountName"}), "InvalidOperation", "needs -SipDomain")
	s.fails("Enable-CsUser", params{"Identity": "nobody", "RegistrarPool": "pool01.contoso.com", "SipAddressType": "UserPrincipalName"}, "ObjectNotFound", "Management object not found")

	s.does("Enable-CsUser", online)
	s.reads("CsUser", "sip:ada@contoso.com", Object{"Enabled": true, "HostingProvider": "sipfed.online.lync.com", "RegistrarPool": nil, "Identity": "CN=Ada,OU=Users,DC=contoso,DC=com", "EnterpriseVoiceEnabled": false})
	s.fails("Enable-CsUser", online, "InvalidOperation", "already enabled")
	s.does("Disable-CsUser", params{"Identity": "sip:ada@contoso.com"})
	s.fails("Get-CsUser", params{"Identity": "sip:ada@contoso.com"}, "ObjectNotFound", "not found")
	s.reads("CsAdUser", "ada@contoso.com", Object{"Enabled": nil, "SipAddress": "", "HostingProvider": ""})
	s.does("Enable-CsUser", with(params{"RegistrarPool": "POOL02.contoso.com", "SipAddressType": "SamAccountName", "SipDomain": "fabrikam.com"}))
	s.reads("CsUser", "ada@fabrikam.com", Object{"HostingProvider": "SRV:", "RegistrarPool": "pool02.contoso.com", "UserPrincipalName": "ada@contoso.com"})
}

func TestUsersAreFoundInEveryForm(t *testing.T) {
	t.Parallel()
	s := tell(t)
	for _, identity := range []string{"sip:alan@contoso.com", "SIP:Alan@contoso.com", "alan@contoso.com", `CONTOSO\turing`, "turing", "Alan", "CN=Alan,OU=Users,DC=contoso,DC=com", "Al*"} {
		s.reads("CsUser", identity, Object{"SipAddress": "sip:alan@contoso.com"})
	}
	filters := map[string][]string{
		`HostingProvider -eq 'srv:'`: {"sip:alan@contoso.com"},
		`{ SipAddress -eq "sip:alan@contoso.com" -or SipAddress -eq "sip:grace@contoso.com" }`: {"sip:alan@contoso.com", "sip:grace@contoso.com"},
		`SipAddress -eq 'sip:nobody@contoso.com'`:                                              nil,
		`Enabled -eq $true -and HostingProvider -ne 'SRV:'`:                                    {"sip:grace@contoso.com"},
		`-not (RegistrarPool -eq $null)`:                                                       {"sip:alan@contoso.com"},
		`DisplayName -like 'gr*'`:                                                              {"sip:grace@contoso.com"},
		`DisplayName -eq 'it''s'`:                                                              nil,
	}
	for filter, want := range filters {
		var got []string
		for _, a := range s.does("Get-CsUser", params{"Filter": filter}).accounts {
			got = append(got, a.SIP)
		}
		if diff := cmp.Diff(want, got, cmpopts.SortSlices(strings.Compare)); diff != "" {
			t.Errorf("%s:\n%s", filter, diff)
		}
	}
	for filter, text := range map[string]string{`Enabled -gt 3`: `operator "-gt"`, `Enabled -eq 'x`: "closing '", `(Enabled -eq 1`: "closing parenthesis", `Enabled`: "not of the form", `Enabled -eq 1 2`: `"2" is not expected`} {
		s.fails("Get-CsUser", params{"Filter": filter}, "InvalidData", text)
	}
	for size, want := range map[any]int{1: 1, 0: 0, "Unlimited": 2} {
		if got := s.does("Get-CsUser", params{"ResultSize": size}).accounts; len(got) != want {
			t.Errorf("-ResultSize %v gave %d", size, len(got))
		}
	}
	if got := s.does("Get-CsAdUser", params{"Filter": "Enabled -ne $True"}).accounts; len(got) != 1 || got[0].UPN != "ada@contoso.com" {
		t.Errorf("not enabled: %v", got)
	}
	if got := s.does("Get-CsUser", params{"UnAssignedUser": true}).accounts; len(got) != 1 || got[0].SIP != "sip:grace@contoso.com" {
		t.Errorf("unassigned: %v", got)
	}
	s.fails("Get-CsUser", params{"LdapFilter": "(a=b)"}, "NotImplemented", "-LdapFilter")
}

func TestAccountsWithAnAddressOnly(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.s.estate.Add(&Account{SIP: "sip:lost@contoso.com", DisplayName: "Lost"})
	s.reads("CsUser", "sip:lost@contoso.com", Object{"Enabled": nil, "HostingProvider": "", "RegistrarPool": nil})
	s.fails("Move-CsUser", params{"Identity": "sip:lost@contoso.com", "Target": "pool01.contoso.com", "Confirm": false}, "InvalidOperation", "is not enabled. Run Enable-CsUser first")
	s.does("Enable-CsUser", params{"Identity": "sip:lost@contoso.com", "SipAddress": "sip:lost@contoso.com", "RegistrarPool": "pool01.contoso.com"})
	s.reads("CsUser", "sip:lost@contoso.com", Object{"Enabled": true})
}

func TestSetUser(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.does("Set-CsUser", params{"Identity": "alan@contoso.com", "Enabled": false, "LineURI": "tel:+15551234", "EnterpriseVoiceEnabled": true})
	s.reads("CsUser", "alan@contoso.com", Object{"Enabled": false, "LineURI": "tel:+15551234", "EnterpriseVoiceEnabled": true, "HostingProvider": "SRV:"})
	s.fails("Set-CsUser", params{"Identity": "alan@contoso.com", "AudioVideoDisabled": true}, "InvalidOperation", "Enterprise Voice")
	s.fails("Set-CsUser", params{"Identity": "alan@contoso.com", "LineURI": "+1555"}, "InvalidData", "tel:")
	s.fails("Set-CsUser", params{"Identity": "ada@contoso.com", "Enabled": true}, "ObjectNotFound", "not found")
	s.does("Set-CsUser", params{"Identity": "alan@contoso.com", "SipAddress": "sip:turing@fabrikam.com"})
	s.fails("Get-CsUser", params{"Identity": "sip:alan@contoso.com"}, "ObjectNotFound", "not found")
	s.reads("CsUser", "sip:turing@fabrikam.com", Object{"UserPrincipalName": "alan@contoso.com", "SamAccountName": "turing"})
}

func TestMoveUser(t *testing.T) {
	t.Parallel()
	s := tell(t)
	move := func(identity, target string) params {
		return params{"Identity": identity, "Target": target, "Confirm": false}
	}
	s.fails("Move-CsUser", params{"Identity": "alan@contoso.com", "Target": "pool02.contoso.com"}, "InvalidOperation", "NonInteractive mode")
	s.fails("Move-CsUser", params{"Identity": "alan@contoso.com", "Target": "pool02.contoso.com", "Confirm": true}, "InvalidOperation", "NonInteractive mode")
	s.fails("Move-CsUser", move("alan@contoso.com", "pool09.contoso.com"), "ObjectNotFound", "neither a pool of this deployment nor")
	s.fails("Move-CsUser", move("ada@contoso.com", "pool01.contoso.com"), "ObjectNotFound", "not found")
	s.fails("Move-CsUser", move("alan@contoso.com", "sipfed.online.lync.com"), "ObjectNotFound", "neither a pool")
	s.does("Move-CsUser", move("alan@contoso.com", "pool02.contoso.com"))
	s.reads("CsUser", "alan@contoso.com", Object{"HostingProvider": "SRV:", "RegistrarPool": "pool02.contoso.com"})

	s.does("New-CsHostingProvider", lyncOnline())
	s.does("Move-CsUser", move("alan@contoso.com", "SIPFED.online.lync.com"))
	s.reads("CsUser", "alan@contoso.com", Object{"HostingProvider": "sipfed.online.lync.com", "RegistrarPool": nil, "HomeServer": nil})
	s.does("Move-CsUser", move("sip:grace@contoso.com", "Pool01.contoso.com"))
	s.reads("CsUser", "grace@contoso.com", Object{"HostingProvider": "SRV:", "RegistrarPool": "pool01.contoso.com"})

	s.does("Disable-CsHostingProvider", params{"Identity": "LyncOnline"})
	s.fails("Move-CsUser", move("alan@contoso.com", "pool01.contoso.com"), "InvalidOperation", "is not enabled")
	s.fails("Move-CsUser", move("grace@contoso.com", "sipfed.online.lync.com"), "InvalidOperation", "is not enabled")
	s.does("Enable-CsHostingProvider", params{"Identity": "LyncOnline"})
	for _, test := range []struct {
		tenant Tenant
		text   string
	}{
		{Tenant{}, "HostedMigration fault: Error=(510), Description=(This user's tenant is not enabled for shared sip address space.)"},
		{Tenant{SharedSipAddressSpace: true, Unlicensed: []string{"GRACE@contoso.com"}}, "HostedMigration fault: Error=(507), Description=(User must has an assigned license to use Skype for Business Online.)"},
		{Tenant{SharedSipAddressSpace: true, Unsynced: []string{"sip:grace@contoso.com"}}, "MoveUserException: HostedMigration fault: Error=(506)"},
	} {
		s.s.estate.Tenant = test.tenant
		s.fails("Move-CsUser", move("grace@contoso.com", "sipfed.online.lync.com"), "OperationStopped", test.text)
		s.does("Move-CsUser", move("grace@contoso.com", "pool02.contoso.com")) // between pools nobody asks the tenant
	}
	forced := move("grace@contoso.com", "pool01.contoso.com")
	forced["Force"], forced["PassThru"] = true, true
	if out := s.does("Move-CsUser", forced); len(out.accounts) != 1 || len(out.warnings) != 1 || out.accounts[0].More.Text("ContactsAndMeetings") == "" {
		t.Errorf("-Force: %v", out)
	}
	s.fails("Move-CsUser", params{"UserList": "users.txt", "Target": "pool01.contoso.com", "Confirm": false}, "NotImplemented", "-UserList")
}

func TestPoolsAreReadOnly(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.reads("CsPool", "pool01.contoso.com", Object{"Fqdn": "pool01.contoso.com", "Computers": []any{"pool01.contoso.com"}})
	s.fails("Set-CsPool", params{"Identity": "pool01.contoso.com"}, "ObjectNotFound", "is not recognized")
}

func TestWildcards(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		pattern, text string
		want          bool
	}{{"*", "", true}, {"a*c", "ABBC", true}, {"a*c", "abcd", false}, {"?b*", "xbz", true}, {"", "a", false}, {"a**", "a", true}, {"*a*b", "xaxb", true}} {
		if got := wildcard(test.pattern, test.text); got != test.want {
			t.Errorf("wildcard(%q, %q) = %v", test.pattern, test.text, got)
		}
	}
}
