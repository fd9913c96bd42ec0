package guard

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hybrid/planner"
)

// ratioFloor is how many live objects of a kind there must be before a share of them means anything.
const ratioFloor = 10

// MaxChangeRatio bounds the share of one kind's live objects that a plan changes, replaces or deletes, where there are 10
// or more. Creations and moves take nothing away.
type MaxChangeRatio struct {
	Limit float64   // from 0 to 1
	Range hcl.Range // where it is set; zero for the default
}

// Check compares for each kind and provider.
func (g MaxChangeRatio) Check(p *planner.Plan) []planner.Refusal {
	changed := changedBySource(p)
	var refusals []planner.Refusal
	for _, source := range inOrder(changed) {
		n, live := changed[source], p.LiveCount[source]
		if live >= ratioFloor && float64(n) > g.Limit*float64(live) {
			refusals = append(refusals, planner.Refusal{Guard: ChangeRatio, Range: g.Range, Text: fmt.Sprintf(
				"The plan changes %d of %d live %s objects, and max_change_ratio is %g. If that is meant, raise it in the guard block of hybrid {}.",
				n, live, source.Kind, g.Limit)})
		}
	}
	return refusals
}

func changedBySource(p *planner.Plan) map[planner.Source]int {
	changed := map[planner.Source]int{}
	for i := range p.Changes {
		c := &p.Changes[i]
		source := planner.Source{Provider: c.Provider, Kind: c.Kind.Name}
		switch c.Action {
		case planner.Update, planner.Replace, planner.Delete:
			changed[source] += c.Size()
		case planner.Create:
			changed[source] += c.Updated()
		}
	}
	return changed
}

func inOrder(m map[planner.Source]int) []planner.Source {
	return slices.SortedFunc(maps.Keys(m), func(a, b planner.Source) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Provider, b.Provider))
	})
}
