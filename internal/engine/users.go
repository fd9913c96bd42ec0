package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"hybrid/internal/event"
	"hybrid/internal/journal"
	"hybrid/planner"
	"hybrid/providers"
)

// crowd is the users of one block under way.
type crowd struct {
	*run
	node     *planner.Node
	change   planner.Change
	provider providers.Provider
	wave     wave
	began    time.Time
	after    json.RawMessage // how the journal writes what the change says of every user; never written

	mu       sync.Mutex // guards what stands below, while rows are under way
	intake   intake
	outcomes outcomes
	forecast forecast
	pulse    pulse             // of the users who are finished
	underway map[int]time.Time // since when: those whose call has been made and not answered

	over   string // why no further user is begun
	common string // what everybody else would be refused for
	torn   torn   // whom runs before have left between two homes
	late   bool   // the window has closed, or what is left of it is too short
}

// users carries out a change with users in waves.
func (r *run) users(ctx context.Context, b *begunBlock, c planner.Change) {
	g, err := r.crowd(b, c)
	if err != nil {
		r.failBlock(b.node, err.Error())
		return
	}
	g.waves(ctx)
	o := &g.outcomes
	r.summary.Begun += o.tried
	r.summary.Failed += o.failed
	r.summary.Halfway += o.half
	if rest := c.Users.Len() - o.tried; rest > 0 {
		r.leave(g, rest)
	}
	if o.failed > 0 || o.tried < c.Users.Len() {
		r.markFailed(b.node)
	}
	b.changes, b.took, b.errs = append(b.changes, c), append(b.took, r.engine.since(g.began)), append(b.errs, nil)
	r.crowds[c.Address.String()] = g
}

func (r *run) crowd(b *begunBlock, c planner.Change) (*crowd, error) {
	w, err := waveOf(c, r.Parallel)
	if err != nil {
		return nil, err
	}
	p, err := r.engine.provider(c.Provider)
	if err != nil {
		return nil, err
	}
	w = w.bounded(p)
	g := &crowd{run: r, node: b.node, change: c, provider: p, wave: w, began: r.engine.now(), underway: map[int]time.Time{}}
	g.pulse = pulse{began: g.began, enough: enoughOf(w.parallel)}
	g.intake = newIntake(&g.mu, w.parallel)
	g.forecast = r.forecast(c, w)
	g.after = values(planner.Texts(c.After))
	g.torn = r.engine.torn(c.Kind)
	return g, nil
}

// leave tells how many users of a block have not been begun, and why.
func (r *run) leave(g *crowd, rest int) {
	r.summary.Skipped += rest
	skipped := about(event.Skipped, g.change)
	skipped.Total, skipped.Update, skipped.Message = rest, 0, g.over
	r.Events(skipped)
	if g.late {
		r.postpone(g.node, skipped, g.wave.window)
	}
}

// waves takes the canaries, waits for every one of them, and then the batches; at last those whom an earlier run had begun.
func (g *crowd) waves(ctx context.Context) {
	free, flying := g.split()
	canary := min(g.wave.canary, len(free))
	if canary == g.change.Users.Len() {
		canary = 0
	}
	if canary > 0 && !g.canaries(ctx, free[:canary]) {
		return
	}
	for from := canary; from < len(free); from += g.wave.batch {
		if from > 0 && !g.pause(ctx) || !g.batch(ctx, free[from:min(from+g.wave.batch, len(free))]) {
			return
		}
	}
	g.landed(ctx, flying)
}

// canaries takes the first users; false means that not every one of them is to be seen as wanted, or no others may be begun.
func (g *crowd) canaries(ctx context.Context, first []int) bool {
	all := g.batch(ctx, first)
	switch {
	case g.late || g.common != "" || g.halted(ctx) != "":
		return false // and why has been said
	case !all || g.outcomes.failed > 0 || !g.shown(ctx, first):
		g.over = "the first users did not all succeed, so no others were begun"
		return false
	}
	return true
}

// pause waits between two batches, where the next one could be begun at all; false means that the run was stopped meanwhile.
func (g *crowd) pause(ctx context.Context) bool {
	if g.wave.pause <= 0 || !g.mayGoOn(ctx) {
		return true
	}
	defer g.pulse.rest(g.engine.now, g.engine.now())
	if g.sleep(ctx, g.wave.pause) {
		return true
	}
	g.over = g.halted(ctx)
	return false
}

// batch takes users side by side, and reads those whose answer was lost; false means that no further one may be begun.
// Who was kept from being begun by one in doubt alone is taken up again.
func (g *crowd) batch(ctx context.Context, users []int) bool {
	g.intake.queue = append(g.intake.queue, users...)
	for g.mayGoOn(ctx) {
		if len(g.intake.queue) == 0 {
			return true
		}
		g.drain(ctx)
		g.settleDoubts(ctx)
	}
	return false
}

func (g *crowd) mayGoOn(ctx context.Context) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.over = g.barred(ctx)
	return g.over == ""
}

// barred says why no further user may be begun now; "" where one may.
func (g *crowd) barred(ctx context.Context) string {
	g.late = false
	if why := g.halted(ctx); why != "" {
		return why
	}
	if g.common != "" {
		return "everybody else would meet the same: " + g.common
	}
	if failed, doubt := g.outcomes.failed, g.outcomes.inDoubt(); failed+doubt > g.wave.maxFailures {
		return fmt.Sprintf("%s, and max_failures allows %d", Summary{Failed: failed, Doubt: doubt}, g.wave.maxFailures)
	}
	why := g.shut()
	g.late = why != ""
	return why
}

// user carries out the change of one user: intent on disk, the call, outcome on disk; the outcome of one who is done is left to
// the caller. With the intent, that of the user before reaches the disk.
func (g *crowd) user(ctx context.Context, n, round int, before *carried) (done *carried) {
	defer g.engine.Clock.Work()()
	c := g.change.User(n)
	if !g.announce(before, n, c) {
		return nil
	}
	started, strains := g.begins(n), g.strains()
	failure := g.engine.apply(providers.Asking(ctx, func() string { return g.countermanded(ctx) }), c)
	took := g.engine.since(started)
	switch {
	case providers.InDoubt(failure):
		g.book.unheard(c)
		g.book.outcome(c, journal.Doubt, failure.Error(), took)
	case failure != nil:
		g.book.outcome(c, journal.Failed, failure.Error(), took)
	default:
		done = &carried{n, c, took}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.underway, n)
	g.adapt(round, failure, g.strains() > strains, took)
	switch {
	case done != nil:
		g.wasTaken()
		g.forecast.add(took)
	case !g.again(n, failure):
		g.count(n, c, failure, took)
	}
	return done
}

// begins notes that a user's call is made now.
func (g *crowd) begins(n int) time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.engine.now()
	g.underway[n] = now
	return now
}

// count takes in what the far end answered about a user, and tells it.
func (g *crowd) count(n int, c planner.Change, failure error, took time.Duration) {
	g.outcomes.add(n, failure)
	if failure != nil {
		if g.common == "" && providers.Common(failure) && !providers.InDoubt(failure) {
			g.common, _, _ = strings.Cut(failure.Error(), "\n")
		}
		g.blame(c, failure, took)
	}
	g.pulse.beat(g.engine.now())
	g.Events(g.progress())
}
