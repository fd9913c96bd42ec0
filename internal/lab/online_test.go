package lab

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const ada, pool = "sip:ada@contoso.com", "pool01.contoso.com"

// twoSides is a story of one user on the servers, with the clock on the wall in the story's hands.
type twoSides struct {
	story
	now time.Time
}

func bothSides(t *testing.T, byCycle bool) *twoSides {
	t.Helper()
	needs := Needs{SipDomains: []string{"contoso.com"}, Tenant: &SignIn{}, Sync: byCycle, Users: []NeededUser{
		{SIP: ada, Enabled: true, RegistrarPool: pool}, {SIP: "sip:born@contoso.com", Enabled: true, HostingProvider: ownProvider}, {SIP: "sip:new@contoso.com"},
	}}
	e := Seed(needs, SeedOptions{})
	e.Tenant.SharedSipAddressSpace = true
	b := &twoSides{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	e.now = func() time.Time { return b.now }
	s, err := newSimulator(e, nil)
	if err != nil {
		t.Fatal(err)
	}
	b.story = story{t, s}
	b.does("New-CsHostingProvider", params{"Identity": "LyncOnline", "ProxyFqdn": ownProvider, "Enabled": true, "EnabledSharedAddressSpace": true, "HostsOCSUsers": true})
	return b
}

func (b *twoSides) online() story { return story{b.t, b.s.tenant} }

func (b *twoSides) adsync() story { return story{b.t, b.s.sync} }

func (b *twoSides) estate() *Estate { return b.s.estate }

func (b *twoSides) later(d time.Duration) { b.now = b.now.Add(d) }

// shows checks properties of a user in the tenant.
func (b *twoSides) shows(user string, want Object) {
	b.t.Helper()
	found := b.online().does("Get-CsOnlineUser", params{"Identity": user}).online
	if len(found) != 1 {
		b.t.Fatalf("%s: %d users", user, len(found))
	}
	got := Object{}
	for name := range want {
		got[name] = found[0].property(name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		b.t.Errorf("%s (-want +got):\n%s", user, diff)
	}
}

func (b *twoSides) move(target string) params {
	return params{"Identity": ada, "Target": target, "Confirm": false}
}

// Without cycles both sides are one, and nothing is kept of it.
func TestBothSidesAgreeAtOnceWithoutCycles(t *testing.T) {
	t.Parallel()
	b := bothSides(t, false)
	b.shows(ada, Object{"OnPremHostingProvider": onServers, "HostingProvider": onServers, "InterpretedUserType": "HybridOnpremSfBUser", "AccountType": "SfBOnPremUser", "UserDirSyncEnabled": true})
	b.does("Move-CsUser", b.move(ownProvider))
	b.shows(ada, Object{"OnPremHostingProvider": ownProvider, "HostingProvider": ownProvider, "InterpretedUserType": "HybridOnlineTeamsOnlyUser"})
	b.does("Move-CsUser", b.move(pool))
	b.shows("sip:born@contoso.com", Object{"OnPremHostingProvider": ownProvider, "InterpretedUserType": "HybridOnlineTeamsOnlyUser", "OnPremSIPEnabled": true})
	b.shows("new@contoso.com", Object{"OnPremSipAddress": nil, "OnPremHostingProvider": nil, "InterpretedUserType": "DirSyncEnabledOnlineTeamsOnlyUser"})
	if n := len(b.estate().Online); n != 0 {
		t.Errorf("%d users are kept twice", n)
	}
}

// With cycles a move is known online at once, and its attributes only when a cycle has taken them along.
func TestAttributesArriveWithACycle(t *testing.T) {
	t.Parallel()
	b := bothSides(t, true)
	b.estate().Sync.Arrives = Duration(time.Minute)
	b.does("Move-CsUser", b.move(ownProvider))
	b.shows(ada, Object{"OnPremHostingProvider": onServers, "HostingProvider": ownProvider, "InterpretedUserType": "HybridOnpremTeamsOnlyUser"})
	b.fails("Move-CsUser", b.move(pool), "OperationStopped", "Error=(506)")
	if out := b.adsync().does("Start-ADSyncSyncCycle", params{"PolicyType": "Delta"}); out.objects[0].Text("Result") != "Success" {
		t.Errorf("%v", out.objects)
	}
	b.later(usualCycle)
	b.shows(ada, Object{"OnPremHostingProvider": onServers})
	b.later(time.Minute)
	b.shows(ada, Object{"OnPremHostingProvider": ownProvider, "HostingProvider": ownProvider, "InterpretedUserType": "HybridOnlineTeamsOnlyUser"})
	if n := len(b.estate().Online); n != 0 {
		t.Errorf("%d users are still pending", n)
	}
	b.does("Move-CsUser", b.move(pool))
	b.shows(ada, Object{"OnPremHostingProvider": ownProvider, "HostingProvider": onServers})
}

// What changes while a cycle runs waits for the next one.
func TestACycleTakesWhatWasThereWhenItBegan(t *testing.T) {
	t.Parallel()
	b := bothSides(t, true)
	b.does("Set-CsUser", params{"Identity": ada, "LineURI": "tel:+1"})
	b.adsync().does("Start-ADSyncSyncCycle", nil)
	b.does("Set-CsUser", params{"Identity": ada, "LineURI": "tel:+2"})
	b.shows(ada, Object{"OnPremLineUri": nil})
	b.later(time.Second)
	b.shows(ada, Object{"OnPremLineUri": "tel:+1"})
	b.adsync().does("Start-ADSyncSyncCycle", nil)
	b.later(time.Second)
	b.shows(ada, Object{"OnPremLineUri": "tel:+2"})
}

// A user who was just enabled is nobody with attributes yet in the tenant, and cannot be moved.
func TestAnEnabledUserMustArriveBeforeAMove(t *testing.T) {
	t.Parallel()
	b := bothSides(t, true)
	b.does("Enable-CsUser", params{"Identity": "new@contoso.com", "SipAddress": "sip:new@contoso.com", "RegistrarPool": pool})
	b.shows("new@contoso.com", Object{"OnPremSipAddress": nil, "OnPremHostingProvider": nil})
	up := params{"Identity": "sip:new@contoso.com", "Target": ownProvider, "Confirm": false}
	b.fails("Move-CsUser", up, "OperationStopped", "Error=(506)")
	b.adsync().does("Start-ADSyncSyncCycle", nil)
	b.later(time.Second)
	b.shows("new@contoso.com", Object{"OnPremSipAddress": "sip:new@contoso.com", "OnPremHostingProvider": onServers})
	b.does("Move-CsUser", up)
}

func TestALicenceIsProvisionedAfterAWhile(t *testing.T) {
	t.Parallel()
	b := bothSides(t, false)
	e := b.estate()
	e.Tenant.ProvisioningDelay = Duration(30 * time.Minute)
	if err := e.License(ada, &[]Plan{}); err != nil {
		t.Fatal(err)
	}
	b.shows(ada, Object{"InterpretedUserType": "HybridOnpremUserNotLicensedForService", "AssignedPlan": []any{}})
	b.fails("Move-CsUser", b.move(ownProvider), "OperationStopped", "Error=(507)")
	if err := e.License(ada, nil); err != nil {
		t.Fatal(err)
	}
	b.shows(ada, Object{"InterpretedUserType": "HybridOnpremSfBUserNeedsProvisioning"})
	b.fails("Move-CsUser", b.move(ownProvider), "OperationStopped", "Error=(507)")
	b.later(30 * time.Minute)
	b.shows(ada, Object{"InterpretedUserType": "HybridOnpremSfBUser"})
	b.does("Move-CsUser", b.move(ownProvider))
	plans, err := ParsePlans("MCOProfessional:Deleted,Teams:Deleted")
	if err != nil || e.License(ada, plans) != nil {
		t.Fatal(err)
	}
	b.shows(ada, Object{"InterpretedUserType": "HybridOnlineTeamsOnlyUserWithDeletedLicenses", "FeatureTypes": []any{}})
	if _, err := ParsePlans("Teams:Gone"); err == nil || !strings.Contains(err.Error(), "there are Enabled, Warning") {
		t.Errorf("%v", err)
	}
}

func TestSharingTheAddressSpaceTakesAWhile(t *testing.T) {
	t.Parallel()
	b := bothSides(t, false)
	b.estate().Tenant.SharedSipAddressSpace = false
	b.estate().Tenant.SharingDelay = Duration(time.Hour)
	b.fails("Move-CsUser", b.move(ownProvider), "OperationStopped", "Error=(510)")
	b.online().does("Set-CsTenantFederationConfiguration", params{"SharedSipAddressSpace": true})
	b.later(59 * time.Minute)
	b.fails("Move-CsUser", b.move(ownProvider), "OperationStopped", "Error=(510)")
	b.later(time.Minute)
	b.does("Move-CsUser", b.move(ownProvider))
}

func TestOnlineUsersAreListedAndFiltered(t *testing.T) {
	t.Parallel()
	b := bothSides(t, false)
	if err := b.estate().AddCloudUser("sip:zoe@contoso.com"); err != nil {
		t.Fatal(err)
	}
	if err := b.estate().AddCloudUser("zoe@contoso.com"); err == nil {
		t.Error("made twice")
	}
	list := func(p params) (names []string) {
		t.Helper()
		for _, v := range b.online().does("Get-CsOnlineUser", p).online {
			names = append(names, v.account.SamAccountName())
		}
		return names
	}
	for filter, want := range map[string][]string{
		"": {"ada", "born", "new", "zoe"}, "OnPremHostingProvider -eq 'SRV:'": {"ada"}, "{UserDirSyncEnabled -eq $null}": {"zoe"},
		"OnPremHostingProvider -ne $null -and HostingProvider -eq 'sipfed.online.lync.com'": {"born"},
		"SipAddress -eq 'sip:ada@contoso.com' -or SipAddress -eq 'sip:zoe@contoso.com'":     {"ada", "zoe"},
		"InterpretedUserType -like 'DirSync*'":                                              {"new"},
	} {
		p := params{}
		if filter != "" {
			p["Filter"] = filter
		}
		if diff := cmp.Diff(want, list(p)); diff != "" {
			t.Errorf("%s:\n%s", filter, diff)
		}
	}
	if got := list(params{"ResultSize": 2}); len(got) != 2 {
		t.Errorf("%v", got)
	}
	if got := list(params{"AccountType": "SfBOnPremUser"}); len(got) != 1 {
		t.Errorf("%v", got)
	}
	b.shows("zoe@contoso.com", Object{"UserDirSyncEnabled": nil, "OnPremSipAddress": nil, "OnPremHostingProvider": nil, "HostingProvider": ownProvider, "InterpretedUserType": "PureOnlineTeamsOnlyUser", "UserValidationErrors": []any{}})
	id := b.online().does("Get-CsOnlineUser", params{"Identity": "zoe@contoso.com"}).online[0].objectID()
	b.shows(id, Object{"UserPrincipalName": "zoe@contoso.com"})
	b.online().fails("Get-CsOnlineUser", params{"Identity": "nobody@contoso.com"}, "ObjectNotFound", "nobody@contoso.com")
	if err := b.estate().FindErrors("zoe@contoso.com", []Finding{{"X", "it is broken"}}); err != nil {
		t.Fatal(err)
	}
	b.shows("zoe@contoso.com", Object{"InterpretedUserType": "PureOnlineTeamsOnlyUserWithMCOValidationError", "UserValidationErrors": []any{Object{"ErrorCode": "X", "ErrorDescription": "it is broken"}}})
}

// What is pending survives the program, whether in the log of changes or in the file.
func TestBothSidesAreKept(t *testing.T) {
	t.Parallel()
	b := bothSides(t, true)
	e, path := b.estate(), t.TempDir()+"/lab.json"
	if err := e.Save(path); err != nil {
		t.Fatal(err)
	}
	b.does("Move-CsUser", b.move(ownProvider))
	b.adsync().does("Start-ADSyncSyncCycle", nil)
	fromLog, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(encoded(t, e), encoded(t, fromLog)); diff != "" {
		t.Errorf("from the log:\n%s", diff)
	}
	if err := e.Save(path); err != nil {
		t.Fatal(err)
	}
	fromFile, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	fromFile.now = func() time.Time { return b.now.Add(time.Second) }
	fromFile.arrive()
	if v, _ := fromFile.onlineUser(ada); v.onPremHostingProvider() != ownProvider || len(fromFile.Online) != 0 {
		t.Errorf("%+v", v)
	}
}
