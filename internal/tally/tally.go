// Package tally keeps count of what becomes of a run: block by block, cause by cause, and of each that failed. It knows
// nothing but the events that apply tells, and by what words the journal calls results.
package tally

import (
	"cmp"
	"maps"
	"slices"

	"hybrid/internal/event"
	"hybrid/internal/journal"
)

// A Tally takes the events of one run. The zero value is ready. It is for one goroutine at a time, as a sink is.
type Tally struct {
	blocks map[string]*event.Block
	order  []string           // of their addresses
	failed map[string]Failure // by address of the object or user
	turn   map[string]int     // in which order they failed
	turns  int
}

// Add takes an event.
func (t *Tally) Add(e event.Event) {
	switch e.Type {
	case event.Start:
		t.block(e)
	case event.Done:
		b := t.block(e)
		if e.Users {
			b.Done += e.Done
		} else {
			b.Done++
		}
		b.Millis += e.Millis
		t.settled(e.Address)
	case event.Failed, event.Doubt:
		t.bad(e)
	case event.Note:
		if e.Result == journal.Done {
			t.settled(e.Address)
		}
	case event.Verdict:
		t.judged(e)
	case event.Skipped:
		t.block(e).Skipped += max(1, e.Total)
	}
}

// bad counts what failed or is in doubt. What is said of a whole block of users says no more than what is said of each.
func (t *Tally) bad(e event.Event) {
	b := t.block(e)
	if e.User == "" {
		b.Millis += e.Millis
	}
	if e.Users {
		return
	}
	if t.failed == nil {
		t.failed, t.turn = map[string]Failure{}, map[string]int{}
	}
	if _, known := t.turn[e.Address]; !known {
		t.turns++
		t.turn[e.Address] = t.turns
	}
	t.failed[e.Address] = failureOf(e)
}

// judged takes over what reading says of a user who failed.
func (t *Tally) judged(e event.Event) {
	if f, failed := t.failed[e.Address]; failed {
		f.Verdict = cmp.Or(e.Verdict, f.Verdict)
		t.failed[e.Address] = f
	}
}

// settled says that something which was in doubt is done.
func (t *Tally) settled(address string) { delete(t.failed, address) }

// block is where what an event is about is counted.
func (t *Tally) block(e event.Event) *event.Block {
	address := cmp.Or(e.Block, e.Address)
	b := t.blocks[address]
	if b == nil {
		if t.blocks == nil {
			t.blocks = map[string]*event.Block{}
		}
		b = &event.Block{Address: address}
		t.blocks[address], t.order = b, append(t.order, address)
	}
	b.Action = cmp.Or(b.Action, e.Action)
	b.Users = b.Users || e.Users || e.User != ""
	b.Update = max(b.Update, e.Update)
	return b
}

// Failures are what failed, is in doubt or is not shown, by now, in the order in which that was first told.
func (t *Tally) Failures() []Failure {
	addresses := slices.SortedFunc(maps.Keys(t.failed), func(a, b string) int { return cmp.Compare(t.turn[a], t.turn[b]) })
	list := make([]Failure, len(addresses))
	for n, address := range addresses {
		list[n] = t.failed[address]
	}
	return list
}

// Report is what became of the run so far.
func (t *Tally) Report() *event.Report {
	failures := t.Failures()
	return &event.Report{Blocks: t.counted(failures), Causes: causes(failures)}
}

// counted are the blocks with what failed of them.
func (t *Tally) counted(failures []Failure) []event.Block {
	list, at := make([]event.Block, len(t.order)), map[string]int{}
	for n, address := range t.order {
		list[n], at[address] = *t.blocks[address], n
	}
	for _, f := range failures {
		switch b := &list[at[f.Block]]; f.Result {
		case journal.Doubt:
			b.Doubt++
		case journal.NotShown:
			b.NotShown++
		default:
			b.Failed++
		}
	}
	return list
}

// first is how many of a cause are named.
const first = 3

// causes groups failures, the most frequent cause first.
func causes(failures []Failure) []event.Cause {
	var list []event.Cause
	at := map[string]int{}
	for _, f := range failures {
		n, known := at[f.Cause]
		if !known {
			n = len(list)
			at[f.Cause] = n
			list = append(list, event.Cause{Cause: f.Cause, Text: f.Message})
		}
		list[n] = with(list[n], f)
	}
	slices.SortStableFunc(list, func(a, b event.Cause) int { return cmp.Compare(b.Count(), a.Count()) })
	return list
}

// with is a cause with one more that failed of it.
func with(c event.Cause, f Failure) event.Cause {
	c.Remedy = cmp.Or(c.Remedy, f.Remedy)
	if f.Message != c.Text || f.Message == f.Cause {
		c.Text = ""
	}
	if f.User != "" {
		c.Users++
	} else {
		c.Others++
	}
	if len(c.First) < first {
		c.First = append(c.First, cmp.Or(f.User, f.Address))
	}
	return c
}
