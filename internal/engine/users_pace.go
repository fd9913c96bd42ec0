package engine

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"hybrid/internal/amount"
	"hybrid/internal/event"
	"hybrid/providers"
)

// Users are taken so many at once as goes well: the pace begins at half of what the wave allows.

// mostRefused is how often in a row a far end that is asked for one user at a time may take none: providers wait half a
// minute each time, so that a host which is busy for a quarter of an hour is waited for.
const mostRefused = 40

// toldEvery is how often people are told that fewer users are taken at once; the log has every step.
const toldEvery = time.Minute

// paced is when people were last told how many users are taken at once, and how many that were.
type paced struct {
	at time.Time
	to int
}

// drain begins rows of users until the queue is empty or none may be begun, and waits for those who are under way.
func (g *crowd) drain(ctx context.Context) {
	var wait sync.WaitGroup
	for {
		n, round, ok := g.take(ctx)
		if !ok {
			break
		}
		wait.Go(func() { g.row(ctx, n, round) })
	}
	wait.Wait()
}

// take waits for its turn and takes a user from the queue. Whether one may be begun is asked last thing: much may have
// happened while it waited.
func (g *crowd) take(ctx context.Context) (n, round int, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for g.running > 0 && (len(g.queue) == 0 || g.running >= g.pace.Limit()) {
		g.freed.Wait()
	}
	if len(g.queue) == 0 || g.barred(ctx) != "" {
		return 0, 0, false
	}
	n, g.queue = g.queue[0], g.queue[1:]
	g.running++
	return n, g.pace.Round(), true
}

// finished makes place for the next.
func (g *crowd) finished() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running--
	g.freed.Broadcast()
}

// again puts a user back of whom nothing was sent, and says whether it has; a far end that takes nobody for long is an outage.
func (g *crowd) again(n int, failure error) bool {
	if providers.Withdrawn(failure) {
		g.queue = slices.Insert(g.queue, 0, n)
		return true
	}
	if !providers.Busy(failure) {
		g.wasTaken()
		return false
	}
	if g.pace.Limit() == 1 {
		g.refused++
		g.tellRefused()
	}
	if g.refused >= mostRefused {
		g.common = fmt.Sprintf("nothing was taken %d times in a row, one user at a time", g.refused)
		return false
	}
	g.queue = slices.Insert(g.queue, 0, n)
	return true
}

// quotas is why fewer users are taken at once by a far end that refuses or keeps waiting.
const quotas = "the far end takes no more for now because of its quotas, and is asked again"

// strains is how often the provider has waited for a far end that took no more.
func (g *crowd) strains() int64 {
	if s, ok := g.provider.(providers.Strained); ok {
		return s.Strains()
	}
	return 0
}

// adapt takes in how a user went, and whether the far end was waited for meanwhile, and tells where that changes how many are
// taken at once.
func (g *crowd) adapt(round int, failure error, strained bool, took time.Duration) {
	before, cause := g.pace.Limit(), "all goes well"
	switch {
	case providers.Busy(failure):
		g.pace.Refused(round, g.running-1)
		cause = quotas
	case strained:
		g.pace.Trouble(round)
		cause = quotas
	case providers.InDoubt(failure):
		g.pace.Trouble(round)
		cause = "an answer was lost"
	case failure == nil:
		if slow, now, usual := g.pace.Clean(round, took); slow {
			cause = fmt.Sprintf("a user takes %s, and took %s before", amount.Lasting(now), amount.Lasting(usual))
		}
	}
	after := g.pace.Limit()
	if after == before {
		return
	}
	g.engine.Log.Info("users at once", "block", g.change.Address.String(), "from", before, "to", after, "cause", cause)
	if after < before {
		g.tellPaced(before, after, cause)
	}
}

// tellPaced says that fewer users are taken at once; of more steps within a minute only the last one of all, to one at a time.
func (g *crowd) tellPaced(before, after int, cause string) {
	now := g.engine.Clock.Now()
	if now.Sub(g.paced.at) < toldEvery {
		if after > 1 || g.paced.to == 1 {
			return
		}
		before = g.paced.to
	}
	g.paced.at, g.paced.to = now, after
	g.tell(event.Note, g.change, fmt.Sprintf("%d at once from here on, no longer %d: %s", after, before, cause), 0)
}
