package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"hybrid/internal/amount"
	"hybrid/internal/engine"
	"hybrid/internal/event"
	"hybrid/internal/journal"
	"hybrid/planner"
	"hybrid/providers/dns"
)

// A decision is a plan with what of it was approved, and the guards that were set aside for it.
type decision struct {
	planned   *engine.Planned
	approval  planner.Approval // none before it is given, and where nothing is to be done
	how       string           // it was approved, in the words of the journal; "" where it was not
	overrides []planner.Override
}

// carryOut carries out what was decided, with the journal open.
func (a *app) carryOut(ctx context.Context, r *applying, d decision) error {
	s, f := r.session, r.flags
	book, err := a.begin(ctx, r, d)
	if err != nil {
		return err
	}
	moved, err := beginLedger(f.handout, book.Path())
	if err != nil {
		return errors.Join(err, book.End(journal.Summary{Result: journal.Failed, Message: err.Error()}))
	}
	sink, finish := a.events(f.json, s.engine.Clock.Now)
	became := &count{}
	sink = inTurn(became.watching(moved.watching(sink))) // signals and hosts tell from goroutines of their own
	tellOverrides(sink, d.overrides)
	f.tellUnchecked(sink)
	ctx, stop, release := interrupts(ctx, sink)
	r.begun()
	defer release()
	stop, heeded := heeding(book, stop, sink)
	past, _ := a.past(s) // without, a user takes as long as is guessed
	summary, failure := s.engine.Apply(ctx, d.planned, engine.ApplyOptions{
		Journal: book, Approval: d.approval, Events: sink, Stop: stop, Parallel: f.parallel, AnyTime: f.anyTime, Redact: a.redact, Past: past,
	})
	heeded()
	if !summary.Stopped && summary.Done > 0 {
		a.checkAfter(ctx, s, r.checked, book, sink)
	}
	if err := lost(book, summary); err != nil {
		summary.Stopped, failure = false, cmp.Or(failure, err)
	}
	broken := ctx.Err() != nil
	became.keep(book, sink)
	if err := finish(); failure == nil {
		failure = err
	}
	last := a.end(summary, failure)
	last.Seen = s.engine.Seen()
	if d.planned.Later != nil && summary.Done > 0 {
		last.Remembered = dns.Remembered(d.planned.Plan, s.engine.Clock.Now())
	}
	if err := book.End(last); failure == nil {
		failure = err
	}
	a.tellRun(ctx, s, book, r.command(), a.hidden(f.reason), a.end(summary, failure), summary.String(), sink)
	return a.settle(moved, a.conclude(book, summary, failure, broken, toKnow(whenSafe(d.planned, s.engine.Clock.Now()), leftBlocked(d.planned.Plan)), sink))
}

// toKnow are the sentences that there are.
func toKnow(sentences ...string) []string {
	return slices.DeleteFunc(sentences, func(text string) bool { return text == "" })
}

// leftBlocked says how many users a plan leaves as they are though they are not as wanted; "" where it leaves none.
func leftBlocked(p *planner.Plan) string {
	switch n := p.Count().Blocked; n {
	case 0:
		return ""
	case 1:
		return "1 user is not as the configuration says, and was left so: the plan says why."
	default:
		return amount.Count(n) + " users are not as the configuration says, and were left so: the plan says why."
	}
}

// begin opens the journal, and with it takes the lock. What was read before that still has to hold.
func (a *app) begin(ctx context.Context, r *applying, d decision) (*journal.Journal, error) {
	s, f := r.session, r.flags
	run := journal.Run{
		Command: r.command(), RollsBack: r.rollback, Who: who(), Reason: a.hidden(f.reason), Config: s.config.Digest, Version: build(),
		Overrides: inJournal(d.overrides), Seen: s.engine.Seen(), Approved: d.how, Digest: d.approval.Digest,
		Checks: r.checked.inJournal(), Unchecked: f.noChecks,
	}
	if s.engine.Clock != nil {
		run.OwnClock, run.Now = true, s.engine.Clock.Now
	}
	if r.saved != nil {
		run.Plan, run.Planned = r.saved.ID, r.saved.origin()
	}
	book, err := journal.BeginIn(ctx, s.journal(), run)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(undisturbed(book, r.before), noteShrunk(book, s.engine.Taken())); err != nil {
		return nil, errors.Join(err, book.End(journal.Summary{Result: journal.Failed, Message: err.Error()}))
	}
	return book, nil
}

// conclude tells how the run ended, and what is to be known where everything was done. Of one that was broken off nobody waited
// for what was under way.
func (a *app) conclude(book *journal.Journal, summary engine.Summary, failure error, broken bool, known []string, sink event.Sink) error {
	path := seenFromHere(book.Path())
	err := failure
	switch {
	case err == nil:
		err = advised(summary)
	case summary.Begun > 0:
		err = &engine.Partial{Text: failure.Error()}
	}
	bad := summary.Failed + summary.NotShown + summary.Doubt
	message := fmt.Sprintf("Applied: %s. Journal: %s", summary, path)
	if err != nil {
		message = fmt.Sprintf("%s. Journal: %s", summary, path)
	}
	for _, text := range known {
		if err == nil {
			sink(event.Event{Type: event.Note, Message: text})
		}
	}
	sink(event.Event{Type: event.Finished, Done: summary.Done, Failed: bad, Total: summary.Done + bad + summary.Skipped, Message: message})
	switch {
	case err == nil:
		return nil
	case broken:
		return &withCode{exitInterrupted, "Interrupted, without waiting for what was under way: it may still be going on. The same command again reads first what became of it, and goes on from there."}
	case summary.Stopped:
		return &withCode{exitInterrupted, "Interrupted. What was begun has been finished and read back; the same command again goes on from here."}
	}
	return err
}

// advised is how a run ended that nothing stopped, with what to do now where not everything was done.
func advised(summary engine.Summary) error {
	err := summary.Err()
	if err == nil || isPartial(err) {
		return err
	}
	return fmt.Errorf("%w.\n%s", err, summary.Next())
}

// end is how the journal says that the run ended.
func (a *app) end(s engine.Summary, failure error) journal.Summary {
	result, message := journal.Done, ""
	switch err := s.Err(); {
	case failure != nil:
		result, message = journal.Failed, failure.Error()
	case s.Stopped:
		result = journal.Interrupted
	case isPartial(err):
		result, message = journal.Partial, err.Error()
	case err != nil:
		result, message = journal.Failed, err.Error()
	}
	return journal.Summary{Result: result, Message: a.hidden(message), Done: s.Done, Failed: s.Failed, NotShown: s.NotShown, Doubt: s.Doubt, Skipped: s.Skipped}
}

// seenFromHere is a path as seen from here.
func seenFromHere(path string) string {
	if rel, err := filepath.Rel(".", path); err == nil {
		return rel
	}
	return path
}

func isPartial(err error) bool {
	var partial *engine.Partial
	return errors.As(err, &partial)
}
