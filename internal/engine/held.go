package engine

import (
	"context"
	"fmt"
	"strings"

	"hybrid/planner"
)

// unfit says why a change cannot be carried out as it was approved; "" where it can.
func (r *run) unfit(c *planner.Change) string {
	if deviations := r.approved.Deviations(c); len(deviations) > 0 {
		return "not as approved: " + deviations[0].Text
	}
	if c.Action == planner.Unknown {
		return "nothing is done where live state is not known: " + c.Reason
	}
	return ""
}

// held says why a node is not begun, "" where it is; and which block that comes first it is held back by, if any.
func (r *run) held(ctx context.Context, node *planner.Node) (why, first string) {
	if why := r.halted(ctx); why != "" || node == nil {
		return why, ""
	}
	for _, edge := range node.Needs {
		if r.failed[edge.To] {
			return edge.To + " comes first, and " + r.fate(edge.To), edge.To
		}
	}
	for _, edge := range node.Follows {
		if failed := r.failedSides[side{edge.Kind, edge.Leaving}]; failed != "" {
			return fmt.Sprintf("%s comes first, and %s (%s)", failed, r.fate(failed), edge.Sentence(node.Kind.Name)), failed
		}
	}
	return "", ""
}

// fate is what has become of a block that holds others back.
func (r *run) fate(address string) string {
	if r.late[address] != "" {
		return "what is left of it waits for its window"
	}
	return "it failed"
}

// halted says why nothing at all may be begun any more; "" where it may.
func (r *run) halted(ctx context.Context) string {
	if err := r.book.failure(); err != nil {
		return "the journal cannot be written"
	}
	if r.interrupted(ctx) {
		return "the run was stopped"
	}
	return ""
}

// countermanded says why what was announced must not be begun any more; "" where it may. A journal that is not this run's any more is told
// by whatever is announced next.
func (r *run) countermanded(ctx context.Context) string {
	if why := r.halted(ctx); why != "" {
		return why
	}
	if err := r.Journal.Check(); err != nil {
		why, _, _ := strings.Cut(err.Error(), "\n")
		return why
	}
	return ""
}

func (r *run) interrupted(ctx context.Context) bool {
	select {
	case <-r.Stop:
		return true
	case <-ctx.Done():
		return true
	default:
		return false
	}
}
