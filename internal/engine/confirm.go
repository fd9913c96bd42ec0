package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"hybrid/internal/event"
	"hybrid/internal/journal"
	"hybrid/planner"
	"hybrid/providers"
)

// confirm reads some sources back, once each, and settles every block that they show: planning it again tells what is
// not as it should be.
func (r *run) confirm(ctx context.Context, due []*reading) {
	var list []*reading
	for _, reading := range due {
		if r.unconfirmed[reading] != nil && !slices.Contains(list, reading) {
			list = append(list, reading)
		}
	}
	if len(list) == 0 {
		return
	}
	r.readBack(ctx, list)
	r.await(ctx, list)
	r.hurried = ctx.Err() != nil
	for _, reading := range list {
		done := r.unconfirmed[reading]
		delete(r.unconfirmed, reading)
		r.confirmBlocks(done.blocks)
	}
}

const (
	readBackPatience = 10 * time.Minute // bounds one reading back. It goes on after a stop: what has been done must be known
	lastLook         = 15 * time.Second // bounds all that is read back after the second Ctrl-C: as long as a session takes to open on a slow host
)

// outlasting is a context that ends [lastLook] after another one. The function releases it.
func outlasting(ctx context.Context) (context.Context, func()) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	release := context.AfterFunc(ctx, func() {
		last, stop := context.WithTimeout(longer, lastLook) // by the machine's clock, as servers answer
		defer stop()
		<-last.Done()
		cancel()
	})
	return longer, func() { release(); cancel() }
}

// readBack reads what has been written since it was read last, and what shows whether it has arrived.
func (r *run) readBack(ctx context.Context, list []*reading) {
	list = append(list, r.mirrorsOf(list)...)
	reading, cancel := context.WithTimeout(r.looking, readBackPatience)
	defer cancel()
	live := r.engine.readAll(reading, list)
	r.readAgain(ctx, reading, list, live)
	for source, listing := range live {
		r.walk.Learn(source, listing)
	}
}

// mirrorsOf are the readings that tasks among those of a list are held against.
func (r *run) mirrorsOf(list []*reading) []*reading {
	var mirrors []*reading
	for _, shown := range list {
		if task := shown.kind.Task; task == nil || task.Mirror == "" {
			continue
		}
		for source, mirror := range r.bySource {
			if source.Kind == shown.kind.Task.Mirror && !slices.Contains(mirrors, mirror) {
				mirrors = append(mirrors, mirror)
			}
		}
	}
	return mirrors
}

// confirmBlocks settles what one reading shows.
func (r *run) confirmBlocks(blocks []*begunBlock) {
	left := r.leftover()
	for _, b := range blocks {
		r.confirmBlock(b, left(b))
	}
}

// leftover plans blocks again: what of them would still be changed. Objects that no block declares are planned all at once.
func (r *run) leftover() func(*begunBlock) map[string]planner.Change {
	rest := sync.OnceValue(func() map[string]planner.Change { return r.left(nil) })
	return func(b *begunBlock) map[string]planner.Change {
		if b.node == nil {
			return rest()
		}
		return r.left(b.node)
	}
}

// confirmBlock compares what a block should have changed with what it would still change.
func (r *run) confirmBlock(b *begunBlock, left map[string]planner.Change) {
	for n, c := range b.changes {
		if c.Users != nil {
			r.confirmUsers(b, n, left[c.Address.String()])
		} else {
			r.confirmChange(b, n, left[c.Address.String()])
		}
	}
}

// left plans a block again, or where it is nil what no block declares: what would still be changed.
func (r *run) left(node *planner.Node) map[string]planner.Change {
	left := map[string]planner.Change{}
	for _, c := range r.again(node) {
		if c.Action != planner.NoOp {
			left[c.Address.String()] = c
		}
	}
	return left
}

func (r *run) again(node *planner.Node) []planner.Change {
	var changes []planner.Change
	if node == nil {
		changes, _ = r.walk.Rest()
	} else {
		changes, _ = r.walk.Next(node)
	}
	return changes
}

// confirmChange settles one change of one object: left is what it would still change, zero where nothing.
func (r *run) confirmChange(b *begunBlock, n int, left planner.Change) {
	c, failure, took := b.changes[n], b.errs[n], b.took[n]
	shown, unread := left.Kind == nil, left.Action == planner.Unknown
	doubt := providers.InDoubt(failure)
	fault := func(result, cause string) { r.notDone(b.node, c, notDoneEvent(c, result, cause), took) }
	switch {
	case failure != nil && !doubt: // recorded already
	case shown && doubt:
		r.book.outcome(c, journal.Done, "", took)
		r.done(c, took, "the answer was lost; reading shows that it was done")
	case shown:
		r.done(c, took, "")
	case unread && doubt:
		fault(journal.Doubt, failure.Error()+"; and it could not be read: "+left.Reason)
	case doubt && r.hurried:
		fault(journal.Doubt, failure.Error()+"; "+mayGoOn)
	case doubt && left.Action == planner.Run:
		fault(journal.Doubt, failure.Error()+"; and reading does not show whether it was done")
	case doubt && !left.Before.RawEquals(c.Before):
		r.summary.Halfway++
		fault(journal.Failed, failure.Error()+"; reading shows that it was done in part, or that somebody else has changed it: "+difference(left))
	case doubt:
		fault(journal.Failed, failure.Error()+"; reading shows that it was not done")
	case unread:
		fault(journal.NotShown, "carried out without an error, but it could not be read back: "+left.Reason)
	case spared(c, left):
		r.done(c, took, left.Reason+", which max_missing allows")
	case left.Action == planner.Run && c.Waits():
		fault(journal.NotShown, "not in force everywhere when waiting ended: "+left.Reason)
	case left.Action == planner.Run:
		fault(journal.NotShown, notInForce+": "+left.Reason)
	default:
		fault(journal.NotShown, notShown+": "+difference(left))
	}
}

// spared says whether a task may be taken for done though some users have not arrived.
func spared(c, left planner.Change) bool {
	if left.Action != planner.Run || left.Missing == 0 || c.Kind.Task == nil || c.Kind.Task.Spared == nil {
		return false
	}
	text := c.Kind.Task.Spared(attributes(c.After))
	if text == "" {
		return false
	}
	most, err := failures(text, left.Carried)
	return err == nil && left.Missing <= most
}

// notInForce is what is wrong with a change that was waited for in vain.
const notInForce = "carried out without an error, but not in force everywhere when waiting ended"

// notShown is what is wrong with a change that the far end accepted and does not show.
const notShown = "carried out without an error, but the estate does not show it"

func (r *run) done(c planner.Change, took time.Duration, how string) {
	r.summary.Done++
	e := on(event.Done, c)
	e.Result, e.Message, e.Millis = journal.Done, how, took.Milliseconds()
	r.Events(e)
}

// mayGoOn is what is known of a change that was given up a moment ago and does not show.
const mayGoOn = "reading does not show it yet, and it may still be going on"

// difference says in a line what an object still lacks.
func difference(left planner.Change) string {
	switch left.Action {
	case planner.Create:
		return "it is not there"
	case planner.Delete:
		return "it is still there"
	}
	before, after := planner.Texts(left.Before), planner.Texts(left.After)
	var parts []string
	for _, path := range left.Paths {
		name := planner.AttrName(path)
		parts = append(parts, fmt.Sprintf("%s is %s, not %s", name, before[name], after[name]))
	}
	return strings.Join(parts, ", ")
}
