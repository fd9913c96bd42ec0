package lab

import (
	"errors"
	"strings"
	"testing"

	"hybrid/internal/powershell"
)

func connectWith(in SignIn) powershell.Command {
	return command("Connect-MicrosoftTeams", "TenantId", in.TenantID, "ApplicationId", in.ClientID, "CertificateThumbprint", in.Thumbprint)
}

// tenantSession opens a session of the tenant's module.
func tenantSession(t testing.TB, l *Lab, then []powershell.Command, cmdlets ...string) (*powershell.Session, error) {
	t.Helper()
	s, err := powershell.Start(t.Context(), winRM(t, l), powershell.Open{Modules: []string{teamsModule}, Cmdlets: cmdlets, Then: then}, powershell.SessionOptions{})
	if err == nil {
		t.Cleanup(func() { _ = s.Close() })
	}
	return s, err
}

func tenantNeeds() Needs {
	return Needs{SipDomains: []string{"contoso.com"}, Tenant: &SignIn{}, Users: []NeededUser{{SIP: "sip:ada@contoso.com", Enabled: true, HostingProvider: "sipfed.online.lync.com"}}}
}

func TestOnlyTheApplicationOfTheTenantSignsIn(t *testing.T) {
	t.Parallel()
	l := start(t, Seed(tenantNeeds(), SeedOptions{}))
	good := l.Endpoints().Teams
	if good.TenantID == "" || good.ClientID == "" || len(good.Thumbprint) != 40 {
		t.Fatalf("%+v", good)
	}
	if _, err := tenantSession(t, l, []powershell.Command{connectWith(good)}, "Get-CsTenantFederationConfiguration"); err != nil {
		t.Error(err)
	}
	other := good
	other.TenantID = "x"
	client := good
	client.ClientID = "x"
	certificate := good
	certificate.Thumbprint = "x"
	for want, c := range map[string]powershell.Command{
		"AADSTS90002": connectWith(other), "AADSTS700016": connectWith(client), "Could not find the certificate": connectWith(certificate),
		"AADSTS50076": command("Connect-MicrosoftTeams", "Credential", powershell.Credential{Username: "u", Password: "p"}),
	} {
		_, err := tenantSession(t, l, []powershell.Command{c}, "Get-CsTenantFederationConfiguration")
		var unready *powershell.ReadyError
		if !errors.As(err, &unready) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// A session has the cmdlets of one module, and those of the tenant only when it has signed in.
func TestModulesDoNotMeet(t *testing.T) {
	t.Parallel()
	l := start(t, Seed(tenantNeeds(), SeedOptions{}))
	var missing *powershell.MissingError
	if _, err := tenantSession(t, l, nil, "Get-CsHostingProvider"); !errors.As(err, &missing) {
		t.Errorf("a cmdlet of the servers in the tenant's session: %v", err)
	}
	_, err := powershell.Start(t.Context(), winRM(t, l), powershell.Open{Modules: []string{"SkypeForBusiness"}, Cmdlets: []string{"Get-CsTenantFederationConfiguration"}}, powershell.SessionOptions{})
	if !errors.As(err, &missing) {
		t.Errorf("a cmdlet of the tenant in the servers' session: %v", err)
	}
	s, err := tenantSession(t, l, nil, "Get-CsTenantFederationConfiguration")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Call(t.Context(), command("Get-CsTenantFederationConfiguration"), powershell.CallOptions{}); err == nil || !strings.Contains(err.Error(), "You must call the Connect-MicrosoftTeams cmdlet") {
		t.Errorf("%v", err)
	}
}

// inTenant is a story told to the tenant's cmdlets.
func inTenant(t *testing.T) story {
	t.Helper()
	s, err := newSimulator(Seed(tenantNeeds(), SeedOptions{}), nil)
	if err != nil {
		t.Fatal(err)
	}
	return story{t, s.tenant}
}

func TestTenantFederation(t *testing.T) {
	t.Parallel()
	s := inTenant(t)
	const noun = "CsTenantFederationConfiguration"
	get := func() Object { return s.does("Get-"+noun, nil).objects[0] }
	if o := get(); o.Is("SharedSipAddressSpace") || len(o["AllowedDomains"].(Object)) != 0 {
		t.Errorf("fresh: %v", o)
	}
	s.does("Set-"+noun, params{"SharedSipAddressSpace": true, "EnableMutualFederationForChatParticipants": true})
	if o := get(); !o.Is("SharedSipAddressSpace") || !s.s.estate.Tenant.SharedSipAddressSpace || o["EnableMutualFederationForChatParticipants"] != nil {
		t.Errorf("shared: %v", o)
	}
	s.does("Set-"+noun, params{"AllowedDomainsAsAList": []any{"a.com", "b.com"}})
	if list := get()["AllowedDomains"].(Object)["AllowedDomain"].([]any); len(list) != 2 || list[1].(Object).Text("Domain") != "b.com" {
		t.Errorf("some: %v", list)
	}
	s.does("Set-"+noun, params{"AllowedDomains": s.does("New-CsEdgeAllowList", params{"AllowedDomain": nil}).objects[0]})
	if list, there := get()["AllowedDomains"].(Object)["AllowedDomain"].([]any); !there || len(list) != 0 {
		t.Errorf("nobody: %v", list)
	}
	s.does("Set-"+noun, params{"AllowedDomains": s.does("New-CsEdgeAllowAllKnownDomains", nil).objects[0], "BlockedDomains": nil})
	if _, there := get()["AllowedDomains"].(Object)["AllowedDomain"]; there {
		t.Error("all domains have a member")
	}
	many := make([]any, mostDomains+1)
	for n := range many {
		many[n] = "a.com"
	}
	s.fails("Set-"+noun, params{"AllowedDomainsAsAList": many}, "InvalidData", "4001 domains, and at most 4000")
	s.fails("Set-"+noun, params{"BlockedDomains": []any{"*.com"}}, "InvalidData", "is no domain")
	s.fails("Set-"+noun, params{"AllowedDomains": "a.com"}, "InvalidData", "New-CsEdgeAllowList")
	s.fails("Set-"+noun, params{"Identity": "Global", "AllowFederatedUsers": true}, "InvalidArgument", "-Tenant must be")
	s.fails("New-CsEdgeDomainPattern", params{"Domain": "*.com"}, "InvalidData", "is no domain")
	s.fails("New-CsEdgeAllowList", params{"AllowedDomain": "a.com"}, "NotImplemented", "does not simulate")
}

func TestOnlineSipDomains(t *testing.T) {
	t.Parallel()
	s := inTenant(t)
	s.does("Disable-CsOnlineSipDomain", params{"Domain": "CONTOSO.com"})
	if o := s.does("Get-CsOnlineSipDomain", params{"DomainStatus": "Disabled"}).objects; len(o) != 1 || o[0].Text("Name") != "contoso.com" || o[0]["Identity"] != nil {
		t.Errorf("%v", o)
	}
	row := s.s.estate.withSIP("sip:ada@contoso.com")
	if lost := s.s.estate.Accounts[row].More.Text("ContactsAndMeetings"); !strings.Contains(lost, "deleted by Disable-CsOnlineSipDomain") {
		t.Errorf("%q", lost)
	}
	s.does("Enable-CsOnlineSipDomain", params{"Domain": "contoso.com"})
	if o := s.does("Get-CsOnlineSipDomain", params{"Domain": "contoso.com"}).objects; len(o) != 1 || o[0].Text("Status") != "Enabled" {
		t.Errorf("%v", o)
	}
	s.fails("Enable-CsOnlineSipDomain", params{"Domain": "adatum.com"}, "ObjectNotFound", "does not exist")
}
