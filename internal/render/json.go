package render

import (
	"io"
	"slices"
	"strings"

	"hybrid/planner"
)

// planFormat is the version of Terraform's plan representation that JSON writes
// (https://developer.hashicorp.com/terraform/internals/json-format).
const planFormat = "1.2"

// JSON writes a plan as one document in the shape of Terraform's plan representation, one resource change a line. What
// is hybrid's own stands beside: `action` (Terraform knows neither move nor run, both are ["update"]; what could not be
// read is ["no-op"] with `action` "unknown" and a `reason`), `risk`, `users`, `notes`, `unread`, `commands`, `source`, `after`, `digest`,
// `rollback` (of a plan that takes a run back), `warnings`, `refusals` (the guards that the plan does not pass), `round_trips`, `estimate`. Sensitive values are null.
//
// A block of users is one resource change that says in `users` how many. With Options.Users, the users who change and
// those who are blocked follow it one by one, indexed by SIP address, and the block itself is a ["no-op"], so that
// nothing is counted twice. They are made one at a time: the document is never in memory.
//
// Equal plans give equal bytes: there is no time in it.
func JSON(w io.Writer, p *planner.Plan, o Options) error {
	d := &document{stream: newStream(w), o: o, redact: Redact(p)}
	d.raw(`{"format_version":"` + planFormat + `","resource_changes":[`)
	for i := range p.Changes {
		d.change(&p.Changes[i])
	}
	d.raw("\n]")
	d.drift()
	n := p.Count()
	d.member("complete", n.Unknown == 0 && n.Blocked == 0)
	d.rollback(p.Rollback)
	d.member("warnings", d.warnings(p.Warnings))
	d.member("refusals", d.refusals())
	d.member("digest", o.Digest)
	d.member("round_trips", o.RoundTrips)
	if e := estimateMember(o.Estimate); e != nil {
		d.member("estimate", e)
	}
	d.raw("}\n")
	return d.end()
}

// A document is JSON on its way out.
type document struct {
	stream
	o      Options
	redact func(string) string
}

// A resourceChange is one element of resource_changes.
type resourceChange struct {
	Address  string  `json:"address"`
	Mode     string  `json:"mode"`
	Type     string  `json:"type"`
	Name     string  `json:"name"`
	Index    *string `json:"index,omitempty"`
	Provider string  `json:"provider_name"`
	Change   actual  `json:"change"`
	Because  string  `json:"action_reason,omitempty"`

	Action   planner.Action `json:"action"`
	Risk     string         `json:"risk,omitempty"` // of [planner.Risk]; a user has that of the block
	Identity string         `json:"identity,omitempty"`
	Source   string         `json:"source,omitempty"` // "trust.hcl:41"
	Reason   string         `json:"reason,omitempty"`
	Unread   []string       `json:"unread,omitempty"`
	Notes    []string       `json:"notes,omitempty"`
	Users    *userCounts    `json:"users,omitempty"`
	Commands *commands      `json:"commands,omitempty"`
	After    []precedence   `json:"after,omitempty"`
	Drift    *driftMark     `json:"drift,omitempty"`
}

// A precedence is what a change comes after: a block, where the configuration says so, or every block of a kind.
type precedence struct {
	Block   string `json:"address,omitempty"`
	Kind    string `json:"kind,omitempty"`
	Leaving bool   `json:"leaving,omitempty"` // of the kind those that take hybrid back
	Why     string `json:"why"`
	Source  string `json:"source,omitempty"` // where the configuration says so
}

// actual is the representation of a change itself. Before and After are objects or nil.
type actual struct {
	Actions         []string       `json:"actions"`
	Before          map[string]any `json:"before"`
	After           map[string]any `json:"after"`
	AfterUnknown    map[string]any `json:"after_unknown"`
	BeforeSensitive any            `json:"before_sensitive"` // an object, or false
	AfterSensitive  any            `json:"after_sensitive"`
	ReplacePaths    [][]any        `json:"replace_paths,omitempty"`
}

type userCounts struct {
	Total   int            `json:"total"`
	Count   int            `json:"count"`            // who change
	Update  int            `json:"update,omitempty"` // of those, who exist and get other attributes
	Same    int            `json:"same"`
	Blocked []blockedCount `json:"blocked"`
}

type blockedCount struct {
	Reason string `json:"reason"`
	Count  int    `json:"count"`
}

type commands struct {
	Do   []string `json:"do"`
	Undo []string `json:"undo"`
	Lost []string `json:"lost,omitempty"`
}

// change writes the element of a change and, where each user is wanted, those of its users.
func (d *document) change(c *planner.Change) {
	element := d.element(c)
	if c.Users == nil {
		element.Commands, element.Drift = d.commands(*c), d.driftOf(c)
		d.list(element)
		return
	}
	element.Users, element.Drift = d.userCounts(c), d.driftOfUsers(c)
	if c.Action == planner.Move || c.Action == planner.Update { // the users exist: what is updated is never null before
		element.Change.Before = map[string]any{}
	}
	if !d.o.Users {
		if c.Users.Len() == 0 {
			element.Change.Actions = actions(planner.NoOp)
		}
		d.list(element)
		return
	}
	one := element
	element.Change.Actions = actions(planner.NoOp)
	d.list(element)
	one.Users, one.Notes, one.After, one.Drift = nil, nil, nil, nil
	d.each(c, one)
}

func (d *document) element(c *planner.Change) resourceChange {
	e := resourceChange{
		Address: c.Address.String(), Mode: "managed", Type: c.Address.Kind, Name: strings.Join(c.Address.Labels, " "),
		Provider: c.Provider, Change: d.actual(c), Action: c.Action, Identity: d.redact(c.Identity),
		Source: place(c.Range), Reason: d.redact(c.Reason), Unread: c.Unread,
	}
	if c.Action != planner.NoOp {
		e.Notes, e.After = d.all(notesOf(c)), precedences(c, d.redact)
	}
	if risk := c.Risk(); risk != planner.RiskNone {
		e.Risk = risk.String()
	}
	if c.Address.Keyed {
		e.Index = &c.Address.Key
	}
	if c.Action == planner.Replace {
		e.Because = "replace_because_cannot_update"
	}
	return e
}

// notesOf are all notes of a change, those about users with how many they are about.
func notesOf(c *planner.Change) []string {
	notes := slices.Clone(c.Notes)
	for _, note := range c.UserNotes {
		notes = append(notes, counted(note.Users, note.Text))
	}
	return notes
}

// precedences says what a change comes after, each thing once: a block may be referred to many times. What a
// kind says of the order is its own text; what others made of it passes through foreign.
func precedences(c *planner.Change, foreign func(string) string) []precedence {
	var all []precedence
	seen := map[precedence]bool{}
	for _, r := range c.Reasons() {
		p := precedence{Block: r.Block, Kind: r.Kind, Leaving: r.Leaving, Why: foreign(r.Why)}
		if seen[p] {
			continue
		}
		seen[p] = true
		p.Source = place(r.Range)
		all = append(all, p)
	}
	return all
}

func (d *document) actual(c *planner.Change) actual {
	a := actual{Actions: actions(c.Action), AfterUnknown: map[string]any{}, BeforeSensitive: false, AfterSensitive: false}
	if c.Action == planner.Unknown {
		return a
	}
	before, after := newSide(c.Before), newSide(c.After)
	if c.Action == planner.Delete {
		after = side{}
	}
	for _, f := range fields(c) {
		before.put(f, f.before)
		after.put(f, f.after)
		if u := unknownParts(f.after); u != nil && after.values != nil && !f.sensitive {
			put(a.AfterUnknown, f, u)
		}
	}
	a.Before, a.After = before.values, after.values
	a.BeforeSensitive, a.AfterSensitive = before.marked(), after.marked()
	for _, path := range c.Replace {
		a.ReplacePaths = append(a.ReplacePaths, steps(path))
	}
	return a
}

func (d *document) commands(c planner.Change) *commands {
	if d.o.Steps == nil || c.Action == planner.NoOp || c.Action == planner.Unknown {
		return nil
	}
	steps := d.o.Steps(c)
	return &commands{Do: d.all(steps.Do), Undo: d.all(steps.Undo), Lost: d.all(steps.Lost)}
}

// all redacts texts of others; never nil where there are some.
func (d *document) all(texts []string) []string { return each(texts, d.redact) }
