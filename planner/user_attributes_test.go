package planner_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/planner/guard"
	"hybrid/schema"
)

// staff is a kind whose users have attributes: a number of each, and voice of all.
var staff = &schema.Kind{
	Name: "user", System: "skype",
	Attrs: []schema.Attr{
		{Name: "pool", Type: cty.String, Initial: true},
		{Name: "enabled", Type: cty.Bool},
		{Name: "voice", Type: cty.Bool, Default: cty.False},
		{
			Name: "line_uri", Type: cty.String, Mode: schema.Column, Unique: "line", Param: "LineURI",
			Norm: func(v cty.Value) cty.Value { return cty.StringVal(strings.ToLower(v.AsString())) },
		},
	},
	Rows: &schema.Rows{Columns: []string{"SipAddress", "Enabled"}, Created: func(_ map[string]cty.Value, sip, _ string) []string {
		return []string{sip, "True"}
	}},
}

var staffColumns = []string{"sip_address", "identity", "line_uri"}

// block wants users with what is said of all of them.
func block(set map[string]cty.Value, rows ...[]string) planner.Object {
	return planner.Object{
		Address: planner.Address{Kind: "user", Labels: []string{"staff"}}, Kind: staff, Provider: "skype",
		Want: value(staff, "", set), Users: table(staffColumns, rows...),
	}
}

func checkStaff(o planner.Object, columns []string, live ...[]string) planner.Change {
	return planner.Check(&o, planner.Listing{Users: table(columns, live...)})
}

// Whose address more accounts than one have is not changed; where nothing is to be changed, nothing is said.
func TestNobodyIsChangedWhoseAddressSeveralHave(t *testing.T) {
	t.Parallel()
	want := block(map[string]cty.Value{"enabled": cty.True, "voice": cty.True}, []string{"sip:ada@x.com", "", ""}, []string{"sip:alan@x.com", "", ""}, []string{"sip:grace@x.com", "", ""})
	columns := []string{"SipAddress", "Enabled", "EnterpriseVoiceEnabled", "Voice", "LineURI"}
	live := [][]string{
		{"sip:ada@x.com", "True", "False", "False", ""},
		{"SIP:Ada@x.com", "True", "False", "False", ""},
		{"sip:alan@x.com", "True", "False", "False", ""},
		{"sip:grace@x.com", "True", "True", "True", ""},
		{"sip:grace@x.com", "True", "True", "True", ""},
	}
	got := told(checkStaff(want, columns, live...))
	if len(got) != 2 || !strings.HasPrefix(got[0], "update sip:alan") || !strings.HasPrefix(got[1], "blocked several accounts have this SIP address") {
		t.Errorf("%q", got)
	}
}

// told is what a plan says of each user.
func told(c planner.Change) []string {
	var lines []string
	for n := range c.Users.Len() {
		line := fmt.Sprintf("%s %s", c.ActionOf(n), strings.TrimSuffix(c.Users.SIP(n), "@x.com"))
		for _, d := range c.Users.Differences(n) {
			line += fmt.Sprintf(" %s:%s>%s", d.Name, d.Before, d.After)
		}
		lines = append(lines, line)
	}
	for _, b := range c.Users.Blocked {
		lines = append(lines, "blocked "+b.Reason)
	}
	return lines
}

func TestUsersAttributes(t *testing.T) {
	t.Parallel()
	all := []string{"SipAddress", "Enabled", "Voice", "LineURI"}
	voice := map[string]cty.Value{"pool": text("p"), "voice": cty.True}
	ada, bob := []string{"sip:ada@x.com", "ada", "tel:+1"}, []string{"sip:bob@x.com", "bob", ""}
	for name, test := range map[string]struct {
		o      planner.Object
		live   [][]string
		action planner.Action
		want   []string
	}{
		"as wanted, in another spelling":              {block(voice, ada, bob), [][]string{{"SIP:ADA@x.com", "True", "True", "TEL:+1"}, {"sip:bob@x.com", "True", "True", "tel:+9"}}, planner.NoOp, nil},
		"only what differs":                           {block(voice, ada, bob), [][]string{{"sip:ada@x.com", "True", "True", "tel:+2"}, {"sip:bob@x.com", "True", "False", ""}}, planner.Update, []string{"update sip:ada line_uri:tel:+2>tel:+1", "update sip:bob voice:false>true"}},
		"new ones, with what creating does not bring": {block(voice, ada, bob), nil, planner.Create, []string{"create sip:ada voice:false>true line_uri:>tel:+1", "create sip:bob voice:false>true"}},
		"both in one block":                           {block(voice, ada, bob), [][]string{{"sip:bob@x.com", "True", "False", ""}}, planner.Create, []string{"create sip:ada voice:false>true line_uri:>tel:+1", "update sip:bob voice:false>true"}},
		"a new one has what is wanted":                {block(map[string]cty.Value{"voice": cty.False, "enabled": cty.True}, bob), nil, planner.Create, []string{"create sip:bob"}},
		"a new one is disabled at once":               {block(map[string]cty.Value{"enabled": cty.False}, bob), nil, planner.Create, []string{"create sip:bob enabled:true>false"}},
		"unset is what the server takes":              {block(map[string]cty.Value{"voice": cty.False}, bob), [][]string{{"sip:bob@x.com", "True", "", ""}}, planner.NoOp, nil},
		"unset has no default":                        {block(map[string]cty.Value{"enabled": cty.True}, bob), [][]string{{"sip:bob@x.com", "", "", ""}}, planner.Update, []string{"update sip:bob enabled:>true"}},
		"a number that is somebody else's":            {block(nil, ada), [][]string{{"sip:ada@x.com", "True", "", ""}, {"sip:eve@x.com", "True", "", "TEL:+1"}}, planner.NoOp, []string{"blocked line_uri tel:+1 is sip:eve@x.com's at present, and the server takes it only once: run again when that user has another"}},
		"and is to be a new user's":                   {block(nil, ada, bob), [][]string{{"sip:eve@x.com", "True", "", "tel:+1"}}, planner.Create, []string{"create sip:bob", "blocked line_uri tel:+1 is sip:eve@x.com's at present, and the server takes it only once: run again when that user has another"}},
	} {
		c := checkStaff(test.o, all, test.live...)
		if c.Action != test.action {
			t.Errorf("%s: %s, want %s (%s)", name, c.Action, test.action, c.Reason)
			continue
		}
		if d := cmp.Diff(test.want, told(c)); d != "" {
			t.Errorf("%s:\n%s", name, d)
		}
	}
}

// What is not declared is not even read: without attributes a block asks for the columns that it always did.
func TestColumnsThatAreRead(t *testing.T) {
	t.Parallel()
	plain := planner.Object{Kind: staff, Want: value(staff, "", map[string]cty.Value{"pool": text("p")}), Users: roster.New("sip_address", "identity")}
	absent := block(map[string]cty.Value{"voice": cty.True})
	absent.Absent = true
	with := block(map[string]cty.Value{"voice": cty.True, "enabled": cty.True})
	for want, o := range map[string]planner.Object{"SipAddress Enabled": plain, "SipAddress Enabled ": absent, "SipAddress Enabled Voice LineURI": with} {
		if got := strings.Join(o.Columns(), " "); got != strings.TrimSpace(want) {
			t.Errorf("%s: %s", want, got)
		}
	}
}

func TestNothingIsPlannedFromWhatIsNotKnownOfUsers(t *testing.T) {
	t.Parallel()
	row, live := []string{"sip:ada@x.com", "ada", "tel:+1"}, []string{"sip:ada@x.com", "True"}
	c := checkStaff(block(nil, row), []string{"SipAddress", "Enabled"}, live)
	if c.Action != planner.Unknown || c.Reason != "line_uri of the users was not read" {
		t.Errorf("%s: %s", c.Action, c.Reason)
	}
	c = checkStaff(block(map[string]cty.Value{"enabled": cty.UnknownVal(cty.Bool)}, row), []string{"SipAddress", "Enabled", "LineURI"}, append(live, ""))
	if c.Action != planner.Unknown || c.Reason != "enabled is not known before apply" {
		t.Errorf("%s: %s", c.Action, c.Reason)
	}
}

func TestIgnoredAttributesOfUsersAreStillSetOfNewOnes(t *testing.T) {
	t.Parallel()
	o := block(map[string]cty.Value{"voice": cty.True}, []string{"sip:ada@x.com", "ada", ""}, []string{"sip:new@x.com", "new", ""})
	o.Ignore = []string{"voice"}
	got := told(checkStaff(o, []string{"SipAddress", "Enabled", "Voice", "LineURI"}, []string{"sip:ada@x.com", "True", "False", ""}))
	if d := cmp.Diff([]string{"create sip:new voice:false>true"}, got); d != "" {
		t.Error(d)
	}
}

// One user's change holds the user's own values on both sides, so that commands and their undo can be made of it.
func TestTheChangeOfOneUser(t *testing.T) {
	t.Parallel()
	o := block(map[string]cty.Value{"voice": cty.True}, []string{"sip:ada@x.com", "ada", "tel:+1"}, []string{"sip:new@x.com", "new", "tel:+2"})
	c := checkStaff(o, []string{"SipAddress", "Enabled", "Voice", "LineURI"}, []string{"sip:ada@x.com", "True", "", "tel:+9"})
	ada, created := c.User(0), c.User(1)
	if ada.Action != planner.Update || len(ada.Paths) != 2 || created.Action != planner.Create || len(created.Paths) != 2 || !created.Before.IsNull() {
		t.Fatalf("%s %v, %s %v", ada.Action, ada.Paths, created.Action, created.Paths)
	}
	if d := cmp.Diff(map[string]string{"voice": "false", "line_uri": `"tel:+9"`}, planner.Texts(ada.Before)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]string{"identity": `""`, "voice": "true", "line_uri": `"tel:+2"`}, planner.Texts(created.After)); d != "" {
		t.Error(d)
	}
}

func TestCountsAndGuardsOfUsersWhoChange(t *testing.T) {
	t.Parallel()
	rows, live := [][]string{{"sip:new@x.com", "new", ""}}, [][]string{}
	for n := range 10 {
		sip := fmt.Sprintf("sip:u%d@x.com", n)
		rows, live = append(rows, []string{sip, sip, ""}), append(live, []string{sip, "True", fmt.Sprint(n > 3)})
	}
	o := block(map[string]cty.Value{"voice": cty.True}, rows...)
	listing := planner.Listing{Complete: true, Users: table([]string{"SipAddress", "Enabled", "Voice"}, live...)}
	o.Users = roster.New("sip_address", "identity")
	for _, r := range rows {
		o.Users.Append(r[:2]...)
	}
	plan, diags := planner.New([]*planner.Node{node(staff, "staff", nil, o)}, planner.Live{{Provider: "skype", Kind: "user"}: listing}, planner.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	if n := plan.Count(); n.Enabled != 1 || n.Altered != 4 || n.Same != 6 || n.Changes() != 5 || n.Moved+n.Deleted() != 0 {
		t.Errorf("%+v", n)
	}
	refused := guard.MaxChangeRatio{Limit: 0.3}.Check(plan)
	if len(refused) != 1 || !strings.Contains(refused[0].Text, "The plan changes 4 of 10 live user objects") {
		t.Errorf("%+v", refused)
	}
	if refused = (guard.MaxChangeRatio{Limit: 0.4}).Check(plan); refused != nil {
		t.Errorf("%+v", refused)
	}
}

func TestApprovalOfUsersAttributes(t *testing.T) {
	t.Parallel()
	columns := []string{"SipAddress", "Enabled", "Voice", "LineURI"}
	ada, bob := []string{"sip:ada@x.com", "ada", "tel:+1"}, []string{"sip:bob@x.com", "bob", "tel:+2"}
	plan := func(want []string, live ...[]string) *planner.Plan {
		return &planner.Plan{Changes: []planner.Change{checkStaff(block(map[string]cty.Value{"voice": cty.True}, want, bob), columns, live...)}}
	}
	approval := planner.Approve(plan(ada, []string{"sip:bob@x.com", "True", "False", ""}))
	want := [][]string{
		{"sip:ada@x.com", "ada", "", "voice", "false", "true", "line_uri", "", "tel:+1"},
		{"sip:bob@x.com", "bob", "exists", "voice", "false", "true", "line_uri", "", "tel:+2"},
	}
	if d := cmp.Diff(want, approval.Changes[0].Users); d != "" {
		t.Fatal(d)
	}
	address := `user.staff["sip:ada@x.com"]: `
	for name, test := range map[string]struct {
		now  *planner.Plan
		want []string
	}{
		"nothing has changed":            {plan(ada, []string{"sip:bob@x.com", "True", "False", ""}), nil},
		"the first half is done":         {plan(ada, []string{"sip:ada@x.com", "True", "", ""}, []string{"sip:bob@x.com", "True", "True", "tel:+2"}), nil},
		"all is done":                    {plan(ada, []string{"sip:ada@x.com", "True", "True", "tel:+1"}, []string{"sip:bob@x.com", "True", "True", "tel:+2"}), nil},
		"somebody has set another":       {plan(ada, []string{"sip:ada@x.com", "True", "False", "tel:+7"}, []string{"sip:bob@x.com", "True", "True", "tel:+2"}), []string{address + "the live value of line_uri was (unset) when the plan was approved and is tel:+7 now"}},
		"another is wanted":              {plan([]string{"sip:ada@x.com", "ada", "tel:+3"}, []string{"sip:bob@x.com", "True", "False", ""}), []string{address + "the wanted value of line_uri was tel:+1 when the plan was approved and is tel:+3 now"}},
		"one more user":                  {plan([]string{"sip:eve@x.com", "eve", ""}, []string{"sip:bob@x.com", "True", "False", ""}), []string{`user.staff["sip:eve@x.com"]: create was not part of the approved plan`}},
		"who was there is there no more": {plan(ada), []string{`user.staff["sip:bob@x.com"]: update was approved, now it would be create`}},
	} {
		var got []string
		for _, d := range approval.Deviations(test.now) {
			got = append(got, d.Text)
		}
		if d := cmp.Diff(test.want, got); d != "" {
			t.Errorf("%s:\n%s", name, d)
		}
	}
	half := planner.Approve(plan([]string{"sip:ada@x.com", "ada", ""}, []string{"sip:bob@x.com", "True", "False", ""}))
	d := half.Deviations(plan(ada, []string{"sip:bob@x.com", "True", "False", ""}))
	if len(d) != 1 || d[0].Text != address+"to change line_uri from (unset) to tel:+1 was not part of the approved plan" {
		t.Errorf("%+v", d)
	}
}

func TestSecretAttributesOfUsersAreNotTold(t *testing.T) {
	t.Parallel()
	o := block(map[string]cty.Value{"voice": cty.True.Mark(schema.Sensitive)}, []string{"sip:ada@x.com", "ada", ""})
	c := checkStaff(o, []string{"SipAddress", "Enabled", "Voice", "LineURI"}, []string{"sip:ada@x.com", "True", "False", ""})
	if d := cmp.Diff([]string{"update sip:ada voice:(sensitive)>(sensitive)"}, told(c)); d != "" {
		t.Error(d)
	}
	if v := c.User(0).After.GetAttr("voice"); !v.IsMarked() {
		t.Error("the mark is lost on the way to the commands")
	}
}

// BenchmarkUsersAttributes compares attributes of a hundred thousand users, of whom as many differ as it says.
func BenchmarkUsersAttributes(b *testing.B) {
	for _, differ := range []int{0, 100_000} {
		b.Run(fmt.Sprintf("differ=%d", differ), func(b *testing.B) {
			want, rows := roster.New(staffColumns...), roster.New("SipAddress", "Enabled", "Voice", "LineURI")
			for i := range 100_000 {
				sip := fmt.Sprintf("sip:user%07d@contoso.com", i)
				want.Append(sip, sip[4:], fmt.Sprintf("tel:+1%09d", i))
				rows.Append(sip, "True", "True", fmt.Sprintf("tel:+1%09d", i+differ))
			}
			o := planner.Object{Users: want, Want: value(staff, "", map[string]cty.Value{"voice": cty.True})}
			nodes := []*planner.Node{node(staff, "all", nil, o)}
			b.ReportAllocs()
			for b.Loop() {
				live := *rows
				state := planner.Live{{Provider: "skype", Kind: "user"}: planner.Listing{Users: &live, Complete: true}}
				if plan, _ := planner.New(nodes, state, planner.Options{}); plan.Changes[0].Users.Same != 100_000-differ {
					b.Fatal(plan.Count())
				}
			}
		})
	}
}

// Users of a block who are looked at once more are compared as the block compares them: what it leaves alone of those who
// exist does not count as missing.
func TestLookingAgainLeavesAloneWhatTheBlockDoes(t *testing.T) {
	t.Parallel()
	columns := []string{"SipAddress", "Enabled", "Voice", "LineURI"}
	o := block(map[string]cty.Value{"voice": cty.True}, []string{"sip:ada@x.com", "ada", "tel:+1"})
	o.Ignore = []string{"voice"}
	c := checkStaff(o, columns, []string{"sip:ada@x.com", "True", "False", "tel:+2"})
	again := c.About(o.Users)
	if left := checkStaff(again, columns, []string{"sip:ada@x.com", "True", "False", "tel:+1"}); left.Action != planner.NoOp {
		t.Errorf("still open: %q", told(left))
	}
	if left := checkStaff(again, columns, []string{"sip:ada@x.com", "True", "False", "tel:+2"}); left.Action != planner.Update {
		t.Errorf("nothing open: %s", left.Action)
	}
}
