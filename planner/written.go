package planner

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// Written is a plan in the form in which a file keeps it: everything that was planned, as was approved, without secrets.
// What [Written.Plan] makes of it is shown like the plan itself and approves the same; carried out is only what is planned
// again.
type Written struct {
	Changes    []WrittenChange  `json:"changes"`
	Nodes      []WrittenNode    `json:"nodes"`
	Live       []WrittenCount   `json:"live,omitempty"`
	Warnings   []WrittenWarning `json:"warnings,omitempty"`
	Parts      []ScriptPart     `json:"parts,omitempty"` // of scripts, one a provider
	Incomplete bool             `json:"incomplete,omitempty"`
	Rollback   *Rollback        `json:"rollback,omitempty"`
}

// WrittenChange is a [Change]. Values are those of its kind's type in JSON, see [writeObject].
type WrittenChange struct {
	Address  writtenAddress `json:"address"`
	Action   Action         `json:"action"`
	Provider string         `json:"provider"`
	Identity string         `json:"identity,omitempty"`
	Place    string         `json:"place,omitempty"`
	Before   any            `json:"before"`
	After    any            `json:"after"`
	Paths    []string       `json:"paths,omitempty"` // the attributes that they lead to
	Replace  []string       `json:"replace,omitempty"`
	Unread   []string       `json:"unread,omitempty"`
	Reason   string         `json:"reason,omitempty"`
	Missing  int            `json:"missing,omitempty"`
	Carried  int            `json:"carried,omitempty"`

	Users     *writtenUsers     `json:"users,omitempty"`
	Steps     *Steps            `json:"steps,omitempty"` // nil for users, whose steps follow from their rows
	Script    []ScriptStep      `json:"script,omitempty"`
	Notes     []string          `json:"notes,omitempty"`
	UserNotes []schema.UserNote `json:"user_notes,omitempty"`

	Range          hcl.Range `json:"range"`
	PreventDestroy bool      `json:"prevent_destroy,omitempty"`
	Node           bool      `json:"node,omitempty"` // whether it is of the node of its block
}

type writtenAddress struct {
	Kind   string   `json:"kind"`
	Labels []string `json:"labels,omitempty"`
	Key    *string  `json:"key,omitempty"`
}

// WrittenNode is a [Node], without what evaluates it.
type WrittenNode struct {
	Address writtenAddress `json:"address"`
	Range   hcl.Range      `json:"range"`
	Source  string         `json:"source,omitempty"`
	Needs   []Edge         `json:"needs,omitempty"`
	Leaving bool           `json:"leaving,omitempty"`
	Follows []KindEdge     `json:"follows,omitempty"`
}

// WrittenCount is how many live objects a complete listing had.
type WrittenCount struct {
	Source
	Objects int `json:"objects"`
}

// WrittenWarning is a diagnostic.
type WrittenWarning struct {
	Severity hcl.DiagnosticSeverity `json:"severity"`
	Summary  string                 `json:"summary"`
	Detail   string                 `json:"detail,omitempty"`
	Subject  *hcl.Range             `json:"subject,omitempty"`
}

// A Writing says how a plan is written.
type Writing struct {
	Redact func(string) string // takes secrets out of texts that others made
	Steps  func(Change) Steps  // of a change of one object
}

// Write writes a plan and the graph that it follows.
func (w Writing) Write(p *Plan, nodes []*Node) Written {
	out := Written{Incomplete: p.Incomplete, Rollback: p.Rollback.redacted(w.Redact)}
	for i := range p.Changes {
		out.Changes = append(out.Changes, w.change(&p.Changes[i]))
		out.part(w, &p.Changes[i])
	}
	for _, node := range nodes {
		out.Nodes = append(out.Nodes, WrittenNode{
			Address: writeAddress(node.Address), Range: node.Range, Source: w.Redact(node.Source), Needs: node.Needs, Leaving: node.Leaving, Follows: node.Follows,
		})
	}
	for _, source := range sortedSources(p.LiveCount) {
		out.Live = append(out.Live, WrittenCount{source, p.LiveCount[source]})
	}
	for _, d := range p.Warnings {
		out.Warnings = append(out.Warnings, WrittenWarning{d.Severity, w.Redact(d.Summary), w.Redact(d.Detail), d.Subject})
	}
	return out
}

func (w Writing) change(c *Change) WrittenChange {
	out := WrittenChange{
		Address: writeAddress(c.Address), Action: c.Action, Provider: c.Provider, Identity: w.Redact(c.Identity), Place: c.Place,
		Before: writeObject(c.Kind, c.Before), After: writeObject(c.Kind, c.After), Paths: attrNames(c.Paths), Replace: attrNames(c.Replace),
		Unread: c.Unread, Reason: w.Redact(c.Reason), Missing: c.Missing, Carried: c.Carried,
		Notes: each(c.Notes, w.Redact), Range: c.Range, PreventDestroy: c.PreventDestroy, Node: c.Node != nil,
	}
	for _, note := range c.UserNotes {
		out.UserNotes = append(out.UserNotes, schema.UserNote{Users: note.Users, Text: w.Redact(note.Text)})
	}
	switch {
	case c.Users != nil:
		out.Users = w.users(c.Users)
	case c.Action != NoOp && c.Action != Unknown:
		steps := w.Steps(*c)
		if steps.Script != nil {
			for _, step := range steps.Script() {
				out.Script = append(out.Script, step.redacted(w.Redact))
			}
		}
		steps = steps.Redacted(w.Redact)
		out.Steps = &steps
	}
	return out
}

// part keeps where the commands of a change run, once for each provider.
func (w *Written) part(writing Writing, c *Change) {
	if slices.ContainsFunc(w.Parts, func(p ScriptPart) bool { return p.Name == c.Provider }) || c.Action == NoOp || c.Action == Unknown {
		return
	}
	one := *c
	if c.Users != nil {
		if c.Users.Len() == 0 {
			return
		}
		one = c.User(0)
	}
	if script := writing.Steps(one).Script; script != nil {
		if steps := script(); len(steps) > 0 && steps[0].Part != nil {
			w.Parts = append(w.Parts, *steps[0].Part)
		}
	}
}

func writeAddress(a Address) writtenAddress {
	out := writtenAddress{Kind: a.Kind, Labels: a.Labels}
	if a.Keyed {
		out.Key = &a.Key
	}
	return out
}

func (a writtenAddress) address() Address {
	out := Address{Kind: a.Kind, Labels: a.Labels}
	if a.Key != nil {
		out = out.At(*a.Key)
	}
	return out
}

func attrNames(paths []cty.Path) []string {
	var names []string
	for _, p := range paths {
		names = append(names, AttrName(p))
	}
	return names
}

func attrPaths(names []string) []cty.Path {
	var paths []cty.Path
	for _, name := range names {
		paths = append(paths, cty.GetAttrPath(name))
	}
	return paths
}
