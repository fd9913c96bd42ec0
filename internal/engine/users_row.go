package engine

import (
	"context"
	"time"

	"hybrid/internal/journal"
	"hybrid/planner"
)

// Users are carried out in rows, as many as are taken at once: what became of one and what is about to be done of the next reach
// the disk by one fsync, without which a row would wait for two a user.

// carried is a user of whom the far end said that it is done, and whose outcome is not on disk yet.
type carried struct {
	n      int
	change planner.Change
	took   time.Duration
}

// row carries out users one after the other, beginning with one, as long as another may be begun at once.
func (g *crowd) row(ctx context.Context, n, round int) {
	defer g.finished()
	var done *carried
	for more := true; more; {
		done = g.user(ctx, n, round, done)
		n, round, more = g.next(ctx)
	}
	if done != nil {
		g.book.outcome(done.change, journal.Done, "", done.took)
		g.counted(done)
	}
}

// next takes a user from the queue in the place of one who is through; false where the row ends.
func (g *crowd) next(ctx context.Context) (n, round int, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := &g.intake
	if i.running < i.pace.Limit() {
		i.freed.Broadcast() // there is place for another row
	}
	if i.running > i.pace.Limit() || len(i.queue) == 0 || g.barred(ctx) != "" {
		return 0, 0, false
	}
	n, round = i.pop()
	return n, round, true
}

// announce puts a user's intent on disk, and with it the outcome of the one before, who counts from then on; false means that
// the user must not be begun.
func (g *crowd) announce(before *carried, n int, c planner.Change) bool {
	if before == nil {
		return g.book.intent(g.intent(n, c))
	}
	begun := g.book.turn(before.change, before.took, g.intent(n, c))
	g.counted(before)
	return begun
}

func (g *crowd) counted(done *carried) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.count(done.n, done.change, nil, done.took)
}

// intent is a user as the journal announces it. Most become what the block says of all, which is written once.
func (g *crowd) intent(n int, c planner.Change) (e journal.Entry) {
	if c.After.RawEquals(g.change.After) {
		e = g.engine.intentTo(c, g.after)
	} else {
		e = g.engine.intent(c)
	}
	if c.Kind.Rows.Judge != nil {
		e.Was = g.was(n)
	}
	return e
}
