package check

import "slices"

// Explained says of each finding that fails or is unknown which other failures may be why.
func Explained(findings []Finding) []Finding {
	failed := map[string]bool{}
	for _, f := range findings {
		failed[f.ID] = failed[f.ID] || f.Verdict == Fail
	}
	list := slices.Clone(findings)
	for n := range list {
		list[n].Because = nil
		for _, id := range list[n].After {
			if failed[id] && (list[n].Verdict == Fail || list[n].Verdict == Unknown) {
				list[n].Because = append(list[n].Because, id)
			}
		}
	}
	return list
}

// InOrder puts findings in the order in which they are to be looked at, explained by one another: what fails before what is not
// known, what blocks before what warns, and causes before what follows from them. Otherwise their order is kept.
func InOrder(findings []Finding) []Finding {
	left := Explained(findings)
	slices.SortStableFunc(left, func(a, b Finding) int { return a.weight() - b.weight() })
	ordered := make([]Finding, 0, len(left))
	for len(left) > 0 {
		next := max(0, slices.IndexFunc(left, func(f Finding) bool { return !explainedBy(f, left) }))
		ordered = append(ordered, left[next])
		left = slices.Delete(left, next, next+1)
	}
	return ordered
}

// explainedBy says whether one of some findings may be why another one is what it is.
func explainedBy(f Finding, some []Finding) bool {
	return slices.ContainsFunc(some, func(o Finding) bool { return o.Verdict == Fail && slices.Contains(f.Because, o.ID) })
}

// weight is the less the more a finding matters.
func (f Finding) weight() int {
	n := 2 * slices.Index([]Verdict{Fail, Unknown, Waived, Pass, NoCause}, f.Verdict)
	if !f.Blocks {
		n++
	}
	return n
}
