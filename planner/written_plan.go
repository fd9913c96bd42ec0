package planner

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// Plan makes a plan of what was written, and the nodes of its graph, which evaluate to nothing. Kinds are those that the
// program has; an error names what it does not fit. Steps gives those that were written, and those of users by the function.
func (w Written) Plan(kinds []*schema.Kind, steps func(Change) Steps) (p *Plan, nodes []*Node, written func(Change) Steps, err error) {
	r := reader{kinds: map[string]*schema.Kind{}, nodes: map[string]*Node{}, steps: map[changeKey]*Steps{}}
	for _, k := range kinds {
		r.kinds[k.Name] = k
	}
	p = &Plan{Incomplete: w.Incomplete, Rollback: w.Rollback, LiveCount: map[Source]int{}}
	for i := range w.Nodes {
		nodes = append(nodes, r.node(&w.Nodes[i]))
	}
	for i := range w.Changes {
		c, err := r.change(&w.Changes[i])
		if err != nil {
			return nil, nil, nil, err
		}
		p.Changes = append(p.Changes, c)
		if s := r.steps[c.key()]; s != nil {
			s.Script = w.placed(c.Provider, func() []ScriptStep { return w.Changes[i].Script })
		}
	}
	for _, live := range w.Live {
		p.LiveCount[live.Source] = live.Objects
	}
	for _, d := range w.Warnings {
		p.Warnings = append(p.Warnings, &hcl.Diagnostic{Severity: d.Severity, Summary: d.Summary, Detail: d.Detail, Subject: d.Subject})
	}
	return p, nodes, func(c Change) Steps {
		if s := r.steps[c.key()]; s != nil {
			return *s
		}
		s := steps(c)
		s.Script = w.placed(c.Provider, s.Script)
		return s
	}, nil
}

// placed gives the steps of a script the part that was written.
func (w Written) placed(provider string, script func() []ScriptStep) func() []ScriptStep {
	at := slices.IndexFunc(w.Parts, func(p ScriptPart) bool { return p.Name == provider })
	if script == nil || at < 0 {
		return script
	}
	return func() []ScriptStep {
		steps := slices.Clone(script())
		for n := range steps {
			steps[n].Part = &w.Parts[at]
		}
		return steps
	}
}

// reader makes a plan of a written one.
type reader struct {
	kinds map[string]*schema.Kind
	nodes map[string]*Node
	steps map[changeKey]*Steps
}

func (r *reader) node(w *WrittenNode) *Node {
	node := &Node{
		Address: w.Address.address(), Kind: r.kinds[w.Address.Kind], Range: w.Range, Source: w.Source, Needs: w.Needs, Leaving: w.Leaving, Follows: w.Follows,
		Evaluate: func(map[string]cty.Value) ([]Object, hcl.Diagnostics) { return nil, nil },
	}
	r.nodes[node.Address.String()] = node
	return node
}

func (r *reader) change(w *WrittenChange) (Change, error) {
	address := w.Address.address()
	kind := r.kinds[address.Kind]
	if kind == nil {
		return Change{}, fmt.Errorf("%s is of a kind that this program does not know", address)
	}
	c := Change{
		Address: address, Kind: kind, Provider: w.Provider, Identity: w.Identity, Place: w.Place, Action: w.Action,
		Paths: attrPaths(w.Paths), Replace: attrPaths(w.Replace), Unread: w.Unread, Reason: w.Reason, Missing: w.Missing, Carried: w.Carried,
		Notes: w.Notes, UserNotes: w.UserNotes, Range: w.Range, PreventDestroy: w.PreventDestroy,
	}
	var err error
	if c.Before, err = readObject(kind, w.Before); err != nil {
		return c, fmt.Errorf("%s: %w", address, err)
	}
	if c.After, err = readObject(kind, w.After); err != nil {
		return c, fmt.Errorf("%s: %w", address, err)
	}
	if w.Users != nil {
		if c.Users, err = w.Users.read(kind); err != nil {
			return c, fmt.Errorf("%s: %w", address, err)
		}
	}
	if w.Node {
		c.Node = r.nodes[address.Block().String()]
	}
	r.steps[c.key()] = w.Steps
	return c, nil
}
