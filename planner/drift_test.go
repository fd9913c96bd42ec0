package planner_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"

	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/schema"
)

// shelf is a kind with what matters for drift: canonical forms, what the far end computes, what steers, what is a secret.
var shelf = &schema.Kind{Name: "shelf", Attrs: []schema.Attr{
	{Name: "a", Type: cty.String, Norm: lower},
	{Name: "b", Type: cty.String, Norm: lower},
	{Name: "computed", Type: cty.String, Mode: schema.Computed},
	{Name: "steering", Type: cty.String, Settings: true},
	{Name: "secret", Type: cty.String, Sensitive: true},
}}

// shelves is a plan of one object, live and wanted values of a and b; nil is an absent object.
func shelves(live, want map[string]cty.Value) *planner.Plan {
	o := planner.Object{Address: planner.Address{Kind: "shelf", Labels: []string{"x"}}, Kind: shelf, Identity: "x", Want: value(shelf, "x", want), Absent: want == nil}
	found := map[string]planner.Found{}
	if live != nil {
		found["x"] = planner.Found{Identity: "x", Value: value(shelf, "x", live)}
	}
	p, _ := planner.New([]*planner.Node{node(shelf, "x", nil, o)}, planner.Live{{Provider: "skype", Kind: "shelf"}: {Objects: found, Complete: true}}, planner.Options{})
	return p
}

// stood is a baseline of what is live in a plan, at the end of a run of everything.
func stood(plans ...*planner.Plan) *planner.Baseline {
	b := planner.NewBaseline()
	for n, p := range plans {
		for i := range p.Changes {
			remember(b, fmt.Sprint("run", n+1), &p.Changes[i])
		}
	}
	b.Whole("run1")
	return b
}

func remember(b *planner.Baseline, run string, c *planner.Change) {
	if c.Users != nil {
		var rows [][]string
		for row := range c.StandingUsers() {
			rows = append(rows, slices.Clone(row))
		}
		b.Users(run, c.Address.String(), planner.Source{Provider: c.Provider, Kind: c.Kind.Name}, c.UserColumns(), rows)
		return
	}
	if s, known := c.Standing(); known {
		b.Object(run, s)
	}
}

// driftLines is a drift in lines.
func driftLines(d *planner.Drift) []string {
	var lines []string
	for i := range d.Objects {
		o := &d.Objects[i]
		lines = append(lines, fmt.Sprintf("%s %s since %q", o.Change.Action, o.Origin, o.Run))
		for _, a := range o.Attrs {
			lines = append(lines, attrLine(a))
		}
	}
	for i := range d.Users {
		u := &d.Users[i]
		lines = append(lines, fmt.Sprintf("%s %v", u.Change.Action, u.Origins))
		for n := range u.Users {
			for _, a := range u.Users[n].Attrs {
				lines = append(lines, u.Change.Users.Want.SIP(u.Users[n].Row)+" "+attrLine(a))
			}
		}
	}
	for _, u := range d.Unread {
		lines = append(lines, "unread "+u)
	}
	return lines
}

func attrLine(a planner.DriftedAttr) string {
	line := fmt.Sprintf("%s: %s → %s %s", a.Name, a.Was, a.Is, a.Origin)
	if a.Planned {
		line += " planned"
	}
	if a.Wanted {
		line += " wanted"
	}
	return line
}

func TestWhereDifferencesComeFrom(t *testing.T) {
	t.Parallel()
	of := func(texts ...string) map[string]cty.Value {
		set := map[string]cty.Value{}
		for i := 0; i+1 < len(texts); i += 2 {
			set[texts[i]] = cty.StringVal(texts[i+1])
		}
		return set
	}
	for name, c := range map[string]struct {
		was, is, want map[string]cty.Value // nil: absent
		lines         []string
	}{
		"nothing":                        {of("a", "1"), of("a", "1"), of("a", "1"), nil},
		"another form":                   {of("a", "X"), of("a", "x"), of("a", "X"), nil},
		"empty and unset":                {of("a", "1", "b", ""), of("a", "1"), of("a", "1"), nil},
		"a hand":                         {of("a", "1"), of("a", "2"), of("a", "1"), []string{`update hand since "run1"`, `a: "1" → "2" hand planned`}},
		"the configuration":              {of("a", "1"), of("a", "1"), of("a", "2"), []string{`update configuration since "run1"`, `a: "1" → "1" configuration planned`}},
		"both":                           {of("a", "1"), of("a", "2"), of("a", "3"), []string{`update both since "run1"`, `a: "1" → "2" both planned`}},
		"both, to the same":              {of("a", "1"), of("a", "2"), of("a", "2"), []string{`no-op hand since "run1"`, `a: "1" → "2" both wanted`}},
		"what is left alone":             {of("a", "1", "b", "1"), of("a", "1", "b", "2"), of("a", "1"), []string{`no-op hand since "run1"`, `b: "1" → "2" hand`}},
		"each its own":                   {of("a", "1", "b", "1"), of("a", "2", "b", "1"), of("a", "1", "b", "2"), []string{`update both since "run1"`, `a: "1" → "2" hand planned`, `b: "1" → "1" configuration planned`}},
		"what the far end computes":      {of("a", "1", "computed", "1"), of("a", "1", "computed", "2"), of("a", "1"), nil},
		"gone":                           {of("a", "1"), nil, of("a", "1"), []string{`create hand since "run1"`, `: exists →  hand planned`}},
		"gone, and wanted otherwise":     {of("a", "1"), nil, of("a", "2"), []string{`create both since "run1"`, `: exists →  both planned`}},
		"gone, and wanted so":            {of("a", "1"), nil, nil, []string{`no-op hand since "run1"`, `: exists →  hand wanted`}},
		"made":                           {nil, of("a", "1"), nil, []string{`delete hand since "run1"`, `:  → exists hand planned`}},
		"made as wanted":                 {nil, of("a", "1"), of("a", "1"), []string{`no-op hand since "run1"`, `:  → exists hand wanted`}},
		"not there and wanted":           {nil, nil, of("a", "1"), []string{`create configuration since "run1"`}},
		"there and to go":                {of("a", "1"), of("a", "1"), nil, []string{`delete configuration since "run1"`}},
		"a secret that is to be another": {of("secret", "1"), of("secret", "1"), of("secret", "2"), []string{`update not known since "run1"`, `secret: (sensitive) → (sensitive) not known planned`}},
		"a secret that somebody changed": {of("a", "1", "secret", "1"), of("a", "1", "secret", "2"), of("a", "1"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := stood(shelves(c.was, c.was)).Measure(shelves(c.is, c.want))
			if diff := cmp.Diff(c.lines, driftLines(d)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Of what no run has told, the origin is known only where a run was of everything.
func TestWhatNoRunHasToldOf(t *testing.T) {
	t.Parallel()
	now := shelves(nil, map[string]cty.Value{"a": text("1")})
	if diff := cmp.Diff([]string{`create not known since ""`}, driftLines(planner.NewBaseline().Measure(now))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{`create configuration since ""`}, driftLines(stood().Measure(now))); diff != "" {
		t.Error(diff)
	}
	b := planner.NewBaseline()
	b.Uncertain("shelf.x", "")
	b.Whole("run1")
	if diff := cmp.Diff([]string{`create not known since ""`}, driftLines(b.Measure(now))); diff != "" {
		t.Error(diff)
	}
}

// The newest run that tells counts, and what a newer one has left uncertain no older one settles.
func TestRunsAreAddedNewestFirst(t *testing.T) {
	t.Parallel()
	one, two := map[string]cty.Value{"a": text("1")}, map[string]cty.Value{"a": text("2")}
	b := stood(shelves(two, two), shelves(one, one))
	b.Uncertain("shelf.x", "") // by a run that is older still
	if lines := driftLines(b.Measure(shelves(two, two))); lines != nil {
		t.Errorf("got %q", lines)
	}
	b = planner.NewBaseline()
	b.Uncertain("shelf.x", "")
	remember(b, "older", &shelves(one, one).Changes[0])
	if diff := cmp.Diff([]string{`update not known since ""`}, driftLines(b.Measure(shelves(two, one)))); diff != "" {
		t.Error(diff)
	}
}

// What could be compared then and is not told now is never taken for unchanged.
func TestWhatIsNotToldAnyMore(t *testing.T) {
	t.Parallel()
	one := map[string]cty.Value{"a": text("1")}
	d := stood(shelves(one, one)).Measure(shelves(map[string]cty.Value{"a": cty.UnknownVal(cty.String)}, one))
	if diff := cmp.Diff([]string{"unread shelf.x a"}, driftLines(d)); diff != "" {
		t.Error(diff)
	}
	p := shelves(one, one)
	p.Changes[0].Action = planner.Unknown
	if diff := cmp.Diff([]string{"unread shelf.x"}, driftLines(stood(shelves(one, one)).Measure(p))); diff != "" {
		t.Error(diff)
	}
}

// An object of an exclusive kind that no block declares was made by hand where the last run has seen all there were.
func TestDriftOfWhatIsNotDeclared(t *testing.T) {
	t.Parallel()
	live := planner.Live{{Provider: "skype", Kind: "shelf"}: {Complete: true, Objects: map[string]planner.Found{"y": {Identity: "y", Value: value(shelf, "y", nil)}}}}
	options := planner.Options{Exclusives: []planner.Exclusive{{Kind: shelf, Provider: "skype"}}}
	now, _ := planner.New(nil, live, options)
	b := planner.NewBaseline()
	if diff := cmp.Diff([]string{`delete not known since ""`}, driftLines(b.Measure(now))); diff != "" {
		t.Error(diff)
	}
	for source, ids := range planner.Swept(planner.Live{{Provider: "skype", Kind: "shelf"}: {Complete: true}}, options) {
		b.Swept("run1", source, ids)
	}
	if diff := cmp.Diff([]string{`delete hand since "run1"`, `:  → exists hand planned`}, driftLines(b.Measure(now))); diff != "" {
		t.Error(diff)
	}
	b = planner.NewBaseline()
	for source, ids := range planner.Swept(live, options) {
		b.Swept("run1", source, ids)
	}
	if diff := cmp.Diff([]string{`delete configuration since ""`}, driftLines(b.Measure(now))); diff != "" {
		t.Error(diff)
	}
}

// A block that is called otherwise since is the same object to the far end: what somebody did to it is not the configuration's.
func TestDriftOfAnObjectWhoseBlockIsCalledOtherwise(t *testing.T) {
	t.Parallel()
	one, two := map[string]cty.Value{"a": text("1")}, map[string]cty.Value{"a": text("2")}
	named := func(label string, live, want map[string]cty.Value) *planner.Plan {
		p := shelves(live, want)
		p.Changes[0].Address.Labels = []string{label}
		return p
	}
	for what, c := range map[string]struct {
		now   *planner.Plan
		lines []string
	}{
		"as it was":          {named("y", one, one), nil},
		"by the plan":        {named("y", one, two), []string{`update configuration since "run1"`, `a: "1" → "1" configuration planned`}},
		"by hand":            {named("y", two, one), []string{`update hand since "run1"`, `a: "1" → "2" hand planned`}},
		"by hand, as wanted": {named("y", two, two), []string{`no-op hand since "run1"`, `a: "1" → "2" both wanted`}},
	} {
		if diff := cmp.Diff(c.lines, driftLines(stood(shelves(one, one)).Measure(c.now))); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
	for _, late := range []string{"x", "y"} { // a run that was cut off has touched it under either name
		b := planner.NewBaseline()
		b.Uncertain("shelf.z", "")
		b.Touched("shelf", "X")
		remember(b, "older", &shelves(one, one).Changes[0])
		b.Whole("older")
		if diff := cmp.Diff([]string{`update not known since ""`}, driftLines(b.Measure(named(late, two, one)))); diff != "" {
			t.Errorf("%s: %s", late, diff)
		}
	}
	b := stood(shelves(one, one))
	b.Touched("shelf", "x") // by a run before that
	if diff := cmp.Diff([]string{`update hand since "run1"`, `a: "1" → "2" hand planned`}, driftLines(b.Measure(shelves(two, one)))); diff != "" {
		t.Error(diff)
	}
}

// What a run made that was cut off, and whose block is gone since, is not somebody's.
func TestDriftOfWhatARunMadeThatWasCutOff(t *testing.T) {
	t.Parallel()
	live := planner.Live{{Provider: "skype", Kind: "shelf"}: {Complete: true, Objects: map[string]planner.Found{"y": {Identity: "y", Value: value(shelf, "y", nil)}}}}
	options := planner.Options{Exclusives: []planner.Exclusive{{Kind: shelf, Provider: "skype"}}}
	now, _ := planner.New(nil, live, options)
	b := planner.NewBaseline()
	b.Uncertain("shelf.ours", "")
	b.Touched("shelf", "Y")
	b.Swept("run1", planner.Source{Provider: "skype", Kind: "shelf"}, nil)
	b.Whole("run1")
	if diff := cmp.Diff([]string{`delete not known since ""`}, driftLines(b.Measure(now))); diff != "" {
		t.Error(diff)
	}
}

// housed is users who have a home.
var housed = &schema.Kind{
	Name:  "homing",
	Attrs: []schema.Attr{{Name: "target", Type: cty.String, Norm: lower}},
	Rows:  &schema.Rows{Columns: []string{"sip", "home"}, Attr: "target", State: func(cells []string) string { return strings.ToLower(cells[1]) }},
}

func homed(block, target string, wanted []string, live ...[]string) *planner.Plan {
	users := roster.New("sip_address", "identity")
	for _, sip := range wanted {
		users.Append("sip:"+sip, sip)
	}
	o := planner.Object{Address: planner.Address{Kind: "homing", Labels: []string{block}}, Kind: housed, Users: users, Want: value(housed, "", map[string]cty.Value{"target": text(target)})}
	p, _ := planner.New([]*planner.Node{node(housed, block, nil, o)}, planner.Live{{Provider: "skype", Kind: "homing"}: {Users: table([]string{"sip", "home"}, live...)}}, planner.Options{})
	return p
}

func TestDriftOfUsers(t *testing.T) {
	t.Parallel()
	all := []string{"a", "b", "c", "d", "e"}
	was := stood(homed("p", "pool", all, []string{"sip:a", "pool"}, []string{"sip:b", "POOL"}, []string{"sip:c", "old"}, []string{"sip:d", "pool"}))
	for name, c := range map[string]struct {
		now   *planner.Plan
		lines []string
	}{
		"as it was": {
			homed("p", "pool", all, []string{"sip:a", "Pool"}, []string{"sip:b", "pool"}, []string{"sip:c", "old"}, []string{"sip:d", "pool"}),
			[]string{`move [configuration]`},
		},
		"moved by hand, gone, made, and homed as wanted": {
			homed("p", "pool", all, []string{"sip:a", "cloud"}, []string{"sip:c", "pool"}, []string{"sip:d", "pool"}, []string{"sip:e", "cloud"}),
			[]string{`move [hand hand]`, `sip:a target: pool → cloud hand planned`, `sip:b : exists →  hand wanted`, `sip:c target: old → pool both wanted`, `sip:e :  → exists hand planned`},
		},
		"another target": {
			homed("p", "cloud", all, []string{"sip:a", "pool"}, []string{"sip:b", "cloud"}, []string{"sip:c", "new"}, []string{"sip:d", "pool"}),
			[]string{`move [configuration both configuration]`, `sip:b target: pool → cloud both wanted`, `sip:c target: old → new both planned`},
		},
		"in another block, and somebody new": {
			homed("q", "pool", []string{"a", "f"}, []string{"sip:a", "cloud"}, []string{"sip:f", "cloud"}),
			[]string{`move [hand configuration]`, `sip:a target: pool → cloud hand planned`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.lines, driftLines(was.Measure(c.now))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A user of whom a run did not learn what became of the move is not blamed on anybody.
func TestUncertainUsers(t *testing.T) {
	t.Parallel()
	b := planner.NewBaseline()
	b.Uncertain(`homing.p["sip:a"]`, "sip:a")
	remember(b, "run1", &homed("p", "pool", []string{"a", "b"}, []string{"sip:a", "cloud"}, []string{"sip:b", "cloud"}).Changes[0])
	b.Uncertain(`homing.p["sip:b"]`, "sip:b") // by an older run
	b.Whole("run1")
	now := homed("p", "pool", []string{"a", "b"}, []string{"sip:a", "elsewhere"}, []string{"sip:b", "elsewhere"})
	if diff := cmp.Diff([]string{`move [not known both]`, `sip:b target: cloud → elsewhere both planned`}, driftLines(b.Measure(now))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Whatever was, is and is wanted: what is told as by hand is what differs from what was, what is told as planned is what the plan
// changes, and nothing else is told.
func TestOriginsHold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) map[string]cty.Value {
			set := map[string]cty.Value{}
			for _, attr := range []string{"a", "b"} {
				if v := rapid.SampledFrom([]string{"", "x", "X", "y"}).Draw(t, name+" "+attr); v != "" {
					set[attr] = cty.StringVal(v)
				}
			}
			return set
		}
		text := func(set map[string]cty.Value, name string) string { return strings.ToLower(schema.Text(set[name])) }
		was, is, want := draw("was"), draw("is"), draw("want")
		got := map[string]planner.DriftedAttr{}
		for _, o := range stood(shelves(was, was)).Measure(shelves(is, want)).Objects {
			for _, a := range o.Attrs {
				got[a.Name] = a
			}
		}
		for _, name := range []string{"a", "b"} {
			hand := text(was, name) != text(is, name)
			wanted := text(want, name)
			planned := wanted != "" && wanted != text(is, name)
			configuration := wanted != "" && wanted != text(was, name)
			a, listed := got[name]
			if listed != (hand || planned) {
				t.Fatalf("%s: listed %v, changed by hand %v, planned %v", name, listed, hand, planned)
			}
			if listed && (a.ByHand() != hand || a.Planned != planned || (a.Origin == planner.Both) != (hand && configuration)) {
				t.Fatalf("%s: %+v, by hand %v, by the configuration %v", name, a, hand, configuration)
			}
		}
	})
}

// What measuring 100,000 users costs of whom each was moved by hand.
func BenchmarkDrift(b *testing.B) {
	var all []string
	was, is := [][]string{}, [][]string{}
	for n := range 100_000 {
		sip := fmt.Sprintf("user%d@contoso.com", n)
		all, was, is = append(all, sip), append(was, []string{"sip:" + sip, "pool"}), append(is, []string{"sip:" + sip, "cloud"})
	}
	baseline, now := stood(homed("p", "pool", all, was...)), homed("p", "pool", all, is...)
	b.ReportAllocs()
	for b.Loop() {
		if d := baseline.Measure(now); len(d.Users[0].Users) != 100_000 {
			b.Fatal("not all are told")
		}
	}
}
