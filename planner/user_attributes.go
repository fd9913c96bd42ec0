package planner

import (
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// A userAttr is an attribute of which a block says what its users are to have, ready for comparing row by row.
type userAttr struct {
	attr    *schema.Attr
	want    string // of all users of the block; for a column ""
	column  int    // of the wanted table, -1 where the block says it of all
	live    int    // the column of the table that was read
	fresh   string // what a user has who has just been created
	ignored bool   // lifecycle: left alone where the user exists
	exact   bool   // an empty cell is not left alone: it is wanted unset, as [Object.Exact] has it
	secret  bool
}

// OfUsers lists the attributes that the object says of its users: nothing else of them is read, compared or changed.
func (o *Object) OfUsers() []*schema.Attr {
	if o.Absent {
		return nil
	}
	if o.Everybody {
		return o.Kind.OfUsers()
	}
	return slices.DeleteFunc(o.Kind.OfUsers(), func(a *schema.Attr) bool {
		if a.Mode == schema.Column {
			return !slices.Contains(o.Users.Columns(), a.Name)
		}
		return o.Want.IsNull() || o.Want.GetAttr(a.Name).IsNull()
	})
}

// OfUsersOnce lists those of OfUsers of which each value may be one user's only.
func (o *Object) OfUsersOnce() []*schema.Attr {
	if o.Kind.Rows == nil || o.Users == nil {
		return nil
	}
	return slices.DeleteFunc(o.OfUsers(), func(a *schema.Attr) bool { return a.Unique == "" || a.Mode != schema.Column })
}

// Columns are the properties that are read of each user: those of the kind, then what else the object speaks of.
func (o *Object) Columns() []string {
	columns := slices.Clone(o.Kind.Rows.Columns)
	for _, a := range o.OfUsers() {
		if !slices.Contains(columns, a.ReadName()) {
			columns = append(columns, a.ReadName())
		}
	}
	return columns
}

// userAttrs prepares comparing; a reason where there is nothing to compare with.
func userAttrs(o *Object, listing Listing) (attrs []userAttr, missing string) {
	for _, a := range o.OfUsers() {
		u := userAttr{attr: a, column: slices.Index(o.Users.Columns(), a.Name), ignored: slices.Contains(o.Ignore, a.Name), exact: slices.Contains(o.Exact, a.Name)}
		if a.Mode != schema.Column {
			v := o.Want.GetAttr(a.Name)
			if !v.IsWhollyKnown() {
				return nil, a.Name + " is not known before apply"
			}
			u.column, u.want, u.secret = -1, u.canonical(cellOf(v)), schema.IsSensitive(v)
		}
		if u.live = slices.Index(columnsOf(listing), a.ReadName()); u.live < 0 && listing.Users.Len() > 0 {
			return nil, a.Name + " of the users was not read"
		}
		u.fresh = u.created(o)
		attrs = append(attrs, u)
	}
	return attrs, ""
}

func columnsOf(listing Listing) []string {
	if listing.Users == nil {
		return nil
	}
	return listing.Users.Columns()
}

// created is what the attribute of a user is whom the block has just created.
func (u *userAttr) created(o *Object) string {
	rows := o.Kind.Rows
	if at := slices.Index(rows.Columns, u.attr.ReadName()); at >= 0 && rows.Created != nil {
		return u.canonical(rows.Created(valueMap(o.Want), "", "")[at])
	}
	return u.canonical("")
}

// cellOf is a value as a table of users has it: "true", "false" or a text.
func cellOf(v cty.Value) string {
	v, _ = v.Unmark()
	switch {
	case v.IsNull():
		return ""
	case v.Type() == cty.Bool && v.True():
		return "true"
	case v.Type() == cty.Bool:
		return "false"
	}
	return v.AsString()
}

// canonical is the form in which cells are compared. A property that is not set is what the far end takes it for.
func (u *userAttr) canonical(cell string) string {
	switch a := u.attr; {
	case cell == "" && a.Default != cty.NilVal:
		return cellOf(a.Default)
	case strings.EqualFold(cell, "true") && a.Type == cty.Bool:
		return "true"
	case strings.EqualFold(cell, "false") && a.Type == cty.Bool:
		return "false"
	case cell != "" && (a.Norm != nil || len(a.OneOf) > 0):
		return cellOf(a.Canonical(cty.StringVal(cell)))
	}
	return cell
}

// of is what the configuration wants of a user, "" where it leaves the attribute alone.
func (u *userAttr) of(want []string) string {
	if u.column >= 0 {
		return want[u.column]
	}
	return u.want
}

// differs compares one user with what is live, or, with nil, with what a new user has. Only cells that are not the same
// text are brought into their canonical form.
func (u *userAttr) differs(want, live []string) bool {
	wanted := u.of(want)
	switch {
	case wanted == "" && !u.exact || live != nil && u.ignored:
		return false
	case live == nil:
		return u.canonical(wanted) != u.fresh
	}
	return wanted != live[u.live] && u.canonical(wanted) != u.canonical(live[u.live])
}

// value is a cell as a value of the attribute, null where it is empty.
func (u *userAttr) value(cell string) cty.Value {
	switch {
	case cell == "":
		return cty.NullVal(u.attr.Type)
	case u.attr.Type == cty.Bool:
		return cty.BoolVal(strings.EqualFold(cell, "true"))
	}
	return cty.StringVal(cell)
}

// A UserDifference is an attribute of a user that is not as wanted. What is secret is not in it.
type UserDifference struct {
	Name          string
	Before, After string // "true", "false" or a text; "" where unset
	Own           bool   // the user's own, not said of the whole block
	Bool, Secret  bool
}

// Differences lists what differs of the nth user; of a user who does not exist yet, what creating alone does not bring.
func (u *UserChanges) Differences(n int) []UserDifference {
	var all []UserDifference
	want, live := u.Want.Row(int(u.Pick[n])), u.liveCells(n)
	for i := range u.attrs {
		if a := &u.attrs[i]; a.differs(want, live) {
			all = append(all, a.difference(want, live))
		}
	}
	return all
}

func (u *userAttr) difference(want, live []string) UserDifference {
	d := UserDifference{Name: u.attr.Name, Before: u.fresh, After: u.of(want), Own: u.column >= 0, Bool: u.attr.Type == cty.Bool, Secret: u.secret}
	if live != nil {
		d.Before = u.shown(live[u.live])
	}
	if u.secret {
		d.Before, d.After = sensitiveText, sensitiveText
	}
	return d
}

// shown is a live cell as the far end has it, true and false in the words of the configuration.
func (u *userAttr) shown(cell string) string {
	if u.attr.Type == cty.Bool || cell == "" {
		return u.canonical(cell)
	}
	return cell
}

// liveCells is what was read of the nth user, nil where the user does not exist.
func (u *UserChanges) liveCells(n int) []string {
	if at := u.At[n]; at >= 0 {
		return u.Live.Row(int(at))
	}
	return nil
}

// attributed completes the change of the nth user by the user's own attributes, before and after.
func (c Change) attributed(n int) Change {
	u := c.Users
	want, live := u.Want.Row(int(u.Pick[n])), u.liveCells(n)
	after, before := c.After.AsValueMap(), valueMap(c.Before)
	for i := range u.attrs {
		a := &u.attrs[i]
		if a.column >= 0 {
			after[a.attr.Name] = a.value(want[a.column])
		}
		if before != nil {
			before[a.attr.Name] = a.value(a.shown(live[a.live]))
		}
		if a.differs(want, live) {
			c.Paths = append(c.Paths, cty.GetAttrPath(a.attr.Name))
		}
	}
	c.After = cty.ObjectVal(after)
	if before != nil {
		c.Before = cty.ObjectVal(before)
	}
	return c
}
