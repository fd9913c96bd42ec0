package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"hybrid/internal/event"
	"hybrid/internal/journal"
	"hybrid/internal/roster"
	"hybrid/planner"
)

// split parts the users of a block into those who are taken as ever and those of whom something may still be going on.
func (g *crowd) split() (free, flying []int) {
	for n := range g.change.Users.Len() {
		if _, open := g.landings[g.change.Users.SIP(n)]; open {
			flying = append(flying, n)
		} else {
			free = append(free, n)
		}
	}
	return free, flying
}

// landed waits, when all others have been taken, for users whom an earlier run had begun: until reading shows them as wanted.
// Who does not show when nothing can be going on any more is taken as ever.
func (g *crowd) landed(ctx context.Context, flying []int) {
	unread := 0
	for pause := firstPause; len(flying) > 0 && g.mayGoOn(ctx); pause = min(2*pause, mostPause) {
		now := g.engine.Clock.Now() // before reading: what is over by then, reading shows
		left := g.read(ctx, flying)
		if left.Action == planner.Unknown {
			unread++
		} else {
			unread = 0
			var over []int
			flying, over = g.land(flying, left, now)
			if len(over) > 0 && !g.batch(ctx, over) {
				return
			}
		}
		if len(flying) == 0 {
			return
		}
		if unread >= mostUnread && now.After(g.open(flying).latest()) {
			g.over = "what an earlier run had under way could not be read: " + left.Reason
			return
		}
		g.tellWaiting(g.change, g.awaited(flying))
		if !g.rests(ctx, pause) {
			g.over = g.halted(ctx)
			return
		}
	}
}

// open is what may be going on of some users.
func (g *crowd) open(users []int) landings {
	open := landings{}
	for _, n := range users {
		sip := g.change.Users.SIP(n)
		open[sip] = g.landings[sip]
	}
	return open
}

// awaited says what is waited for.
func (g *crowd) awaited(flying []int) string {
	open, who := g.open(flying), fmt.Sprintf("%d users were", len(flying))
	if len(flying) == 1 {
		who = "1 user was"
	}
	return fmt.Sprintf("%s under way when %s; it may still be going on, until %s at the latest", who, open.run(), clockTime(open.latest()))
}

// rests waits, without counting that as time in which users are taken.
func (g *crowd) rests(ctx context.Context, pause time.Duration) bool {
	defer g.pulse.rest(g.engine.now, g.engine.now())
	return g.sleep(ctx, pause)
}

// land settles those who show as wanted in what was read after a moment, and gives those who are still waited for and those of
// whom nothing can have been going on by then.
func (g *crowd) land(flying []int, left planner.Change, moment time.Time) (still, over []int) {
	open := stillOpen(left)
	for _, n := range flying {
		l := g.landings[g.change.Users.SIP(n)]
		f := g.find(n, left.Users.Live, open)
		switch {
		case f.shown:
			g.arrived(n, l, f)
		case moment.Before(l.until):
			still = append(still, n)
		case f.torn && !g.asPlanned(n, left.Users.Live):
			g.stuck(n, l, f)
		default:
			over = append(over, n)
		}
	}
	return still, over
}

// asPlanned says whether a user shows what the plan was made from.
func (g *crowd) asPlanned(n int, live *roster.Table) bool {
	columns := len(g.change.Kind.Rows.Columns)
	return slices.Equal(g.change.Users.Were(n, columns), cellsOf(live, g.change.Users.SIP(n), columns))
}

// arrived counts a user as done whom an earlier run had begun.
func (g *crowd) arrived(n int, l landing, f finding) {
	c := g.change.User(n)
	g.outcomes.tried++
	g.outcomes.done = append(g.outcomes.done, n)
	g.run.count(c, journal.Done)
	g.judged(event.Note, c, fmt.Sprintf("it was under way when %s; reading shows that it was done", l.Underway), f)
	g.Events(g.progress())
}

// stuck leaves a user in doubt in whom an earlier run's call has stopped half way.
func (g *crowd) stuck(n int, l landing, f finding) {
	c := g.change.User(n)
	g.outcomes.tried++
	g.outcomes.torn = append(g.outcomes.torn, n)
	why := fmt.Sprintf("it was under way when %s, and %s%s", l.Underway, inBetween, f.lacks)
	g.judged(event.Doubt, c, why, f)
	g.book.torn(c, why, g.intent(n, c))
}
