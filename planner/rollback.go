package planner

import (
	"iter"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// Taking is a run that is to be taken back.
type Taking struct {
	Run     string      // its ID
	About   string      // as in [Rollback]
	Deeds   []Deed      // in the order in which it did them
	Nodes   []*Node     // the graph of the configuration, sorted; the run may have been of another one
	Objects []Object    // the configuration's, as far as they are known
	Since   []LaterMove // of users, by runs that began later, in their order
	// Able says why a change cannot be carried out, nil where it can. It is pure.
	Able func(Change) error
}

// Sought are objects for which to read what a run touched. Of users everything is read that their kind compares.
func (t *Taking) Sought() []Object {
	var all []Object
	crowds := map[Source]*Object{}
	for d := range t.Touched() {
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

// Touched are the deeds of the run, and those after it that may rest on them.
func (t *Taking) Touched() iter.Seq[*Deed] {
	return func(yield func(*Deed) bool) {
		for i := range t.Deeds {
			if !yield(&t.Deeds[i]) {
				return
			}
		}
		for i := range t.Since {
			if !yield(&t.Since[i].Deed) {
				return
			}
		}
	}
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
// left as it is, what others depend on that are left is not deleted, and nothing is changed that users rest on whom later runs moved.
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
	b.rest(deeds)
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
	left    int      // objects and users that are left as they are, and hold what they depend on
	resting *resting // users whom later runs moved, who hold it as well; nil where there are none
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
	of := d.Address
	of.User = ""
	about := of.String()
	at := slices.IndexFunc(list, func(l Leftover) bool { return l.Address == about && l.Text == text })
	if at < 0 {
		at, list = len(list), append(list, Leftover{Address: about, Text: text})
	}
	if d.Address.User != "" {
		list[at].Users = append(list[at].Users, d.Address.User)
	}
	return list
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
