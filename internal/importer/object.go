package importer

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/engine"
	"hybrid/planner"
	"hybrid/schema"
)

// An object is one live object on its way into a block.
type object struct {
	kind     *schema.Kind
	provider string
	identity string // as the block says it; "" for a singleton
	label    string // the block's label in the place of the identity
	live     map[string]cty.Value
	values   map[string]cty.Value // what the block could say, by attribute
	forced   map[string]bool      // attributes that are written though they are what they are by default
	plain    bool                 // no reference is written: they did not pass
	remarks  []string             // sentences about what of it cannot be declared
	why      string               // why it is not declared at all; "" where it is
}

// draft drafts the objects of one listing, in the order of their ids.
func (w *work) draft(listed engine.Listed, declared map[liveKey]bool) error {
	for _, id := range slices.Sorted(maps.Keys(listed.Listing.Objects)) {
		if declared[liveKey{listed.Provider, listed.Kind.Name, id}] {
			continue
		}
		o := newObject(listed, listed.Listing.Objects[id])
		wanted, err := w.Filter.object(o)
		if err != nil {
			return err
		}
		if wanted {
			w.objects = append(w.objects, o)
		}
	}
	return nil
}

func newObject(listed engine.Listed, found planner.Found) *object {
	o := &object{kind: listed.Kind, provider: listed.Provider, values: map[string]cty.Value{}, forced: map[string]bool{}}
	live, _ := found.Value.Unmark()
	o.live = live.AsValueMap()
	if !o.kind.Singleton {
		o.identity = found.Identity
		if o.kind.NormIdentity != nil {
			o.identity = o.kind.NormIdentity(found.Identity)
		}
	}
	o.initial()
	for i := range o.kind.Attrs {
		o.take(&o.kind.Attrs[i])
	}
	o.blocks()
	return o
}

// take takes over a live attribute that can be declared. What the far end does not tell is left alone.
func (o *object) take(a *schema.Attr) {
	if a.Initial || a.Settings || a.WriteOnly || a.Mode == schema.Computed || slices.Contains(o.kind.LabelNames(), a.Name) {
		return
	}
	v := o.live[a.Name]
	plain, _ := v.UnmarkDeep()
	switch {
	case !plain.IsWhollyKnown() || plain.IsNull():
	case a.Type == cty.Bool && a.Unique != "" && plain.False(): // is said by the object that has it
	default:
		o.values[a.Name] = v
	}
}

// initial takes what it takes to make the object again, which nothing shows once it exists.
func (o *object) initial() {
	if o.kind.Again == nil {
		return
	}
	for name, v := range o.kind.Again(o.live) {
		o.values[name] = v
	}
}

// blocks tells of the live members that nested blocks would declare, which takes more than what can be read.
func (o *object) blocks() {
	for _, b := range o.kind.Blocks {
		live := o.live[b.Name]
		if b.Merge == nil || live == cty.NilVal {
			continue
		}
		plain, _ := live.UnmarkDeep()
		if !plain.IsWhollyKnown() || plain.IsNull() || plain.LengthInt() == 0 {
			continue
		}
		var members []string
		for _, element := range plain.AsValueSlice() {
			if b.Text != nil {
				members = append(members, b.Text(element))
			}
		}
		slices.Sort(members)
		o.remarks = append(o.remarks, fmt.Sprintf("It has %d %s, which cannot be read whole and is left alone: %s.", plain.LengthInt(), b.Name, strings.Join(members, "; ")))
	}
}

// written lists the attributes that the block says, in the order of the kind: all but those that are what they are by default.
func (o *object) written() []*schema.Attr {
	var attrs []*schema.Attr
	for i := range o.kind.Attrs {
		a := &o.kind.Attrs[i]
		v, there := o.values[a.Name]
		if there && (a.Mode == schema.Required || o.forced[a.Name] || !usual(a, v)) {
			attrs = append(attrs, a)
		}
	}
	return attrs
}

// usual says whether a value is what the far end takes where nothing is said. A list of which a word can take the place is never
// that when it is empty: it then means nobody.
func usual(a *schema.Attr, v cty.Value) bool {
	v, _ = v.UnmarkDeep()
	switch {
	case a.Default != cty.NilVal && a.Canonical(a.Default).RawEquals(a.Canonical(v)):
		return true
	case a.Type == cty.String:
		return v.AsString() == ""
	}
	return a.Type.IsCollectionType() && a.Word == "" && v.LengthInt() == 0
}

// empty says whether the block would say nothing: an object that exists in every deployment, with nothing out of the ordinary.
func (o *object) empty() bool {
	return (o.kind.Singleton || o.kind.IsBuiltIn(o.identity)) && len(o.written()) == 0
}

// force writes the defaults that rules want to see beside an attribute, and says whether there were any.
func (o *object) force(attr string) bool {
	added := false
	for _, rule := range o.kind.Rules {
		if attr != "" && !slices.Contains(rule.Attrs, attr) {
			continue
		}
		for _, name := range rule.Attrs {
			if _, there := o.values[name]; there && !o.forced[name] {
				o.forced[name] = true
				added = added || usual(o.kind.Attr(name), o.values[name])
			}
		}
	}
	return added
}

// drop takes an attribute out, or where the block cannot do without it the object, and keeps why.
func (o *object) drop(attr, why string) {
	a := o.kind.Attr(attr)
	v, there := o.values[attr]
	if a == nil || !there || a.Mode == schema.Required {
		o.why = cmp.Or(why, "it cannot be declared as it is")
		return
	}
	delete(o.values, attr)
	shown := "(sensitive)"
	if !schema.IsSensitive(v) {
		shown = literal(a, v)
	}
	o.remarks = append(o.remarks, fmt.Sprintf("%s is %s, which cannot be declared and is left alone: %s", attr, strings.Join(strings.Fields(shown), " "), sentence(why)))
}

// name is the object in a sentence: hosting_provider "Old" behind skype.
func (o *object) name() string {
	text := o.kind.Name
	for _, label := range o.labels(o.identity) {
		text += fmt.Sprintf(" %q", label)
	}
	return text + ", behind " + o.provider
}

// labels are the block's, with one in the place of the identity.
func (o *object) labels(first string) []string {
	var labels []string
	for _, name := range o.kind.LabelNames() {
		if name == "identity" {
			labels = append(labels, first)
		} else {
			labels = append(labels, schema.Text(o.live[name]))
		}
	}
	return labels
}

// address is that of the block that declares the object alone.
func (o *object) address() planner.Address {
	return planner.Address{Kind: o.kind.Name, Labels: o.labels(o.label)}
}
