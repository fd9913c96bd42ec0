package planner

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// A Rollback is what a plan that takes a run back says beside its changes.
type Rollback struct {
	Run   string     `json:"run"`   // its ID
	About string     `json:"about"` // which run it is, for people, as a sentence
	Lost  []Leftover `json:"lost,omitempty"`
	Kept  []Leftover `json:"kept,omitempty"`
}

// Warnings say what is left, for formats that have no place of their own for it.
func (r *Rollback) Warnings() hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, list := range []struct {
		summary string
		all     []Leftover
	}{{"Nothing brings this back", r.Lost}, {"This is left as it is", r.Kept}} {
		for _, l := range list.all {
			diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: list.summary, Detail: l.sentence()})
		}
	}
	return diags
}

func (l *Leftover) sentence() string {
	switch n := len(l.Users); n {
	case 0:
		return fmt.Sprintf("%s: %s.", l.Address, l.Text)
	case 1:
		return fmt.Sprintf("%s, 1 user (%s): %s.", l.Address, l.Users[0], l.Text)
	default:
		return fmt.Sprintf("%s, %d users (%s): %s.", l.Address, n, listed(l.Users), l.Text)
	}
}

// A Leftover is what a rollback does not bring back, or leaves as it is.
type Leftover struct {
	Address string   `json:"address"`         // of an object, or of the block whose users it is about
	Users   []string `json:"users,omitempty"` // their SIP addresses
	Text    string   `json:"text"`            // a clause that follows the address and a colon, without a full stop
}

// redacted is a rollback without secrets, should one be in its texts.
func (r *Rollback) redacted(redact func(string) string) *Rollback {
	if r == nil {
		return nil
	}
	clean := func(list []Leftover) []Leftover {
		list = slices.Clone(list)
		for n := range list {
			list[n].Text = redact(list[n].Text)
		}
		return list
	}
	return &Rollback{Run: r.Run, About: redact(r.About), Lost: clean(r.Lost), Kept: clean(r.Kept)}
}

// Taking is a run that is to be taken back.
type Taking struct {
	Run     string   // its ID
	About   string   // as in [Rollback]
	Deeds   []Deed   // in the order in which it did them
	Nodes   []*Node  // the graph of the configuration, sorted; the run may have been of another one
	Objects []Object // the configuration's, as far as they are known
	// Able says why a change cannot be carried out, nil where it can. It is pure.
	Able func(Change) error
}

// Sought are objects for which to read what a run touched. Of users everything is read that their kind compares.
func (t *Taking) Sought() []Object {
	var all []Object
	crowds := map[Source]*Object{}
	for i := range t.Deeds {
		d := &t.Deeds[i]
		switch source := (Source{d.Provider, d.Kind.Name}); {
		case d.Kind.Task != nil || d.Kind.Data || d.Provider == "":
		case d.Kind.Rows == nil:
			if o, err := d.sought(); err == nil {
				all = append(all, o)
			}
		case crowds[source] == nil:
			crowds[source] = soughtUsers(d)
			fallthrough
		default:
			crowds[source].Users.Append(soughtRow(d, crowds[source].Users.Columns())...)
		}
	}
	for _, source := range sortedSources(crowds) {
		all = append(all, *crowds[source])
	}
	return all
}

// sought names an object of which nothing is wanted yet.
func (d *Deed) sought() (Object, error) {
	if err := d.read(); err != nil {
		return Object{}, err
	}
	return d.object(d.unwanted()), nil
}

func (d *Deed) object(want map[string]cty.Value) Object {
	o := Object{Address: d.Address, Kind: d.Kind, Provider: d.Provider, Identity: d.Identity, Want: cty.ObjectVal(want)}
	if d.Kind.Singleton { // whatever the far end calls what there is once
		o.Identity = ""
	}
	return o
}

// unwanted is a value of the kind that says which object it is and leaves all else alone.
func (d *Deed) unwanted() map[string]cty.Value {
	want := map[string]cty.Value{}
	for name, t := range d.Kind.Type().AttributeTypes() {
		want[name] = cty.NullVal(t)
	}
	for n, label := range d.Kind.LabelNames() {
		v, told := d.was.values[label]
		if !told || v.IsNull() || !v.IsKnown() {
			v = d.left.values[label]
		}
		switch {
		case label == "identity":
			want[label] = cty.StringVal(d.Identity)
		case v != cty.NilVal && !v.IsNull() && v.IsKnown():
			want[label] = v
		case n < len(d.Address.Labels):
			want[label] = cty.StringVal(d.Address.Labels[n])
		}
	}
	return want
}

// Back computes the blocks of the way back from what is live now, last first, and what is to be said of it: for each object and
// user that the run changed the values of before, of nothing but what it changed. Whatever is no longer as the run left it is
// left as it is, and what others depend on that are left is not deleted.
func (t *Taking) Back(live Live) ([]*Node, *Rollback) {
	b := &wayBack{Taking: t, live: live, declared: map[string]*Object{}, blocks: map[string]*returning{}, told: &Rollback{Run: t.Run, About: t.About}, stay: map[string]bool{}, moved: map[string]bool{}}
	for i := range t.Objects {
		b.declared[t.Objects[i].Address.String()] = &t.Objects[i]
	}
	deeds := joined(t.Deeds)
	for i := len(deeds) - 1; i >= 0; i-- {
		b.deed(&deeds[i])
	}
	b.gather()
	b.hold()
	for _, list := range [][]Leftover{b.told.Lost, b.told.Kept} {
		for n := range list {
			slices.Sort(list[n].Users)
		}
	}
	return b.nodes(), b.told
}

// wayBack is a rollback that is being computed, from the last deed to the first.
type wayBack struct {
	*Taking
	live     Live
	declared map[string]*Object // of the configuration, by address
	blocks   map[string]*returning
	order    []*returning
	told     *Rollback
	stay     map[string]bool // users of whom something is left as it is: what was done to them before is left, too
	moved    map[string]bool // users whom the run moved, so that they are no longer where it made them
}

// returning is a block on its way back.
type returning struct {
	address Address
	kind    *schema.Kind
	objects []Object
	crowds  []*returningUsers
	left    int // objects and users that are left as they are, and hold what they depend on
}

func (b *wayBack) block(d *Deed) *returning {
	address := d.Address.Block()
	r := b.blocks[address.String()]
	if r == nil {
		r = &returning{address: address, kind: d.Kind}
		b.blocks[address.String()] = r
		b.order = append(b.order, r)
	}
	return r
}

func (b *wayBack) deed(d *Deed) {
	block := b.block(d)
	switch err := d.read(); {
	case d.Action == Run && d.Kind.Task == nil: // it was only waited for
	case d.Action == Run:
		b.lost(d, "what was run is not taken back; what this plan changes is carried on by the next one")
	case err != nil:
		b.keep(d, err.Error())
	case d.Provider == "":
		b.keep(d, "neither the journal nor the configuration says through which provider it is reached")
	case d.Kind.Rows != nil:
		b.user(block, d)
	default:
		b.object(block, d)
	}
}

// lost says that something is not brought back.
func (b *wayBack) lost(d *Deed, text string) { b.told.Lost = d.leftover(b.told.Lost, text) }

// keep leaves an object or a user as it is, and holds what it depends on.
func (b *wayBack) keep(d *Deed, text string) {
	b.gone(d, text)
	b.block(d).left++
	if d.Address.User != "" {
		b.stay[d.Address.User] = true
	}
}

// gone says of an object or a user that there is nothing to take back.
func (b *wayBack) gone(d *Deed, text string) { b.told.Kept = d.leftover(b.told.Kept, text) }

// leftover adds to a list what is said of a deed; users of one block of whom the same is said are told together.
func (d *Deed) leftover(list []Leftover, text string) []Leftover {
	about := d.Address
	about.User = ""
	at := slices.IndexFunc(list, func(l Leftover) bool { return l.Address == about.String() && l.Text == text })
	if at < 0 {
		at, list = len(list), append(list, Leftover{Address: about.String(), Text: text})
	}
	if d.Address.User != "" {
		list[at].Users = append(list[at].Users, d.Address.User)
	}
	return list
}

// object decides about one object.
func (b *wayBack) object(block *returning, d *Deed) {
	o, listing := d.object(d.unwanted()), b.live[Source{d.Provider, d.Kind.Name}]
	found, exists := listing.Objects[o.LiveID()]
	live := valueMap(found.Value)
	switch {
	case d.Outcome == Declined:
		b.declined(d, exists, live)
		return
	case listing.Err != nil: // the plan says so
	case d.Action == Create && !exists, d.Action == Delete && exists && d.matches(&d.was, live) == "":
		return // it is as before
	case d.Action == Create:
		if why := d.strays(live); why != "" {
			b.keep(d, why)
			return
		}
	case d.Action == Delete && exists:
		b.keep(d, "it has been made again since, and not as it was: "+d.matches(&d.was, live))
		return
	case d.Action != Delete && !exists:
		b.gone(d, "it is gone, and the run did not delete it")
		return
	}
	if b.want(&o, d, live) && b.possible(d, &o, listing) {
		block.objects = append(block.objects, o)
	}
}

// declined tells of what the far end did not do, where something has become of it all the same.
func (b *wayBack) declined(d *Deed, exists bool, live map[string]cty.Value) {
	switch {
	case d.Action == Create && exists:
		b.keep(d, "the run failed to make it, and it is there")
	case d.Action != Create && !exists:
		b.keep(d, "the run failed on it, and it is gone")
	case d.Action != Create:
		if why := d.matches(&d.was, live); why != "" {
			b.keep(d, "the run failed on it, and it is not as it was: "+why)
		}
	}
}

// want sets what is wanted of an object; false where nothing can be.
func (b *wayBack) want(o *Object, d *Deed, live map[string]cty.Value) bool {
	want := d.unwanted()
	b.steering(want, d)
	switch d.Action {
	case Create:
		o.Absent = true
		if of := b.declared[d.Address.String()]; of != nil {
			o.PreventDestroy = of.PreventDestroy
		}
	case Delete:
		if !b.restore(want, d) {
			return false
		}
	default:
		if o.Exact = b.exact(want, d, live); len(o.Exact) == 0 {
			return false
		}
	}
	o.Want = cty.ObjectVal(want)
	if of := b.declared[d.Address.String()]; of != nil {
		o.Range = of.Range
	}
	return true
}

// steering takes over what steers hybrid: from the configuration, or, where that has the object no more, from the journal.
func (b *wayBack) steering(want map[string]cty.Value, d *Deed) {
	names := map[string]bool{}
	for i := range d.Kind.Attrs {
		if a := &d.Kind.Attrs[i]; (a.Settings || a.Initial) && !a.Type.HasDynamicTypes() {
			names[a.Name] = true
		}
	}
	for _, block := range d.Kind.Blocks {
		names[block.Name] = block.Merge == nil
	}
	of := b.declared[d.Address.String()]
	if of == nil {
		address := d.Address
		address.User = ""
		of = b.declared[address.String()]
	}
	for name, steers := range names {
		switch v, told := d.left.values[name]; {
		case !steers:
		case of != nil && of.Kind.Name == d.Kind.Name && of.Provider == d.Provider && !of.Want.IsNull():
			want[name] = of.Want.GetAttr(name)
		case told && v.IsWhollyKnown():
			want[name] = v
		}
	}
}

// restore wants an object as it was before it was deleted; false where the journal does not have what it takes.
func (b *wayBack) restore(want map[string]cty.Value, d *Deed) bool {
	if d.Kind.Again != nil {
		maps.Copy(want, d.Kind.Again(d.was.values))
	}
	for _, name := range standingNames(d.Kind) {
		a, v := d.Kind.Attr(name), d.was.values[name]
		required := a != nil && a.Mode == schema.Required
		switch {
		case slices.Contains(d.was.hidden, name) && required:
			b.lost(d, fmt.Sprintf("it cannot be made again: its %s must not be shown, and so is in no journal", name))
			return false
		case slices.Contains(d.was.hidden, name):
			b.lost(d, fmt.Sprintf("its %s must not be shown, and so is in no journal: it is made again without it", name))
		case required && (v.IsNull() || !v.IsWhollyKnown()) && want[name].IsNull():
			b.lost(d, fmt.Sprintf("it cannot be made again: the journal does not tell its %s", name))
			return false
		case v.IsWhollyKnown() && !v.IsNull():
			want[name] = v
		}
	}
	return true
}

// exact wants what a run changed as it was; the names of what is wanted so.
func (b *wayBack) exact(want map[string]cty.Value, d *Deed, live map[string]cty.Value) []string {
	var names, astray []string
	for _, name := range d.changed() {
		switch {
		case slices.Contains(d.was.hidden, name):
			b.lost(d, fmt.Sprintf("its %s as it was: it must not be shown, and so is in no journal", name))
		case !d.was.tells(d.Kind, name):
			b.lost(d, fmt.Sprintf("its %s as it was: the far end did not tell it", name))
		case live != nil && !d.asLeft(name, live) && !asRecorded(d.Kind, name, &d.was, live):
			astray = append(astray, d.astray(name, &d.left, live))
		default:
			want[name], names = d.was.values[name], append(names, name)
		}
	}
	if len(astray) > 0 {
		b.keep(d, changedSince(astray))
		return nil
	}
	return names
}

// possible says whether the far end would carry out what is wanted of an object.
func (b *wayBack) possible(d *Deed, o *Object, listing Listing) bool {
	c := Check(o, listing)
	if c.Action == NoOp || c.Action == Unknown || c.Waits() {
		return true
	}
	why := c.Refused()
	if why == "" {
		if err := b.Able(c); err != nil {
			why = err.Error()
		}
	}
	if why != "" {
		b.keep(d, "it cannot be taken back: "+why)
		return false
	}
	b.loses(d)
	return true
}

// loses tells what undoing a deed does not bring back.
func (b *wayBack) loses(d *Deed) {
	if d.Kind.Lost == nil {
		return
	}
	for _, text := range d.Kind.Lost(string(d.Action), d.was.values, d.left.values) {
		b.lost(d, text)
	}
}

// node is the block on its way back: its objects are what they are, whatever else changes.
func (r *returning) node(of *Node) *Node {
	node := &Node{Address: r.address, Kind: r.kind}
	if of != nil {
		node.Range, node.Leaving, node.Source = of.Range, of.Leaving, of.Source
	}
	objects := r.objects
	node.Evaluate = func(map[string]cty.Value) ([]Object, hcl.Diagnostics) { return objects, nil }
	return node
}
