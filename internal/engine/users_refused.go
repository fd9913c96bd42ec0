package engine

import (
	"fmt"
	"time"

	"hybrid/internal/amount"
)

// refusedToldEvery is how often people are told that nobody is taken: a quarter of an hour in which nothing is said looks like a
// program that hangs.
const refusedToldEvery = 5 * time.Minute

// drought is the time since the far end last took somebody.
type drought struct{ since, told, over time.Time }

// recovers is how long after a drought the pace says nothing of how long the rest takes: it begins with one at a time.
const recovers = 3 * time.Minute

// lately says whether a drought that people were told of ended a moment ago.
func (d drought) lately(now time.Time) bool { return !d.over.IsZero() && now.Sub(d.over) < recovers }

// tellRefused says now and then for how long nobody has been taken. It is asked each time the far end takes none, one at a time.
func (g *crowd) tellRefused() {
	now, i := g.engine.now(), &g.intake
	if i.refused <= 1 {
		i.drought = drought{since: now, told: now}
	}
	if now.Sub(i.drought.told) < refusedToldEvery {
		return
	}
	i.drought.told = now
	g.note(fmt.Sprintf("nobody has been taken for %s because of the far end's quotas; it is asked again, %d times at most",
		minutes(now.Sub(i.drought.since)), mostRefused-i.refused))
}

// wasTaken notes that the far end took a user, and says so where people were told that nobody is taken.
func (g *crowd) wasTaken() {
	i := &g.intake
	if dry := &i.drought; i.refused > 0 && dry.told.After(dry.since) {
		dry.over = g.engine.now()
		g.pulse.rest(g.engine.now, dry.since)
		g.note(fmt.Sprintf("users are taken again, after %s in which nobody was", minutes(dry.over.Sub(dry.since))))
	}
	i.refused = 0
}

// minutes is a duration of which no seconds matter.
func minutes(d time.Duration) string { return amount.Lasting(d.Truncate(time.Minute)) }
