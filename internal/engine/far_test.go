package engine_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/schema"
)

// thing, person and home are kinds of a far end that lives in memory.
var (
	thing = &schema.Kind{Name: "thing", System: "far", Remote: schema.Cmdlet{Noun: "CsThing"}, Attrs: []schema.Attr{
		{Name: "size", Type: cty.Number, Doc: "Size."},
		{Name: "made", Type: cty.String, Mode: schema.Computed, Doc: "Made."},
		{Name: "note", Type: cty.String, Home: true, Doc: "Note."},
		{Name: "patience", Type: cty.Number, Settings: true, Doc: "In milliseconds."},
	}, Patience: func(v map[string]cty.Value) time.Duration {
		if v["patience"].IsNull() {
			return 0
		}
		ms, _ := v["patience"].AsBigFloat().Int64()
		return time.Duration(ms) * time.Millisecond
	}}
	carry = &schema.Kind{
		Name: "carry", System: "far", After: []schema.First{{Kind: "person", Why: "it is needed"}}, Remote: schema.Cmdlet{Noun: "CsCarry"}, Patience: func(map[string]cty.Value) time.Duration { return time.Minute },
		Attrs: []schema.Attr{{Name: "timeout", Type: cty.String, Settings: true, Doc: "Unused."}},
		Task:  &schema.Task{Carries: []string{"person"}, Mirror: "shadow", Of: "Home", Shown: "There", Unseen: func(map[string]cty.Value) (string, string) { return "nobody sees what arrives", "" }},
	}
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
		{Name: "target", Type: cty.String, Mode: schema.Required, Home: true, Doc: "Target."},
	}, Blocks: []schema.Block{{Name: "wave", Doc: "Wave.", Attrs: []schema.Attr{
		{Name: "canary", Type: cty.Number, Settings: true, Doc: "Canary."},
		{Name: "batch", Type: cty.Number, Settings: true, Doc: "Batch."},
		{Name: "parallel", Type: cty.Number, Settings: true, Doc: "Parallel."},
		{Name: "max_failures", Type: cty.String, Settings: true, Doc: "Most."},
		{Name: "window", Type: cty.String, Settings: true, Doc: "Window."},
		{Name: "pause", Type: cty.String, Settings: true, Doc: "Pause."},
	}}}, Rows: &schema.Rows{
		Columns: columns, Attr: "target", State: func(cells []string) string { return cells[1] },
		Crosses: func(map[string]cty.Value, string) bool { return true }, Judge: judgeHome,
	}}
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
	homes         []string              // where people can live
	homesErr      error                 // why that is not told
	homesAsked    int
}

func newFar() *far {
	return &far{
		things: map[string]int64{}, notes: map[string]cty.Value{}, people: map[string]string{}, fail: map[string]error{}, silent: map[string]bool{},
		lost: map[string]bool{}, missed: map[string]bool{}, torn: map[string]bool{}, unread: map[string]error{}, reads: map[string]int{}, pending: map[string]int{}, shadows: map[string]string{},
		since: map[string]time.Time{}, were: map[string]string{}, between: map[string]string{},
	}
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

func (f *far) Close() error { return nil }

func (f *far) Strains() int64 { return f.strains.Load() }

func (f *far) ReadBack() time.Duration { return f.readBack }

func (f *far) Longest() time.Duration { return f.longest }

func (f *far) Homes(context.Context, []string) ([]string, error) {
	f.homesAsked++
	return f.homes, f.homesErr
}

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
			"identity": cty.StringVal(name), "size": cty.NumberIntVal(size), "made": cty.StringVal("by far"), "note": note, "patience": cty.NullVal(cty.Number),
		})}
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
