// Package guard holds what stands between a plan and its being carried out, whatever else is right about it: limits, what is
// protected, and policies. Each guard is a filter of one method: a plan in, the reasons to refuse it out.
//
// A guard can be set aside for one run, with a reason ([Divide]). Nothing else can: what is not known, what the servers
// would not take, and windows are no guards.
package guard

import (
	"fmt"

	"hybrid/planner"
)

// A Guard looks at a plan and says why it is not to be carried out; nothing where it may be.
type Guard interface {
	Check(p *planner.Plan) []planner.Refusal
}

// Check holds a plan against guards, in their order.
func Check(p *planner.Plan, guards []Guard) []planner.Refusal {
	var all []planner.Refusal
	for _, g := range guards {
		all = append(all, g.Check(p)...)
	}
	return all
}

// The names of guards, as refusals and overrides give them. Those of policies begin with Policy.
const (
	Deletes     = "max_deletes"
	Moves       = "max_moves"
	ChangeRatio = "max_change_ratio"
	Prevented   = "prevent_destroy"
	Users       = "protected_users"
	Domains     = "protected_domains"
	Policy      = "policy."
)

// Names lists the guards that every configuration has.
func Names() []string { return []string{Deletes, Moves, ChangeRatio, Prevented, Users, Domains} }

// number is "1 object", "2 objects".
func number(n int, of string) string {
	if n != 1 {
		of += "s"
	}
	return fmt.Sprintf("%d %s", n, of)
}
