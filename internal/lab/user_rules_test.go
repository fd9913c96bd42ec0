package lab

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

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
