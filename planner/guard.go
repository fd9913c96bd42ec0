package planner

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// A Guard is a limit beyond which a plan is not carried out, whatever else is right about it.
type Guard struct {
	MaxDeletes     int     // objects and users deleted or replaced
	MaxMoves       int     // users moved
	MaxChangeRatio float64 // changed, replaced or deleted share of one kind's live objects, where there are 10 or more
}

// DefaultGuard is what holds where a configuration says nothing.
var DefaultGuard = Guard{MaxDeletes: 0, MaxMoves: 500, MaxChangeRatio: 0.3}

// ratioFloor is how many live objects of a kind there must be before a share of them means anything.
const ratioFloor = 10

// A Refusal is a guard that a plan does not pass.
type Refusal struct {
	Guard string // "max_deletes"
	Text  string // what the plan would do, the limit, and what to do about it
	// Range is the line of the configuration that it is about; zero where it is about the plan as a whole.
	Range hcl.Range
}

// Check names every limit that a plan exceeds.
func (g Guard) Check(p *Plan) []Refusal {
	counts := p.Count()
	var refusals []Refusal
	if n := counts.Deleted(); n > g.MaxDeletes {
		refusals = append(refusals, Refusal{Guard: "max_deletes", Text: fmt.Sprintf(
			"the plan deletes or replaces %s, and max_deletes is %d. If that is meant, raise it in the guard block of hybrid {}.", number(n, "object"), g.MaxDeletes)})
	}
	if n := counts.Moved; n > g.MaxMoves {
		refusals = append(refusals, Refusal{Guard: "max_moves", Text: fmt.Sprintf(
			"the plan moves %s, and max_moves is %d. Move fewer at a time, or raise it in the guard block of hybrid {}.", number(n, "user"), g.MaxMoves)})
	}
	return append(refusals, g.ratios(p)...)
}

// number is "1 object", "2 objects".
func number(n int, of string) string {
	if n != 1 {
		of += "s"
	}
	return fmt.Sprintf("%d %s", n, of)
}

// ratios checks the share of each kind's live objects that changes. Creations and moves take nothing away.
func (g Guard) ratios(p *Plan) []Refusal {
	changed := map[Source]int{}
	for i := range p.Changes {
		c := &p.Changes[i]
		switch c.Action {
		case Update, Replace, Delete:
			changed[Source{c.Provider, c.Kind.Name}] += c.Size()
		case Create:
			changed[Source{c.Provider, c.Kind.Name}] += c.Updated()
		}
	}
	var refusals []Refusal
	for _, source := range sortedSources(changed) {
		n, live := changed[source], p.LiveCount[source]
		if live >= ratioFloor && float64(n) > g.MaxChangeRatio*float64(live) {
			refusals = append(refusals, Refusal{Guard: "max_change_ratio", Text: fmt.Sprintf(
				"the plan changes %d of %d live %s objects, and max_change_ratio is %g. If that is meant, raise it in the guard block of hybrid {}.",
				n, live, source.Kind, g.MaxChangeRatio)})
		}
	}
	return refusals
}

func sortedSources[V any](m map[Source]V) []Source {
	sources := make([]Source, 0, len(m))
	for s := range m {
		sources = append(sources, s)
	}
	slices.SortFunc(sources, func(a, b Source) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Provider, b.Provider))
	})
	return sources
}

// Size is how many objects or users a change is about: 1, or as many users as change.
func (c *Change) Size() int {
	if c.Users != nil {
		return c.Users.Len()
	}
	return 1
}

// Updated is how many users who exist a change is about, where it is about users with attributes.
func (c *Change) Updated() int {
	if c.Users == nil || c.Action != Create && c.Action != Update {
		return 0
	}
	return c.Users.Len() - c.Users.Created()
}

// Counts is a plan in numbers.
type Counts struct {
	Created, Updated, Replaced, Removed int // objects
	Run                                 int // objects of which nothing differs, but something is to be run or waited for
	Enabled, Altered, Disabled, Moved   int // users; those altered exist and get other attributes
	Same                                int // objects and users that are as wanted
	Blocked                             int // users that are not as wanted and must not be changed
	Unknown                             int // objects whose live state could not be read
}

// Deleted is how many objects and users lose what they have: deletions and replacements.
func (n Counts) Deleted() int { return n.Replaced + n.Removed + n.Disabled }

// Changes is how many objects and users a plan changes.
func (n Counts) Changes() int {
	return n.Created + n.Updated + n.Replaced + n.Removed + n.Run + n.Enabled + n.Altered + n.Disabled + n.Moved
}

// Count counts a plan.
func (p *Plan) Count() Counts {
	var n Counts
	for i := range p.Changes {
		n.add(&p.Changes[i])
	}
	return n
}

func (n *Counts) add(c *Change) {
	if u := c.Users; u != nil && c.Action != Unknown {
		n.Same += u.Same
		n.Blocked += len(u.Blocked)
		switch c.Action {
		case Create, Update:
			n.Enabled += u.Created()
			n.Altered += c.Updated()
		case Delete:
			n.Disabled += u.Len()
		case Move:
			n.Moved += u.Len()
		}
		return
	}
	switch c.Action {
	case NoOp:
		n.Same++
	case Create:
		n.Created++
	case Update:
		n.Updated++
	case Replace:
		n.Replaced++
	case Delete:
		n.Removed++
	case Run:
		n.Run++
	case Unknown:
		n.Unknown++
	}
}
