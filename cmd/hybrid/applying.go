package main

import (
	"context"
	"fmt"

	"hybrid/planner"
)

// applying is one apply or rollback under way: what it was told, and what comes of that step by step.
type applying struct {
	flags   applyFlags // as they were checked: nothing changes them
	session *session
	saved   *saved // the plan that is carried out, nil without
	begun   func() // ends what interrupts planning: from then on things are done

	// What the flags say, or in their place the saved plan.
	scope    scope
	lower    bool
	rollback string // the run that is taken back, at first as it is named and then by its ID; "" for none

	before  history  // the journal before anything of it, or of live state, was read
	checked *checked // what checks have found before the first change; nil where none were run
}

// prepare makes the session ready for what was asked, takes over a saved plan, which the first argument names, and gives what
// plans are made by.
func (a *app) prepare(ctx context.Context, r *applying, args []string) (planning, error) {
	s := r.session
	if err := r.flags.overriding.take(s, r.saved); err != nil {
		return nil, err
	}
	if err := a.await(ctx, s); err != nil {
		return nil, err
	}
	r.before = historyOf(journalFolder(s))
	if r.saved != nil {
		if err := a.follow(r, args[0]); err != nil {
			return nil, err
		}
	}
	scope, err := r.scope.resolve(s.config)
	if err != nil {
		return nil, err
	}
	plan, err := s.planning(ctx, scope, r.lower, &r.rollback)
	if err != nil {
		return nil, err
	}
	s.engine.Asks = r.asks()
	return a.watched(s, plan), nil
}

// follow takes over what a saved plan was made with, where it is one of this configuration and has not been carried out.
func (a *app) follow(r *applying, path string) error {
	if err := r.saved.fits(r.session); err != nil {
		return err
	}
	going, err := unspent(journalFolder(r.session), r.saved)
	if err != nil {
		return err
	}
	if going != "" {
		fmt.Fprintln(a.err, going)
	}
	if r.lower, err = r.saved.lowers(r.lower, path); err != nil {
		return err
	}
	r.scope = r.saved.scope
	if back := r.saved.plan.Rollback; back != nil {
		r.rollback = back.Run
	}
	return nil
}

// fresh refuses a saved plan where something would be done now that it does not approve.
func (r *applying) fresh(now *planner.Plan) error {
	if r.saved == nil {
		return nil
	}
	return stale(r.saved.Approval, now, r.saved.elsewhere(r.session))
}

// command is what a run is called by.
func (r *applying) command() string {
	if r.rollback != "" {
		return "rollback"
	}
	return "apply"
}
