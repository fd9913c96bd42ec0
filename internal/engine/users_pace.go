package engine

import (
	"context"
	"fmt"
	"sync"
	"time"

	"hybrid/internal/amount"
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
	for g.intake.full() {
		g.intake.freed.Wait()
	}
	if len(g.intake.queue) == 0 || g.barred(ctx) != "" {
		return 0, 0, false
	}
	g.intake.running++
	n, round = g.intake.pop()
	return n, round, true
}

// finished makes place for the next.
func (g *crowd) finished() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.intake.running--
	g.intake.freed.Broadcast()
}

// again puts a user back of whom nothing was sent, and says whether it has; a far end that takes nobody for long is an outage.
func (g *crowd) again(n int, failure error) bool {
	i := &g.intake
	if providers.Withdrawn(failure) {
		i.back(n)
		return true
	}
	if !providers.Busy(failure) {
		g.wasTaken()
		return false
	}
	if i.pace.Limit() == 1 {
		i.refused++
		g.tellRefused()
	}
	if i.refused >= mostRefused {
		g.common = fmt.Sprintf("nothing was taken %d times in a row, one user at a time", i.refused)
		return false
	}
	i.back(n)
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
	i := &g.intake
	before := i.pace.Limit()
	cause := i.adapt(round, failure, strained, took)
	after := i.pace.Limit()
	if after == before {
		return
	}
	g.engine.Log.Info("users at once", "block", g.change.Address.String(), "from", before, "to", after, "cause", cause)
	if after < before {
		g.tellPaced(before, after, cause)
	}
}

// adapt sets the pace by how a user went, and says why it is as it is.
func (i *intake) adapt(round int, failure error, strained bool, took time.Duration) (cause string) {
	switch {
	case providers.Busy(failure):
		i.pace.Refused(round, i.running-1)
		return quotas
	case strained:
		i.pace.Trouble(round)
		return quotas
	case providers.InDoubt(failure):
		i.pace.Trouble(round)
		return "an answer was lost"
	case failure == nil:
		if slow, now, usual := i.pace.Clean(round, took); slow {
			return fmt.Sprintf("a user takes %s, and took %s before", amount.Lasting(now), amount.Lasting(usual))
		}
	}
	return "all goes well"
}

// tellPaced says that fewer users are taken at once; of more steps within a minute only the last one of all, to one at a time.
func (g *crowd) tellPaced(before, after int, cause string) {
	now, last := g.engine.Clock.Now(), &g.intake.paced
	if now.Sub(last.at) < toldEvery {
		if after > 1 || last.to == 1 {
			return
		}
		before = last.to
	}
	last.at, last.to = now, after
	g.note(fmt.Sprintf("%d at once from here on, no longer %d: %s", after, before, cause))
}
