package planner

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// Options is what a plan is made of besides nodes and live objects.
type Options struct {
	Exclusives []Exclusive
	// Only restricts the plan to what it holds for; nil means everything. Other objects are neither planned nor
	// mentioned, but those referred to are still looked at.
	Only func(Address) bool
	// Instances puts the objects of one block into the order in which they are carried out; nil leaves them as they are.
	Instances func([]Object)
	// Secrets are texts that the configuration knows for secrets: an attribute in which one stands is marked as sensitive.
	Secrets []string
}

// New computes the plan for sorted nodes. Diagnostics with errors mean that the plan is not to be carried out.
func New(nodes []*Node, live Live, o Options) (*Plan, hcl.Diagnostics) {
	w := Begin(nodes, live, o)
	p := &Plan{LiveCount: liveCount(live)}
	var diags hcl.Diagnostics
	for _, node := range nodes {
		changes, more := w.Next(node)
		p.Changes = append(p.Changes, changes...)
		diags = append(diags, more...)
	}
	changes, more := w.Rest()
	p.Changes = append(p.Changes, changes...)
	return p, append(diags, more...)
}

func liveCount(live Live) map[Source]int {
	counts := map[Source]int{}
	for source, listing := range live {
		if listing.Err == nil && listing.Complete {
			counts[source] = len(listing.Objects) + listing.Users.Len()
		}
	}
	return counts
}

// A Walk plans block by block, in the order of the sorted nodes. Planning goes through it once; apply goes through it
// again and lets it learn what has been read back, so that what was unknown becomes known, and whatever a block still
// has to change after it was carried out is what the estate does not show.
type Walk struct {
	nodes    []*Node
	live     Live
	o        Options
	after    map[string]cty.Value
	declared map[Source]map[string]bool // live ids that some block names
	swept    map[string]string          // exclusive kinds, and the block before which what is undeclared of them is planned
	born     []birth
	spared   []birth           // blocks of which nothing is planned, that would create users
	at       *Node             // being planned
	changed  map[string]string // blocks of which something changes, by address, and their kinds
	ran      map[string]bool   // blocks of tasks that have been run since
	changes  []Change
	diags    hcl.Diagnostics
}

// birth is a block that creates users whom a later block may move.
type birth struct {
	address  Address
	provider string
	kind     *schema.Kind
	want     map[string]cty.Value
	users    *UserChanges
}

// Begin starts a walk over sorted nodes.
func Begin(nodes []*Node, live Live, o Options) *Walk {
	w := &Walk{
		nodes: nodes, live: maps.Clone(live), o: o, after: make(map[string]cty.Value, len(nodes)), swept: map[string]string{},
		changed: map[string]string{}, ran: map[string]bool{},
	}
	if len(o.Exclusives) > 0 {
		w.declared = declaredObjects(nodes)
	}
	return w
}

// Learn replaces what was known of a source by what has been read since.
func (w *Walk) Learn(source Source, listing Listing) {
	if listing.Renamed == nil { // it is looked for once, before anything is planned
		listing.Renamed = w.live[source].Renamed
	}
	w.live[source] = listing
}

// Live is what is known, with what has been learnt.
func (w *Walk) Live() Live { return w.live }

// Next plans one block with what is known now. What undeclared objects of an exclusive kind are to be deleted comes
// before the first block of that kind.
func (w *Walk) Next(node *Node) ([]Change, hcl.Diagnostics) {
	w.exclusive(node.Kind, node.Address.String())
	w.node(node)
	return w.take()
}

// Value is what references to a block see as far as the walk has come; unknown before it has been there.
func (w *Walk) Value(block Address) cty.Value {
	if v, ok := w.after[block.String()]; ok {
		return v
	}
	return cty.DynamicVal
}

// Rest plans exclusive kinds of which there is no block.
func (w *Walk) Rest() ([]Change, hcl.Diagnostics) {
	for _, e := range w.o.Exclusives {
		w.exclusive(e.Kind, "")
	}
	return w.take()
}

func (w *Walk) take() ([]Change, hcl.Diagnostics) {
	changes, diags := w.changes, w.diags
	w.changes, w.diags = nil, nil
	return changes, diags
}

// node plans one block.
func (w *Walk) node(node *Node) {
	w.at = node
	objects, diags := node.Evaluate(w.after)
	w.diags = append(w.diags, diags...)
	if w.o.Instances != nil {
		objects = slices.Clone(objects)
		w.o.Instances(objects)
	}
	results := make(map[string]cty.Value, len(objects))
	for i := range objects {
		o := &objects[i]
		c := w.change(o)
		c.Node = node
		results[o.Address.Key] = afterwards(o, c)
		if o.Kind.Data {
			continue
		}
		if !w.planned(o) {
			w.spare(o)
		} else {
			c.conceal(w.o.Secrets) // references have seen it as it is, and conceal what they make of it
			w.remember(node, c)
			w.guardRefused(&c)
			w.changes = append(w.changes, c)
		}
	}
	w.after[node.Address.String()] = blockValue(objects, func(o Object) cty.Value { return results[o.Address.Key] })
}

// afterwards is what references to an object see: the object as it will be, what only the far end knows being unknown.
func afterwards(o *Object, c Change) cty.Value {
	switch c.Action {
	case Create, Replace:
		return unsetUnknown(c.After)
	case Unknown:
		return unsetUnknown(o.Want)
	}
	return c.After
}

// Check compares one object with one listing, without regard to what else is planned.
func Check(o *Object, listing Listing) Change {
	w := Begin(nil, Live{Source{o.Provider, o.Kind.Name}: listing}, Options{})
	return w.change(o)
}

// change compares one object with what is live.
func (w *Walk) change(o *Object) Change {
	listing, read := w.live[Source{o.Provider, o.Kind.Name}]
	var c Change
	switch {
	case !read:
		c = unknown(o, "it has not been read")
	case listing.Err != nil:
		c = unknown(o, listing.Err.Error())
	case o.UsersLate:
		c = unknown(o, "who its users are follows from data that does not tell")
	case o.Kind.Data:
		c = data(o, listing)
	case o.Kind.Rows != nil:
		c = w.users(o, listing)
		c.Place = listing.place("")
	case o.Kind.Task != nil:
		c = w.task(o, listing)
	case listing.Refused[o.LiveID()] != nil:
		c = w.refused(o, listing.Refused[o.LiveID()])
	default:
		c = object(o, listing)
	}
	c.Address, c.Kind, c.Provider, c.Want = o.Address, o.Kind, o.Provider, o.Want
	c.Range, c.PreventDestroy = o.Range, o.PreventDestroy
	c.addNotes()
	return c
}

func unknown(o *Object, reason string) Change {
	return Change{Action: Unknown, Before: cty.UnknownVal(o.Kind.Type()), After: o.Want, Reason: reason}
}

// refused plans nothing of an object that the far end does not keep as it is declared, and says so where it is declared.
func (w *Walk) refused(o *Object, why error) Change {
	w.diags = append(w.diags, &hcl.Diagnostic{
		Severity: hcl.DiagError,
		Summary:  "This cannot be kept as it is declared",
		Detail:   strings.TrimSuffix(why.Error(), ".") + ".\nNothing is planned for this object. The plan of the others is complete, and nothing is applied while this stands.",
		Subject:  o.Range.Ptr(),
	})
	c := unknown(o, why.Error())
	c.Unkept = true
	return c
}

// data takes what was read as it is: nothing is compared, nothing changes.
func data(o *Object, listing Listing) Change {
	found, exists := listing.Objects[o.LiveID()]
	if !exists {
		return unknown(o, "nothing was found")
	}
	return Change{Action: NoOp, Identity: found.Identity, Before: found.Value, After: found.Value}
}

// object compares a single live object.
func object(o *Object, listing Listing) Change {
	found, exists := listing.Objects[o.LiveID()]
	if !exists {
		found = Found{Identity: o.Identity, Value: schema.SharingType(o.Want.Type(), cty.NullVal(o.Kind.Type()))}
	}
	if !exists && (o.Kind.Singleton || o.Kind.IsBuiltIn(o.Identity)) {
		return unknown(o, "the far end shows no such settings, though they always exist")
	}
	want := o.Want
	if o.Absent {
		want = cty.NullVal(o.Kind.Type())
	}
	c := o.diff(confided(found.Value, o.Want), want)
	c.Identity, c.Place = found.Identity, listing.place(found.Identity)
	if c.Action == NoOp && found.Pending != "" {
		c.Action, c.Reason = Run, found.Pending
	}
	return c
}

// diff compares what is live of an object with what is wanted.
func (o *Object) diff(live, want cty.Value) Change {
	if live.IsNull() || want.IsNull() {
		return Diff(o.Kind, live, want)
	}
	return between(o.Kind, live, want, comparison{ignore: o.Ignore, exact: o.Exact})
}

// confided is a live object of which those attributes are sensitive that the configuration has sensitive values for: what is
// there, or was before, is as secret as what is to be.
func confided(live, want cty.Value) cty.Value {
	values, wanted := valueMap(live), valueMap(want)
	if values == nil || !want.ContainsMarked() {
		return live
	}
	for name, v := range wanted {
		if schema.IsSensitive(v) {
			values[name] = values[name].Mark(schema.Sensitive)
		}
	}
	return cty.ObjectVal(values)
}

func valueMap(v cty.Value) map[string]cty.Value {
	if v == cty.NilVal || v.IsNull() || !v.IsKnown() {
		return nil
	}
	return v.AsValueMap()
}

// AttrName is the attribute that a path of a change leads to.
func AttrName(p cty.Path) string { return p[0].(cty.GetAttrStep).Name }
