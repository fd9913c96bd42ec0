package config

import "hybrid/planner"

// orderKinds adds the kinds' own order: after all blocks of the kinds named by After, except those that come after the
// block itself.
func (l *loader) orderKinds() {
	needed := map[*resource][]*resource{} // by block, those that come directly after it
	byAddress := map[string]*resource{}
	for _, r := range l.resources {
		byAddress[r.address.String()] = r
	}
	for _, r := range l.resources {
		for _, edge := range r.needs {
			needed[byAddress[edge.To]] = append(needed[byAddress[edge.To]], r)
		}
	}
	for _, r := range l.resources {
		later, before := map[*resource]bool{}, r.predecessors()
		for _, first := range r.kind.After {
			if first == r.kind.Name || len(l.byKind[first]) == 0 {
				continue
			}
			if len(later) == 0 {
				followers(later, r, needed)
			}
			for _, to := range l.byKind[first] {
				if !later[to] && !before[to.address.String()] {
					r.needs = append(r.needs, planner.Edge{To: to.address.String(), Why: planner.KindOrder})
					needed[to] = append(needed[to], r)
				}
			}
		}
	}
}

// predecessors are the addresses of the blocks that the block comes directly after.
func (r *resource) predecessors() map[string]bool {
	before := make(map[string]bool, len(r.needs))
	for _, edge := range r.needs {
		before[edge.To] = true
	}
	return before
}

// followers marks a block and everything that comes after it.
func followers(marked map[*resource]bool, r *resource, needed map[*resource][]*resource) {
	stack := []*resource{r}
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !marked[at] {
			marked[at] = true
			stack = append(stack, needed[at]...)
		}
	}
}
