package check

import (
	"slices"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/clouds"
	"hybrid/internal/config"
	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/providers/dns"
	"hybrid/providers/entra"
	"hybrid/providers/skype"
	"hybrid/providers/teams"
	"hybrid/schema"
)

// theCloud is what a test's users are moved to and from.
const theCloud = "sipfed.online.lync.com"

// moveOf is a change that moves users, each from a home, to a target.
func moveOf(target string, from ...string) planner.Change {
	kind := kindNamed("user_homing")
	want, live := roster.New("sip_address", "identity"), roster.New(kind.Rows.Columns...)
	users := &planner.UserChanges{Want: want, Live: live}
	for n, home := range from {
		sip := "sip:" + string(rune('a'+n)) + "@contoso.com"
		want.Append(sip, sip)
		cells := make([]string, len(kind.Rows.Columns))
		for i, column := range kind.Rows.Columns {
			switch {
			case column == "SipAddress":
				cells[i] = sip
			case column == "HostingProvider" && home == theCloud:
				cells[i] = home
			case column == "HostingProvider":
				cells[i] = "SRV:"
			case column == "RegistrarPool" && home != theCloud:
				cells[i] = home
			}
		}
		live.Append(cells...)
		users.Pick, users.At = append(users.Pick, int32(n)), append(users.At, int32(n))
	}
	return planner.Change{Action: planner.Move, Kind: kind, Users: users, After: cty.ObjectVal(map[string]cty.Value{kind.Rows.Attr: cty.StringVal(target)})}
}

// changeOf is a change of an object.
func changeOf(kind string, action planner.Action) planner.Change {
	return planner.Change{Action: action, Kind: kindNamed(kind)}
}

// TestWhatIsCheckedBeforeAndAfter holds which checks stand before a plan, which look at what it changes, and which it does not need.
func TestWhatIsCheckedBeforeAndAfter(t *testing.T) {
	t.Parallel()
	const pool = "pool01.contoso.com"
	home := []string{"C-HOP", "C-MOD", "C-TLS", "C-ROLE", "H-BUILD"}
	for what, c := range map[string]struct {
		changes       []planner.Change
		before, after []string // among others
		not           []string // neither before nor after
		only          bool     // nothing but before
	}{
		"a move to the cloud": {
			changes: []planner.Change{moveOf(theCloud, pool)},
			before:  append([]string{"E-CFG", "H-PROV", "T-SIP", "D-LD", "E-ROOT", "E-FED1", "P-CMS"}, home...),
			not:     []string{"D-TONLY", "C-AUTH"},
		},
		"a move to the cloud, whose provider is made": {
			changes: []planner.Change{changeOf("hosting_provider", planner.Create), moveOf(theCloud, pool)},
			before:  []string{"E-CFG", "T-SIP", "D-TONLY"}, after: []string{"H-PROV", "H-CONFL"},
		},
		"a move to the cloud, with records": {
			changes: []planner.Change{{Action: planner.Update, Kind: dnsRecord()}, moveOf(theCloud, pool)},
			before:  []string{"E-CFG"}, after: []string{"D-LD", "D-SIP", "D-FED", "E-NET", "E-CERT"},
		},
		"a move from the cloud":          {changes: []planner.Change{moveOf(pool, theCloud)}, before: home, only: true},
		"a move from here and the cloud": {changes: []planner.Change{moveOf(pool, "pool02.contoso.com", theCloud)}, before: home, only: true},
		"a move between pools":           {changes: []planner.Change{moveOf(pool, "pool02.contoso.com")}, only: true},
		"the shared address space": {
			changes: []planner.Change{changeOf("tenant_federation", planner.Update)},
			before:  []string{"C-AUTH", "C-ROLE"}, not: []string{"T-SIP", "E-CFG", "C-MOD"},
		},
		"nothing":            {changes: []planner.Change{changeOf("access_edge", planner.NoOp), moveOf(theCloud)}, only: true},
		"what is not known":  {changes: []planner.Change{changeOf("access_edge", planner.Unknown)}, only: true},
		"what is waited for": {changes: []planner.Change{changeOf("access_edge", planner.Run)}, only: true},
	} {
		changes := ChangesOf(&planner.Plan{Changes: c.changes}, &config.Config{Clouds: clouds.BuiltIn()})
		before, after := changes.Concerning(All())
		got, later := idsOf(before), idsOf(after)
		for _, id := range c.before {
			if !slices.Contains(got, id) {
				t.Errorf("%s: %s is not looked at before: %v", what, id, got)
			}
		}
		for _, id := range c.after {
			if !slices.Contains(later, id) {
				t.Errorf("%s: %s is not looked at after: %v", what, id, later)
			}
		}
		for _, id := range c.not {
			if slices.Contains(got, id) || slices.Contains(later, id) {
				t.Errorf("%s: %s is looked at", what, id)
			}
		}
		if c.only && (len(got) != len(c.before) || len(later) > 0) {
			t.Errorf("%s: before %v, after %v; want %v and nothing", what, got, later, c.before)
		}
	}
}

// TestWhoIsMoved holds which users are asked about: those who leave for the cloud, by the address that all compare.
func TestWhoIsMoved(t *testing.T) {
	t.Parallel()
	changes := ChangesOf(&planner.Plan{Changes: []planner.Change{moveOf(theCloud, "pool01.contoso.com", "pool01.contoso.com"), moveOf("pool01.contoso.com", theCloud)}},
		&config.Config{Clouds: clouds.BuiltIn()})
	if got := changes.Moved(); !slices.Equal(got, []string{"sip:a@contoso.com", "sip:b@contoso.com"}) {
		t.Errorf("moved are %v", got)
	}
	if got := changes.Home()["sip:b@contoso.com"]; got != theCloud {
		t.Errorf("the plan homes b at %q", got)
	}
}

// TestWhatIsLeftOfAJudgement holds that what warns, passes, or is mended by the plan for this very user, stops nobody.
func TestWhatIsLeftOfAJudgement(t *testing.T) {
	t.Parallel()
	blocks := func(id string, v Verdict, mends ...string) Finding {
		return Finding{Check: Check{ID: id, Blocks: true, Mends: mends}, Result: Result{Verdict: v}}
	}
	mended := planner.Change{Action: planner.Create, Kind: kindNamed("user"), Users: &planner.UserChanges{
		Want: roster.New("sip_address", "identity"), Pick: []int32{0}, At: []int32{-1},
	}}
	mended.Users.Want.Append("sip:a@contoso.com", "a")
	changes := ChangesOf(&planner.Plan{Changes: []planner.Change{mended, changeOf("tenant_federation", planner.Update)}}, &config.Config{Clouds: clouds.BuiltIn()})
	findings := []Finding{
		blocks("U-AD", Fail, "user"), blocks("U-LIC", Fail), blocks("U-DUP", Unknown), blocks("U-DC", Pass),
		blocks("U-SYNC", Fail, "tenant_federation"),
		{Check: Check{ID: "U-ADM"}, Result: Result{Verdict: Fail}},
		blocks("U-UCS", Waived),
	}
	for sip, want := range map[string][]string{"sip:a@contoso.com": {"U-LIC", "U-DUP"}, "sip:b@contoso.com": {"U-AD", "U-LIC", "U-DUP"}} {
		left := changes.Left(Judgement{User: &User{SIP: sip}, Findings: findings})
		var got []string
		for _, f := range left.Findings {
			got = append(got, f.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: left are %v, not %v", sip, got, want)
		}
	}
}

// concernsNoChange are the blocking checks that apply never runs, and why.
var concernsNoChange = map[string]string{
	"C-WRM": "planning has opened a session already, or has said why it cannot; a host that is left out is told by whoever needs it",
}

// TestEveryBlockingCheckConcernsSomething holds that a check that blocks stands before something, of kinds that there are.
func TestEveryBlockingCheckConcernsSomething(t *testing.T) {
	t.Parallel()
	for _, c := range All() {
		if _, none := concernsNoChange[c.ID]; c.Blocks && none == (len(c.Kinds)+len(c.Behind) > 0) {
			t.Errorf("%s blocks, and stands before changes of %v: give it Kinds or Behind, or a reason in this test", c.ID, c.Kinds)
		}
		if c.Home && !c.Blocks {
			t.Errorf("%s is to stand before moves home, and blocks nothing", c.ID)
		}
		for _, kind := range slices.Concat(c.Kinds, c.Mends) {
			if kind != dnsRecord().Name {
				kindNamed(kind) // which panics
			}
		}
	}
}

// TestRightsConcernWhateverNeedsThem holds that no kind of the servers or of the tenant is changed without a look at the rights that it
// takes, and none of the tenant without one at signing in.
func TestRightsConcernWhateverNeedsThem(t *testing.T) {
	t.Parallel()
	concerns := func(id string, k *schema.Kind) bool {
		all := All()
		n := slices.IndexFunc(all, func(c Check) bool { return c.ID == id })
		return all[n].Concerns(k)
	}
	for _, k := range slices.Concat(skype.System().Kinds, teams.System().Kinds, entra.System().Kinds) {
		if !k.Data && !concerns("C-ROLE", k) {
			t.Errorf("C-ROLE does not concern %s", k.Name)
		}
	}
	for _, k := range slices.Concat(teams.System().Kinds, entra.System().Kinds) {
		if !k.Data && !concerns("C-AUTH", k) {
			t.Errorf("C-AUTH does not concern %s", k.Name)
		}
	}
}

func dnsRecord() *schema.Kind {
	kinds := dns.System().Kinds
	return kinds[slices.IndexFunc(kinds, func(k *schema.Kind) bool { return k.Name == "dns_record" })]
}
