package engine_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/config"
	"hybrid/internal/engine"
	"hybrid/internal/event"
	"hybrid/internal/journal"
	"hybrid/internal/roster"
	"hybrid/internal/tally"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/schema"
)

// thing, person and home are kinds of a far end that lives in memory.
var (
	thing = &schema.Kind{Name: "thing", System: "far", Remote: schema.Cmdlet{Noun: "CsThing"}, Attrs: []schema.Attr{
		{Name: "size", Type: cty.Number, Doc: "Size."}, {Name: "made", Type: cty.String, Mode: schema.Computed, Doc: "Made."},
		{Name: "note", Type: cty.String, Doc: "Note."}, {Name: "patience", Type: cty.Number, Settings: true, Doc: "In milliseconds."},
	}, Patience: func(v map[string]cty.Value) time.Duration {
		if v["patience"].IsNull() {
			return 0
		}
		ms, _ := v["patience"].AsBigFloat().Int64()
		return time.Duration(ms) * time.Millisecond
	}}
	carry = &schema.Kind{Name: "carry", System: "far", After: []schema.First{{Kind: "person", Why: "it is needed"}}, Remote: schema.Cmdlet{Noun: "CsCarry"}, Patience: func(map[string]cty.Value) time.Duration { return time.Minute },
		Attrs: []schema.Attr{{Name: "timeout", Type: cty.String, Settings: true, Doc: "Unused."}},
		Task:  &schema.Task{Carries: []string{"person"}, Mirror: "shadow", Of: "Home", Shown: "There", Unseen: func(map[string]cty.Value) (string, string) { return "nobody sees what arrives", "" }}}
	shadow = &schema.Kind{Name: "shadow", System: "near", Rows: &schema.Rows{Columns: []string{"SipAddress", "There"}}}
	fact   = &schema.Kind{Name: "data.fact", Data: true, Anonymous: true, System: "far", Attrs: []schema.Attr{
		{Name: "about", Type: cty.String, Mode: schema.Required, Doc: "About."}, {Name: "text", Type: cty.String, Mode: schema.Computed, Doc: "Text."},
	}}
	columns = []string{"SipAddress", "Home"}
	person  = &schema.Kind{Name: "person", System: "far", Remote: schema.Cmdlet{Noun: "CsPerson"}, Attrs: []schema.Attr{
		{Name: "users", Type: cty.DynamicPseudoType, Settings: true, Doc: "Users."},
	}, Rows: &schema.Rows{Columns: columns, Created: func(_ map[string]cty.Value, sip, _ string) []string { return []string{sip, "cloud"} }}}
	home = &schema.Kind{Name: "home", System: "far", After: []schema.First{{Kind: "person", Why: "it is needed"}, {Kind: "carry", Why: "it is needed"}}, Replicated: func(map[string]cty.Value) time.Duration { return time.Minute }, Remote: schema.Cmdlet{Noun: "CsPerson"}, Attrs: []schema.Attr{
		{Name: "users", Type: cty.DynamicPseudoType, Settings: true, Doc: "Users."},
		{Name: "target", Type: cty.String, Mode: schema.Required, Doc: "Target."},
	}, Blocks: []schema.Block{{Name: "wave", Doc: "Wave.", Attrs: []schema.Attr{
		{Name: "canary", Type: cty.Number, Settings: true, Doc: "Canary."}, {Name: "batch", Type: cty.Number, Settings: true, Doc: "Batch."},
		{Name: "parallel", Type: cty.Number, Settings: true, Doc: "Parallel."}, {Name: "max_failures", Type: cty.String, Settings: true, Doc: "Most."},
		{Name: "window", Type: cty.String, Settings: true, Doc: "Window."}, {Name: "pause", Type: cty.String, Settings: true, Doc: "Pause."},
	}}}, Rows: &schema.Rows{Columns: columns, Attr: "target", State: func(cells []string) string { return cells[1] },
		Crosses: func(map[string]cty.Value, string) bool { return true }, Judge: judgeHome}}
)

// judgeHome finds a person between two homes who is neither here nor there.
func judgeHome(after map[string]cty.Value, before, now []string) schema.Verdict {
	switch {
	case now == nil:
		return schema.Verdict{Text: "nobody is listed"}
	case now[1] == after["target"].AsString():
		return schema.Verdict{Reached: true}
	}
	return schema.Verdict{Stayed: before != nil && now[1] == before[1], Text: "Home is " + now[1]}
}

// far is the far end: things by name, people by address, and what goes wrong.
type far struct {
	mu            sync.Mutex
	things        map[string]int64
	notes         map[string]cty.Value
	people        map[string]string
	order         []string         // what was applied
	fail          map[string]error // by identity, on apply
	silent        map[string]bool  // accepted without effect
	hangs         bool             // reading is not answered
	lost          map[string]bool  // the effect happens, the answer is lost
	missed        map[string]bool  // the answer is lost before any effect
	torn          map[string]bool  // the thing goes before it is to be made anew, and then the answer is lost
	unread        map[string]error // by kind
	unreadable    int              // so many readings of people fail from now on
	reads         map[string]int   // by kind
	opened        []providers.Settings
	pending       map[string]int    // so many reads until a thing is in force
	behind        int               // so many looks until every server has the latest changes
	shadows       map[string]string // people as the other side shows them
	lag           int               // so many reads until what was carried is shown there
	carried       bool
	everybody     bool                  // the other side was asked for all it has
	waits         func(identity string) // called before anything is sent; whether it may be sent still is asked then
	during        func(identity string) // called within apply
	running, most int                   // calls at once
	ends          time.Time             // when it can no longer be signed in to; zero where that does not end
	strains       atomic.Int64          // how often it was waited for quotas
	readBack      time.Duration         // how long it is to be waited for
	longest       time.Duration         // that a call may take
	lateBy        time.Duration         // how long it takes until a change shows
	since         map[string]time.Time  // by identity or address: when it was changed, where that does not show yet
	were          map[string]string     // by address: the home that is shown until then
	between       map[string]string     // by address: where a move leaves somebody instead
	asked         [][]string            // by reading of people: who was asked for
}

func newFar() *far {
	return &far{things: map[string]int64{}, notes: map[string]cty.Value{}, people: map[string]string{}, fail: map[string]error{}, silent: map[string]bool{},
		lost: map[string]bool{}, missed: map[string]bool{}, torn: map[string]bool{}, unread: map[string]error{}, reads: map[string]int{}, pending: map[string]int{}, shadows: map[string]string{},
		since: map[string]time.Time{}, were: map[string]string{}, between: map[string]string{}}
}

func (f *far) system() providers.System {
	return providers.System{
		Schema: &schema.System{Name: "far", Doc: "Far.", Attrs: []schema.Attr{{Name: "tag", Type: cty.String, Doc: "Tag."}}}, Kinds: []*schema.Kind{thing, person, home, fact, carry},
		Commands: func(c planner.Change) ([]providers.Command, error) {
			return []providers.Command{said(string(c.Action) + " " + c.Identity)}, nil
		},
		Open: func(s providers.Settings) (providers.Provider, error) {
			f.opened = append(f.opened, s)
			return f, nil
		},
	}
}

// near is another way to the same far end, which shows what has arrived there.
func (f *far) near() providers.System {
	return providers.System{
		Schema: &schema.System{Name: "near", Doc: "Near."}, Views: []*schema.Kind{shadow},
		Open: func(providers.Settings) (providers.Provider, error) { return f, nil },
	}
}

type said string

func (s said) String() string { return string(s) }

func (f *far) Describe() string { return "far away" }
func (f *far) Close() error     { return nil }
func (f *far) Strains() int64   { return f.strains.Load() }

func (f *far) ReadBack() time.Duration { return f.readBack }

func (f *far) Longest() time.Duration { return f.longest }

func (f *far) Ends() (string, time.Time, bool) { return "ada@X.COM", f.ends, !f.ends.IsZero() }

// late says whether a change of something does not show yet.
func (f *far) late(what string) bool {
	at, changed := f.since[what]
	return changed && time.Since(at) < f.lateBy
}

func (f *far) Read(ctx context.Context, k *schema.Kind, want []planner.Object) planner.Listing {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reads[k.Name]++
	if f.hangs {
		f.mu.Unlock() // what waits for a mutex keeps time from going on in a bubble
		<-ctx.Done()
		f.mu.Lock()
		return planner.Listing{Err: ctx.Err()}
	}
	if err := f.unread[k.Name]; err != nil {
		return planner.Listing{Err: err}
	}
	if k.Rows != nil && f.unreadable > 0 {
		f.unreadable--
		return planner.Listing{Err: errors.New("the connection was lost")}
	}
	switch {
	case k.Data:
		return facts(want)
	case k == shadow:
		f.everybody = f.everybody || want == nil
		return f.shadow()
	case k.Task != nil:
		return planner.Listing{Objects: map[string]planner.Found{want[0].LiveID(): {Identity: want[0].Identity, Value: want[0].Want}}}
	}
	if k.Rows != nil {
		table := roster.New(columns...)
		for sip, where := range f.people {
			if f.late(sip) {
				where = f.were[sip]
			}
			table.Append(sip, where)
		}
		f.asked = append(f.asked, addresses(want))
		return planner.Listing{Users: table, Complete: true}
	}
	l := planner.Listing{Objects: map[string]planner.Found{}, Complete: true}
	for name, size := range f.things {
		if f.late(name) {
			continue
		}
		note, ok := f.notes[name]
		if !ok {
			note = cty.NullVal(cty.String)
		}
		found := planner.Found{Identity: name, Value: cty.ObjectVal(map[string]cty.Value{
			"identity": cty.StringVal(name), "size": cty.NumberIntVal(size), "made": cty.StringVal("by far"), "note": note, "patience": cty.NullVal(cty.Number)})}
		if f.pending[name] > 0 {
			f.pending[name]--
			found.Pending = "one server still shows the old one"
		}
		l.Objects[strings.ToLower(name)] = found
	}
	return l
}

// addresses are the people who are wanted.
func addresses(want []planner.Object) (list []string) {
	for _, o := range want {
		for row := range o.Users.Len() {
			list = append(list, o.Users.SIP(row))
		}
	}
	return list
}

// shadow lists people as the other side shows them: what was carried arrives after a few looks.
func (f *far) shadow() planner.Listing {
	if f.carried {
		if f.lag--; f.lag < 0 {
			maps.Copy(f.shadows, f.people)
		}
	}
	table := roster.New(shadow.Rows.Columns...)
	for sip, where := range f.shadows {
		table.Append(sip, where)
	}
	return planner.Listing{Users: table, Complete: true}
}

func (f *far) Behind(context.Context) ([]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.behind > 0 {
		f.behind--
		return []string{"edge.x.com"}, nil
	}
	return nil, nil
}

// facts answers every question.
func facts(want []planner.Object) planner.Listing {
	l := planner.Listing{Objects: map[string]planner.Found{}}
	for _, o := range want {
		values := o.Want.AsValueMap()
		values["text"] = cty.StringVal("all of " + values["about"].AsString())
		if values["about"].AsString() == "secret" {
			values["text"] = cty.UnknownVal(cty.String)
		}
		l.Objects[o.LiveID()] = planner.Found{Identity: o.Identity, Value: cty.ObjectVal(values)}
	}
	return l
}

func (f *far) Apply(ctx context.Context, c planner.Change) error {
	if f.waits != nil {
		f.waits(c.Identity)
		if err := providers.Leave(ctx); err != nil {
			return err
		}
	}
	f.enter(c.Identity)
	defer f.leave()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.order = append(f.order, string(c.Action)+" "+c.Identity)
	switch {
	case f.fail[c.Identity] != nil:
		return f.fail[c.Identity]
	case f.torn[c.Identity]:
		delete(f.things, c.Identity)
		return &providers.DoubtError{Err: errors.New("connection reset")}
	case f.missed[c.Identity]:
		return &providers.DoubtError{Err: errors.New("connection reset")}
	case !f.silent[c.Identity]:
		f.take(c)
	}
	if f.lost[c.Identity] {
		return &providers.DoubtError{Err: errors.New("connection reset")}
	}
	return nil
}

func (f *far) enter(identity string) {
	f.mu.Lock()
	f.running++
	f.most = max(f.most, f.running)
	f.mu.Unlock()
	if f.during != nil {
		f.during(identity)
	}
}

func (f *far) leave() {
	f.mu.Lock()
	f.running--
	f.mu.Unlock()
}

// changed is what a change is about: an address of somebody, or an identity.
func changed(c planner.Change) string {
	if c.Address.User != "" {
		return c.Address.User
	}
	return c.Identity
}

func (f *far) take(c planner.Change) {
	if f.lateBy > 0 {
		f.since[changed(c)], f.were[c.Address.User] = time.Now(), f.people[c.Address.User]
	}
	switch {
	case c.Kind == home && f.between[c.Address.User] != "":
		f.people[c.Address.User] = f.between[c.Address.User]
	case c.Kind.Task != nil:
		f.carried = true
	case c.Action == planner.Run: // waited for
	case c.Kind == home:
		f.people[c.Address.User] = c.After.GetAttr("target").AsString()
	case c.Kind == person && c.Action == planner.Create:
		f.people[c.Address.User] = "cloud"
	case c.Action == planner.Delete:
		delete(f.things, c.Identity)
	default:
		n, _ := c.After.GetAttr("size").AsBigFloat().Int64()
		f.things[c.Identity], f.notes[c.Identity] = n, c.After.GetAttr("note")
	}
}

// trial is a configuration, the far end and what happened.
type trial struct {
	*testing.T
	far    *far
	engine *engine.Engine
	events []event.Event
	heard  func(event.Event) // called for each; nil does nothing
	stop   chan struct{}
	ctx    context.Context // of applying; nil is the test's
	dir    string
}

func try(t *testing.T, f *far, hcl string) *trial {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.hcl"), []byte(withProvider(hcl)), 0o600); err != nil {
		t.Fatal(err)
	}
	system, near := f.system(), f.near()
	c, diags := config.Load(dir, config.Options{Systems: []*schema.System{system.Schema, near.Schema}, Kinds: system.Kinds})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return &trial{T: t, far: f, dir: dir, stop: make(chan struct{}),
		engine: &engine.Engine{Config: c, Systems: []providers.System{system, near}, Log: hclog.NewNullLogger(), Now: time.Now}}
}

// withProvider adds the provider block where the text has none.
func withProvider(hcl string) string {
	if strings.Contains(hcl, "provider \"far\"") {
		return hcl
	}
	return "provider \"far\" {}\n" + hcl
}

func (t *trial) plan() *engine.Planned {
	t.Helper()
	p, diags := t.engine.Plan(t.Context(), engine.Scope{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return p
}

// tallied holds what events tell against the summary: whoever counts events must come to the same.
func (t *trial) tallied(sum engine.Summary, events []event.Event) {
	t.Helper()
	var count tally.Tally
	for _, e := range events {
		count.Add(e)
	}
	got := engine.Summary{Begun: sum.Begun, Halfway: sum.Halfway, Waiting: sum.Waiting, Opens: sum.Opens, Stopped: sum.Stopped}
	for _, b := range count.Report().Blocks {
		got.Done += b.Done
		got.Failed += b.Failed
		got.NotShown += b.NotShown
		got.Doubt += b.Doubt
		got.Skipped += b.Skipped
	}
	if got != sum {
		t.Errorf("events come to %+v, the summary is %+v: %+v", got, sum, events)
	}
}

// apply plans and carries out, and returns what the journal says in the end.
func (t *trial) apply() (engine.Summary, []string) {
	t.Helper()
	p, from := t.plan(), len(t.events)
	book, err := journal.Begin(filepath.Join(t.dir, "journal"), journal.Run{Command: "apply", Now: t.engine.Clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.ctx
	if ctx == nil {
		ctx = t.Context()
	}
	sum, err := t.engine.Apply(ctx, p, engine.ApplyOptions{
		Journal: book, Approval: planner.Approve(p.Plan), Stop: t.stop,
		Events: func(e event.Event) {
			t.events = append(t.events, e)
			if t.heard != nil {
				t.heard(e)
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := book.End(journal.Summary{Result: "done", Failed: sum.Failed, Doubt: sum.Doubt}); err != nil {
		t.Fatal(err)
	}
	past, err := journal.Read(book.Path())
	if err != nil {
		t.Fatal(err)
	}
	t.tallied(sum, t.events[from:])
	var results []string
	for _, e := range past.Entries {
		if e.Result == "" {
			t.Errorf("the intent of %s has no outcome", e.Address)
		}
		results = append(results, e.Result+" "+e.Address)
	}
	return sum, results
}

const chain = `
thing "a" { size = 1 }
thing "b" {
  size = 2
  note = thing.a.made
  depends_on = [thing.a]
}
thing "c" { size = 3 }
`

func TestApplyConverges(t *testing.T) {
	t.Parallel()
	tr := try(t, newFar(), strings.Replace(chain, "note = thing.a.made", "", 1))
	sum, _ := tr.apply()
	if sum.Done != 3 || sum.Err() != nil {
		t.Errorf("summary %+v", sum)
	}
	if tr.plan().Plan.Count().Changes() != 0 {
		t.Error("a second plan still has changes")
	}
	if n := tr.far.reads["thing"]; n != 4 { // the plan; before b, which needs a; at the end; and the second plan
		t.Errorf("read %d times", n)
	}
}

func TestUnknownBecomesKnown(t *testing.T) {
	t.Parallel()
	tr := try(t, newFar(), chain)
	if after := tr.plan().Plan.Changes[1].After.GetAttr("note"); after.IsKnown() {
		t.Errorf("known at plan: %#v", after)
	}
	if sum, _ := tr.apply(); sum.Done != 3 || tr.far.notes["b"].AsString() != "by far" {
		t.Errorf("summary %+v, notes %#v", sum, tr.far.notes)
	}
}

func TestDataIsReadBeforeProviders(t *testing.T) {
	t.Parallel()
	f := newFar()
	tr := try(t, f, `
data "fact" "a" { about = "one" }
data "fact" "b" { about = data.fact.a.text }
provider "far" { tag = local.tag }
locals { tag = "tag of ${data.fact.a.text}" }
thing "x" {
  size = 1
  note = data.fact.b.text
}
`)
	plan := tr.plan().Plan
	if len(plan.Changes) != 1 || plan.Changes[0].After.GetAttr("note").AsString() != "all of all of one" {
		t.Errorf("planned %+v", plan.Changes)
	}
	if sum, _ := tr.apply(); sum.Done != 1 || f.notes["x"].AsString() != "all of all of one" {
		t.Errorf("summary %+v, notes %v", sum, f.notes)
	}
	var tags []string
	for _, s := range f.opened {
		tag := "nothing"
		if !s.Values.IsNull() {
			tag = s.Values.GetAttr("tag").AsString()
		}
		tags = append(tags, s.Name+": "+tag)
	}
	if d := cmp.Diff([]string{"anonymous far: nothing", "far: tag of all of one"}, tags); d != "" {
		t.Error(d)
	}
}

func TestDataThatCannotBeRead(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.unread["data.fact"] = errors.New("nobody answers")
	tr := try(t, f, "data \"fact\" \"a\" { about = \"one\" }\nthing \"x\" { note = data.fact.a.text }\n")
	p, diags := tr.engine.Plan(t.Context(), engine.Scope{})
	if !diags.HasErrors() || !strings.Contains(diags.Error(), "nobody answers") {
		t.Errorf("diagnostics %v", diags)
	}
	if after := p.Plan.Changes[0].After.GetAttr("note"); after.IsKnown() {
		t.Errorf("made up %#v", after)
	}
}

// A provider block that needs what could not be found is not another failure, and its objects wait for the same.
func TestProviderThatNeedsWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.unread["data.fact"] = errors.New("nobody answers")
	tr := try(t, f, `
data "fact" "a" { about = "one" }
provider "far" { tag = data.fact.a.text }
thing "x" { size = 1 }
thing "y" { size = 1 }
`)
	p, diags := tr.engine.Plan(t.Context(), engine.Scope{})
	if len(diags) != 1 || !strings.Contains(diags[0].Detail, "nobody answers\nIn the way of: thing.x, thing.y.\n") {
		t.Errorf("diagnostics %v", diags)
	}
	for _, c := range p.Plan.Changes {
		if c.Action != planner.Unknown || c.Reason != p.Plan.Changes[0].Reason {
			t.Errorf("%s: %s, %s", c.Address, c.Action, c.Reason)
		}
	}
	if len(f.opened) != 1 {
		t.Errorf("%d providers were opened", len(f.opened))
	}
}

// Users who follow from data that does not tell are not nobody: nothing is done about them, what depends on them waits, and
// the run is not a success.
func TestUsersWhoAreNotKnownHoldBackWhatDepends(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.people["sip:ada@x.com"] = "cloud"
	tr := try(t, f, `
data "fact" "a" { about = "secret" }
home "late" {
  users  = [for text in [data.fact.a.text] : { sip_address = "sip:ada@x.com" } if text == "yes"]
  target = "pool"
}
thing "last" { depends_on = [home.late] }
thing "other" { size = 1 }
`)
	sum, results := tr.apply()
	if want := (engine.Summary{Begun: 1, Done: 1, Skipped: 2}); sum != want || sum.Err() == nil {
		t.Errorf("summary %+v, journal %v", sum, results)
	}
	if !slices.Equal(f.order, []string{"create other"}) || !tr.told(event.Skipped, "nothing is done where live state is not known") {
		t.Errorf("order %v, events %+v", f.order, tr.events)
	}
}

func TestFailureHoldsBackWhatDepends(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.fail["a"] = errors.New("access denied")
	tr := try(t, f, chain)
	sum, results := tr.apply()
	if d := cmp.Diff([]string{"create a", "create c"}, f.order); d != "" {
		t.Error(d)
	}
	if sum.Done != 1 || sum.Failed != 1 || sum.Skipped != 1 {
		t.Errorf("summary %+v", sum)
	}
	if d := cmp.Diff([]string{"failed thing.a", "done thing.c"}, results); d != "" {
		t.Error(d)
	}
	var partial *engine.Partial
	if err := sum.Err(); !errors.As(err, &partial) || err.Error() != "1 done, 1 failed, 1 not started" {
		t.Errorf("error %v", err)
	}
}

// What holds a block back because of its kind is what the sorted node says, with the reason; the other way round where
// the block takes hybrid back.
func TestFailureHoldsBackKindsThatFollow(t *testing.T) {
	t.Parallel()
	for _, leaving := range []bool{false, true} {
		f := newFar()
		f.fail["a"] = errors.New("access denied")
		tr := try(t, f, `
thing "a" { size = 1 }
thing "b" { size = 2 }
home "all" {
  users  = [{ sip_address = "sip:ada@x.com" }]
  target = "pool"
}
`)
		f.people["sip:ada@x.com"] = "cloud"
		nodes := tr.engine.Config.Nodes
		for _, node := range nodes { // as kinds of the servers say it
			node.Leaving = leaving && node.Address.Labels[0] == "a"
			if node.Kind.Name == "home" {
				k := *node.Kind
				k.After = []schema.First{{Kind: "thing", Why: "things come first"}}
				node.Kind = &k
			}
		}
		tr.engine.Config.Nodes, _ = planner.Sort(nodes)
		sum, _ := tr.apply()
		const why = "thing.a comes first, and it failed (home comes after thing: things come first)"
		if held := tr.told(event.Skipped, why); held == leaving || sum.Failed != 1 {
			t.Errorf("leaving %v: held %v, %+v: %+v", leaving, held, sum, tr.events)
		}
	}
}

func TestWhatTheEstateDoesNotShow(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.silent["a"] = true
	tr := try(t, f, chain)
	sum, results := tr.apply()
	if sum.NotShown != 1 || sum.Skipped != 1 || sum.Done != 1 {
		t.Errorf("summary %+v", sum)
	}
	if !slices.Contains(results, "not-shown thing.a") {
		t.Errorf("journal: %v", results)
	}
	if !tr.told(event.Failed, "the estate does not show it: it is not there") {
		t.Errorf("events: %+v", tr.events)
	}
}

func (t *trial) told(kind event.Type, text string) bool {
	return slices.ContainsFunc(t.events, func(e event.Event) bool { return e.Type == kind && strings.Contains(e.Message, text) })
}

func TestDoubtIsSettledByReading(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.lost["a"], f.missed["c"] = true, true
	tr := try(t, f, chain)
	sum, results := tr.apply()
	if d := cmp.Diff([]string{"done thing.a", "failed thing.c", "done thing.b"}, sorted(results, "done thing.a", "failed thing.c", "done thing.b")); d != "" {
		t.Error(d, results)
	}
	if sum.Done != 2 || sum.Failed != 1 || sum.Doubt != 0 {
		t.Errorf("summary %+v", sum)
	}
	if n := slices.Index(f.order, "create c"); slices.Contains(f.order[n+1:], "create c") {
		t.Error("what was in doubt was tried again in the same run")
	}
}

// What a lost answer has left behind is told as it is: gone is not "not done".
func TestDoubtThatWasDoneInPart(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.things["a"], f.torn["a"] = 1, true
	tr := try(t, f, "thing \"a\" { size = 2 }\n")
	sum, _ := tr.apply()
	if sum.Failed != 1 || sum.Halfway != 1 || !tr.told(event.Failed, "reading shows that it was done in part, or that somebody else has changed it: it is not there") {
		t.Errorf("summary %+v, events %+v", sum, tr.events)
	}
	if partial := (*engine.Partial)(nil); !errors.As(sum.Err(), &partial) {
		t.Errorf("said to have done nothing: %v", sum.Err())
	}
}

// sorted orders results as wanted, so that Diff shows what is missing.
func sorted(results []string, want ...string) []string {
	slices.SortFunc(results, func(a, b string) int { return slices.Index(want, a) - slices.Index(want, b) })
	return results
}

func TestDoubtStaysDoubtWhenReadingFails(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.lost["a"] = true
	f.during = func(string) {
		f.mu.Lock()
		f.unread["thing"] = errors.New("the server does not answer")
		f.mu.Unlock()
	}
	tr := try(t, f, `thing "a" { size = 1 }`)
	sum, results := tr.apply()
	if sum.Doubt != 1 || sum.Done+sum.Failed != 0 || !slices.Equal(results, []string{"doubt thing.a"}) {
		t.Errorf("summary %+v, journal %v", sum, results)
	}
}

func TestNothingFromAFailedRead(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.unread["thing"] = errors.New("the server does not answer")
	tr := try(t, f, chain)
	p, diags := tr.engine.Plan(t.Context(), engine.Scope{})
	if !diags.HasErrors() || !strings.Contains(diags.Error(), "the server does not answer") {
		t.Errorf("diagnostics %v", diags)
	}
	if n := p.Plan.Count(); n.Unknown != 3 || n.Changes() != 0 {
		t.Errorf("counted %+v", n)
	}
}

func TestUnapprovedIsNotDone(t *testing.T) {
	t.Parallel()
	f := newFar()
	tr := try(t, f, `thing "a" { size = 1 }`)
	p := tr.plan()
	book, err := journal.Begin(filepath.Join(tr.dir, "journal"), journal.Run{Command: "apply"})
	if err != nil {
		t.Fatal(err)
	}
	sum, err := tr.engine.Apply(t.Context(), p, engine.ApplyOptions{Journal: book, Events: func(event.Event) {}})
	if err != nil || sum.Skipped != 1 || len(f.order) != 0 {
		t.Errorf("summary %+v, error %v, applied %v", sum, err, f.order)
	}
}

func users(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "    { sip_address = \"sip:u%02d@x.com\", identity = \"u%02d\" },\n", i, i)
	}
	return "[\n" + b.String() + "  ]"
}

func movers(n int, wave string) (*far, string) {
	f := newFar()
	for i := range n {
		f.people[fmt.Sprintf("sip:u%02d@x.com", i)] = "cloud"
	}
	return f, "home \"all\" {\n  users = " + users(n) + "\n  target = \"pool\"\n" + wave + "\n}\n"
}

func TestWaves(t *testing.T) {
	t.Parallel()
	f, hcl := movers(20, "wave {\n canary = 2\n batch = 5\n parallel = 3\n }")
	f.during = func(string) { time.Sleep(time.Millisecond) }
	tr := try(t, f, hcl)
	sum, results := tr.apply()
	if sum.Done != 20 || sum.Err() != nil || len(results) != 20 {
		t.Errorf("summary %+v, %d in the journal", sum, len(results))
	}
	if first := sorted(slices.Clone(f.order[:2])); !slices.Contains(first, "move u00") || !slices.Contains(first, "move u01") {
		t.Errorf("the first were %v", first)
	}
	if f.most > 3 {
		t.Errorf("%d at once, where 3 are allowed", f.most)
	}
	if f.reads["home"] != 3 { // plan, canary, end
		t.Errorf("%d reads", f.reads["home"])
	}
}

func TestCanaryStopsTheRest(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(*far){
		"fails":        func(f *far) { f.fail["u01"] = errors.New("Error=(510)") },
		"is not shown": func(f *far) { f.silent["u01"] = true },
		"cannot be read": func(f *far) {
			f.during = func(string) {
				f.mu.Lock()
				f.unread["home"] = errors.New("gone")
				f.mu.Unlock()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, hcl := movers(10, "wave {\n canary = 2\n max_failures = \"50%\"\n }")
			harm(f)
			sum, _ := try(t, f, hcl).apply()
			if len(f.order) != 2 || sum.Skipped != 8 {
				t.Errorf("%d were begun, summary %+v", len(f.order), sum)
			}
		})
	}
}

func TestMaxFailures(t *testing.T) {
	t.Parallel()
	f, hcl := movers(10, "wave {\n parallel = 1\n max_failures = \"10%\"\n }")
	for _, u := range []string{"u02", "u04", "u06"} {
		f.fail[u] = errors.New("no licence")
	}
	sum, _ := try(t, f, hcl).apply()
	if want := (engine.Summary{Begun: 5, Done: 3, Failed: 2, Skipped: 5}); sum != want {
		t.Errorf("summary %+v, want %+v", sum, want)
	}
}

func TestEnabledThenMoved(t *testing.T) {
	t.Parallel()
	f := newFar()
	tr := try(t, f, "person \"all\" { users = "+users(2)+" }\nhome \"all\" {\n users = "+users(2)+"\n target = \"pool\"\n}\n")
	if n := tr.plan().Plan.Count(); n.Enabled != 2 || n.Moved != 2 || n.Blocked != 0 {
		t.Errorf("planned %+v", n)
	}
	sum, _ := tr.apply()
	if sum.Done != 4 || f.people["sip:u01@x.com"] != "pool" {
		t.Errorf("summary %+v, people %v", sum, f.people)
	}
	if f.reads["person"]+f.reads["home"] != f.reads["person"] {
		t.Errorf("two kinds of one table were read apart: %v", f.reads)
	}
}

func TestDoubtfulUsers(t *testing.T) {
	t.Parallel()
	f, hcl := movers(4, "wave { max_failures = 4 }")
	f.lost["u00"], f.missed["u01"] = true, true
	sum, results := try(t, f, hcl).apply()
	if want := (engine.Summary{Begun: 4, Done: 3, Failed: 1}); sum != want {
		t.Errorf("summary %+v, want %+v", sum, want)
	}
	if !slices.Contains(results, `done home.all["sip:u00@x.com"]`) || !slices.Contains(results, `failed home.all["sip:u01@x.com"]`) {
		t.Error(results)
	}
}

// Users who were moved and cannot be read back are in doubt, and the journal says so of each.
func TestUsersThatCannotBeReadBackAreInDoubt(t *testing.T) {
	t.Parallel()
	f, hcl := movers(2, "")
	f.during = func(string) {
		f.mu.Lock()
		f.unread["home"] = errors.New("gone")
		f.mu.Unlock()
	}
	sum, results := try(t, f, hcl).apply()
	if want := (engine.Summary{Begun: 2, Doubt: 2}); sum != want {
		t.Errorf("summary %+v, want %+v", sum, want)
	}
	if want := []string{`doubt home.all["sip:u00@x.com"]`, `doubt home.all["sip:u01@x.com"]`}; !slices.Equal(sorted(results, want...), want) {
		t.Error(results)
	}
}

func TestStop(t *testing.T) {
	t.Parallel()
	f, hcl := movers(30, "wave { parallel = 2 }")
	tr := try(t, f, hcl)
	var once sync.Once
	f.during = func(string) { once.Do(func() { close(tr.stop) }) }
	sum, _ := tr.apply()
	if !sum.Stopped || sum.Done == 0 || sum.Skipped == 0 || sum.Done+sum.Skipped != 30 {
		t.Errorf("summary %+v", sum)
	}
	if len(f.order) > 4 {
		t.Errorf("%d were begun after the stop", len(f.order))
	}
}

// A journal that breaks in the middle: nothing more is begun, and what was done is read back and counted.
func TestJournalThatBreaks(t *testing.T) {
	t.Parallel()
	f, hcl := movers(30, "wave { parallel = 2 }")
	tr := try(t, f, hcl+"thing \"after\" { size = 1 }")
	p := tr.plan()
	book, err := journal.Begin(filepath.Join(tr.dir, "journal"), journal.Run{Command: "apply"})
	if err != nil {
		t.Fatal(err)
	}
	var calls atomic.Int32
	f.during = func(string) {
		if calls.Add(1) == 5 {
			_ = book.End(journal.Summary{}) // as good as a full disk: nothing can be written after it
		}
	}
	sum, err := tr.engine.Apply(t.Context(), p, engine.ApplyOptions{Journal: book, Approval: planner.Approve(p.Plan),
		Events: func(e event.Event) { tr.events = append(tr.events, e) }})
	if err == nil {
		t.Error("a journal that cannot be written is no error")
	}
	if sum.Begun == 30 || sum.Done != sum.Begun || sum.Done+sum.Skipped != 31 {
		t.Errorf("summary %+v", sum)
	}
	if !tr.told(event.Skipped, "the journal cannot be written") {
		t.Errorf("events %+v", tr.events)
	}
}

// A window that closes while something before is waited for is closed for the first users, too.
func TestAWindowThatClosesBeforeTheFirstUsers(t *testing.T) {
	t.Parallel()
	f, hcl := movers(3, "wave {\n canary = 1\n window = \"night\"\n }\n depends_on = [thing.a]")
	tr := try(t, f, hcl+`
thing "a" { size = 1 }
hybrid {
  window "night" {
    days     = ["sat"]
    start    = "22:00"
    duration = "6h"
    timezone = "Europe/Berlin"
  }
}`)
	moment := time.Date(2026, 10, 24, 23, 0, 0, 0, time.UTC)
	tr.engine.Now = func() time.Time { return moment }
	f.during = func(identity string) { moment = moment.Add(12 * time.Hour) }
	sum, _ := tr.apply()
	if sum.Done != 1 || sum.Skipped != 3 || len(f.order) != 1 || !tr.told(event.Skipped, `the window "night" has closed`) {
		t.Errorf("summary %+v, order %v", sum, f.order)
	}
}

func TestWindows(t *testing.T) {
	t.Parallel()
	f, hcl := movers(1, "wave { window = \"night\" }")
	tr := try(t, f, hcl+`
hybrid {
  window "night" {
    days     = ["sat"]
    start    = "22:00"
    duration = "6h"
    timezone = "Europe/Berlin"
  }
}`)
	p := tr.plan().Plan
	for at, open := range map[string]bool{
		"2026-10-24T21:59:00+02:00": false, "2026-10-24T22:00:00+02:00": true,
		"2026-10-25T02:59:00+01:00": true, // six hours of absolute time, though clocks went back in between
		"2026-10-25T03:00:00+01:00": false,
		"2026-03-29T04:59:00+02:00": true, // and forward
		"2026-03-29T05:00:00+02:00": false,
		"2026-10-23T23:00:00+02:00": false,
	} {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		tr.engine.Now = func() time.Time { return moment }
		err = tr.engine.CheckWindows(p)
		if (err == nil) != open {
			t.Errorf("at %s: %v, want open %v", at, err, open)
		}
	}
	tr.engine.Now = func() time.Time { return time.Date(2026, 10, 24, 23, 0, 0, 0, time.UTC) }
	if sum, _ := tr.apply(); sum.Done != 1 {
		t.Errorf("inside the window: %+v", sum)
	}
	f.people["sip:u00@x.com"] = "cloud"
	tr.engine.Now = func() time.Time { return time.Date(2026, 10, 25, 12, 0, 0, 0, time.UTC) }
	if sum, _ := tr.apply(); sum.Skipped != 1 || !tr.told(event.Skipped, `the window "night" has closed`) {
		t.Errorf("once it has closed: %+v", sum)
	}
	moment := time.Date(2026, 10, 21, 12, 0, 0, 0, time.UTC)
	tr.engine.Now = func() time.Time { return moment }
	want := `home.all may only be begun in the window "night", which opens Sat 24 Oct 2026 22:00 CEST. Come back then, or say --now --reason TEXT.`
	if err := tr.engine.CheckWindows(p); err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}
