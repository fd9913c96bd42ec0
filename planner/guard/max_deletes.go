package guard

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"hybrid/planner"
)

// MaxDeletes bounds how many objects and users a plan deletes or replaces.
type MaxDeletes struct {
	Limit int
	Range hcl.Range // where it is set; zero for the default
}

// Check counts deletions and replacements.
func (g MaxDeletes) Check(p *planner.Plan) []planner.Refusal {
	n := p.Count().Deleted()
	if n <= g.Limit {
		return nil
	}
	return []planner.Refusal{{Guard: Deletes, Range: g.Range, Text: fmt.Sprintf(
		"The plan deletes or replaces %s, and max_deletes is %d. If that is meant, raise it in the guard block of hybrid {}.",
		number(n, "object"), g.Limit)}}
}
