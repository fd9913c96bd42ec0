package planner

import (
	"iter"
	"slices"

	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// A Standing is one object as it was read, in texts that a later reading can be compared with.
type Standing struct {
	Address  string
	Provider string
	ID       string            // its key among the live objects of its kind and provider
	Values   map[string]string // every attribute that is compared, in JSON; what is sensitive or unknown is a word. Nil where it is absent
}

// SensitiveText stands for a value that must not be shown.
const SensitiveText = sensitiveText

// Standing is how the object of a change stands; false where that is not known, and for what is no single object: a block of
// users, a task.
func (c *Change) Standing() (Standing, bool) {
	if c.Users != nil || c.Kind.Rows != nil || c.Kind.Task != nil || c.Action == Unknown || !c.Before.IsKnown() {
		return Standing{}, false
	}
	s := Standing{Address: c.Address.String(), Provider: c.Provider, ID: c.liveID()}
	live := valueMap(c.Before)
	if live == nil {
		return s, true
	}
	s.Values = map[string]string{}
	for _, name := range standingNames(c.Kind) {
		s.Values[name] = c.standingText(name, live[name])
	}
	return s, true
}

func (c *Change) standingText(name string, live cty.Value) string {
	if c.secret(name, live) {
		return SensitiveText
	}
	return text(live)
}

// secret says whether an attribute must not be shown: by its kind, or because the configuration's value must not.
func (c *Change) secret(name string, live cty.Value) bool {
	if schema.IsSensitive(live) || c.Want != cty.NilVal && !c.Want.IsNull() && schema.IsSensitive(attributeOf(c.Want, name)) {
		return true
	}
	if a := c.Kind.Attr(name); a != nil {
		return a.Sensitive
	}
	for _, b := range c.Kind.Blocks {
		if b.Name == name {
			return slices.ContainsFunc(b.Attrs, func(a schema.Attr) bool { return a.Sensitive })
		}
	}
	return false
}

// attributeOf is an attribute with the marks of its object.
func attributeOf(v cty.Value, name string) cty.Value {
	v, marks := v.Unmark()
	if !v.IsKnown() {
		return cty.DynamicVal.WithMarks(marks)
	}
	return v.GetAttr(name).WithMarks(marks)
}

// liveID is the object's key, as [Object.LiveID] has it.
func (c *Change) liveID() string {
	v := c.Before
	if v.IsNull() {
		v = c.After
	}
	if v, _ = v.Unmark(); v.IsNull() && c.Want != cty.NilVal {
		v = c.Want
	}
	return c.Kind.LiveID(c.Identity, v)
}

// standingNames lists what of a kind's objects stays as it is unless somebody changes it: what steers hybrid is no part of
// them, and what the far end computes follows from the rest or changes of itself.
func standingNames(k *schema.Kind) []string {
	var names []string
	for i := range k.Attrs {
		if a := &k.Attrs[i]; !a.Settings && a.Mode != schema.Computed && !a.Type.HasDynamicTypes() {
			names = append(names, a.Name)
		}
	}
	for _, b := range k.Blocks {
		if b.Merge != nil {
			names = append(names, b.Name)
		}
	}
	return names
}

// UserColumns names what is known of each user of a block, whether changed or not: the attribute that users are compared
// by, or "" where a block says whether there are users, then those that the block says of them.
func (c *Change) UserColumns() []string {
	columns := []string{c.Kind.Rows.Attr}
	for i := range c.Users.attrs {
		columns = append(columns, c.Users.attrs[i].attr.Name)
	}
	return columns
}

// StandingUsers yields each user of a block as the user stands: the SIP address and a cell for each of [Change.UserColumns], or
// the address alone of a user who does not exist. The slice is used again for the next user.
func (c *Change) StandingUsers() iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		row := make([]string, 0, 2+len(c.Users.attrs))
		for n := range c.Users.Want.Len() {
			row = append(row[:0], c.Users.Want.SIP(n))
			if at, exists := c.Users.Live.Lookup(row[0]); exists {
				row = c.appendCells(row, c.Users.Live.Row(at))
			}
			if !yield(row) {
				return
			}
		}
	}
}

// appendCells adds what is known of a user who exists.
func (c *Change) appendCells(row, live []string) []string {
	row = append(row, c.standingState(live))
	for i := range c.Users.attrs {
		a := &c.Users.attrs[i]
		if a.secret {
			row = append(row, SensitiveText)
		} else {
			row = append(row, a.canonical(live[a.live]))
		}
	}
	return row
}

// standingState is where a user is homed, or [exists] where users are not compared by that.
func (c *Change) standingState(live []string) string {
	rows := c.Kind.Rows
	switch {
	case rows.State == nil:
		return exists
	case c.secret(rows.Attr, cty.NullVal(cty.String)):
		return SensitiveText
	}
	return rows.State(live)
}

// Swept gives the keys of all live objects of the exclusive kinds of a plan's options.
func Swept(live Live, o Options) map[Source][]string {
	swept := map[Source][]string{}
	for _, e := range o.Exclusives {
		source := Source{e.Provider, e.Kind.Name}
		listing, read := live[source]
		if !read || listing.Err != nil || !listing.Complete {
			continue
		}
		ids := []string{}
		for id := range listing.Objects {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		swept[source] = ids
	}
	return swept
}
