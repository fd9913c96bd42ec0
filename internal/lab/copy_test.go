package lab

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// userCells is what Get-CsUser gives of a user, with other values in some places.
func userCells(sip string, other map[int]any) []any {
	upn := strings.TrimPrefix(sip, "sip:")
	name, _, _ := strings.Cut(upn, "@")
	cells := []any{sip, "Ada", true, "SRV:", "pool01.contoso.com", upn, name, "CN=Ada,OU=Users,DC=contoso,DC=com", "", false, false, false, nil, nil, nil}
	for n, value := range other {
		cells[n] = value
	}
	return cells
}

// tenantCells is what Get-CsOnlineUser gives of a user who is known as on the servers.
func tenantCells(sip string, other map[int]any) []any {
	cells := []any{
		strings.TrimPrefix(sip, "sip:"), sip, "Ada", true, sip, "SRV:", nil, true, "SRV:", "HybridOnpremSfBUser",
		[]any{map[string]any{"Capability": "MCOProfessional", "CapabilityStatus": "Enabled"}, map[string]any{"Capability": "Teams", "CapabilityStatus": "Enabled"}},
		[]any{},
	}
	for n, value := range other {
		cells[n] = value
	}
	return cells
}

// What follows from the rest is not kept, and what differs is.
func TestCopiedUsers(t *testing.T) {
	t.Parallel()
	c := NewCopy()
	for _, cells := range [][]any{
		userCells("sip:ada@contoso.com", nil),
		userCells("sip:alan@contoso.com", map[int]any{2: "False", 5: "alan.turing@contoso.com", 8: "tel:+14255550100", 9: true, 12: "Tag:Staff"}),
		userCells("sip:grace@contoso.com", map[int]any{2: nil, 3: nil, 4: nil, 6: "hopper", 10: nil}),
	} {
		if err := c.User(cells); err != nil {
			t.Fatal(err)
		}
	}
	var rows []string
	for _, a := range c.estate.Accounts {
		rows = append(rows, string(a.row(nil)))
	}
	want := []string{
		`["sip:ada@contoso.com","Ada","true","SRV:","pool01.contoso.com"]`,
		`["sip:alan@contoso.com","Ada","false","SRV:","pool01.contoso.com","alan.turing@contoso.com","alan","","tel:+14255550100",{"EnterpriseVoiceEnabled":true,"ExternalAccessPolicy":"Tag:Staff"}]`,
		`["sip:grace@contoso.com","Ada","","","","","hopper","","",{"HostedVoiceMail":null}]`,
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	if err := c.User(userCells("sip:x@contoso.com", map[int]any{4: map[string]any{"Server": "pool"}})); err == nil || !strings.Contains(err.Error(), "RegistrarPool of the user sip:x@contoso.com") {
		t.Errorf("an object in the place of a text: %v", err)
	}
	if err := c.User(userCells("sip:x@contoso.com", map[int]any{2: 1.0})); err == nil {
		t.Error("a number in the place of a Boolean is taken")
	}
}

// The lab shows of a copy what the tenant has shown, in whatever form that came.
func TestCopiedUsersOfTheTenant(t *testing.T) {
	t.Parallel()
	c := NewCopy()
	for _, name := range []string{"ada", "alan", "grace", "edsger", "gone"} {
		if err := c.User(userCells("sip:"+name+"@contoso.com", nil)); err != nil {
			t.Fatal(err)
		}
	}
	c.ForgetOnline()
	rows := [][]any{
		tenantCells("sip:ada@contoso.com", nil),
		tenantCells("sip:alan@contoso.com", map[int]any{tenantPlans: "Teams", tenantErrors: map[string]any{"ErrorCode": "E", "ErrorDescription": "twice"}, tenantType: "HybridOnpremSfBUserWithMCOValidationError"}),
		tenantCells("sip:grace@contoso.com", map[int]any{tenantOwnSIP: nil, tenantOwnProvider: nil, tenantProvider: "sipfed.online.lync.com", tenantType: "DirSyncEnabledOnlineTeamsOnlyUser"}),
		tenantCells("sip:edsger@contoso.com", map[int]any{tenantType: "SomethingNew"}),
		tenantCells("sip:born@contoso.com", map[int]any{tenantSynced: nil, tenantOwnSIP: nil, tenantOwnProvider: nil, tenantProvider: "sipfed.online.lync.com", tenantType: "PureOnlineTeamsOnlyUser"}),
		tenantCells("sip:synced@contoso.com", map[int]any{tenantOwnSIP: nil, tenantOwnProvider: nil, tenantProvider: "sipfed.online.lync.com", tenantType: "DirSyncEnabledOnlineTeamsOnlyUser"}),
	}
	for _, cells := range rows {
		if err := c.OnlineUser(cells); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"edsger@contoso.com"}, c.Others()); diff != "" {
		t.Errorf("what the lab makes something else of: %s", diff)
	}
	if diff := cmp.Diff([]string{"grace@contoso.com"}, c.Blank()); diff != "" {
		t.Errorf("of whom nothing has arrived: %s", diff)
	}
	taken := Taken{Read: []string{"skype", "teams"}}
	c.Unlisted(taken)
	e := c.Estate(taken, Needs{})
	var shown []string
	for _, v := range e.onlineUsers() {
		if v.isListed() {
			shown = append(shown, v.account.UserPrincipalName()+" "+v.interpretedUserType())
		}
	}
	want := []string{
		"synced@contoso.com DirSyncEnabledOnlineTeamsOnlyUser", "ada@contoso.com HybridOnpremSfBUser", "alan@contoso.com HybridOnpremSfBUserWithMCOValidationError",
		"edsger@contoso.com HybridOnpremSfBUser", "grace@contoso.com DirSyncEnabledOnlineTeamsOnlyUser", "born@contoso.com PureOnlineTeamsOnlyUser",
	}
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Error(diff)
	}
}

// A list that does not tell what one by one is told is not believed.
func TestAListThatDoesNotTell(t *testing.T) {
	t.Parallel()
	c := NewCopy()
	if err := c.User(userCells("sip:ada@contoso.com", nil)); err != nil {
		t.Fatal(err)
	}
	c.ForgetOnline()
	if err := c.OnlineUser(tenantCells("sip:ada@contoso.com", map[int]any{tenantOwnSIP: nil, tenantOwnProvider: nil})); err != nil {
		t.Fatal(err)
	}
	c.Arrived(c.Blank())
	if v := c.estate.viewOf(c.estate.Accounts[0]); len(c.Blank())+len(c.Others()) > 0 || v.onPremHostingProvider() != "SRV:" || len(c.estate.Online) > 0 {
		t.Errorf("blank %v, other %v, %+v", c.Blank(), c.Others(), v)
	}
}

// A copy may be taken anew as long as nothing has happened in it; any other estate is somebody's.
func TestUntouched(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lab.json")
	if _, err := Untouched(path); !os.IsNotExist(err) && !strings.Contains(err.Error(), "no such file") {
		t.Errorf("without a file: %v", err)
	}
	keep := func(e *Estate, want bool) {
		t.Helper()
		if err := e.Keep(path); err != nil {
			t.Fatal(err)
		}
		if got, err := Untouched(path); err != nil || got != want {
			t.Errorf("untouched %v, %v", got, err)
		}
	}
	keep(Seed(Needs{}, SeedOptions{}), false)
	e := NewCopy().Estate(Taken{Read: []string{"skype"}}, Needs{})
	keep(e, true)
	e.Put("CsSipDomain", Object{"Identity": "contoso.com"})
	keep(e, false)
}

// Whoever is to be enabled and was found in Active Directory, by whatever name, is not made once more.
func TestAccountsThatWereFound(t *testing.T) {
	t.Parallel()
	needs := Needs{Pools: []string{"pool01.contoso.com"}, Users: []NeededUser{
		{SIP: "sip:grace@contoso.com", Identity: "CN=Grace Hopper,OU=Staff,DC=contoso,DC=com"},
		{SIP: "sip:ada@contoso.com", Identity: `CONTOSO\Lovelace`},
		{SIP: "sip:alan@contoso.com"},
	}}
	c := NewCopy()
	lacked := c.Lacks(needs)
	for _, cells := range [][]any{
		{nil, "Grace Hopper", "ghopper@contoso.com", "ghopper", "CN=Grace Hopper,OU=Staff,DC=contoso,DC=com"},
		{nil, "Ada", "countess@contoso.com", "lovelace", "CN=Ada,OU=Staff,DC=contoso,DC=com"},
		{nil, "Alan", "Alan@contoso.com", "at", "CN=Alan,OU=Staff,DC=contoso,DC=com"},
	} {
		found := false
		for _, cell := range cells {
			text, _ := cell.(string)
			found = found || lacked[nameIn(text)]
		}
		if err := c.Account(cells); err != nil || !found {
			t.Errorf("%v is not looked for: %v", cells, err)
		}
	}
	if e := c.Estate(Taken{Read: []string{"skype"}}, needs); len(e.Accounts) != 3 {
		t.Errorf("there are %d accounts", len(e.Accounts))
	}
}

// What lives behind blocks that were read is as it was found, however much more a configuration speaks of.
func TestACopyIsNotFilledUp(t *testing.T) {
	t.Parallel()
	needs := Needs{
		SipDomains: []string{"new.example"}, Pools: []string{"pool09.contoso.com"}, Users: []NeededUser{{SIP: "here@contoso.com", Enabled: true}, {SIP: "fresh@contoso.com"}},
		Views: map[string][]string{"dns.external": {"sip.new.example A"}, "dns.internal": {"sip.new.example A"}}, Principals: []string{skypeOnline},
	}
	e := NewCopy().Estate(Taken{Read: []string{"dns.external", "entra", "skype"}}, needs)
	if n := len(e.Objects("CsSipDomain")) + len(e.Objects("CsPool")) + len(e.Views["dns.external"]); n > 0 || e.Directory != nil {
		t.Errorf("there are %d things that were not there, and the tenant %v", n, e.Directory)
	}
	if len(e.Views["dns.internal"]) == 0 {
		t.Error("a view that was left out has no zone")
	}
	if len(e.Accounts) != 1 || e.Accounts[0].SIP != "" || e.Accounts[0].UserPrincipalName() != "fresh@contoso.com" {
		t.Errorf("accounts %v", e.Accounts)
	}
}
