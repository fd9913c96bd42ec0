package planner

import (
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/roster"
	"hybrid/schema"
)

// returningUsers are those users of one block, or of an instance of it, of whom the same is wanted.
type returningUsers struct {
	key    string // what is wanted of them, in words
	object Object // its address is that of the instance
	rows   [][]string
}

// add takes in a user.
func (c *returningUsers) add(row ...string) { c.rows = append(c.rows, row) }

// fill makes the table, in the order of addresses: side by side, no run does users in the same order twice.
func (c *returningUsers) fill() {
	slices.SortFunc(c.rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	for _, row := range c.rows {
		c.object.Users.Append(row...)
	}
}

// crowd is the users of a deed's block of whom the same is wanted.
func (b *wayBack) crowd(block *returning, d *Deed, key string) *returningUsers {
	instance := d.Address
	instance.User = ""
	for _, c := range block.crowds {
		if c.key == key && c.object.Address.Compare(instance) == 0 && c.object.Provider == d.Provider {
			return c
		}
	}
	want := d.unwanted()
	if len(instance.Labels) > 0 {
		want["identity"] = cty.StringVal(instance.Labels[0])
	}
	b.steering(want, d)
	o := Object{Address: instance, Kind: d.Kind, Provider: d.Provider, Want: cty.ObjectVal(want), Users: roster.New(d.columns()...), Exact: d.ownColumns()}
	if of := b.declared[instance.String()]; of != nil {
		o.Range, o.PreventDestroy = of.Range, of.PreventDestroy
	}
	c := &returningUsers{key: key, object: o}
	block.crowds = append(block.crowds, c)
	return c
}

// columns are those of the table of users of a deed's crowd.
func (d *Deed) columns() []string {
	return append([]string{"sip_address", "identity"}, d.ownColumns()...)
}

// ownColumns are the columns of a user's own attributes that the run changed: in which an empty cell means unset.
func (d *Deed) ownColumns() []string {
	if d.Action != Update {
		return nil
	}
	return slices.DeleteFunc(d.changed(), func(name string) bool { a := d.Kind.Attr(name); return a == nil || a.Mode != schema.Column })
}

// wants sets what the block says of all its users.
func (c *returningUsers) wants(name string, v cty.Value) {
	want := c.object.Want.AsValueMap()
	want[name] = v
	c.object.Want = cty.ObjectVal(want)
}

// gather makes objects of the users, one for those of whom the same is wanted. Where a block or an instance has several, what is
// wanted is part of their addresses.
func (b *wayBack) gather() {
	for _, block := range b.order {
		for _, c := range block.crowds {
			if len(c.rows) == 0 {
				continue
			}
			alike := 0
			for _, other := range block.crowds {
				if len(other.rows) > 0 && other.object.Address.Compare(c.object.Address) == 0 {
					alike++
				}
			}
			c.fill()
			o := c.object
			if alike > 1 {
				o.Address = o.Address.At(strings.TrimPrefix(o.Address.Key+", "+c.key, ", "))
			}
			block.objects = append(block.objects, o)
		}
	}
}
