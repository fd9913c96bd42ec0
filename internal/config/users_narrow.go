package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/roster"
	"hybrid/planner"
)

// OnlyUsers narrows every block of users to some of them, by SIP address, for a plan that is to touch nobody else. Blocks that
// name none of them are about nobody then.
func (c *Config) OnlyUsers(sips []string) {
	keep := make(map[string]bool, len(sips))
	for _, sip := range sips {
		keep[roster.Canonical(sip)] = true
	}
	for i := range c.Objects {
		narrow(&c.Objects[i], keep)
	}
	for _, node := range c.Nodes {
		if node.Kind.Rows == nil {
			continue
		}
		whole := node.Evaluate
		node.Evaluate = func(after map[string]cty.Value) ([]planner.Object, hcl.Diagnostics) {
			objects, diags := whole(after)
			for i := range objects {
				narrow(&objects[i], keep)
			}
			return objects, diags
		}
	}
}

// narrow leaves in an object only the users that are kept.
func narrow(o *planner.Object, keep map[string]bool) {
	if o.Users == nil {
		return
	}
	table, rows := roster.New(o.Users.Columns()...), []int(nil)
	for row, cells := range o.Users.Rows() {
		if keep[o.Users.SIP(row)] {
			table.Append(cells...)
			rows = append(rows, row)
		}
	}
	if place := o.UserPlace; place != nil {
		o.UserPlace = func(row int) string { return place(rows[row]) }
	}
	o.Users = table
}
