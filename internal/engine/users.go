package engine

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"

	"hybrid/internal/event"
	"hybrid/internal/journal"
	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/providers"
)

// A wave says how the users of a block are taken: a few first, then in batches.
type wave struct {
	canary      int // these first, then wait until the estate shows every one of them
	batch       int
	parallel    int
	maxFailures int    // the block stops when there are more
	window      string // in which batches may be begun; "" at any time
}

// waveOf reads a block's wave, defaults for what it leaves out.
func waveOf(c planner.Change, parallel int) (wave, error) {
	w := wave{batch: 100, parallel: parallel, window: Window(c)}
	attrs := c.After
	if attrs.IsNull() || !attrs.Type().HasAttribute("wave") || attrs.GetAttr("wave").IsNull() {
		return w, nil
	}
	block, _ := attrs.GetAttr("wave").UnmarkDeep()
	for name, to := range map[string]*int{"canary": &w.canary, "batch": &w.batch, "parallel": &w.parallel} {
		if v := block.GetAttr(name); !v.IsNull() {
			n, _ := v.AsBigFloat().Int64()
			*to = int(n)
		}
	}
	if v := block.GetAttr("max_failures"); !v.IsNull() {
		n, err := failures(v.AsString(), c.Users.Len())
		if err != nil {
			return w, err
		}
		w.maxFailures = n
	}
	w.batch, w.parallel = max(1, w.batch), max(1, w.parallel)
	return w, nil
}

// failures reads "2%" of so many users, or "5".
func failures(text string, of int) (int, error) {
	if share, ok := strings.CutSuffix(strings.TrimSpace(text), "%"); ok {
		percent, err := strconv.ParseFloat(strings.TrimSpace(share), 64)
		return int(math.Floor(percent / 100 * float64(of))), err
	}
	return strconv.Atoi(strings.TrimSpace(text))
}

// Window names the window that a change must not be begun outside of; "" where it has none.
func Window(c planner.Change) string {
	if c.Users == nil || c.After.IsNull() || !c.After.Type().HasAttribute("wave") {
		return ""
	}
	block, _ := c.After.GetAttr("wave").UnmarkDeep()
	if block.IsNull() || block.GetAttr("window").IsNull() {
		return ""
	}
	return block.GetAttr("window").AsString()
}

// crowd is the users of one block under way. What stands below mu is guarded by it while workers run.
type crowd struct {
	*run
	node   *planner.Node
	change planner.Change
	wave   wave
	began  time.Time

	mu     sync.Mutex
	tried  int
	done   []int // numbers among the users that change, for which the far end said that it is done
	failed int
	half   int   // of those that failed: carried out in part
	doubts []int // whose answer was lost
}

// users carries out a change with users in waves.
func (r *run) users(ctx context.Context, b *block, c planner.Change) {
	w, err := waveOf(c, r.Parallel)
	if err != nil {
		r.fail(b.node, err.Error())
		return
	}
	g := &crowd{run: r, node: b.node, change: c, wave: w, began: time.Now()}
	g.waves(ctx)
	r.summary.Begun += g.tried
	r.summary.Failed += g.failed
	r.summary.Halfway += g.half
	if rest := c.Users.Len() - g.tried; rest > 0 {
		r.summary.Skipped += rest
		skipped := about(event.Skipped, c)
		skipped.Total, skipped.Update, skipped.Message = rest, 0, g.why(ctx)
		r.Events(skipped)
	}
	if g.failed > 0 || g.tried < c.Users.Len() {
		r.markFailed(b.node)
	}
	b.changes, b.took, b.errs = append(b.changes, c), append(b.took, time.Since(g.began)), append(b.errs, nil)
	r.crowds[c.Address.String()] = g
}

// waves takes the canaries, waits for every one of them, and then the batches. The window may have closed since the run
// began: what comes before may have been waited for for hours.
func (g *crowd) waves(ctx context.Context) {
	if !g.inWindow() {
		return
	}
	n := g.change.Users.Len()
	canary := min(g.wave.canary, n)
	if canary == n {
		canary = 0
	}
	if canary > 0 && (!g.batch(ctx, 0, canary) || g.failed > 0 || !g.shown(ctx, canary)) {
		return
	}
	for from := canary; from < n && g.inWindow(); from += g.wave.batch {
		if !g.batch(ctx, from, min(from+g.wave.batch, n)) {
			return
		}
	}
}

// inWindow says whether the block's window is still open.
func (g *crowd) inWindow() bool {
	return g.AnyTime || g.engine.windowOpen(g.wave.window)
}

// batch takes users side by side, and reads those whose answer was lost; false means that no further one may be begun.
func (g *crowd) batch(ctx context.Context, from, to int) bool {
	next := make(chan int)
	var wait sync.WaitGroup
	for range g.wave.parallel {
		wait.Go(func() {
			for n := range next {
				if g.mayStart(ctx) { // asked last thing: the limit may have been reached while this one waited
					g.user(ctx, n)
				}
			}
		})
	}
	for n := from; n < to; n++ {
		next <- n
	}
	close(next)
	wait.Wait()
	g.settleDoubts(ctx)
	return g.mayStart(ctx)
}

func (g *crowd) mayStart(ctx context.Context) bool {
	if g.halted(ctx) != "" {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.failed+len(g.doubts) <= g.wave.maxFailures
}

// why says what stopped the block.
func (g *crowd) why(ctx context.Context) string {
	halted := g.halted(ctx)
	switch {
	case halted != "":
		return halted
	case !g.inWindow():
		return fmt.Sprintf("the window %q has closed", g.wave.window)
	case g.tried == min(g.wave.canary, g.change.Users.Len()):
		return "the first users did not all succeed, so no others were begun"
	}
	return fmt.Sprintf("%s, and max_failures allows %d", Summary{Failed: g.failed, Doubt: len(g.doubts)}, g.wave.maxFailures)
}

// user carries out the change of one user: intent on disk, the call, outcome on disk.
func (g *crowd) user(ctx context.Context, n int) {
	c := g.change.User(n)
	if !g.book.intent(g.engine.intent(c)) {
		return
	}
	started := time.Now()
	failure := g.engine.apply(ctx, c)
	took := time.Since(started)
	switch {
	case providers.InDoubt(failure):
		g.book.outcome(c, journal.Doubt, failure.Error(), took)
	case failure != nil:
		g.book.outcome(c, journal.Failed, failure.Error(), took)
	default:
		g.book.outcome(c, journal.Done, "", took)
	}
	g.count(n, c, failure, took)
}

func (g *crowd) count(n int, c planner.Change, failure error, took time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tried++
	switch {
	case providers.InDoubt(failure):
		g.doubts = append(g.doubts, n)
		g.tell(event.Doubt, c, failure.Error(), took)
	case failure != nil:
		g.failed++
		if providers.Halfway(failure) {
			g.half++
		}
		g.tell(event.Failed, c, failure.Error(), took)
	default:
		g.done = append(g.done, n)
	}
	progress := about(event.Progress, g.change)
	progress.Done, progress.Failed, progress.Millis = len(g.done), g.failed+len(g.doubts), time.Since(g.began).Milliseconds()
	g.Events(progress)
}

func (g *crowd) tell(what event.Type, c planner.Change, message string, took time.Duration) {
	g.Events(event.Event{Type: what, Address: c.Address.String(), Action: string(c.Action), Message: message, Millis: took.Milliseconds()})
}

// read reads some of the users and plans them alone: what they still lack.
func (g *crowd) read(ctx context.Context, users []int) planner.Change {
	table := roster.New(g.change.Users.Want.Columns()...)
	for _, n := range users {
		table.Append(g.change.Users.Want.Row(int(g.change.Users.Pick[n]))...)
	}
	o := g.change.About(table)
	p, err := g.engine.provider(g.change.Provider)
	if err != nil {
		return planner.Check(&o, planner.Listing{Err: err})
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readBackPatience)
	defer cancel()
	return planner.Check(&o, p.Read(ctx, g.change.Kind, []planner.Object{o}))
}

// shown reads the first users back and says whether the estate shows every one of them as wanted.
func (g *crowd) shown(ctx context.Context, first int) bool {
	users := make([]int, first)
	for n := range users {
		users[n] = n
	}
	left := g.read(ctx, users)
	message := ""
	switch open := len(stillOpen(left)); {
	case left.Action == planner.Unknown:
		message = "the first users were carried out, but could not be read back: " + left.Reason
	case open > 0:
		message = fmt.Sprintf("the first %d users were carried out, but the estate does not show %d of them as wanted", first, open)
	default:
		return true
	}
	g.Events(event.Event{Type: event.Warning, Address: g.change.Address.String(), Message: message})
	return false
}
