package planner_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"

	"hybrid/planner"
	"hybrid/schema"
)

// done is what a journal says of a change that was carried out.
func done(c planner.Change) planner.Deed {
	d := planner.Deed{
		Address: c.Address, Kind: c.Kind, Provider: c.Provider, Identity: c.Identity, Action: c.Action,
		Before: planner.Texts(c.Before), After: planner.Texts(c.After),
	}
	for _, p := range c.Paths {
		d.Changed = append(d.Changed, planner.AttrName(p))
	}
	return d
}

func takeBack(t *planner.Taking, live planner.Live) (*planner.Plan, *planner.Rollback) {
	if t.Able == nil {
		t.Able = func(planner.Change) error { return nil }
	}
	nodes, told := t.Back(live)
	plan, diags := planner.New(nodes, live, planner.Options{})
	if diags.HasErrors() {
		panic(diags)
	}
	return plan, told
}

// said is everything that a rollback says, a line each.
func said(p *planner.Plan, r *planner.Rollback) []string {
	lines := []string{}
	for _, l := range r.Lost {
		lines = append(lines, strings.TrimSpace(fmt.Sprintln("lost", l.Address, strings.Join(l.Users, " "), l.Text)))
	}
	for _, l := range r.Kept {
		lines = append(lines, strings.TrimSpace(fmt.Sprintln("kept", l.Address, strings.Join(l.Users, " "), l.Text)))
	}
	for i := range p.Changes {
		switch c := &p.Changes[i]; {
		case c.Users != nil:
			for one := range c.All() {
				lines = append(lines, fmt.Sprintf("%s %s to %s", one.Action, one.Address, planner.Texts(one.After)["target"]))
			}
		case c.Action != planner.NoOp:
			lines = append(lines, fmt.Sprint(c.Action, " ", c.Address))
		}
	}
	return lines
}

// TestBackAndForth: whatever an object was and is made, taking that back makes it what it was, and taking nothing else along.
func TestBackAndForth(t *testing.T) {
	t.Parallel()
	draw := func(t *rapid.T, label string) map[string]cty.Value {
		set := map[string]cty.Value{"proxy_fqdn": text(rapid.SampledFrom([]string{"a", "B", "c"}).Draw(t, label+" proxy"))}
		values := map[string][]cty.Value{"enabled": {cty.True, cty.False}, "level": {text("Always"), text("never")}, "key_a": {text("x"), text("y"), text("")}}
		if rapid.Bool().Draw(t, label+" other key") { // the two exclude one another
			values["key_b"] = values["key_a"]
			delete(values, "key_a")
		}
		for _, name := range slices.Sorted(maps.Keys(values)) {
			if n := rapid.IntRange(-1, len(values[name])-1).Draw(t, label+" "+name); n >= 0 {
				set[name] = values[name][n]
			}
		}
		return set
	}
	rapid.Check(t, func(t *rapid.T) {
		before := listing()
		if rapid.Bool().Draw(t, "exists") {
			before = listing(value(provider, "x", draw(t, "live")))
		}
		o := planner.Object{Identity: "x", Want: value(provider, "x", draw(t, "want")), Absent: rapid.Bool().Draw(t, "absent")}
		there, diags := planner.New([]*planner.Node{node(provider, "x", nil, o)}, before, planner.Options{})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		c := there.Changes[0]
		after := made(c)
		taking := &planner.Taking{Deeds: []planner.Deed{done(c)}}
		if c.Action == planner.NoOp {
			taking.Deeds = nil
		}
		back, told := takeBack(taking, after)
		if len(told.Kept)+len(told.Lost) > 0 {
			t.Fatalf("%v", told)
		}
		got := after
		for _, c := range back.Changes {
			got = made(c)
		}
		if d := cmp.Diff(standing(before), standing(got)); d != "" {
			t.Fatalf("%s (-before +taken back):\n%s", c.Action, d)
		}
		again, told := takeBack(taking, got)
		if n := again.Count().Changes(); n > 0 || len(told.Kept) > 0 {
			t.Fatalf("taken back twice: %d changes, %v", n, told)
		}
	})
}

// made is the listing once a change has been carried out.
func made(c planner.Change) planner.Live {
	if c.After.IsNull() {
		return listing()
	}
	set := c.After.AsValueMap()
	for name, v := range set {
		if !v.IsKnown() {
			set[name] = text("made by the far end")
		}
	}
	set["born_at"] = cty.NullVal(cty.String) // which nobody reads
	return listing(value(provider, "x", set))
}

// standing is all that is compared of what a listing holds, unset and empty being the same.
func standing(live planner.Live) map[string]string {
	for _, f := range live[sources].Objects {
		c := planner.Change{Kind: provider, Before: f.Value}
		s, _ := c.Standing()
		maps.DeleteFunc(s.Values, func(name, text string) bool { return text == "null" || text == `""` || name == "born_at" })
		for name, text := range s.Values {
			s.Values[name] = strings.ToLower(text)
		}
		return s.Values
	}
	return nil
}

// TestWhatIsLeft: an object is taken back only where it is as the run left it, whatever became of the run.
func TestWhatIsLeft(t *testing.T) {
	t.Parallel()
	x := func(enabled bool, level string) map[string]cty.Value {
		return map[string]cty.Value{"proxy_fqdn": text("a"), "enabled": cty.BoolVal(enabled), "level": text(level)}
	}
	texts := func(set map[string]cty.Value) map[string]string {
		if set == nil {
			return nil
		}
		return planner.Texts(value(provider, "x", set))
	}
	on, off, hand := x(true, "Never"), x(false, "Never"), x(true, "Always")
	neither := x(false, "Always")
	for name, test := range map[string]struct {
		action        planner.Action
		outcome       planner.Outcome
		before, after map[string]cty.Value
		left          map[string]string
		live          map[string]cty.Value
		want          []string
	}{
		"update":                          {planner.Update, planner.CarriedOut, on, off, nil, off, []string{"update hosting_provider.x"}},
		"update, undone by hand":          {planner.Update, planner.CarriedOut, on, off, nil, on, []string{}},
		"update, another attribute since": {planner.Update, planner.CarriedOut, on, off, nil, neither, []string{"update hosting_provider.x"}},
		"update, changed since":           {planner.Update, planner.CarriedOut, on, hand, nil, x(true, "other"), []string{`kept hosting_provider.x  it has been changed since: level is "other", not "Always"`}},
		"update, gone":                    {planner.Update, planner.CarriedOut, on, off, nil, nil, []string{"kept hosting_provider.x  it is gone, and the run did not delete it"}},
		"update, nobody knows, done":      {planner.Update, planner.Doubtful, on, off, nil, off, []string{"update hosting_provider.x"}},
		"update, nobody knows, not done":  {planner.Update, planner.Doubtful, on, off, nil, on, []string{}},
		"update, failed":                  {planner.Update, planner.Declined, on, off, nil, on, []string{}},
		"update, failed halfway":          {planner.Update, planner.Declined, on, neither, nil, off, []string{"kept hosting_provider.x  the run failed on it, and it is not as it was: enabled is false, not true"}},
		"create":                          {planner.Create, planner.CarriedOut, nil, on, nil, on, []string{"delete hosting_provider.x"}},
		"create, gone":                    {planner.Create, planner.CarriedOut, nil, on, nil, nil, []string{}},
		"create, changed since":           {planner.Create, planner.CarriedOut, nil, on, nil, off, []string{"kept hosting_provider.x  it has been changed since: enabled is false, not true"}},
		"create, what nobody said since":  {planner.Create, planner.CarriedOut, nil, map[string]cty.Value{"proxy_fqdn": text("a")}, texts(on), hand, []string{`kept hosting_provider.x  it has been changed since: level is "Always", not "Never"`}},
		"create, nobody knows, not done":  {planner.Create, planner.Doubtful, nil, on, nil, nil, []string{}},
		"create, failed, and there":       {planner.Create, planner.Declined, nil, on, nil, on, []string{"kept hosting_provider.x  the run failed to make it, and it is there"}},
		"delete":                          {planner.Delete, planner.CarriedOut, on, nil, nil, nil, []string{"create hosting_provider.x"}},
		"delete, made again":              {planner.Delete, planner.CarriedOut, on, nil, nil, on, []string{}},
		"delete, made again otherwise":    {planner.Delete, planner.CarriedOut, on, nil, nil, off, []string{"kept hosting_provider.x  it has been made again since, and not as it was: enabled is false, not true"}},
		"delete, failed":                  {planner.Delete, planner.Declined, on, nil, nil, on, []string{}},
		"replace":                         {planner.Replace, planner.CarriedOut, on, map[string]cty.Value{"proxy_fqdn": text("b"), "enabled": cty.True, "level": text("Never")}, nil, map[string]cty.Value{"proxy_fqdn": text("b"), "enabled": cty.True, "level": text("Never")}, []string{"replace hosting_provider.x"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := planner.Deed{
				Address: planner.Address{Kind: provider.Name, Labels: []string{"x"}}, Kind: provider, Provider: "skype", Identity: "x",
				Action: test.action, Outcome: test.outcome, Before: texts(test.before), After: texts(test.after), Left: test.left,
			}
			live := listing()
			if test.live != nil {
				live = listing(value(provider, "x", test.live))
			}
			plan, told := takeBack(&planner.Taking{Deeds: []planner.Deed{d}}, live)
			if d := cmp.Diff(test.want, said(plan, told)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestSecretsAreNotMadeUp: what no journal has is said to be lost, and nothing is put in its place.
func TestSecretsAreNotMadeUp(t *testing.T) {
	t.Parallel()
	before := map[string]string{"identity": `"x"`, "proxy_fqdn": `"a"`, "key_a": "(sensitive)", "enabled": "true"}
	d := planner.Deed{
		Address: planner.Address{Kind: provider.Name, Labels: []string{"x"}}, Kind: provider, Provider: "skype", Identity: "x", Action: planner.Update,
		Before: before, After: map[string]string{"identity": `"x"`, "proxy_fqdn": `"a"`, "key_a": "(sensitive)", "enabled": "false"}, Changed: []string{"key_a", "enabled"},
	}
	live := listing(value(provider, "x", map[string]cty.Value{"proxy_fqdn": text("a"), "key_a": text("new"), "enabled": cty.False}))
	plan, told := takeBack(&planner.Taking{Deeds: []planner.Deed{d}}, live)
	want := []string{"lost hosting_provider.x  its key_a as it was: it must not be shown, and so is in no journal", "update hosting_provider.x"}
	if d := cmp.Diff(want, said(plan, told)); d != "" || planner.Texts(plan.Changes[0].After)["key_a"] != `"new"` {
		t.Errorf("%v (-want +got):\n%s", planner.Texts(plan.Changes[0].After), d)
	}

	d.Action, d.After, d.Before = planner.Delete, nil, map[string]string{"identity": `"x"`, "proxy_fqdn": "(sensitive)"}
	plan, told = takeBack(&planner.Taking{Deeds: []planner.Deed{d}}, listing())
	want = []string{"lost hosting_provider.x  it cannot be made again: its proxy_fqdn must not be shown, and so is in no journal"}
	if d := cmp.Diff(want, said(plan, told)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// moved is what a journal says of a user who was moved.
func moved(block *planner.Address, sip, from, to string) planner.Deed {
	return planner.Deed{
		Address: block.Of("sip:" + sip), Kind: homing, Provider: "skype", Identity: sip, Action: planner.Move,
		Before: map[string]string{"target": fmt.Sprintf("%q", from)}, After: map[string]string{"target": fmt.Sprintf("%q", to)},
	}
}

func crowd(rows ...[]string) planner.Live {
	users := planner.Listing{Users: table(columns, rows...)}
	return planner.Live{{Provider: "skype", Kind: "user_homing"}: users, {Provider: "skype", Kind: "user"}: users}
}

func TestUsersGoBack(t *testing.T) {
	t.Parallel()
	pilot := planner.Address{Kind: "user_homing", Labels: []string{"pilot"}}
	declined := moved(&pilot, "f@x", "online", "p1")
	declined.Outcome = planner.Declined
	halfway := moved(&pilot, "g@x", "online", "p1")
	halfway.Outcome = planner.Declined
	deeds := []planner.Deed{
		moved(&pilot, "b@x", "online", "p1"), moved(&pilot, "a@x", "online", "p1"), moved(&pilot, "c@x", "p2", "p1"),
		moved(&pilot, "d@x", "online", "p1"), moved(&pilot, "e@x", "online", "p1"), declined, halfway, moved(&pilot, "h@x", "online", "p1"),
	}
	live := crowd([]string{"a@x", "SRV:", "p1"}, []string{"b@x", "SRV:", "p1"}, []string{"c@x", "SRV:", "p1"}, []string{"d@x", "SRV:", "p9"},
		[]string{"e@x", "online", ""}, []string{"f@x", "online", ""}, []string{"g@x", "SRV:", "p1"})
	plan, told := takeBack(&planner.Taking{Deeds: deeds}, live)
	want := []string{
		"kept user_homing.pilot sip:h@x they are no longer enabled",
		"kept user_homing.pilot sip:g@x the run failed on them, and they are homed at p1, not at online",
		"kept user_homing.pilot sip:d@x homed at p9 now, not at p1, where the run left them",
		`move user_homing.pilot["online"]["sip:a@x"] to "online"`,
		`move user_homing.pilot["online"]["sip:b@x"] to "online"`,
		`move user_homing.pilot["p2"]["sip:c@x"] to "p2"`,
	}
	if d := cmp.Diff(want, said(plan, told)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestUsersWhoWereMade: a user whom the run made and moved goes all the way back, last step first; one of whom the last step is
// left keeps the first.
func TestUsersWhoWereMade(t *testing.T) {
	t.Parallel()
	staff, pilot := planner.Address{Kind: "user", Labels: []string{"staff"}}, planner.Address{Kind: "user_homing", Labels: []string{"pilot"}}
	var deeds []planner.Deed
	for _, sip := range []string{"a@x", "b@x", "c@x", "d@x"} {
		deeds = append(deeds, planner.Deed{Address: staff.Of("sip:" + sip), Kind: user, Provider: "skype", Identity: sip, Action: planner.Create, After: map[string]string{"pool": `"p1"`}})
	}
	deeds = append(deeds, moved(&pilot, "a@x", "p1", "p2"), moved(&pilot, "b@x", "p1", "p2"))
	live := crowd([]string{"a@x", "SRV:", "p2"}, []string{"b@x", "SRV:", "p3"}, []string{"c@x", "SRV:", "P1."}, []string{"d@x", "SRV:", "p2"})
	plan, told := takeBack(&planner.Taking{Deeds: deeds}, live)
	want := []string{
		"kept user_homing.pilot sip:b@x homed at p3 now, not at p2, where the run left them",
		"kept user.staff sip:d@x changed since: RegistrarPool is p2, not p1",
		"kept user.staff sip:b@x what was done to them afterwards is left as it is",
		`move user_homing.pilot["sip:a@x"] to "p1"`,
		`delete user.staff["sip:a@x"] to `,
		`delete user.staff["sip:c@x"] to `,
	}
	if d := cmp.Diff(want, said(plan, told)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestAttributesOfUsersGoBack: each attribute that the run changed, unset where it was, and no other.
func TestAttributesOfUsersGoBack(t *testing.T) {
	t.Parallel()
	change := func(sip string, before, after map[string]string) planner.Deed {
		return planner.Deed{Address: planner.Address{Kind: "user", Labels: []string{"staff"}, User: "sip:" + sip + "@x.com"}, Kind: staff, Provider: "skype", Identity: sip, Action: planner.Update, Before: before, After: after}
	}
	deeds := []planner.Deed{
		change("ada", map[string]string{"line_uri": `"tel:+1"`, "voice": "false"}, map[string]string{"line_uri": `"tel:+2"`, "voice": "true"}),
		change("bob", map[string]string{"voice": "true"}, map[string]string{"line_uri": `"tel:+3"`, "voice": "true"}),
		change("cyd", map[string]string{"line_uri": `"tel:+4"`}, map[string]string{"line_uri": `"tel:+5"`}),
	}
	rows := table([]string{"SipAddress", "Enabled", "Voice", "LineURI"},
		[]string{"sip:ada@x.com", "True", "True", "tel:+2"}, []string{"sip:bob@x.com", "False", "True", "TEL:+3"}, []string{"sip:cyd@x.com", "True", "", "tel:+6"})
	plan, told := takeBack(&planner.Taking{Deeds: deeds}, planner.Live{{Provider: "skype", Kind: "user"}: planner.Listing{Users: rows}})
	var got []string
	for i := range plan.Changes {
		for _, d := range plan.Changes[i].Users.Differences(0) {
			got = append(got, fmt.Sprintf("%s %s: %s > %s", plan.Changes[i].Address, d.Name, d.Before, d.After))
		}
	}
	for _, l := range told.Kept {
		got = append(got, l.Address+" "+strings.Join(l.Users, ",")+": "+l.Text)
	}
	want := []string{
		`user.staff["line_uri"] line_uri: TEL:+3 > `,
		`user.staff["voice = false, line_uri"] voice: true > false`,
		`user.staff["voice = false, line_uri"] line_uri: tel:+2 > tel:+1`,
		"user.staff sip:cyd@x.com: changed since: line_uri is tel:+6, not tel:+5",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestTheOrderBack: what came last goes back first, and what rests on something that stays keeps it.
func TestTheOrderBack(t *testing.T) {
	t.Parallel()
	late := &schema.Kind{Name: "late", System: "skype", After: []schema.First{{Kind: "hosting_provider", Why: "it is needed"}}, Attrs: provider.Attrs}
	edge := []planner.Edge{{To: "hosting_provider.a", Why: "refers to it", Range: hcl.Range{Filename: "main.hcl"}}}
	nodes, diags := planner.Sort([]*planner.Node{node(provider, "a", nil), node(provider, "b", edge), node(late, "l", nil), node(provider, "free", nil)})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	deed := func(k *schema.Kind, name string) planner.Deed {
		return planner.Deed{Address: planner.Address{Kind: k.Name, Labels: []string{name}}, Kind: k, Provider: "skype", Identity: name, Action: planner.Create, After: map[string]string{"identity": fmt.Sprintf("%q", name), "proxy_fqdn": `"p"`}}
	}
	found := func(k *schema.Kind, proxy string, names ...string) planner.Listing {
		l := planner.Listing{Objects: map[string]planner.Found{}}
		for _, name := range names {
			l.Objects[name] = planner.Found{Identity: name, Value: value(k, name, map[string]cty.Value{"proxy_fqdn": text(proxy)})}
		}
		return l
	}
	taking := &planner.Taking{Nodes: nodes, Deeds: []planner.Deed{deed(provider, "a"), deed(provider, "b"), deed(provider, "free"), deed(late, "l")}, Able: func(planner.Change) error { return nil }}
	live := planner.Live{{Provider: "skype", Kind: "hosting_provider"}: found(provider, "p", "a", "b", "free"), {Provider: "skype", Kind: "late"}: found(late, "p", "l")}
	back, told := taking.Back(live)
	var got []string
	for _, n := range back {
		for _, r := range n.Reasons() {
			got = append(got, fmt.Sprint(n.Address, " after ", r.Block, r.Kind, ": ", r.Why))
		}
	}
	want := []string{
		"hosting_provider.free after late: hosting_provider comes after late: what needs it goes back first (it is needed)",
		"hosting_provider.b after late: hosting_provider comes after late: what needs it goes back first (it is needed)",
		"hosting_provider.a after hosting_provider.b: what needs it goes back first (refers to it)",
		"hosting_provider.a after late: hosting_provider comes after late: what needs it goes back first (it is needed)",
	}
	if d := cmp.Diff(want, got); d != "" || len(told.Kept) > 0 {
		t.Errorf("%v (-want +got):\n%s", told.Kept, d)
	}

	live[planner.Source{Provider: "skype", Kind: "hosting_provider"}].Objects["b"] = planner.Found{Identity: "b", Value: value(provider, "b", map[string]cty.Value{"proxy_fqdn": text("by hand")})}
	plan, told := takeBack(taking, live)
	want = []string{
		`kept hosting_provider.b  it has been changed since: proxy_fqdn is "by hand", not "p"`,
		"kept hosting_provider.a  it is needed by what is left as it is: hosting_provider.b",
		"delete late.l", "delete hosting_provider.free",
	}
	if d := cmp.Diff(want, said(plan, told)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestWhatCannotBeDoneIsLeft: what the far end would refuse, or has no command for, holds nothing else up.
func TestWhatCannotBeDoneIsLeft(t *testing.T) {
	t.Parallel()
	d := planner.Deed{Address: planner.Address{Kind: provider.Name, Labels: []string{"x"}}, Kind: provider, Provider: "skype", Identity: "x", Action: planner.Create, After: map[string]string{"proxy_fqdn": `"a"`}}
	other := d
	other.Provider = ""
	other.Address.Labels = []string{"y"}
	run := planner.Deed{Address: planner.Address{Kind: "sync", Labels: []string{"s"}}, Kind: &schema.Kind{Name: "sync", Task: &schema.Task{}}, Provider: "skype", Action: planner.Run}
	taking := &planner.Taking{Deeds: []planner.Deed{run, other, d}, Able: func(planner.Change) error { return errors.New("there is none that would") }}
	plan, told := takeBack(taking, listing(value(provider, "x", map[string]cty.Value{"proxy_fqdn": text("a")})))
	want := []string{
		"lost sync.s  what was run is not taken back; what this plan changes is carried on by the next one",
		"kept hosting_provider.x  it cannot be taken back: there is none that would",
		"kept hosting_provider.y  neither the journal nor the configuration says through which provider it is reached",
	}
	if d := cmp.Diff(want, said(plan, told)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if sought := taking.Sought(); len(sought) != 1 || sought[0].Identity != "x" {
		t.Errorf("sought %v", sought)
	}
}

// TestWhatCannotBeReadIsPlannedAsUnknown: an error is never an absence on the way back, either.
func TestWhatCannotBeReadIsPlannedAsUnknown(t *testing.T) {
	t.Parallel()
	pilot := planner.Address{Kind: "user_homing", Labels: []string{"pilot"}}
	deeds := []planner.Deed{
		{Address: planner.Address{Kind: provider.Name, Labels: []string{"x"}}, Kind: provider, Provider: "skype", Identity: "x", Action: planner.Create, After: map[string]string{"proxy_fqdn": `"a"`}},
		moved(&pilot, "a@x", "p1", "p2"),
	}
	failed := planner.Listing{Err: errors.New("no answer")}
	plan, _ := takeBack(&planner.Taking{Deeds: deeds}, planner.Live{sources: failed, {Provider: "skype", Kind: "user_homing"}: failed})
	actions := []planner.Action{}
	for _, c := range plan.Changes {
		actions = append(actions, c.Action)
	}
	if !slices.Equal(actions, []planner.Action{planner.Unknown, planner.Unknown}) {
		t.Errorf("%v", actions)
	}
}

// TestOneRunOftenDoesTheSameTwice: what counts is what was there first, and what was left last.
func TestOneRunOftenDoesTheSameTwice(t *testing.T) {
	t.Parallel()
	deed := func(action planner.Action, outcome planner.Outcome, before, after map[string]string) planner.Deed {
		return planner.Deed{Address: planner.Address{Kind: provider.Name, Labels: []string{"x"}}, Kind: provider, Provider: "skype", Identity: "x", Action: action, Outcome: outcome, Before: before, After: after}
	}
	level := func(l string) map[string]string {
		return map[string]string{"identity": `"x"`, "proxy_fqdn": `"a"`, "level": fmt.Sprintf("%q", l)}
	}
	live := listing(value(provider, "x", map[string]cty.Value{"proxy_fqdn": text("a"), "level": text("3")}))
	plan, told := takeBack(&planner.Taking{Deeds: []planner.Deed{
		deed(planner.Update, planner.Declined, level("0"), level("1")), deed(planner.Update, planner.CarriedOut, level("1"), level("2")),
		deed(planner.Update, planner.Declined, level("2"), level("9")), deed(planner.Update, planner.Doubtful, level("2"), level("3")),
	}}, live)
	if d := cmp.Diff([]string{"update hosting_provider.x"}, said(plan, told)); d != "" || planner.Texts(plan.Changes[0].After)["level"] != `"1"` {
		t.Errorf("%v (-want +got):\n%s", planner.Texts(plan.Changes[0].After), d)
	}
	plan, told = takeBack(&planner.Taking{Deeds: []planner.Deed{deed(planner.Delete, planner.CarriedOut, level("1"), nil), deed(planner.Create, planner.CarriedOut, nil, level("3"))}}, live)
	if d := cmp.Diff([]string{"update hosting_provider.x"}, said(plan, told)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
