package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"hybrid/internal/engine"
	"hybrid/internal/journal"
	"hybrid/planner"
)

// approve asks, unless told not to or given a saved plan, and plans again where time has passed since the plan was read.
func (a *app) approve(ctx context.Context, r *applying, plan planning, d decision) (decision, error) {
	if r.saved != nil {
		d.approval, d.how = r.saved.Approval, journal.SavedPlan // it is fresh
		return d, nil
	}
	d.approval, d.how = planner.Approve(d.planned.Plan), journal.Flagged
	if r.flags.yes {
		return d, nil
	}
	if err := a.ask(ctx, r.flags.json); err != nil {
		return d, err
	}
	again, diags := plan(ctx)
	if err := nothingDone(ctx); err != nil {
		return d, err
	}
	if diags.HasErrors() {
		return d, &invalid{diags, r.session.config.Sources}
	}
	d.planned, d.how = again, journal.Typed
	return d, stale(d.approval, again.Plan, "")
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
func (a *app) ask(ctx context.Context, asEvents bool) error {
	if asEvents || !terminal(a.in) {
		return errors.New("there is no terminal to ask on: say --auto-approve, or apply a plan that was saved with --out")
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
		if line == "" {
			fmt.Fprintln(a.err) // the input is at its end, and nobody has ended the line of the question
		}
		if strings.TrimSpace(line) != "yes" {
			return &withCode{exitRefused, "Not approved. Nothing was done."}
		}
		return nil
	case <-ctx.Done():
		fmt.Fprintln(a.err)
		return nothingDone(ctx)
	}
}
