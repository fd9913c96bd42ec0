package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"hybrid/internal/event"
	"hybrid/internal/journal"
	"hybrid/planner"
	"hybrid/providers"
)

// confirm reads some sources back, once each, and settles every block that they show: planning it again tells what is
// not as it should be. The error is the journal's.
func (r *run) confirm(ctx context.Context, due []*reading) error {
	due = slices.DeleteFunc(due, func(reading *reading) bool { return len(r.unconfirmed[reading]) == 0 })
	if len(due) == 0 {
		return nil
	}
	r.readBack(ctx, unique(due))
	for _, reading := range due {
		blocks := r.unconfirmed[reading]
		delete(r.unconfirmed, reading)
		for _, b := range blocks {
			if err := r.confirmBlock(b); err != nil {
				return err
			}
		}
	}
	return nil
}

// unique drops repetitions.
func unique(list []*reading) []*reading {
	var kept []*reading
	for _, r := range list {
		if !slices.Contains(kept, r) {
			kept = append(kept, r)
		}
	}
	return kept
}

// readBack reads what has been written since it was read last. It goes on after a stop: what has been done must be known.
func (r *run) readBack(ctx context.Context, list []*reading) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readBackPatience)
	defer cancel()
	live, _ := r.engine.read(ctx, list)
	for source, listing := range live {
		r.walk.Learn(source, listing)
	}
}

// readBackPatience bounds how long reading back may take once a run has been stopped.
const readBackPatience = 10 * time.Minute

// confirmBlock compares what a block should have changed with what is live now.
func (r *run) confirmBlock(b *block) error {
	left := r.left(b)
	for n, c := range b.changes {
		var err error
		if c.Users != nil {
			err = r.confirmUsers(b, n, left[c.Address.String()])
		} else {
			err = r.confirmChange(b, n, left[c.Address.String()])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// left plans a block again: what it would still change.
func (r *run) left(b *block) map[string]planner.Change {
	left := map[string]planner.Change{}
	changes := r.again(b.node)
	for _, c := range changes {
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

// confirmChange settles one change of one object.
func (r *run) confirmChange(b *block, n int, left planner.Change) error {
	c, failure := b.changes[n], b.errs[n]
	shown := left.Kind == nil
	switch {
	case providers.InDoubt(failure):
		return r.settleDoubt(b, n, left)
	case failure != nil:
	case shown:
		r.summary.Done++
		r.Events(event.Event{Type: event.Done, Address: c.Address.String(), Action: string(c.Action), Millis: b.took[n].Milliseconds()})
	default:
		r.notShown(b, c, left)
		entry := r.engine.entry(c)
		entry.Result, entry.Error = journal.NotShown, difference(left)
		return r.Journal.Outcome(entry)
	}
	return nil
}

// settleDoubt decides, by what was read, what became of a change whose answer was lost.
func (r *run) settleDoubt(b *block, n int, left planner.Change) error {
	c, failure := b.changes[n], b.errs[n]
	entry := r.engine.entry(c)
	entry.Millis = b.took[n].Milliseconds()
	switch {
	case left.Kind == nil:
		entry.Result = journal.Done
		r.summary.Done++
		r.Events(event.Event{Type: event.Done, Address: entry.Address, Action: entry.Action, Message: "the answer was lost; reading shows that it was done", Millis: entry.Millis})
		return r.Journal.Outcome(entry)
	case left.Action == planner.Unknown:
		entry.Result, entry.Error = journal.Doubt, failure.Error()+"; and it could not be read: "+left.Reason
		r.summary.Doubt++
		r.Events(event.Event{Type: event.Doubt, Address: entry.Address, Action: entry.Action, Message: entry.Error})
	default:
		entry.Result, entry.Error = journal.Failed, failure.Error()+"; reading shows that it was not done"
		r.summary.Failed++
		r.Events(event.Event{Type: event.Failed, Address: entry.Address, Action: entry.Action, Message: entry.Error})
	}
	r.markFailed(b.node)
	return r.Journal.Outcome(entry)
}

func (r *run) notShown(b *block, c, left planner.Change) {
	r.summary.Failed++
	r.markFailed(b.node)
	r.Events(event.Event{Type: event.Failed, Address: c.Address.String(), Action: string(c.Action),
		Message: fmt.Sprintf("%v: %s", errNotShown, difference(left))})
}

// difference says in a line what an object still lacks.
func difference(left planner.Change) string {
	switch left.Action {
	case planner.Unknown:
		return "it could not be read back: " + left.Reason
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
