package check

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/document"
	"hybrid/planner"
)

// ofHosts is ofTrust with sessions on the hosts themselves.
var ofHosts = strings.Replace(ofTrust, `endpoint = "https://pool01.contoso.com/OcsPowershell"`, "", 1)

const ofTrust = `
provider "skype" {
  hosts    = ["fe01.contoso.com"]
  endpoint = "https://pool01.contoso.com/OcsPowershell"
  username = "CONTOSO\\svc-hybrid"
  password = "p"
}
provider "teams" {
  host                   = "admin01.contoso.com"
  username               = "svc-hybrid"
  password               = "p"
  tenant_id              = "9d2f1f52-3f5c-4a0f-9a53-6f0b6c1e7d42"
  client_id              = "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11"
  certificate_thumbprint = "0A1B2C3D4E5F60718293A4B5C6D7E8F901234567"
}
provider "entra" {
  tenant_id     = "9d2f1f52-3f5c-4a0f-9a53-6f0b6c1e7d42"
  auth          = "secret"
  client_id     = "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11"
  client_secret = "s"
}
`

const (
	declaresPrincipal = ofTrust + `service_principal "00000004-0000-0ff1-ce00-000000000000" { account_enabled = true }`
	declaresUsers     = ofTrust + `
sip_domain "contoso.com" {}
user_homing "pilot" {
  users  = [{ sip_address = "sip:ada@contoso.com" }]
  target = "sipfed.online.lync.com"
  credential {
    username = "mover@contoso.com"
    password = "m"
  }
}`
)

// token is one that permits.
func token(permissions ...string) Token {
	return Token{Readable: true, Permissions: permissions, Expires: today.Add(time.Hour)}
}

func shares() planner.Listing {
	return listingOf("tenant_federation", objects{"Global": {"shared_sip_address_space": cty.True}})
}

func TestSigningIn(t *testing.T) {
	t.Parallel()
	federation := map[string]planner.Listing{"tenant_federation": shares()}
	failing := func(text string) map[string]planner.Listing {
		return map[string]planner.Listing{"tenant_federation": {Err: errors.New(text)}}
	}
	both := map[string]Token{"": token("Application.Read.All"), teamsResource: token()}
	for name, x := range map[string]struct {
		hcl     string
		fake    fake
		verdict Verdict
		texts   []string
	}{
		"all is well":         {ofTrust, fake{listings: federation, tokens: both}, Pass, []string{"token for Microsoft Graph: issued, good until 2026-11-22T13:00:00Z; permissions: Application.Read.All", "Connect-MicrosoftTeams: signed in (provider teams)"}},
		"more than is needed": {ofTrust, fake{listings: federation, tokens: map[string]Token{"": token("Directory.Read.All"), teamsResource: {}}}, Pass, nil},
		"to read only":        {declaresPrincipal, fake{listings: federation, tokens: both}, Fail, []string{"consented to what the application needs in Microsoft Graph: Application.ReadWrite.All", "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11, API permissions: add to Microsoft Graph the application permission Application.ReadWrite.All"}},
		"no consent":          {ofTrust, fake{listings: federation, tokens: map[string]Token{"": token(), teamsResource: token()}}, Fail, []string{"needs in Microsoft Graph: Application.Read.All"}},
		"unreadable":          {ofTrust, fake{listings: federation, tokens: map[string]Token{"": {}, teamsResource: {}}}, Unknown, []string{"what an administrator has consented to is not known"}},
		"a person":            {ofTrust, fake{listings: federation, tokens: map[string]Token{"": {Readable: true, Scopes: []string{"Directory.AccessAsUser.All"}}, teamsResource: {}}}, Pass, []string{"depends on that person's roles"}},
		"not registered": {
			ofTrust,
			fake{listings: federation, refused: map[string]error{"": errors.New("signing in to Entra: AADSTS700027: Client assertion failed"), teamsResource: errors.New("AADSTS700027")}},
			Fail,
			[]string{"there is no token for Microsoft Graph: The application does not have this certificate", "upload it to the application"},
		},
		"Teams alone":      {ofTrust, fake{listings: federation, tokens: map[string]Token{"": token("Application.Read.All")}, refused: map[string]error{teamsResource: errors.New("AADSTS53003: blocked")}}, Fail, []string{"there is no token for Teams: "}},
		"nobody there":     {ofTrust, fake{listings: federation}, Unknown, []string{"signing in for Microsoft Graph: no connection to the sign-in service"}},
		"no certificate":   {ofTrust, fake{tokens: both, listings: failing("Connect-MicrosoftTeams: Could not find the certificate with thumbprint 0A1B")}, Fail, []string{"The host does not have the certificate"}},
		"no role":          {ofTrust, fake{tokens: both, listings: failing("Get-CsTenantFederationConfiguration: Access Denied.")}, Pass, nil},
		"no session":       {ofTrust, fake{tokens: both, listings: failing("the host does not answer")}, Unknown, []string{"signing in for module MicrosoftTeams: the host does not answer"}},
		"nothing to do so": {`provider "skype" { transport = "local" }`, fake{}, NoCause, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			holds(t, run(t, estateOf(t, x.hcl, &x.fake), "C-AUTH"), x.verdict, x.texts...)
		})
	}
}

// in is a directory role, or something else that somebody is a member of.
func in(kind, name, template string) map[string]any {
	m := map[string]any{"@odata.type": "#microsoft.graph." + kind}
	if name != "" {
		m["displayName"], m["roleTemplateId"] = name, template
	}
	return m
}

func TestRoles(t *testing.T) {
	t.Parallel()
	const application, mover = "servicePrincipals(appId='6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11')/transitiveMemberOf", "users/mover@contoso.com/transitiveMemberOf"
	teams := in("directoryRole", "Teams Administrator", teamsAdministrator.template)
	well := func() fake {
		return fake{
			listings: map[string]planner.Listing{"tenant_federation": shares()},
			cmdlets:  map[string][]map[string]any{"Get-CsAdminRoleAssignment": {{"value": "CSAdministrator"}}},
			members:  map[string][]map[string]any{application: {in("group", "x", ""), teams}, mover: {teams, in("directoryRole", "User Administrator", userAdministrator.template)}},
		}
	}
	for name, x := range map[string]struct {
		hcl     string
		change  func(*fake)
		verdict Verdict
		texts   []string
	}{
		"all is well": {declaresUsers, func(*fake) {}, Pass, []string{`Get-CsAdminRoleAssignment CONTOSO\svc-hybrid: CSAdministrator`, "directory roles of the application 6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11: Teams Administrator"}},
		"settings only": {declaresUsers, func(f *fake) {
			f.cmdlets["Get-CsAdminRoleAssignment"] = []map[string]any{{"value": "CsServerAdministrator"}}
		}, Fail, []string{"has not the role CsUserAdministrator or CsAdministrator on the servers"}},
		"no role there":    {declaresUsers, func(f *fake) { f.cmdlets["Get-CsAdminRoleAssignment"] = nil }, Fail, []string{"has not the role CsServerAdministrator", `Add CONTOSO\svc-hybrid to the group CsServerAdministrator`}},
		"roles of its own": {declaresUsers, func(f *fake) { f.cmdlets["Get-CsAdminRoleAssignment"] = []map[string]any{{"value": "Redmond"}} }, Unknown, []string{"roles that this company has made (Redmond)"}},
		"no such cmdlet":   {declaresUsers, func(f *fake) { f.cmdlets = nil }, Unknown, []string{"on the servers could not be read: nobody answers"}},
		"refused":          {declaresUsers, func(f *fake) { f.listings["tenant_federation"] = planner.Listing{Err: errors.New("Access Denied.")} }, Fail, []string{"refuses the cmdlets of provider teams for want of a role", "Teams Administrator"}},
		"application":      {declaresUsers, func(f *fake) { f.members[application] = f.members[application][:1] }, Fail, []string{"the application 6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11 has not the role Teams Administrator"}},
		"hidden":           {declaresUsers, func(f *fake) { f.members[application] = []map[string]any{in("directoryRole", "", "")} }, Unknown, []string{"RoleManagement.Read.Directory"}},
		"mover":            {declaresUsers, func(f *fake) { f.members[mover] = f.members[mover][:1] }, Fail, []string{"the account mover@contoso.com, which moves users, has not the role User Administrator"}},
		"not permitted":    {declaresUsers, func(f *fake) { delete(f.members, mover) }, Unknown, []string{"could not be read: 403"}},
		"without endpoint": {`provider "skype" { transport = "local" }`, func(*fake) {}, Unknown, []string{"run whoami /groups there"}},
		"nothing that signs": {`provider "dns" "x" {
  type   = "rfc2136"
  server = "ns1.contoso.com"
}`, func(*fake) {}, NoCause, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := well()
			x.change(&f)
			holds(t, run(t, estateOf(t, x.hcl, &f), "C-ROLE"), x.verdict, x.texts...)
		})
	}
}

// A user principal name need not begin with the logon name, which is looked up; a Kerberos principal has it before a realm in capitals.
func TestRolesAreAskedForByLogonName(t *testing.T) {
	t.Parallel()
	for account, want := range map[string]string{`CONTOSO\\svc`: "svc", "svc@CONTOSO.COM": "svc", "hybrid.service@contoso.com": "svc0815"} {
		f := &asking{fake: fake{cmdlets: map[string][]map[string]any{"Get-CsAdUser": {{"SamAccountName": "svc0815"}}, "Get-CsAdminRoleAssignment": {{"value": "CsAdministrator"}}}}}
		e := estateOf(t, `provider "skype" {
  hosts    = ["fe01.contoso.com"]
  endpoint = "https://pool01.contoso.com/OcsPowershell"
  username = "`+account+`"
  password = "p"
}
sip_domain "contoso.com" {}`, nil)
		e.Source = f
		holds(t, run(t, e, "C-ROLE"), Pass)
		if f.last.Name != "Get-CsAdminRoleAssignment" || f.last.Params["Identity"] != want {
			t.Errorf("%s: %+v", account, f.last)
		}
	}
}

func TestClocks(t *testing.T) {
	t.Parallel()
	const discovery = "https://login.microsoftonline.com/9d2f1f52-3f5c-4a0f-9a53-6f0b6c1e7d42/v2.0/.well-known/openid-configuration"
	at := func(d time.Duration) map[string][]map[string]any {
		return map[string][]map[string]any{"Get-Date": {{"value": today.Add(d).In(time.FixedZone("", 3600)).Format("2006-01-02T15:04:05.0000000-07:00")}}}
	}
	cloud := func(d time.Duration) map[string]document.Document {
		return map[string]document.Document{discovery: {Status: 200, Date: today.Add(d)}}
	}
	for name, x := range map[string]struct {
		fake    fake
		verdict Verdict
		texts   []string
	}{
		"all is well":    {fake{cmdlets: at(0), documents: cloud(0)}, Pass, []string{"within 2 seconds of Microsoft's (fe01.contoso.com)", "this machine is within 2 seconds of that"}},
		"just":           {fake{cmdlets: at(299 * time.Second), documents: cloud(0)}, Pass, []string{"4m59s ahead of Microsoft's"}},
		"hosts ahead":    {fake{cmdlets: at(5 * time.Minute), documents: cloud(0)}, Fail, []string{"the clock of fe01.contoso.com is 5m0s ahead of Microsoft's", "Set the clock of fe01.contoso.com right: w32tm /resync there"}},
		"hosts behind":   {fake{cmdlets: at(-time.Hour), documents: cloud(0)}, Fail, []string{"1h0m0s behind Microsoft's"}},
		"this machine":   {fake{cmdlets: at(-10 * time.Minute), documents: cloud(-10 * time.Minute)}, Fail, []string{"the clock of this machine is 10m0s ahead of Microsoft's", "within 2 seconds of Microsoft's (fe01"}},
		"both wrong":     {fake{cmdlets: at(0), documents: cloud(10 * time.Minute)}, Fail, []string{"the clock of this machine is 10m0s behind Microsoft's", "the clock of admin01.contoso.com is 10m0s behind Microsoft's"}},
		"cloud silent":   {fake{cmdlets: at(0)}, Unknown, []string{"Microsoft's clock could not be read: nothing came within 15s", "within 2 seconds of this machine's"}},
		"no date":        {fake{cmdlets: at(0), documents: map[string]document.Document{discovery: {Status: 200}}}, Unknown, []string{"without a Date header"}},
		"hosts silent":   {fake{documents: cloud(0)}, Unknown, []string{"the clock of fe01.contoso.com could not be read (nobody answers); run w32tm /query /status there"}},
		"one host":       {fake{documents: cloud(0), cmdlets: onOne(at(0), "fe02.contoso.com: Get-Date", at(-time.Hour)["Get-Date"])}, Fail, []string{"the clock of fe02.contoso.com is 1h0m0s behind Microsoft's", "Set the clock of fe02.contoso.com right", "within 2 seconds of Microsoft's (fe01.contoso.com)"}},
		"one silent":     {fake{documents: cloud(0), cmdlets: onOne(at(0), "fe02.contoso.com: Get-Date", nil)}, Unknown, []string{"the clock of fe02.contoso.com could not be read"}},
		"something else": {fake{documents: cloud(0), cmdlets: map[string][]map[string]any{"Get-Date": {{"value": "Sunday"}}}}, Unknown, []string{`Get-Date gave "Sunday"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x.fake.fakeHosts = fakeHosts{hosts: map[string][]string{"skype": {"fe01.contoso.com", "fe02.contoso.com"}, "teams": {"admin01.contoso.com"}}}
			holds(t, run(t, estateOf(t, ofHosts, &x.fake), "C-CLK"), x.verdict, x.texts...)
		})
	}
	behind := &fake{cmdlets: at(0), documents: cloud(0), fakeHosts: oneServer()}
	holds(t, run(t, estateOf(t, ofTrust, behind), "C-CLK"), Unknown, "which server has answered behind the endpoint https://pool01.contoso.com/OcsPowershell is not known", "on each run w32tm /query /status")
}

// What takes long to read is no clock that is wrong: the moment may lie anywhere within.
func TestASlowAnswerIsNoWrongClock(t *testing.T) {
	t.Parallel()
	for moment, want := range map[time.Duration]time.Duration{-2 * time.Minute: 2 * time.Minute, 0: 0, 10 * time.Minute: 0, 20 * time.Minute: 0, 21 * time.Minute: -time.Minute} {
		if got := between(today, today.Add(20*time.Minute), today.Add(moment)); got != want {
			t.Errorf("%s: %s", moment, got)
		}
	}
}

// A domain that is declared disabled is another forest's; of one that nobody speaks of nobody knows whose it is.
func TestForests(t *testing.T) {
	t.Parallel()
	online := func(domains map[string]bool) planner.Listing {
		all := objects{}
		for name, on := range domains {
			all[name] = said{"enabled": cty.BoolVal(on)}
		}
		return listingOf("online_sip_domain", all)
	}
	mine := listingOf("sip_domain", objects{"contoso.com": {}})
	declares := ofTrust + "\nonline_sip_domain \"fabrikam.com\" { enabled = false }\nonline_sip_domain \"cloud.com\" { enabled = true }"
	for name, x := range map[string]struct {
		hcl     string
		domains map[string]bool
		verdict Verdict
		texts   []string
	}{
		"all is well": {declares, map[string]bool{"contoso.com": true, "fabrikam.com": false, "cloud.com": true, "contoso.onmicrosoft.com": true}, Pass, []string{"Status of fabrikam.com: Disabled"}},
		"open":        {declares, map[string]bool{"contoso.com": true, "fabrikam.com": true}, Fail, []string{"another forest's SIP domain is enabled in the tenant: fabrikam.com", "lose their addresses, contacts and meetings"}},
		"nobody's":    {ofTrust, map[string]bool{"contoso.com": true, "fabrikam.com": true}, Unknown, []string{"whose these domains are: fabrikam.com"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &fake{listings: map[string]planner.Listing{"online_sip_domain": online(x.domains), "sip_domain": mine}}
			holds(t, run(t, estateOf(t, x.hcl, f), "T-ONE"), x.verdict, x.texts...)
		})
	}
	listings := map[string]planner.Listing{"online_sip_domain": online(map[string]bool{"contoso.com": true}), "sip_domain": mine}
	for kind := range listings {
		less := maps.Clone(listings)
		delete(less, kind)
		holds(t, run(t, estateOf(t, ofTrust, &fake{listings: less}), "T-ONE"), Unknown, "nobody answers")
	}
}
