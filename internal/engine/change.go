package engine

import (
	"context"
	"time"

	"hybrid/internal/event"
	"hybrid/internal/journal"
	"hybrid/planner"
	"hybrid/providers"
)

// change carries out one change: intent on disk, the call, outcome on disk.
func (r *run) change(ctx context.Context, b *begunBlock, c planner.Change) {
	if why := r.halted(ctx); why != "" {
		r.skip(b.node, []planner.Change{c}, why)
		return
	}
	if why := r.replicated(ctx, c); why != "" {
		r.skip(b.node, []planner.Change{c}, why)
		return
	}
	if l, open := r.landings[c.Address.String()]; open && c.Users == nil && b.reading != nil {
		left, why := r.arrives(ctx, b, c, l)
		switch {
		case why != "":
			r.skip(b.node, []planner.Change{c}, why)
			return
		case left == nil:
			r.landed(c, l)
			return
		}
		c = *left
	}
	r.Events(about(event.Start, c))
	if c.Users != nil {
		r.users(ctx, b, c)
		return
	}
	if c.Action == planner.Run { // what somebody has to do meanwhile
		for _, note := range c.Notes {
			r.Events(event.Event{Type: event.Note, Address: c.Address.String(), Message: note})
		}
	}
	if !r.book.intent(r.engine.intent(c)) {
		r.skip(b.node, []planner.Change{c}, r.halted(ctx))
		return
	}
	started, worked := r.engine.Clock.Now(), r.engine.Clock.Work()
	failure := r.engine.apply(providers.Asking(ctx, func() string { return r.countermanded(ctx) }), c)
	worked()
	took := r.engine.Clock.Since(started)
	if providers.Withdrawn(failure) {
		r.book.outcome(c, journal.Failed, failure.Error(), took)
		r.skip(b.node, []planner.Change{c}, failure.Error())
		return
	}
	r.summary.Begun++
	b.changes, b.took, b.errs = append(b.changes, c), append(b.took, took), append(b.errs, failure)
	switch {
	case providers.InDoubt(failure): // the outcome is written once it has been read
		r.book.unheard(c)
	case failure != nil:
		r.halfway(failure)
		refused := notDoneEvent(c, journal.Failed, failure.Error())
		refused.Remedy = providers.Remedy(failure)
		r.notDone(b.node, c, refused, took)
	default:
		r.book.outcome(c, journal.Done, "", took)
		r.walk.Ran(c.Address)
	}
}

// halfway counts a change that failed after a part of it had been carried out.
func (r *run) halfway(failure error) {
	if providers.Halfway(failure) {
		r.summary.Halfway++
	}
}

// notDone counts, records and tells a change that does not count as done: it failed, is in doubt or is not shown, as the event
// about it says.
func (r *run) notDone(node *planner.Node, c planner.Change, e event.Event, took time.Duration) {
	switch e.Result {
	case journal.Doubt:
		r.summary.Doubt++
	case journal.NotShown:
		r.summary.NotShown++
	default:
		r.summary.Failed++
		e.Millis = took.Milliseconds()
	}
	r.markFailed(node)
	r.Events(e)
	r.book.outcome(c, e.Result, e.Message, took)
}
