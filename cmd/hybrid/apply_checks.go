package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hybrid/internal/check"
	"hybrid/internal/engine"
	"hybrid/internal/event"
	"hybrid/internal/journal"
	"hybrid/internal/render"
	"hybrid/planner"
	"hybrid/schema"
)

// What checks may take before the first change of a run, and after its last. They share the sessions that the run goes on with, so
// that few are at work at once.
const (
	checkLimit   = 30 * time.Second
	checksAtOnce = 4
)

func (f *applyFlags) checksFlag(c *cobra.Command) {
	c.Flags().BoolVar(&f.noChecks, "no-checks", false, "leave out the checks before the first change, for this run; needs --reason")
}

// asks are the cmdlets that the checks before a run will call, by system: those of what the configuration declares, and of all where a
// run is taken back, which may have changed what is declared no more.
func (r *applying) asks() map[string][]string {
	if r.flags.noChecks {
		return nil
	}
	declared := func(of func(*schema.Kind) bool) bool {
		return r.rollback != "" || slices.ContainsFunc(r.session.config.Objects, func(o planner.Object) bool { return of(o.Kind) })
	}
	concerned := slices.DeleteFunc(check.All(), func(c check.Check) bool { return !c.Blocks || !declared(c.Concerns) })
	asks := check.Asks(concerned)
	if declared(func(k *schema.Kind) bool { return k.Name == "user_homing" }) {
		for system, cmdlets := range check.AsksOfUsers() {
			asks[system] = append(asks[system], cmdlets...)
		}
	}
	return asks
}

// checkFirst runs the checks that block and that the plan's changes concern, and refuses the run where one fails.
func (a *app) checkFirst(ctx context.Context, r *applying, planned *engine.Planned) error {
	if r.flags.noChecks {
		return nil
	}
	s := r.session
	changes := check.ChangesOf(planned.Plan, s.config)
	estate := &check.Estate{Config: s.config, Now: s.engine.Clock.Now, Source: readAlready{s.source(), planned}, Users: s.source()}
	before, later := changes.Concerning(check.All())
	found := &checked{later: later}
	found.findings = check.Run(ctx, estate, before, check.Options{Deadline: checkLimit, Parallel: checksAtOnce, Waived: s.config.Waived()})
	if len(changes.Moved()) > 0 {
		found.users = a.checkMoved(ctx, estate, &changes)
		found.findings = append(found.findings, found.users.findings()...)
	}
	if err := nothingDone(ctx); err != nil {
		return err
	}
	a.hideIn(found.findings)
	r.checked = found
	a.tellChecked(found, s, r.flags.json)
	if len(found.failed()) == 0 {
		return nil
	}
	return a.refusedByChecks(s, found)
}

// readAlready is a source that gives lists which the plan rests on without reading them again.
type readAlready struct {
	source
	planned *engine.Planned
}

func (r readAlready) List(ctx context.Context, provider, kind string) planner.Listing {
	if listing, read := r.planned.Listed(provider, kind); read {
		return listing
	}
	return r.source.List(ctx, provider, kind)
}

// tellChecked says in a line what was found, and in another what is not known. Why is in the log, and in the journal.
func (a *app) tellChecked(c *checked, s *session, asEvents bool) {
	unknown := having(c.findings, check.Unknown)
	for _, f := range unknown {
		a.log().Info("a check is not known", "check", f.ID, "why", f.Text)
	}
	if asEvents {
		sink := render.JSONEvents(a.out)
		for _, f := range c.findings {
			tellFinding(sink, f)
		}
		return
	}
	if line := c.line(); line != "" {
		a.say(line)
	}
	if len(unknown) > 0 {
		a.say("Not known: " + idsOf(unknown) + ". " + c.whyUnknown(s.lab != nil))
	}
}

// refusedByChecks shows what fails, with what was seen and what to do, and how to go on without.
func (a *app) refusedByChecks(s *session, c *checked) error {
	o := render.CheckOptions{Color: a.colorErr(), Columns: width(a.err), Root: here()}
	failed := c.failed()
	inTable := func(f check.Finding) bool { return f.Group == check.Users && c.users.caused[f.ID] }
	fmt.Fprintln(a.err)
	if err := render.Findings(a.err, slices.DeleteFunc(slices.Clone(failed), inTable), o); err != nil {
		return err
	}
	if slices.ContainsFunc(failed, inTable) {
		if err := c.users.tell(a, s, o); err != nil {
			return err
		}
	}
	fails := "fail"
	if len(failed) == 1 {
		fails = "fails"
	}
	a.say(fmt.Sprintf("Refused: %s %s, and the plan needs what is checked there. Do what is said above, and apply again.\n"+
		"To waive a check for good, with a reason that everybody sees: check \"%s\" { skip = true, reason = \"…\" }, on lines of their own.\n"+
		"To leave all checks out for this run: --no-checks --reason TEXT", idsOf(failed), fails, failed[0].ID))
	return &withCode{exitRefused, "Nothing was done."}
}

// checkAfter runs the checks that look at what has been changed. What fails now is a warning: it has been done.
func (a *app) checkAfter(ctx context.Context, s *session, c *checked, book *journal.Journal, sink event.Sink) {
	if c == nil || len(c.later) == 0 || ctx.Err() != nil {
		return
	}
	estate := &check.Estate{Config: s.config, Now: s.engine.Clock.Now, Source: s.source()}
	findings := check.Run(ctx, estate, c.later, check.Options{Deadline: checkLimit, Parallel: checksAtOnce, Waived: s.config.Waived()})
	a.hideIn(findings)
	for _, f := range findings {
		tellFinding(sink, f)
		if text := afterwards(f); text != "" {
			sink(event.Event{Type: event.Warning, Message: text})
			if err := book.Note(text); err != nil {
				sink(event.Event{Type: event.Warning, Message: "what a check found after the run is not noted in the journal: " + err.Error()})
			}
		}
	}
}

// afterwards is what is to be known of a check after the run; "" where that is nothing.
func afterwards(f check.Finding) string {
	switch f.Verdict {
	case check.Fail:
		return fmt.Sprintf("after the run, %s fails (%s): %s. %s", f.ID, f.Title, strings.TrimSuffix(f.Text, "."), f.Do)
	case check.Unknown:
		return fmt.Sprintf("after the run, %s is not known (%s): %s", f.ID, f.Title, f.Text)
	}
	return ""
}

// tellFinding makes an event of a finding, unless the configuration has nothing that it is about.
func tellFinding(sink event.Sink, f check.Finding) {
	if f.Verdict == check.NoCause {
		return
	}
	e := event.Event{Type: event.Check, Check: f.ID, Result: string(f.Verdict), Message: f.Text, Address: f.Address, Millis: f.Took.Milliseconds()}
	if f.Verdict == check.Fail {
		e.Remedy = f.Do
	}
	sink(e)
}

// tellUnchecked says that the checks were left out.
func (f *applyFlags) tellUnchecked(sink event.Sink) {
	if f.noChecks {
		sink(event.Event{Type: event.Warning, Message: "the checks before the first change are left out: " + f.reason})
	}
}
