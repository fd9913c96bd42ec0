package planner

import (
	"fmt"
	"maps"
	"slices"

	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// object decides about one object.
func (b *wayBack) object(block *returning, d *Deed) {
	o, listing := d.object(d.unwanted()), b.live[Source{d.Provider, d.Kind.Name}]
	found, exists := listing.Objects[o.LiveID()]
	live := valueMap(found.Value)
	switch {
	case d.Outcome == Declined:
		b.declined(d, exists, live)
		return
	case listing.Err != nil || listing.Refused[o.LiveID()] != nil: // the plan says so
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
