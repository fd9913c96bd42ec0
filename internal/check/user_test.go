package check

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

func TestNothingIsWrongWithTheHealthy(t *testing.T) {
	t.Parallel()
	w := healthy()
	w.declared = []planner.Object{homing("pool01.contoso.com")}
	j := w.judge()
	for _, f := range j.Findings {
		if f.Verdict == Fail || f.Verdict == Unknown {
			t.Errorf("%s: %s, %s", f.ID, f.Verdict, f.Text)
		}
	}
	if j.Cause() != nil || j.Doubt() != nil {
		t.Error("somebody healthy has a cause, or a doubt")
	}
}

// Every check of a user passes, fails and is unknown, each for its reasons.
func TestUserChecks(t *testing.T) {
	t.Parallel()
	refused := errors.New("the session cannot be opened")
	gone := func(cmdlet, property string) func(*world) {
		return func(w *world) {
			for _, o := range w.objects[cmdlet] {
				delete(o, property)
			}
		}
	}
	set := func(cmdlet, property string, value any) func(*world) {
		return func(w *world) { w.of(cmdlet)[property] = value }
	}
	unread := func(cmdlets ...string) func(*world) {
		return func(w *world) {
			for _, c := range cmdlets {
				w.fails[c] = refused
			}
		}
	}
	online := func(w *world) { // Ada is homed online on both sides
		for _, cmdlet := range []string{"Get-CsAdUser", "Get-CsUser", "Get-CsOnlineUser"} {
			w.of(cmdlet)["HostingProvider"] = "sipfed.online.lync.com"
		}
		w.of("Get-CsOnlineUser")["OnPremHostingProvider"] = "SIPFED.online.lync.com"
		w.of("Get-CsUser")["RegistrarPool"] = nil
	}
	both := func(all ...func(*world)) func(*world) {
		return func(w *world) {
			for _, change := range all {
				change(w)
			}
		}
	}
	without := func(cmdlet string) func(*world) {
		return func(w *world) { w.objects[cmdlet] = w.objects[cmdlet][1:] }
	}
	for name, c := range map[string]struct {
		id      string
		change  func(*world)
		verdict Verdict
		text    string
	}{
		"format passes":          {"U-SIPFMT", both(), Pass, ""},
		"format without prefix":  {"U-SIPFMT", func(w *world) { w.asked = "ada@contoso.com" }, Pass, ""},
		"format with a space":    {"U-SIPFMT", func(w *world) { w.asked = "sip: ada@contoso.com" }, Fail, "the SIP address is none"},
		"format foreign domain":  {"U-SIPFMT", func(w *world) { w.asked = "sip:ada@fabrikam.com" }, Fail, "none of the servers'"},
		"format domains unread":  {"U-SIPFMT", unread("Get-CsSipDomain"), Unknown, "cannot be opened"},
		"account passes":         {"U-AD", both(), Pass, ""},
		"account is missing":     {"U-AD", both(without("Get-CsAdUser"), without("Get-CsUser"), without("Get-CsOnlineUser")), Fail, "there is no account"},
		"account in the cloud":   {"U-AD", both(without("Get-CsAdUser"), without("Get-CsUser")), Fail, "in the tenant only"},
		"account never enabled":  {"U-AD", both(set("Get-CsAdUser", "SipAddress", nil), set("Get-CsAdUser", "Enabled", nil), set("Get-CsAdUser", "HostingProvider", nil)), Fail, "not enabled for the servers"},
		"account other address":  {"U-AD", both(set("Get-CsAdUser", "SipAddress", "sip:countess@contoso.com")), Fail, "another SIP address"},
		"account unread":         {"U-AD", unread("Get-CsAdUser"), Unknown, "cannot be opened"},
		"account untold":         {"U-AD", gone("Get-CsAdUser", "Enabled"), Unknown, "not shown by Active Directory"},
		"unique passes":          {"U-DUP", both(), Pass, ""},
		"unique twice":           {"U-DUP", set("Get-CsAdUser", "SipAddress", "sip:bob@contoso.com"), Pass, ""},
		"unique two of Ada":      {"U-DUP", func(w *world) { w.objects["Get-CsAdUser"][1]["SipAddress"] = "SIP:ada@contoso.com" }, Fail, "several accounts"},
		"unique unread":          {"U-DUP", unread("Get-CsAdUser"), Unknown, "cannot be opened"},
		"attributes pass":        {"U-ATTR", both(), Pass, ""},
		"attributes online":      {"U-ATTR", online, Pass, ""},
		"attributes lower case":  {"U-ATTR", set("Get-CsUser", "HostingProvider", "srv:"), Pass, ""},
		"attributes no locator":  {"U-ATTR", set("Get-CsUser", "HostingProvider", nil), Fail, "DeploymentLocator is empty"},
		"attributes left behind": {"U-ATTR", both(without("Get-CsUser"), set("Get-CsAdUser", "SipAddress", nil), set("Get-CsAdUser", "Enabled", nil)), Fail, "left behind"},
		"attributes disabled":    {"U-ATTR", set("Get-CsUser", "Enabled", false), Fail, "disabled temporarily"},
		"attributes no pool":     {"U-ATTR", set("Get-CsUser", "RegistrarPool", nil), Fail, "on no pool"},
		"attributes no provider": {"U-ATTR", set("Get-CsUser", "HostingProvider", "sipfed.gone.example"), Fail, "that the servers do not have"},
		"attributes half":        {"U-ATTR", set("Get-CsUser", "Enabled", nil), Fail, "UserEnabled is not set"},
		"attributes providers":   {"U-ATTR", both(online, unread("Get-CsHostingProvider")), Unknown, "cannot be opened"},
		"attributes unread":      {"U-ATTR", unread("Get-CsUser"), Unknown, "cannot be opened"},
		"principal passes":       {"U-PROX", both(), Pass, ""},
		"principal differs":      {"U-PROX", set("Get-CsAdUser", "UserPrincipalName", "al@contoso.com"), Fail, "user principal name is not"},
		"unprotected passes":     {"U-ADM", both(), Pass, ""},
		"licence passes":         {"U-LIC", both(), Pass, ""},
		"licence none":           {"U-LIC", set("Get-CsOnlineUser", "AssignedPlan", []any{}), Fail, "is not assigned"},
		"licence deleted":        {"U-LIC", set("Get-CsOnlineUser", "AssignedPlan", []any{plan("MCOProfessional", "Enabled"), plan("Teams", "Deleted")}), Fail, "plan Teams is assigned and not in use"},
		"licence by id":          {"U-LIC", set("Get-CsOnlineUser", "AssignedPlan", []any{map[string]any{"ServicePlanId": planSkype.ids[0]}, map[string]any{"ServicePlanId": planTeams.ids[0]}, map[string]any{"ServicePlanId": strings.ToUpper(planVoice.ids[0])}}), Pass, ""},
		"licence twice":          {"U-LIC", set("Get-CsOnlineUser", "AssignedPlan", []any{plan("Teams", "Deleted"), plan("Teams", "Enabled"), plan("MCOProfessional", "Enabled"), plan("MCOEV", "Enabled")}), Pass, ""},
		"licence for voice":      {"U-LIC", set("Get-CsOnlineUser", "AssignedPlan", []any{plan("MCOProfessional", "Enabled"), plan("Teams", "Enabled")}), Fail, "Phone System"},
		"licence not needed":     {"U-LIC", func(w *world) { w.declared = nil }, NoCause, "homed on the servers"},
		"licence asked of all":   {"U-LIC", func(w *world) { w.declared, w.toOnline = nil, true; w.of("Get-CsOnlineUser")["AssignedPlan"] = nil }, Fail, "is not assigned"},
		"licence untold":         {"U-LIC", gone("Get-CsOnlineUser", "AssignedPlan"), Unknown, "not shown by the tenant"},
		"licence unread":         {"U-LIC", unread("Get-CsOnlineUser"), Unknown, "cannot be opened"},
		"sync passes":            {"U-SYNC", both(), Pass, ""},
		"sync online":            {"U-SYNC", online, Pass, ""},
		"sync unknown user":      {"U-SYNC", without("Get-CsOnlineUser"), Fail, "does not know the user"},
		"sync nothing arrived":   {"U-SYNC", set("Get-CsOnlineUser", "OnPremHostingProvider", nil), Fail, "none of the user's attributes has arrived"},
		"sync lists say nothing": {"U-SYNC", func(w *world) {
			for _, o := range w.objects["Get-CsOnlineUser"] {
				o["OnPremHostingProvider"] = nil
			}
		}, Unknown, "of anybody"},
		"sync still SRV":          {"U-SYNC", both(online, set("Get-CsOnlineUser", "OnPremHostingProvider", "SRV:")), Fail, "homed on the servers still"},
		"sync other address":      {"U-SYNC", set("Get-CsOnlineUser", "OnPremSipAddress", "sip:old@contoso.com"), Fail, "another SIP address"},
		"sync other side":         {"U-SYNC", set("Get-CsOnlineUser", "HostingProvider", "sipfed.online.lync.com"), Fail, "another side"},
		"sync unread":             {"U-SYNC", unread("Get-CsOnlineUser"), Unknown, "cannot be opened"},
		"provisioned passes":      {"U-PROV", both(), Pass, ""},
		"provisioned with errors": {"U-PROV", set("Get-CsOnlineUser", "UserValidationErrors", []any{map[string]any{"ErrorCode": "Duplicate", "ErrorDescription": "not unique"}}), Fail, "found errors"},
		"provisioned not yet":     {"U-PROV", set("Get-CsOnlineUser", "InterpretedUserType", "HybridOnlineSfBUserNeedsProvisioning"), Fail, "not provisioned the user yet"},
		"provisioned in vain":     {"U-PROV", set("Get-CsOnlineUser", "InterpretedUserType", "HybridOnlineSfBUserFailedBvdProvisioning"), Fail, "failed to provision"},
		"provisioned untold":      {"U-PROV", gone("Get-CsOnlineUser", "InterpretedUserType"), Unknown, "not shown"},
		"home passes":             {"U-HOME", online, Pass, ""},
		"home elsewhere":          {"U-HOME", both(), Fail, "has not been moved"},
		"home not declared":       {"U-HOME", func(w *world) { w.declared = nil }, NoCause, "no block"},
		"home unread":             {"U-HOME", unread("Get-CsUser"), Unknown, "cannot be opened"},
		"contacts pass":           {"U-UCS", both(), Pass, "Invoke-CsUcsRollback"},
		"contacts without partner": {"U-UCS", func(w *world) {
			w.of("Get-CsPartnerApplication")["Enabled"] = false
			w.of("Get-CsUserServicesPolicy")["UcsAllowed"] = true
		}, Pass, ""},
		"contacts by policy":      {"U-UCS", set("Get-CsUser", "UserServicesPolicy", "Contacts"), Fail, "unified contact store"},
		"contacts by global":      {"U-UCS", set("Get-CsUserServicesPolicy", "UcsAllowed", true), Fail, "unified contact store"},
		"contacts by site":        {"U-UCS", func(w *world) { w.objects["Get-CsUserServicesPolicy"][1]["Identity"] = "Site:Redmond" }, Unknown, "which site"},
		"contacts policy gone":    {"U-UCS", set("Get-CsUser", "UserServicesPolicy", "Vanished"), Unknown, "not among those"},
		"contacts unread":         {"U-UCS", unread("Get-CsUserServicesPolicy"), Unknown, "cannot be opened"},
		"contacts untold":         {"U-UCS", set("Get-CsUserServicesPolicy", "UcsAllowed", nil), Unknown, "does not show UcsAllowed"},
		"contacts not moved":      {"U-UCS", func(w *world) { w.declared = nil }, NoCause, ""},
		"domain passes":           {"U-DC", both(), Pass, ""},
		"domain of another":       {"U-DC", set("Get-CsAdUser", "DistinguishedName", "CN=Ada,OU=Users,DC=eu,DC=contoso,DC=com"), Fail, "another Active Directory domain"},
		"domain of hosts unknown": {"U-DC", func(w *world) { w.hosts = []string{"192.0.2.7"} }, Unknown, "by address"},
		"domain not moved":        {"U-DC", online, NoCause, ""},
		"endpoint passes":         {"U-HYB", both(), Pass, ""},
		"endpoint": {"U-HYB", func(w *world) {
			w.objects["Get-CsHybridApplicationEndpoint"] = []map[string]any{{"SipAddress": "sip:Ada@contoso.com"}}
		}, Fail, "hybrid application endpoint"},
		"endpoint unread":          {"U-HYB", unread("Get-CsHybridApplicationEndpoint"), Unknown, "cannot be opened"},
		"voice passes":             {"U-VOICE", both(), Pass, "call forwarding"},
		"voice shared":             {"U-VOICE", func(w *world) { w.objects["Get-CsUser"][1]["LineURI"] = "TEL:+14255550100" }, Fail, "somebody else has"},
		"voice no number":          {"U-VOICE", set("Get-CsUser", "LineURI", nil), Fail, "no number"},
		"voice no E.164":           {"U-VOICE", set("Get-CsUser", "LineURI", "tel:0100"), Fail, "E.164"},
		"voice two numbers":        {"U-VOICE", set("Get-CsOnlineUser", "LineUri", "tel:+14255550199"), Fail, "another number"},
		"voice untold":             {"U-VOICE", gone("Get-CsUser", "EnterpriseVoiceEnabled"), Unknown, "not shown"},
		"count passes":             {"U-COUNT", func(w *world) { w.was = 2 }, Pass, ""},
		"count short":              {"U-COUNT", func(w *world) { w.was = 100 }, Fail, "cut short"},
		"count by the directory":   {"U-COUNT", func(w *world) { w.was = 0 }, Pass, ""},
		"count below it":           {"U-COUNT", both(crowded, func(w *world) { w.was = 0 }), Fail, "than Active Directory has enabled"},
		"count never":              {"U-COUNT", func(w *world) { w.was, w.objects["Get-CsAdUser"] = 0, nil }, NoCause, ""},
		"count unread":             {"U-COUNT", unread("Get-CsUser"), Unknown, "cannot be opened"},
		"count of many unread":     {"U-COUNT", both(unread("Get-CsUser"), func(w *world) { w.was = 100 }), Unknown, "cannot be opened"},
		"one is not listed":        {"U-HOME", without("Get-CsUser"), Unknown, "shows as enabled"},
		"short list is no absence": {"U-ATTR", both(func(w *world) { w.was = 100 }, without("Get-CsUser")), Unknown, "not known to be gone"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := healthy()
			c.change(w)
			f := w.judge().of(c.id)
			if f.Verdict != c.verdict || !strings.Contains(f.Text, c.text) {
				t.Errorf("%s: %s %q, want %s %q", f.ID, f.Verdict, f.Text, c.verdict, c.text)
			}
			if f.Verdict == Fail && (f.Do == "" || len(f.Evidence) == 0) {
				t.Errorf("%s fails without a remedy or evidence: %+v", f.ID, f.Result)
			}
		})
	}
}

// crowded gives Active Directory more accounts that are enabled than the servers list users.
func crowded(w *world) {
	for n := range 20 {
		more := maps.Clone(w.objects["Get-CsAdUser"][1])
		more["SipAddress"] = fmt.Sprintf("sip:user%d@contoso.com", n)
		w.objects["Get-CsAdUser"] = append(w.objects["Get-CsAdUser"], more)
	}
}

// An endpoint's address has no account of a person, and must not be given one.
func TestAnEndpointIsNotToldToBecomeAUser(t *testing.T) {
	t.Parallel()
	w := healthy()
	w.asked = "sip:reception@contoso.com"
	w.objects["Get-CsHybridApplicationEndpoint"] = []map[string]any{{"SipAddress": w.asked}}
	if cause := w.judge().Cause(); cause == nil || cause.ID != "U-HYB" {
		t.Errorf("the cause is %+v", cause)
	}
}

// What is first in the order of causes is the cause, whatever else fails; and it has the line where the user is named.
func TestFirstCause(t *testing.T) {
	t.Parallel()
	w := healthy()
	w.of("Get-CsOnlineUser")["AssignedPlan"] = nil
	w.of("Get-CsOnlineUser")["InterpretedUserType"] = "HybridOnpremUserNotLicensedForServiceNeedsProvisioning"
	w.of("Get-CsUser")["LineURI"] = "tel:0100"
	j := w.judge()
	if cause := j.Cause(); cause == nil || cause.ID != "U-LIC" || cause.Range == nil || cause.Address != "user_homing.pilot" {
		t.Errorf("the cause is %+v", cause)
	}
	if places := strings.Join(j.Places(), " "); places != "user_homing.pilot (users.csv:2)" {
		t.Errorf("named in %s", places)
	}
	w = healthy()
	j = w.judge()
	if cause := j.Cause(); cause == nil || cause.ID != "U-HOME" {
		t.Fatalf("the cause is %+v", cause)
	}
	if mending := strings.Join(j.Mending(w.estate().Config), " "); mending != "user_homing.pilot" {
		t.Errorf("mended by %q", mending)
	}
}

// Whoever is at work online must not be enabled on a pool, which would cut the user off.
func TestEnablingCutsNobodyOff(t *testing.T) {
	t.Parallel()
	for hosted, want := range map[string]string{"sipfed.online.lync.com": "hosting_provider_proxy_fqdn", "": "Enable it: declare the user in a block user"} {
		w := healthy()
		for _, property := range []string{"SipAddress", "Enabled", "HostingProvider"} {
			w.of("Get-CsAdUser")[property] = nil
		}
		w.of("Get-CsOnlineUser")["HostingProvider"] = hosted
		if f := w.judge().of("U-AD"); !strings.Contains(f.Do, want) {
			t.Errorf("homed at %q: %s", hosted, f.Do)
		}
	}
}

// A block that enables the account is to be applied, unless it would cut off who is at work online, or that cannot be known.
func TestABlockThatEnablesIsApplied(t *testing.T) {
	t.Parallel()
	enabling := func(how string) planner.Object {
		o := homing("")
		o.Kind, o.Address.Kind = &schema.Kind{Name: "user", Rows: &schema.Rows{}}, "user"
		o.Want = cty.ObjectVal(map[string]cty.Value{how: cty.StringVal("there")})
		return o
	}
	for _, c := range []struct {
		how, hosted string
		unread      error
		want        string
	}{
		{"hosting_provider_proxy_fqdn", "sipfed.online.lync.com", nil, "Apply user.pilot (main.hcl:3), which enables the account."},
		{"registrar_pool", "sipfed.online.lync.com", nil, "The user is at work online: "},
		{"registrar_pool", "", nil, "Apply user.pilot (main.hcl:3), which enables the account."},
		{"registrar_pool", "", errors.New("no session"), "Enable it: "},
	} {
		w := healthy()
		w.declared = []planner.Object{enabling(c.how)}
		for _, property := range []string{"SipAddress", "Enabled", "HostingProvider"} {
			w.of("Get-CsAdUser")[property] = nil
		}
		w.of("Get-CsOnlineUser")["HostingProvider"] = c.hosted
		if c.unread != nil {
			w.fails["Get-CsOnlineUser"] = c.unread
		}
		if f := w.judge().of("U-AD"); !strings.HasPrefix(f.Do, c.want) {
			t.Errorf("%+v: %s", c, f.Do)
		}
	}
}

// As many reads for many as for few.
func TestReadsDoNotGrowWithUsers(t *testing.T) {
	t.Parallel()
	count := func(users int) int {
		w := healthy()
		for n := range users {
			more := maps.Clone(w.objects["Get-CsOnlineUser"][1])
			more["UserPrincipalName"], more["SipAddress"] = strings.Repeat("x", n)+"@contoso.com", nil
			w.objects["Get-CsOnlineUser"] = append(w.objects["Get-CsOnlineUser"], more)
		}
		e := w.estate()
		crowd := ReadUsers(context.Background(), e)
		for range users {
			Judge(crowd.User(w.asked, ""), UserChecks())
		}
		return int(w.calls.Load())
	}
	if few, many := count(10), count(500); few != many || few == 0 {
		t.Errorf("%d reads for few, %d for many", few, many)
	}
}

func TestSideTellsUnsetFromUntold(t *testing.T) {
	t.Parallel()
	s := Side{row: &row{places: map[string]int{"a": 0, "b": 1, "c": 2, "d": 3}, cells: []any{nil, " x ", true, []any{1}}}}
	for property, want := range map[string]struct {
		text  string
		known bool
	}{"A": {"", true}, "B": {"x", true}, "c": {"True", true}, "d": {"", false}, "e": {"", false}} {
		if text, known := s.Text(property); text != want.text || known != want.known {
			t.Errorf("%s: %q, %v", property, text, known)
		}
	}
}
