package guard

import "hybrid/planner"

// Divide tells refusals that stand from those that overrides let through, and names the overrides that nothing needs. An
// override lets through what its own guard refuses, and nothing else.
func Divide(refusals []planner.Refusal, overrides []planner.Override) (standing []planner.Refusal, aside []planner.SetAside, unneeded []string) {
	by := make(map[string]planner.Override, len(overrides))
	for _, o := range overrides {
		by[o.Guard] = o
	}
	needed := map[string]bool{}
	for _, r := range refusals {
		if o, ok := by[r.Guard]; ok {
			aside = append(aside, planner.SetAside{Refusal: r, Override: o})
			needed[r.Guard] = true
		} else {
			standing = append(standing, r)
		}
	}
	for _, o := range overrides {
		if !needed[o.Guard] {
			unneeded = append(unneeded, o.Guard)
			needed[o.Guard] = true
		}
	}
	return standing, aside, unneeded
}
