package planner

import (
	"slices"

	"github.com/zclconf/go-cty/cty"
)

// An Origin says where a difference comes from.
type Origin string

// The origins of a difference between what is live and what is wanted, by how it stood when a run ended.
const (
	Hand          Origin = "hand"          // somebody has changed what is live since
	Configuration Origin = "configuration" // the configuration says something else since
	Both          Origin = "both"          // both have changed, not to the same
	NotKnown      Origin = "not known"     // no run has told how it stood
)

// Drift is what has changed since runs ended, in the order of the plan that it was measured with.
type Drift struct {
	Objects []Drifted
	Users   []DriftedUsers
	Unread  []string // what is not known to stand as it did, since it could not be read: addresses, or address and attribute
}

// Drifted is one object that is not as a run left it, or is not as wanted.
type Drifted struct {
	Change *Change
	Run    string            // the run that it is compared with; "" where none has told
	Was    map[string]string // how that run left it, as [Standing.Values]; nil where absent
	Is     map[string]string
	Origin Origin // of what is planned; Hand where nothing is
	Attrs  []DriftedAttr
}

// A DriftedAttr is an attribute of an object or a user that is not as a run left it, or is not as wanted. The name is ""
// where it is about there being such an object or user at all: the texts are then "" for no.
type DriftedAttr struct {
	Name    string
	Was, Is string // in JSON, or a word for what is not shown; of users as tables of users have it
	Origin  Origin
	Planned bool // the plan changes it
	Wanted  bool // nothing is planned because it is as the configuration wants it; otherwise the configuration leaves it alone
}

// ByHand says whether somebody has changed it since the run.
func (a *DriftedAttr) ByHand() bool { return a.Origin == Hand || a.Origin == Both }

// ByHand says whether anything about the object has been changed by hand.
func (o *Drifted) ByHand() bool {
	return slices.ContainsFunc(o.Attrs, func(a DriftedAttr) bool { return a.ByHand() })
}

// Measure holds a plan against how things stood. It changes neither.
func (b *Baseline) Measure(p *Plan) *Drift {
	d := &Drift{}
	for i := range p.Changes {
		c := &p.Changes[i]
		switch {
		case c.Action == Unknown:
			d.Unread = append(d.Unread, c.Address.String())
		case c.Users != nil:
			if users := b.users(c); users.any() {
				d.Users = append(d.Users, users)
			}
		case c.Kind.Task == nil && c.Kind.Rows == nil:
			b.object(c, d)
		}
	}
	return d
}

// object measures one object.
func (b *Baseline) object(c *Change, d *Drift) {
	now, known := c.Standing()
	if !known {
		d.Unread = append(d.Unread, c.Address.String())
		return
	}
	was, told := b.stood(c, now)
	if !told {
		if o := b.untold(c, now); len(o.Attrs) > 0 || c.planned() {
			d.Objects = append(d.Objects, o)
		}
		return
	}
	o := Drifted{Change: c, Run: was.run, Was: was.Values, Is: now.Values, Origin: Hand}
	d.Unread = append(d.Unread, o.compare()...)
	if len(o.Attrs) > 0 || c.planned() {
		d.Objects = append(d.Objects, o)
	}
}

// planned says whether the plan makes a difference, rather than waiting for one.
func (c *Change) planned() bool { return c.Action != NoOp && c.Action != Run }

// untold is an object of which no run has told: it is new in the configuration where a run was of everything, and by
// somebody's hand where no block declares it and a run has seen all there were.
func (b *Baseline) untold(c *Change, now Standing) Drifted {
	o := Drifted{Change: c, Is: now.Values, Origin: NotKnown}
	sweep, seen := b.swept[Source{c.Provider, c.Kind.Name}]
	switch {
	case b.doubted[now.Address], b.touched(c.Kind.Name, now.ID):
	case c.Node != nil && b.whole != "", c.Node == nil && slices.Contains(sweep.ids, now.ID):
		o.Origin = Configuration
	case c.Node == nil && seen:
		o.Origin, o.Run = Hand, sweep.run
		o.Attrs = []DriftedAttr{{Is: exists, Origin: Hand, Planned: true}}
	}
	return o
}

// compare fills in what differs, and gives what could be compared then and cannot now.
func (o *Drifted) compare() (unread []string) {
	c := o.Change
	switch {
	case o.Was == nil && o.Is == nil:
		o.Origin = Configuration
	case o.Was == nil:
		o.madeByHand()
	case o.Is == nil:
		o.goneByHand()
	default:
		unread = o.attributes()
		o.Origin = o.origin()
		if c.Action == Delete {
			o.Origin = Configuration
		}
	}
	return unread
}

// madeByHand is an object that was absent when the run ended. Whether the plan takes it away or changes it, the
// configuration said before that there should be none, or could not be carried out.
func (o *Drifted) madeByHand() {
	o.Attrs = []DriftedAttr{{Is: exists, Origin: Hand, Planned: o.Change.planned(), Wanted: o.Change.Action == NoOp}}
}

// goneByHand is an object that was there when the run ended.
func (o *Drifted) goneByHand() {
	c := o.Change
	a := DriftedAttr{Was: exists, Origin: Hand, Planned: c.planned(), Wanted: !c.planned()}
	if c.Action == Create && len(since(c, o.Was)) > 0 {
		a.Origin = Both
	}
	o.Origin, o.Attrs = a.Origin, []DriftedAttr{a}
}

// since lists the attributes in which what the configuration wants differs from how a run left the object.
func since(c *Change, was map[string]string) []cty.Path {
	return Diff(c.Kind, standingValue(c.Kind, was), c.Want).Paths
}

// attributes compares one by one.
func (o *Drifted) attributes() (unread []string) {
	c := o.Change
	was, is := valueMap(standingValue(c.Kind, o.Was)), valueMap(c.Before)
	var wanted []cty.Path
	if c.Want != cty.NilVal && !c.Want.IsNull() {
		wanted = since(c, o.Was)
	}
	for _, name := range standingNames(c.Kind) {
		planned, shown := leads(c.Paths, name), o.Was[name] != SensitiveText && o.Is[name] != SensitiveText
		a := DriftedAttr{Name: name, Was: o.Was[name], Is: o.Is[name], Planned: planned}
		switch {
		case !shown || !was[name].IsWhollyKnown():
			a.Origin = NotKnown
		case !is[name].IsWhollyKnown():
			unread = append(unread, c.Address.String()+" "+name)
			continue
		default:
			a.Origin = origin(!asBefore(c.Kind, name, was, is), leads(wanted, name))
		}
		a.Wanted = !planned && c.wants(name, is)
		if planned || a.ByHand() {
			o.Attrs = append(o.Attrs, a)
		}
	}
	return unread
}

// origin of a difference that somebody's hand has made, or the configuration, or both. Where only the hand has made one that the
// plan leaves, the configuration plays no part; where neither has, it is the configuration's that was never carried out.
func origin(hand, configuration bool) Origin {
	switch {
	case hand && configuration:
		return Both
	case hand:
		return Hand
	}
	return Configuration
}

// wants says whether the configuration declares an attribute and has what it wants.
func (c *Change) wants(name string, is map[string]cty.Value) bool {
	want := valueMap(c.Want)
	if want == nil || want[name].IsNull() {
		return false
	}
	if a := c.Kind.Attr(name); a != nil {
		return isCompared(a, want[name]) && same(a, is, want)
	}
	return true
}

// origin puts together those of what is planned.
func (o *Drifted) origin() Origin {
	var all []Origin
	for _, a := range o.Attrs {
		if a.Planned {
			all = append(all, a.Origin)
		}
	}
	return together(all)
}

// together is the origin of something of which parts have these; Hand where there are none.
func together(all []Origin) Origin {
	hand := slices.Contains(all, Hand) || slices.Contains(all, Both)
	configuration := slices.Contains(all, Configuration) || slices.Contains(all, Both)
	switch {
	case hand || configuration:
		return origin(hand, configuration)
	case len(all) > 0:
		return NotKnown
	}
	return Hand
}

// leads says whether one of the paths leads to an attribute.
func leads(paths []cty.Path, name string) bool {
	return slices.ContainsFunc(paths, func(p cty.Path) bool { return AttrName(p) == name })
}
