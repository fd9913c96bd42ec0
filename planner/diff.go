package planner

import (
	"slices"

	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// Diff compares a live object with a wanted one, both of k.Type() and null where absent. What is wanted but null is left
// alone. A live value that is unknown is never a difference: it is named in Unread, since nothing is planned from what
// could not be read. A wanted value that is unknown until apply is a difference.
func Diff(k *schema.Kind, live, want cty.Value) Change {
	c := Change{Kind: k, Before: live, After: want}
	switch {
	case want.IsNull() && live.IsNull():
		c.Action = NoOp
	case want.IsNull():
		c.Action = Delete
	case live.IsNull():
		c.Action, c.After, c.Paths = Create, created(k, want), declared(k, want)
	default:
		c.compare(k, live.AsValueMap(), want.AsValueMap(), comparison{})
	}
	return c
}

// A comparison says of attributes and blocks how they are compared.
type comparison struct {
	ignore []string
	exact  []string // as [Object.Exact]
}

// between compares two objects that are there.
func between(k *schema.Kind, live, want cty.Value, how comparison) Change {
	c := Change{Kind: k, Before: live, After: want}
	c.compare(k, live.AsValueMap(), want.AsValueMap(), how)
	return c
}

// compare fills a change of an object that exists.
func (c *Change) compare(k *schema.Kind, live, want map[string]cty.Value, how comparison) {
	after := make(map[string]cty.Value, len(live))
	for name, v := range live {
		after[name] = v
	}
	for i := range k.Attrs {
		switch a := &k.Attrs[i]; {
		case slices.Contains(how.exact, a.Name):
			if live[a.Name].IsWhollyKnown() && asBefore(k, a.Name, want, live) {
				continue
			}
			c.change(a, live[a.Name], want[a.Name], after)
		case isCompared(a, want[a.Name]) && !slices.Contains(how.ignore, a.Name) && !same(a, live, want):
			c.change(a, live[a.Name], merged(a.Merge, live[a.Name], want[a.Name]), after)
		}
	}
	for _, b := range k.Blocks {
		switch {
		case b.Merge == nil:
			after[b.Name] = want[b.Name]
		case slices.Contains(how.exact, b.Name):
			c.compareExactly(b, live[b.Name], want[b.Name], after)
		case !want[b.Name].IsNull() && !slices.Contains(how.ignore, b.Name):
			c.compareBlock(b, live[b.Name], want[b.Name], after)
		}
	}
	c.settle(k, after, want)
}

// change notes that an attribute is to be another, or that it is not known what it is.
func (c *Change) change(a *schema.Attr, live, result cty.Value, after map[string]cty.Value) {
	if !live.IsWhollyKnown() {
		c.Unread = append(c.Unread, a.Name)
		return
	}
	after[a.Name] = result
	path := cty.GetAttrPath(a.Name)
	c.Paths = append(c.Paths, path)
	if a.ForceNew {
		c.Replace = append(c.Replace, path)
	}
}

// compareBlock compares a nested block that is laid over what is live.
func (c *Change) compareBlock(b schema.Block, live, want cty.Value, after map[string]cty.Value) {
	result := merged(b.Merge, live, want)
	plain, _ := result.UnmarkDeep()
	before, _ := live.UnmarkDeep()
	switch {
	case !before.IsWhollyKnown():
		c.Unread = append(c.Unread, b.Name)
	case !plain.RawEquals(before):
		after[b.Name] = result
		c.Paths = append(c.Paths, cty.GetAttrPath(b.Name))
	}
}

// compareExactly compares a nested block that is wanted as it is given.
func (c *Change) compareExactly(b schema.Block, live, want cty.Value, after map[string]cty.Value) {
	before, _ := live.UnmarkDeep()
	switch {
	case !before.IsWhollyKnown():
		c.Unread = append(c.Unread, b.Name)
	case !sameMembers(want, before):
		after[b.Name] = want
		c.Paths = append(c.Paths, cty.GetAttrPath(b.Name))
	}
}

// merged lays a wanted value over a live one where only the declared members are the configuration's. It is sensitive
// where either is.
func merged(merge func(live, want cty.Value) cty.Value, live, want cty.Value) cty.Value {
	plainLive, _ := live.UnmarkDeep()
	plainWant, _ := want.UnmarkDeep()
	switch {
	case merge == nil, plainLive.IsNull():
		return want
	case !plainLive.IsWhollyKnown(), !plainWant.IsWhollyKnown():
		return cty.UnknownVal(live.Type())
	}
	v := merge(plainLive, plainWant)
	if schema.IsSensitive(live) || schema.IsSensitive(want) {
		v = v.Mark(schema.Sensitive)
	}
	return v
}

// settle names the action of a compared object and completes what it will be. A replacement keeps what the live object
// has and the configuration leaves alone: nothing is lost by it that could be read.
func (c *Change) settle(k *schema.Kind, after, want map[string]cty.Value) {
	switch {
	case len(c.Paths) == 0:
		c.Action = NoOp
	case len(c.Replace) > 0:
		c.Action = Replace
	default:
		c.Action = Update
	}
	if c.Action != NoOp {
		forgetComputed(k, after)
		clearGroups(k, after, want)
	}
	for i := range k.Attrs {
		a := &k.Attrs[i]
		unset := !after[a.Name].IsKnown() || after[a.Name].IsNull()
		if a.Settings || a.Initial || c.Action == Replace && unset && a.Mode != schema.Computed {
			after[a.Name] = want[a.Name]
		}
	}
	c.After = schema.SharingType(c.Before.Type(), cty.ObjectVal(after))
}

// clearGroups takes out of an object what excludes an attribute that the configuration sets.
func clearGroups(k *schema.Kind, after, want map[string]cty.Value) {
	set := map[string]bool{}
	for i := range k.Attrs {
		if a := &k.Attrs[i]; a.Group != "" && !want[a.Name].IsNull() {
			set[a.Group] = true
		}
	}
	for i := range k.Attrs {
		if a := &k.Attrs[i]; set[a.Group] && want[a.Name].IsNull() {
			after[a.Name] = cty.NullVal(a.Type)
		}
	}
}

// isCompared says whether a wanted attribute takes part in the comparison with what exists.
func isCompared(a *schema.Attr, want cty.Value) bool {
	return !a.Initial && !a.Settings && a.Mode != schema.Computed && !want.IsNull()
}

// same says whether an attribute of two objects is equal in canonical form. What is not set is what the far end takes it
// for: an empty text, a list of nothing, or the attribute's default.
func same(a *schema.Attr, liveObject, wantObject map[string]cty.Value) bool {
	live, _ := a.CanonicalIn(liveObject, liveObject[a.Name]).UnmarkDeep()
	want, _ := a.CanonicalIn(wantObject, merged(a.Merge, liveObject[a.Name], wantObject[a.Name])).UnmarkDeep()
	if !live.IsWhollyKnown() || !want.IsWhollyKnown() {
		return false
	}
	switch {
	case !live.IsNull():
		return live.RawEquals(want)
	case a.Default != cty.NilVal && a.Canonical(a.Default).RawEquals(want):
		return true
	}
	return want.Type() == cty.String && want.AsString() == "" || want.Type().IsCollectionType() && want.LengthInt() == 0
}

// created is an object as it will be after its creation: what the far end will compute is unknown.
func created(k *schema.Kind, want cty.Value) cty.Value {
	values := want.AsValueMap()
	forgetComputed(k, values)
	return schema.SharingType(want.Type(), cty.ObjectVal(values))
}

func forgetComputed(k *schema.Kind, values map[string]cty.Value) {
	for i := range k.Attrs {
		if a := &k.Attrs[i]; a.Mode == schema.Computed {
			values[a.Name] = cty.UnknownVal(a.Type)
		}
	}
}

// declared lists what a configuration sets of an object, in the order of the kind.
func declared(k *schema.Kind, want cty.Value) []cty.Path {
	var paths []cty.Path
	for i := range k.Attrs {
		a := &k.Attrs[i]
		if !a.Settings && a.Mode != schema.Computed && !want.GetAttr(a.Name).IsNull() {
			paths = append(paths, cty.GetAttrPath(a.Name))
		}
	}
	for _, b := range k.Blocks {
		if b.Merge != nil && !want.GetAttr(b.Name).IsNull() {
			paths = append(paths, cty.GetAttrPath(b.Name))
		}
	}
	return paths
}

// Reverse is the change that undoes c, as far as values can: the plan's undo column is its commands.
func (c Change) Reverse() Change {
	r := c
	r.Before, r.After = c.After, told(c.Before)
	switch c.Action {
	case Create:
		r.Action, r.Paths, r.Replace = Delete, nil, nil
	case Delete:
		r.Action = Create
		if !r.After.IsNull() {
			r.Paths = declared(c.Kind, r.After)
		}
	}
	return r
}

// told is a live object without what the far end did not tell: that cannot be brought back, and must not be taken for
// what is known after apply.
func told(live cty.Value) cty.Value {
	values := valueMap(live)
	if values == nil {
		return live
	}
	for name, v := range values {
		if !v.IsWhollyKnown() {
			values[name] = cty.NullVal(v.Type())
		}
	}
	return cty.ObjectVal(values)
}
