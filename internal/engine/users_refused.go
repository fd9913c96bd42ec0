package engine

import (
	"fmt"
	"time"
)

// refusedToldEvery is how often people are told that nobody is taken: a quarter of an hour in which nothing is said looks like a
// program that hangs.
const refusedToldEvery = 5 * time.Minute

// drought is the time since the far end last took somebody.
type drought struct{ since, told time.Time }

// tellRefused says now and then for how long nobody has been taken. It is asked each time the far end takes none, one at a time.
func (g *crowd) tellRefused() {
	now, i := g.engine.now(), &g.intake
	if i.refused <= 1 {
		i.drought = drought{now, now}
	}
	if now.Sub(i.drought.told) < refusedToldEvery {
		return
	}
	i.drought.told = now
	g.note(fmt.Sprintf("nobody has been taken for %d min because of the far end's quotas; it is asked again, %d times at most",
		int(now.Sub(i.drought.since).Minutes()), mostRefused-i.refused))
}
