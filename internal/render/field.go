package render

import (
	"slices"

	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

// A field is one attribute of a change, before and after. It is sensitive as a whole where any part of it is, on either
// side: what a secret was is one as well.
type field struct {
	block         string // the nested block it stands in, "" for none
	name          string
	attr          *schema.Attr           // nil for the identity
	element       func(cty.Value) string // what an element of a repeated block is in a line; nil for anything else
	before, after cty.Value              // NilVal nowhere
	sensitive     bool

	changed bool // the configuration changes it
	cleared bool // it goes because another one is set
	forces  bool // it forces replacement
	lost    bool // a replacement goes without it, since the far end does not tell its value
}

// title is the field's name as a person would point to it.
func (f field) title() string {
	if f.block != "" {
		return f.block + "." + f.name
	}
	return f.name
}

// fields lists the attributes of a change in documentation order, sensitive values hidden. What steers hybrid itself is
// not among them.
func fields(c *planner.Change) []field {
	shown := slices.DeleteFunc(allFields(c), func(f field) bool {
		ofUsers := f.attr != nil && f.attr.Mode == schema.Column
		return f.attr != nil && f.attr.Settings || f.attr == nil && c.Kind.Rows != nil || ofUsers
	})
	for i := range shown {
		f := &shown[i]
		f.classify(c)
		if f.sensitive {
			f.before, f.after = masked(f.before), masked(f.after)
		}
	}
	return shown
}

// differing lists the fields that a change of an object is about, elements of repeated blocks as lines.
func differing(c *planner.Change) []field {
	var shown []field
	for _, f := range fields(c) {
		if f.name == "identity" && f.attr == nil && labelled(c) {
			continue
		}
		if f.changed || f.cleared || f.lost {
			shown = append(shown, f.inLines())
		}
	}
	return shown
}

// action is what happens to the field alone: it is set, changed, or taken away.
func (f field) action(c *planner.Change) planner.Action {
	switch {
	case c.Action == planner.Delete || f.cleared:
		return planner.Delete
	case c.Action == planner.Create:
		return planner.Create
	}
	return planner.Update
}

// allFields lists all of them, with the secrets still in them.
func allFields(c *planner.Change) []field {
	all := make([]field, 0, 1+len(c.Kind.Attrs)+8*len(c.Kind.Blocks))
	if !c.Kind.Singleton {
		all = append(all, pick(c, "", "identity", nil))
	}
	for i := range c.Kind.Attrs {
		all = append(all, pick(c, "", c.Kind.Attrs[i].Name, &c.Kind.Attrs[i]))
	}
	for _, b := range c.Kind.Blocks {
		if b.Many {
			f := pick(c, "", b.Name, nil)
			f.element = b.Text
			all = append(all, f)
			continue
		}
		for i := range b.Attrs {
			all = append(all, pick(c, b.Name, b.Attrs[i].Name, &b.Attrs[i]))
		}
	}
	return all
}

// inLines is the field with the elements of a repeated block as lines of text.
func (f field) inLines() field {
	if f.element != nil && !f.sensitive {
		f.before, f.after = elementTexts(f.before, f.element), elementTexts(f.after, f.element)
	}
	return f
}

func elementTexts(v cty.Value, element func(cty.Value) string) cty.Value {
	if v.IsNull() || !v.IsWhollyKnown() {
		return v
	}
	var texts []string
	for _, e := range v.AsValueSlice() {
		texts = append(texts, element(e))
	}
	return schema.TextSet(texts)
}

func pick(c *planner.Change, block, name string, a *schema.Attr) field {
	f := field{block: block, name: name, attr: a, before: c.Before, after: c.After}
	if block != "" {
		f.before, f.after = attribute(f.before, block), attribute(f.after, block)
	}
	f.before, f.after = attribute(f.before, name), attribute(f.after, name)
	f.sensitive = a != nil && a.Sensitive || marked(f.before) || marked(f.after)
	return f
}

// attribute takes an attribute out of an object that may be absent, unknown or marked.
func attribute(v cty.Value, name string) cty.Value {
	if v == cty.NilVal {
		return cty.NullVal(cty.DynamicPseudoType)
	}
	v, marks := v.Unmark()
	switch {
	case !v.IsKnown():
		v = cty.DynamicVal
	case v.IsNull() || !hasAttribute(v.Type(), name):
		v = cty.NullVal(cty.DynamicPseudoType)
	default:
		v = v.GetAttr(name)
	}
	return v.WithMarks(marks)
}

// hasAttribute looks a name of a schema up, which [cty.Type.HasAttribute] would normalise first each time.
func hasAttribute(t cty.Type, name string) bool {
	if !t.IsObjectType() {
		return false
	}
	_, has := t.AttributeTypes()[name]
	return has
}

// classify says what happens to the field. It looks at values before they are hidden.
func (f *field) classify(c *planner.Change) {
	before, _ := f.before.Unmark()
	after, _ := f.after.Unmark()
	f.forces = f.block == "" && names(c.Replace, f.name)
	switch c.Action {
	case planner.Create:
		f.changed = !after.IsKnown() || !after.IsNull()
	case planner.Delete:
		f.changed = before.IsKnown() && !before.IsNull()
	case planner.Update, planner.Replace:
		f.changed = f.block == "" && names(c.Paths, f.name)
		compared := f.attr != nil && !f.attr.Initial && f.attr.Mode != schema.Computed
		gone := !f.changed && compared && after.IsKnown() && after.IsNull()
		f.cleared = gone && before.IsKnown() && !before.IsNull()
		f.lost = gone && !before.IsKnown() && c.Action == planner.Replace
	}
}

// names says whether a path leads to an attribute or into it.
func names(paths []cty.Path, name string) bool {
	return slices.ContainsFunc(paths, func(p cty.Path) bool {
		if len(p) == 0 {
			return false
		}
		step, ok := p[0].(cty.GetAttrStep)
		return ok && step.Name == name
	})
}

// labelled says whether the identity is what the block's labels say already.
func labelled(c *planner.Change) bool {
	return slices.Contains(c.Address.Labels, c.Identity) || c.Identity == "" || c.Address.Keyed && c.Address.Key == c.Identity
}
