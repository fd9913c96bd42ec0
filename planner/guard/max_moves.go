package guard

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"hybrid/planner"
)

// MaxMoves bounds how many users a plan moves.
type MaxMoves struct {
	Limit int
	Range hcl.Range // where it is set; zero for the default
}

// Check counts moves.
func (g MaxMoves) Check(p *planner.Plan) []planner.Refusal {
	n := p.Count().Moved
	if n <= g.Limit {
		return nil
	}
	return []planner.Refusal{{Guard: Moves, Range: g.Range, Text: fmt.Sprintf(
		"The plan moves %s, and max_moves is %d. Move fewer at a time, or raise it in the guard block of hybrid {}.",
		number(n, "user"), g.Limit)}}
}
