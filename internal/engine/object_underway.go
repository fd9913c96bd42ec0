package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"hybrid/internal/journal"
	"hybrid/planner"
)

// flyingLast puts changes of objects that an earlier run had under way behind the others of their block, which need not wait.
func (r *run) flyingLast(todo []planner.Change) {
	late := func(c planner.Change) int {
		if _, open := r.landings[c.Address.String()]; open {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(todo, func(a, b planner.Change) int { return late(a) - late(b) })
}

// arrives waits for an object that an earlier run had under way, until reading shows it as wanted or nothing can be going on any
// more. It gives what is still to be done then, nil where nothing is; or why it cannot be done.
func (r *run) arrives(ctx context.Context, b *begunBlock, c planner.Change, l landing) (left *planner.Change, why string) {
	for range r.looks(ctx) {
		now := r.engine.Clock.Now() // before reading: what is over by then, reading shows
		left := r.lookFor(ctx, b, c)
		switch {
		case left == nil:
			return nil, ""
		case now.Before(l.until): // whatever it shows may still change
		default:
			return left, r.unfit(left)
		}
		r.tellWaiting(c, fmt.Sprintf("it was under way when %s; it may still be going on, until %s at the latest", landings{"": l}.run(), clockTime(l.until)))
	}
	return nil, "the run was stopped"
}

// lookFor reads an object and gives what would still be changed of it; nil where nothing would.
func (r *run) lookFor(ctx context.Context, b *begunBlock, c planner.Change) *planner.Change {
	r.readBack(ctx, []*reading{b.reading})
	left, open := r.left(b.node)[c.Address.String()]
	if !open {
		return nil
	}
	return &left
}

// landed counts an object as done that an earlier run had under way.
func (r *run) landed(c planner.Change, l landing) {
	r.count(c, journal.Done)
	r.walk.Ran(c.Address)
	r.done(c, time.Duration(0), fmt.Sprintf("it was under way when %s; reading shows that it was done", l.Underway))
}
