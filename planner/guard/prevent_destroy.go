package guard

import (
	"fmt"
	"strings"

	"hybrid/planner"
)

// PreventDestroy refuses to delete or replace what its own block protects: lifecycle { prevent_destroy = true }.
type PreventDestroy struct{}

// Check gives a refusal a block.
func (PreventDestroy) Check(p *planner.Plan) []planner.Refusal {
	var refusals []planner.Refusal
	for i := range p.Changes {
		if c := &p.Changes[i]; c.PreventDestroy && destroys(c) {
			refusals = append(refusals, planner.Refusal{Guard: Prevented, Range: c.Range, Text: fmt.Sprintf(
				"%s has prevent_destroy in its lifecycle block, and this plan would %s it%s. Take back the change, or remove prevent_destroy.",
				c.Address, c.Action, because(c))})
		}
	}
	return refusals
}

// destroys says whether a change deletes or replaces anything.
func destroys(c *planner.Change) bool {
	return (c.Action == planner.Delete || c.Action == planner.Replace) && c.Size() > 0
}

func because(c *planner.Change) string {
	if len(c.Replace) == 0 {
		return ""
	}
	names := make([]string, len(c.Replace))
	for i, p := range c.Replace {
		names[i] = planner.AttrName(p)
	}
	return ", since " + strings.Join(names, ", ") + " can only be set at creation"
}
