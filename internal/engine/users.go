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

// crowd is the users of one block under way. Its fields are guarded by mu while workers run.
type crowd struct {
	*run
	node   *planner.Node
	change planner.Change
	wave   wave
	began  time.Time
	mu     sync.Mutex
	done   []int32 // numbers among the users that change, for which the far end said that it is done
	failed int
	doubts []int32
	broken error // the journal's
	tried  int
	shows  int // users whom the estate shows as wanted, once it has been read back
}

// users carries out a change with users in waves. The error is the journal's.
func (r *run) users(ctx context.Context, b *block, c planner.Change) error {
	w, err := waveOf(c, r.Parallel)
	if err != nil {
		r.fail(b.node, err.Error())
		return nil
	}
	g := &crowd{run: r, node: b.node, change: c, wave: w, began: time.Now()}
	g.waves(ctx)
	r.summary.Begun += g.tried
	if rest := c.Users.Len() - g.tried; rest > 0 {
		r.summary.Skipped += rest
		r.markFailed(b.node)
		r.Events(event.Event{Type: event.Skipped, Address: c.Address.String(), Action: string(c.Action), Total: rest, Message: g.why(ctx)})
	}
	if g.failed > 0 {
		r.summary.Failed += g.failed
		r.markFailed(b.node)
	}
	b.changes, b.took, b.errs = append(b.changes, c), append(b.took, time.Since(g.began)), append(b.errs, nil)
	r.crowds[c.Address.String()] = g
	return g.broken
}

// waves takes the canaries, waits for every one of them, and then the batches.
func (g *crowd) waves(ctx context.Context) {
	n := g.change.Users.Len()
	canary := min(g.wave.canary, n)
	if canary > 0 && canary < n {
		if !g.batch(ctx, 0, canary) || g.failed > 0 || !g.shown(ctx, canary) {
			return
		}
	} else {
		canary = 0
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

// batch takes users side by side; false means that no further one may be started.
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
	return g.mayStart(ctx)
}

func (g *crowd) mayStart(ctx context.Context) bool {
	if g.stopping(ctx) {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.broken == nil && g.failed+len(g.doubts) <= g.wave.maxFailures
}

// why says what stopped the block.
func (g *crowd) why(ctx context.Context) string {
	switch {
	case g.broken != nil:
		return "the journal cannot be written: " + g.broken.Error()
	case g.stopping(ctx):
		return "the run was stopped"
	case !g.inWindow():
		return fmt.Sprintf("the window %q has closed", g.wave.window)
	case g.tried == min(g.wave.canary, g.change.Users.Len()):
		return "the first users did not all succeed, so no others were begun"
	}
	return fmt.Sprintf("%d failed, and max_failures allows %d", g.failed+len(g.doubts), g.wave.maxFailures)
}

// user carries out the change of one user: intent on disk, the call, outcome on disk.
func (g *crowd) user(ctx context.Context, n int) {
	c := g.change.User(n)
	entry := g.engine.entry(c)
	if err := g.Journal.Intent(entry); err != nil {
		g.breaks(err)
		return
	}
	started := time.Now()
	failure := g.engine.apply(ctx, c)
	entry.Result, entry.Millis = journal.Done, time.Since(started).Milliseconds()
	switch {
	case providers.InDoubt(failure):
		entry.Result, entry.Error = journal.Doubt, failure.Error()
	case failure != nil:
		entry.Result, entry.Error = journal.Failed, failure.Error()
	}
	if err := g.Journal.Outcome(entry); err != nil {
		g.breaks(err)
	}
	g.count(n, c, failure, entry.Millis)
}

func (g *crowd) breaks(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.broken = err
}

func (g *crowd) count(n int, c planner.Change, failure error, millis int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tried++
	e := event.Event{Address: c.Address.String(), Action: string(c.Action), Millis: millis}
	switch {
	case providers.InDoubt(failure):
		g.doubts = append(g.doubts, int32(n))
		e.Type, e.Message = event.Doubt, failure.Error()
	case failure != nil:
		g.failed++
		e.Type, e.Message = event.Failed, failure.Error()
	default:
		g.done = append(g.done, int32(n))
	}
	if e.Type != "" {
		g.Events(e)
	}
	g.Events(event.Event{Type: event.Progress, Address: g.change.Address.String(), Action: string(g.change.Action),
		Done: len(g.done), Failed: g.failed + len(g.doubts), Total: g.change.Users.Len(), Millis: time.Since(g.began).Milliseconds()})
}

// shown reads the first users back and says whether the estate shows every one of them as wanted.
func (g *crowd) shown(ctx context.Context, first int) bool {
	o := g.object(first)
	p, err := g.engine.provider(g.change.Provider)
	if err != nil {
		return false
	}
	listing := p.Read(ctx, g.change.Kind, []planner.Object{o})
	c := planner.Check(&o, listing)
	if c.Action == planner.NoOp && len(c.Users.Blocked) == 0 {
		return true
	}
	g.Events(event.Event{Type: event.Warning, Address: g.change.Address.String(),
		Message: fmt.Sprintf("the first %d users were carried out, but the estate does not show %d of them as wanted%s", first, c.Users.Len(), reason(c))})
	return false
}

func reason(c planner.Change) string {
	if c.Reason == "" {
		return ""
	}
	return ": " + c.Reason
}

// object is the first users of the change as an object of their own.
func (g *crowd) object(first int) planner.Object {
	table := roster.New(g.change.Users.Want.Columns()...)
	for n := range first {
		table.Append(g.change.Users.Want.Row(int(g.change.Users.Pick[n]))...)
	}
	return planner.Object{
		Address: g.change.Address, Kind: g.change.Kind, Provider: g.change.Provider,
		Want: g.change.After, Absent: g.change.Action == planner.Delete, Users: table, Range: g.change.Range,
	}
}

// confirmUsers settles the users of a block by what was read back: left holds those that are still not as wanted.
func (r *run) confirmUsers(b *block, n int, left planner.Change) error {
	c := b.changes[n]
	g := r.crowds[c.Address.String()]
	if left.Action == planner.Unknown {
		r.Events(event.Event{Type: event.Doubt, Address: c.Address.String(), Message: "carried out, but it could not be read back: " + left.Reason})
		r.summary.Doubt += len(g.done) + len(g.doubts)
		r.markFailed(b.node)
		return nil
	}
	open := stillOpen(left)
	if err := g.settle(g.done, open, false); err != nil {
		return err
	}
	if err := g.settle(g.doubts, open, true); err != nil {
		return err
	}
	r.Events(event.Event{Type: event.Done, Address: c.Address.String(), Action: string(c.Action), Done: g.shows, Total: c.Users.Len(), Millis: b.took[n].Milliseconds()})
	return nil
}

// stillOpen is the addresses of a change's users.
func stillOpen(left planner.Change) map[string]bool {
	open := map[string]bool{}
	for n := range left.Users.Len() {
		open[left.Users.SIP(n)] = true
	}
	if left.Users != nil {
		for _, b := range left.Users.Blocked {
			open[left.Users.Want.SIP(int(b.Row))] = true
		}
	}
	return open
}

// settle counts users by what was read: shown or not. Those in doubt get the outcome that reading gives them.
func (g *crowd) settle(users []int32, open map[string]bool, doubt bool) error {
	for _, n := range users {
		c := g.change.User(int(n))
		missing := open[c.Address.Key]
		if !missing {
			g.shows++
			g.summary.Done++
		}
		if !missing && !doubt {
			continue
		}
		entry := g.engine.entry(c)
		entry.Result = journal.Done
		if missing {
			entry.Result, entry.Error = journal.NotShown, errNotShown.Error()
			if doubt {
				entry.Result, entry.Error = journal.Failed, "the answer was lost; reading shows that it was not done"
			}
			g.summary.Failed++
			g.markFailed(g.node)
			g.Events(event.Event{Type: event.Failed, Address: entry.Address, Action: entry.Action, Message: entry.Error})
		}
		if err := g.Journal.Outcome(entry); err != nil {
			return err
		}
	}
	return nil
}
