package main

import (
	"bufio"
	"context"
	"fmt"
	"strings"

	"hybrid/internal/engine"
	"hybrid/internal/journal"
	"hybrid/planner"
)

// approve asks, unless told not to or given a saved plan, and plans again where time has passed since the plan was read.
func (a *app) approve(ctx context.Context, s *session, plan planning, planned *engine.Planned, approved *saved, f applyFlags) (planner.Approval, *engine.Planned, error) {
	if approved != nil {
		return approved.Approval, planned, nil // stale has been asked
	}
	approval := planner.Approve(planned.Plan)
	if f.yes {
		return approval, planned, nil
	}
	if err := a.ask(ctx, f); err != nil {
		return approval, nil, err
	}
	again, diags := plan(ctx)
	if err := nothingDone(ctx); err != nil {
		return approval, nil, err
	}
	if diags.HasErrors() {
		return approval, nil, &invalid{diags, s.config.Sources}
	}
	return approval, again, stale(approval, again.Plan, "")
}

// approved is how the plan of a run came to be approved, in the words of the journal.
func (f *applyFlags) approved() string {
	switch {
	case f.plan != nil:
		return journal.SavedPlan
	case f.yes:
		return journal.Flagged
	}
	return journal.Typed
}

// stale refuses a plan of which something would be done that was not approved, and closes with what may be the cause, if any.
func stale(approval planner.Approval, now *planner.Plan, cause string) error {
	deviations := approval.Deviations(now)
	if len(deviations) == 0 {
		return nil
	}
	reasons := []string{"the estate is no longer as it was when this was approved:"}
	for n, d := range deviations {
		if n == 10 {
			reasons = append(reasons, fmt.Sprintf("… and %d more", len(deviations)-n))
			break
		}
		reasons = append(reasons, d.Text)
	}
	return &engine.Refused{Reasons: append(reasons, cause+"Plan again.")}
}

// ask lets the operator type yes.
func (a *app) ask(ctx context.Context, f applyFlags) error {
	if f.json || !terminal(a.in) {
		return fmt.Errorf("there is no terminal to ask on: say --auto-approve, or apply a plan that was saved with --out")
	}
	fmt.Fprint(a.err, "\nCarry this out? Only \"yes\" does: ")
	answer := make(chan string, 1)
	go func() {
		line, err := bufio.NewReader(a.in).ReadString('\n')
		if err != nil {
			line = ""
		}
		answer <- line
	}()
	select {
	case line := <-answer:
		if strings.TrimSpace(line) != "yes" {
			return &withCode{exitRefused, "Not approved. Nothing was done."}
		}
		return nil
	case <-ctx.Done():
		fmt.Fprintln(a.err)
		return nothingDone(ctx)
	}
}
