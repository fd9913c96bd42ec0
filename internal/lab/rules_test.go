package lab

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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
	s.reads("CsAccessEdgeConfiguration", "Global", Object{
		"RoutingMethod": "UseDnsSrvRouting", "EnablePartnerDiscovery": false, "AllowFederatedUsers": false, "AllowOutsideUsers": true,
		"DefaultRouteFqdn": "(no such property)", "VerificationLevel": "(no such property)", "OutgoingTlsCountForFederatedPartners": int64(4),
	})
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
