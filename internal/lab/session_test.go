package lab

import (
	"encoding/json"
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hybrid/internal/powershell"
)

func TestSessionOverTheWire(t *testing.T) {
	t.Parallel()
	l := start(t, Seed(needed(), SeedOptions{}))
	s := session(t, l, "Get-CsHostingProvider", "New-CsHostingProvider", "Set-CsHostingProvider", "Get-CsUser", "Move-CsUser")
	hostile := "LyncOnline\u2019; Remove-Item x; $(whoami) `\"' \u4f60"
	made := rows(t, s, command("New-CsHostingProvider", "Identity", hostile, "ProxyFqdn", "sipfed.online.lync.com", "Enabled", true,
		"EnabledSharedAddressSpace", true, "HostsOCSUsers", true, "VerificationLevel", "usesourceverification", "Confirm", false),
		"Identity", "VerificationLevel", "SipClientPort", "IsLocal", "NoSuchProperty")
	want := [][]any{{hostile, "UseSourceVerification", json.Number("443"), false, nil}}
	if diff := cmp.Diff(want, made); diff != "" {
		t.Fatal(diff)
	}
	rows(t, s, command("Set-CsHostingProvider", "Identity", hostile, "SipClientPort", 5061, "Confirm", false))
	if got := rows(t, s, command("Get-CsHostingProvider"), "SipClientPort"); cmp.Diff([][]any{{json.Number("5061")}}, got) != "" {
		t.Fatalf("after Set: %v", got)
	}
	users := rows(t, s, command("Get-CsUser", "Filter", "HostingProvider -eq 'SRV:'"), "SipAddress", "HostingProvider", "RegistrarPool", "Enabled", "SamAccountName")
	if diff := cmp.Diff([][]any{{"sip:alan@contoso.com", "SRV:", "pool01.contoso.com", true, "turing"}}, users); diff != "" {
		t.Error(diff)
	}
}

func TestCmdletErrorsAsPowerShellGivesThem(t *testing.T) {
	t.Parallel()
	l := start(t, Seed(needed(), SeedOptions{}))
	s := session(t, l, "New-CsHostingProvider", "Get-CsUser")
	tests := []struct {
		command                 powershell.Command
		message, kind, category string
	}{
		{command("New-CsHostingProvider", "Identity", "b", "Wrong", 1), "A parameter cannot be found that matches parameter name 'Wrong'.", "NamedParameterNotFound,New-CsHostingProvider", "InvalidArgument"},
		{command("New-CsHostingProvider", "Identity", "b", "ProxyFqdn", "a.b", "EnabledSharedAddressSpace", true), "Cannot process command because of one or more missing mandatory parameters: Enabled HostsOCSUsers.", "MissingMandatoryParameter,New-CsHostingProvider", "InvalidArgument"},
		{command("New-CsHostingProvider", "VerificationLevel", "Bogus"), "Cannot process argument transformation on parameter 'VerificationLevel'. Cannot convert value \"Bogus\" to type \"VerificationLevelType\". Error: \"Unable to match the identifier name Bogus to a valid enumerator name. Specify one of the following enumerator names and try again:\nAlwaysVerifiable, AlwaysUnverifiable, UseSourceVerification\"", "ParameterArgumentTransformationError,New-CsHostingProvider", "InvalidData"},
		{command("Get-CsUser", "Identity", "nobody@contoso.com"), "Management object not found for identity \"nobody@contoso.com\".", "ManagementObjectNotFound,Get-CsUser", "ObjectNotFound"},
	}
	for _, test := range tests {
		err := s.Call(t.Context(), test.command, powershell.CallOptions{})
		var failed *powershell.CmdletError
		if !errors.As(err, &failed) {
			t.Errorf("%s: %v, want a cmdlet's error", test.command.Cmdlet, err)
			continue
		}
		if diff := cmp.Diff([]string{test.message, test.kind, test.category}, []string{failed.Message, failed.Kind, failed.Category}); diff != "" {
			t.Error(diff)
		}
	}
}

func TestUnknownModule(t *testing.T) {
	t.Parallel()
	l := start(t, Seed(needed(), SeedOptions{}))
	_, err := powershell.Start(t.Context(), winRM(t, l), powershell.Open{Modules: []string{"Teams"}, Cmdlets: []string{"Get-CsUser"}}, powershell.SessionOptions{})
	var missing *powershell.MissingError
	if !errors.As(err, &missing) || cmp.Diff([]string{"Teams"}, missing.Modules) != "" {
		t.Errorf("%v, want the module to be missing", err)
	}
}

func TestManySessionsAtOnce(t *testing.T) {
	t.Parallel()
	needs := Needs{Pools: []string{"pool01.contoso.com", "pool02.contoso.com"}}
	for n := range 8 {
		needs.Users = append(needs.Users, NeededUser{SIP: "sip:u" + padded(n) + "@contoso.com", Enabled: true})
	}
	l := start(t, Seed(needs, SeedOptions{}))
	host := winRM(t, l)
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			s, err := powershell.Start(t.Context(), host, powershell.Open{Modules: []string{"SkypeForBusiness"}, Cmdlets: []string{"Move-CsUser", "Get-CsUser"}}, powershell.SessionOptions{})
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			for _, pool := range []string{"pool02.contoso.com", "pool01.contoso.com", "pool02.contoso.com"} {
				if err := s.Call(t.Context(), command("Move-CsUser", "Identity", "sip:u"+padded(n)+"@contoso.com", "Target", pool, "Confirm", false), powershell.CallOptions{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	got := rows(t, session(t, l, "Get-CsUser"), command("Get-CsUser", "Filter", "RegistrarPool -eq 'pool02.contoso.com'"), "SipAddress")
	if len(got) != 8 {
		t.Errorf("%d users arrived, want 8", len(got))
	}
}
