package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"hybrid/internal/engine"
	"hybrid/internal/handout"
	"hybrid/internal/render"
	"hybrid/planner"
)

// view is how a plan is shown.
type view struct {
	format   string
	json     bool
	commands bool
	users    bool
	drift    *render.Drift // what has changed since runs ended; nil where nobody asked
	parallel int           // users at once, for the estimate; 0 is what apply takes where nothing is said
	anyTime  bool          // outside of maintenance windows as well
}

func (v *view) flags(c *cobra.Command) {
	c.Flags().StringVar(&v.format, "format", "text", "`name` of the format: "+strings.Join(render.Formats(), ", "))
	offers(c, "format", render.Formats())
	c.Flags().BoolVar(&v.json, "json", false, "the same as --format json: one document in the shape of Terraform's plan representation")
	c.Flags().BoolVar(&v.commands, "show-commands", false, "under each change, the very commands that apply will issue, and their undo")
	c.Flags().BoolVar(&v.users, "users", false, "each user, not the summary")
}

// check says whether the format is one of those there are.
func (v *view) check() error {
	if v.json {
		v.format = "json"
	}
	return render.Known(v.format)
}

func (a *app) planCommand() *cobra.Command {
	var (
		v     view
		scope scope
		o     planOptions
	)
	c := &cobra.Command{
		Use:   "plan [flags] [DIR]",
		Short: "Read what is live and print the difference",
		Long: "plan reads what is live and prints the difference from the configuration. It changes nothing. What could not be\n" +
			"read is shown with ?, nothing is planned from it, and the exit code is 1.\n\n" +
			"The signs: + is made, ~ is changed, - is removed, -/+ is removed and made anew, > is a move of users or a task,\n" +
			"? could not be read, ! needs a look: changed by hand, or users who are blocked.",
		Example: "  hybrid plan --lab examples/contoso\n  hybrid plan --out saturday.plan --show-commands",
		Args:    arguments(0, 1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := v.check(); err != nil {
				return err
			}
			return a.plan(c.Context(), folder(args), v, scope, o)
		},
	}
	a.configFlags(c)
	v.flags(c)
	scope.flags(c)
	c.Flags().StringVar(&o.out, "out", "", "save the plan as a `file`, or under its ID in a folder, for apply to carry out")
	c.Flags().StringVar(&o.handout, "handout", "", "list the users who will be moved, and what each must be told, in a CSV `file` that does not exist yet")
	lowerTTL(c, &o.lower)
	c.Flags().BoolVar(&o.drift, "drift", false, "say what was changed by hand since the last run; 0: nothing, 1: error, 2: something")
	o.overriding.flags(c)
	c.Flags().BoolVar(&o.detailed, "detailed-exitcode", false, "0: nothing to do, 1: error, 2: changes")
	return c
}

// planOptions is what becomes of a plan besides being shown.
type planOptions struct {
	overriding
	out      string // the file that it is saved as, "" for none
	handout  string // the file that lists the users who will be moved, "" for none
	detailed bool   // the exit code says whether there are changes
	lower    bool   // only TTLs are lowered
	drift    bool   // what was changed by hand since the last run is told
	rollback string // the run that is to be taken back, as it is named; "" for none
}

// check refuses what cannot be asked for, before anything is read.
func (o planOptions) check() error {
	if err := o.driftFits(); err != nil {
		return err
	}
	if err := o.overriding.check(); err != nil {
		return err
	}
	if err := savable(o.out); err != nil {
		return err
	}
	return freeHandout(o.handout)
}

func (a *app) plan(ctx context.Context, dir string, v view, scope scope, o planOptions) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	if o.reason != "" && len(o.guards) == 0 && !o.shrink {
		fmt.Fprintln(a.err, "Note: --reason is kept nowhere: a plan only keeps why a guard is set aside (--override) or a list accepted (--accept-shrink). Give it to apply, which writes it into the journal.")
	}
	ctx = untilClosed(ctx)
	s, err := a.open(ctx, dir)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	s.engine.ReadOnly = true
	if err := o.overriding.take(s, nil); err != nil {
		return err
	}
	restricted, err := scope.resolve(s.config)
	if err != nil {
		return err
	}
	planning, err := s.planning(ctx, restricted, o.lower, &o.rollback)
	if err != nil {
		return err
	}
	planned, diags := a.watched(s, planning)(ctx)
	a.hiding(render.Redact(planned.Plan))
	if err := nothingDone(ctx); err != nil {
		return err
	}
	if o.drift {
		if v.drift, err = a.measure(ctx, s, planned.Plan); err != nil {
			return err
		}
	}
	guards := judge(planned.Refusals, o.overrides(nil))
	if err := a.showPlan(s, planned, v, guards); err != nil {
		return err
	}
	switch {
	case diags.HasErrors() && o.drift:
		return a.endDrift(ctx, s, planned.Plan, v.drift, diags)
	case diags.HasErrors():
		return &invalid{diags, s.config.Sources}
	}
	a.warn(s.config, diags)
	if v.format != "text" { // which says so itself
		a.tellGuarded(&guarded{guards.standing, s.config.Sources})
	}
	a.notNeeded(guards, o.overriding, s.engine.Taken())
	if !o.drift {
		a.tellWindows(s, planned.Plan)
	}
	if err := a.writePlan(o, s, scope, planned, dir, guards, a.spoken(append(guards.used(), o.accept(s, nil)...))); err != nil {
		return err
	}
	switch {
	case o.drift:
		return a.endDrift(ctx, s, planned.Plan, v.drift, diags)
	case o.detailed && pending(planned.Plan):
		return &withCode{code: exitChanges}
	}
	return nil
}

// tellWindows says for what apply would be too early now: a plan is often looked at in daytime, and its window opens at night.
func (a *app) tellWindows(s *session, p *planner.Plan) {
	var closed *engine.Refused
	if !errors.As(s.engine.CheckWindows(p), &closed) {
		return
	}
	for _, reason := range closed.Reasons {
		a.say("Note: applied now, this would be refused: " + reason)
	}
}

// writePlan writes the files that were asked for.
func (a *app) writePlan(o planOptions, s *session, sc scope, p *engine.Planned, dir string, guards allowed, overrides []planner.Override) error {
	if o.out != "" {
		path, err := a.savePlan(o.out, s, sc, p, overrides)
		if err != nil {
			return err
		}
		a.tellSaved(path, dir, guards)
	}
	if o.handout != "" {
		return a.writeHandout(o.handout, handout.Planned(p.Plan))
	}
	return nil
}

// tellSaved says what to do with a saved plan. One that a guard refuses can be shown and discussed, and is not carried out.
func (a *app) tellSaved(path, dir string, guards allowed) {
	if names := guards.refusing(); len(names) > 0 {
		fmt.Fprintf(a.err, "Saved as %s, to be looked at: apply refuses it, as guard %s does now. Plan again once that is mended, or with what sets it aside.\n", path, strings.Join(names, ", guard "))
		return
	}
	fmt.Fprintf(a.err, "Saved as %s. To carry out exactly this: %s\n", path, a.applyCommandFor(path, dir))
}

// applyCommandFor is what to type to apply a saved plan; variables have to be given again.
func (a *app) applyCommandFor(plan, dir string) string {
	words := []string{"hybrid", "apply"}
	if a.lab {
		words = append(words, "--lab")
	}
	if len(a.vars)+len(a.varFiles) > 0 {
		words = append(words, "(the same --var and --var-file)")
	}
	words = append(words, plan)
	if dir != "." {
		words = append(words, dir)
	}
	return strings.Join(words, " ")
}

// pending says whether the estate is other than the configuration says.
func pending(p *planner.Plan) bool {
	n := p.Count()
	return n.Changes()+n.Blocked+n.Unknown > 0
}

// closing closes a session and keeps the first error.
func closing(s *session, err *error) {
	if failed := s.close(); *err == nil {
		*err = failed
	}
}

// showPlan prints a plan to standard output, with what guards make of it.
func (a *app) showPlan(s *session, p *engine.Planned, v view, guards allowed) error {
	if p.Later != nil && v.format == "text" && p.Plan.Count().Changes() == 0 {
		nothingToLower(a.out)
		return nil
	}
	p.Plan.Warnings = append(p.Plan.Warnings, guards.warnings()...)
	o := render.Options{
		Header: s.header(), Users: v.users, ShowCommands: v.commands, Color: a.colorOut(), Width: width(a.out),
		Root: here(), Steps: s.engine.Steps, Script: s.engine.Script, Nodes: s.graph(p), Refusals: guards.standing, SetAside: guards.aside, Sources: s.config.Sources,
		Drift: v.drift, RoundTrips: p.RoundTrips, Elapsed: p.Elapsed, Digest: planner.Digest(p.Plan),
	}
	if back := p.Plan.Rollback; back != nil {
		o.Origin = back.About
	}
	o.Estimate = a.estimate(s, p.Plan, v.parallel, v.anyTime)
	if s.lab != nil {
		o.Elapsed = 0 // how fast a simulated estate is read says nothing
	}
	return render.Write(a.out, v.format, p.Plan, o)
}

// here is the folder in which the program runs, "" where that is not known.
func here() string {
	dir, _ := os.Getwd()
	return dir
}

// warnings makes diagnostics that do not stop anything.
func warnings(diags hcl.Diagnostics) hcl.Diagnostics {
	var rest hcl.Diagnostics
	for _, d := range diags {
		if d.Severity == hcl.DiagWarning {
			rest = append(rest, d)
		}
	}
	return rest
}
