package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/roster"
	"hybrid/schema"
)

// soughtUsers is an object for reading users of a kind: all that is compared of them.
func soughtUsers(d *Deed) *Object {
	columns, want := []string{"sip_address", "identity"}, map[string]cty.Value{}
	for name, t := range d.Kind.Type().AttributeTypes() {
		want[name] = cty.NullVal(t)
	}
	for _, a := range d.Kind.OfUsers() {
		if a.Mode == schema.Column {
			columns = append(columns, a.Name)
		} else {
			want[a.Name] = cty.UnknownVal(a.Type)
		}
	}
	address := d.Address
	address.User = ""
	return &Object{Address: address, Kind: d.Kind, Provider: d.Provider, Want: cty.ObjectVal(want), Users: roster.New(columns...)}
}

func soughtRow(d *Deed, columns []string) []string {
	row := make([]string, len(columns))
	row[0], row[1] = d.Address.User, d.name()
	return row
}

// name is what the far end is told to look for.
func (d *Deed) name() string {
	if d.Identity == "" {
		return d.Address.User
	}
	return d.Identity
}

// user decides about one user.
func (b *wayBack) user(block *returning, d *Deed) {
	listing := b.live[Source{d.Provider, d.Kind.Name}]
	at, exists := listing.Users.Lookup(d.Address.User)
	var cells []string
	if exists {
		cells = listing.Users.Row(at)
	}
	switch {
	case listing.Renamed[d.Address.User] != "":
		b.keep(d, "they are users under another SIP address by now: give them the one that they had back first, or take them back by hand")
	case b.stay[d.Address.User]:
		b.keep(d, "what was done to them afterwards is left as it is")
	case d.Action == Delete:
		b.disabled(d, exists)
	case d.Action == Create && !exists && listing.Err == nil: // as before
	case d.Action == Create:
		b.enabled(block, d, listing, cells)
	case !exists && listing.Err == nil:
		b.gone(d, "they are no longer enabled")
	case d.Kind.Rows.State != nil:
		b.homed(block, d, cells)
	default:
		b.altered(block, d, listing, cells)
	}
}

// disabled tells of users whom the run took away.
func (b *wayBack) disabled(d *Deed, exists bool) {
	if exists || d.Outcome == Declined {
		return
	}
	b.lost(d, "they are not made again: the journal does not tell all that it takes. Declare them, and apply")
	b.loses(d)
}

// homed takes a user back to where the run moved the user from.
func (b *wayBack) homed(block *returning, d *Deed, cells []string) {
	attr := d.Kind.Attr(d.Kind.Rows.Attr)
	from, to := canonicalText(attr, d.was.values[attr.Name]), canonicalText(attr, d.left.values[attr.Name])
	state := from
	if cells != nil { // nil where users could not be read, which the plan says
		state = d.Kind.Rows.State(cells)
	}
	switch {
	case from == "":
		b.lost(d, "they are not moved: the journal does not tell where they were homed")
		return
	case state == from && d.Outcome == Declined:
		return
	case d.Outcome == Declined:
		b.keep(d, fmt.Sprintf("the run failed on them, and they are homed at %s, not at %s", orUnset(state), from))
		return
	case state != from && state != to:
		b.keep(d, fmt.Sprintf("homed at %s now, not at %s, where the run left them", orUnset(state), to))
		return
	}
	b.moved[d.Address.User] = true
	crowd := b.crowd(block, d, from)
	if missing := d.secretSteering(crowd.object.Want); missing != "" {
		b.keep(d, fmt.Sprintf("they cannot be moved: %s must not be shown, and so is in no journal. Bring the block back into the configuration first", missing))
		return
	}
	crowd.wants(attr.Name, cty.StringVal(from))
	crowd.add(d.Address.User, d.name())
	if state == to {
		b.loses(d)
	}
}

// secretSteering names what steers hybrid, must not be shown, and is wanted nowhere.
func (d *Deed) secretSteering(want cty.Value) string {
	for _, name := range d.left.hidden {
		if want.GetAttr(name).IsNull() {
			return name
		}
	}
	return ""
}

func canonicalText(a *schema.Attr, v cty.Value) string { return schema.Text(a.Canonical(v)) }

// enabled disables a user whom the run enabled.
func (b *wayBack) enabled(block *returning, d *Deed, listing Listing, cells []string) {
	switch why := b.grown(d, listing, cells); {
	case d.Outcome == Declined:
		b.keep(d, "the run failed to enable them, and they are there")
	case why != "":
		b.keep(d, why)
	default:
		crowd := b.crowd(block, d, "created")
		crowd.object.Absent = true
		crowd.add(d.Address.User, d.name())
		b.loses(d)
	}
}

// grown says in what a user whom the run enabled is no longer as the run left the user, "" where in nothing.
func (b *wayBack) grown(d *Deed, listing Listing, cells []string) string {
	if cells == nil {
		return ""
	}
	var astray []string
	for _, name := range namesOfUsers(d.Kind) {
		if v := d.left.values[name]; v.IsWhollyKnown() && !v.IsNull() && !asCell(d.Kind.Attr(name), v, listing, cells) {
			astray = append(astray, strayCell(d.Kind.Attr(name), v, listing, cells))
		}
	}
	if !b.moved[d.Address.User] && d.Kind.Rows.Created != nil {
		astray = append(astray, d.elsewhere(cells)...)
	}
	if len(astray) == 0 {
		return ""
	}
	return "changed since: " + strings.Join(astray, ", ")
}

// elsewhere names properties of a user that are not those of one who has just been created, beside name and attributes.
func (d *Deed) elsewhere(cells []string) []string {
	var astray []string
	rows := d.Kind.Rows
	made := rows.Created(d.left.values, d.Address.User, d.name())
	for n, column := range rows.Columns {
		attribute := slices.ContainsFunc(d.Kind.OfUsers(), func(a *schema.Attr) bool { return a.ReadName() == column })
		if made[n] == "" || made[n] == d.Address.User || made[n] == d.name() || attribute {
			continue
		}
		if plainCell(made[n]) != plainCell(cells[n]) {
			astray = append(astray, fmt.Sprintf("%s is %s, not %s", column, orUnset(cells[n]), made[n]))
		}
	}
	return astray
}

func plainCell(text string) string { return strings.ToLower(strings.TrimSuffix(text, ".")) }

// altered gives a user the attributes that the run changed.
func (b *wayBack) altered(block *returning, d *Deed, listing Listing, cells []string) {
	changed, ofUsers := d.changed(), namesOfUsers(d.Kind)
	changed = slices.DeleteFunc(changed, func(name string) bool { return !slices.Contains(ofUsers, name) })
	left, before, astray := d.compare(changed, listing, cells)
	switch {
	case len(changed) == 0, before && d.Outcome == Declined:
		return
	case d.Outcome == Declined:
		b.keep(d, "the run failed on them, and not all is as it was: "+strings.Join(astray, ", "))
		return
	case cells != nil && !left && !before:
		b.keep(d, "changed since: "+strings.Join(astray, ", "))
		return
	}
	var words []string
	for _, name := range changed {
		word := name
		if d.Kind.Attr(name).Mode != schema.Column {
			word = fmt.Sprintf("%s = %s", name, orUnset(cellOf(d.was.values[name])))
		}
		words = append(words, word)
	}
	b.alter(b.crowd(block, d, strings.Join(words, ", ")), d, changed)
	if left && !before {
		b.loses(d)
	}
}

// compare says whether a user has all that the run left, or all that was before, and what is neither.
func (d *Deed) compare(names []string, listing Listing, cells []string) (left, before bool, astray []string) {
	left, before = true, true
	if cells == nil {
		return left, before, nil
	}
	for _, name := range names {
		a := d.Kind.Attr(name)
		isLeft, isBefore := asCell(a, d.left.values[name], listing, cells), asCell(a, d.was.values[name], listing, cells)
		left, before = left && isLeft, before && isBefore
		if !isLeft {
			astray = append(astray, strayCell(a, d.left.values[name], listing, cells))
		}
	}
	return left, before, astray
}

// alter wants attributes of a user as they were.
func (b *wayBack) alter(crowd *returningUsers, d *Deed, names []string) {
	row := make([]string, len(crowd.object.Users.Columns()))
	row[0], row[1] = d.Address.User, d.name()
	for _, name := range names {
		v := d.was.values[name]
		if at := slices.Index(crowd.object.Users.Columns(), name); at >= 0 {
			row[at] = cellOf(v)
			continue
		}
		if a := d.Kind.Attr(name); v.IsNull() { // of a block's users nothing is unset: it has a default
			v = a.Default
		}
		crowd.wants(name, v)
	}
	crowd.add(row...)
}

func namesOfUsers(k *schema.Kind) []string {
	var names []string
	for _, a := range k.OfUsers() {
		names = append(names, a.Name)
	}
	return names
}

// asCell says whether an attribute of a live user is as a journal has it. What the journal does not tell is.
func asCell(a *schema.Attr, v cty.Value, listing Listing, cells []string) bool {
	u := userAttr{attr: a}
	at := slices.Index(columnsOf(listing), a.ReadName())
	return !v.IsWhollyKnown() || at >= 0 && u.canonical(cells[at]) == u.canonical(cellOf(v))
}

func strayCell(a *schema.Attr, v cty.Value, listing Listing, cells []string) string {
	u := userAttr{attr: a}
	is := ""
	if at := slices.Index(columnsOf(listing), a.ReadName()); at >= 0 {
		is = u.shown(cells[at])
	}
	return fmt.Sprintf("%s is %s, not %s", a.Name, orUnset(is), orUnset(cellOf(v)))
}
