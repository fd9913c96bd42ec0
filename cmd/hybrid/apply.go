package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"hybrid/internal/engine"
	"hybrid/internal/render"
	"hybrid/planner"
)

// applyFlags is what apply is told.
type applyFlags struct {
	view
	scope
	overriding
	yes      bool
	handout  string
	lower    bool
	noChecks bool // the checks before the first change are left out
	record   bool // what stands is written down where nothing is to be done

	rollback string // the run that is taken back, as it is named; "" for none
}

func (a *app) applyCommand() *cobra.Command {
	f := applyFlags{view: view{format: "text"}}
	c := &cobra.Command{
		Use:   "apply [flags] [PLAN] [DIR]",
		Short: "Carry a plan out, in dependency order",
		Long: "apply plans, shows the plan, asks, and carries it out. With a saved plan it carries out what that approves and\n" +
			"nothing else: live state is read again, and what is already done is skipped.",
		Example: "  hybrid apply --lab examples/contoso\n  hybrid apply saturday.plan",
		Args:    arguments(0, 2),
		RunE: func(c *cobra.Command, args []string) error {
			return a.apply(c.Context(), args, f)
		},
	}
	a.configFlags(c)
	f.scope.flags(c)
	c.Flags().BoolVar(&f.view.commands, "show-commands", false, "under each change, the very commands that will be issued, and their undo")
	c.Flags().BoolVar(&f.view.users, "users", false, "each user, not the summary")
	c.Flags().BoolVar(&f.yes, "auto-approve", false, "do not ask")
	c.Flags().BoolVar(&f.view.json, "json", false, "events instead of text, one JSON object a line; needs --auto-approve or a saved plan")
	c.Flags().BoolVar(&f.anyTime, "now", false, "also outside the maintenance window; needs --reason")
	lowerTTL(c, &f.lower)
	c.Flags().BoolVar(&f.record, "record", false, "where nothing is to be done, write down what stands all the same, for plan --drift to compare with")
	f.overriding.flags(c)
	f.checksFlag(c)
	c.Flags().StringVar(&f.handout, "handout", "", "list the users who are moved, and what each must be told, in a CSV `file` that does not exist yet")
	c.Flags().IntVar(&f.view.parallel, "parallelism", engine.UsersAtOnce, "users at once where a wave does not say, 1 to 100")
	return c
}

// check refuses what cannot be asked for, before anything is read.
func (f *applyFlags) check() error {
	if f.parallel < 1 || f.parallel > mostAtOnce {
		return fmt.Errorf("--parallelism %d: write a whole number from 1 to %d", f.parallel, mostAtOnce)
	}
	if f.anyTime && !f.reasoned() {
		return fmt.Errorf("--now needs --reason TEXT: why it cannot wait for the window, for the journal")
	}
	if f.noChecks && !f.reasoned() {
		return fmt.Errorf("--no-checks needs --reason TEXT: why this cannot wait until the checks pass, for the journal")
	}
	if err := f.overriding.check(); err != nil {
		return err
	}
	return freeHandout(f.handout)
}

func (a *app) apply(ctx context.Context, args []string, f applyFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	approved, dir, err := applyArgs(args)
	if err != nil {
		return err
	}
	if approved != nil {
		if err := approved.estateFits(a.lab); err != nil { // before anything is asked for that one of the two does not need
			return err
		}
	}
	if approved != nil && len(f.scope.Target)+len(f.scope.Exclude) > 0 {
		return fmt.Errorf("--target and --exclude are for planning: a saved plan is carried out as it was approved, as a whole, and is spent then. Plan again with them")
	}
	return a.applyIn(ctx, dir, approved, args, f)
}

// applyIn plans and carries out in a folder of a configuration; a saved plan is named by the first argument.
func (a *app) applyIn(ctx context.Context, dir string, approved *saved, args []string, f applyFlags) (err error) {
	ctx, begun := untilRun(ctx)
	defer begun()
	s, err := a.open(ctx, dir)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	r := &applying{flags: f, session: s, saved: approved, scope: f.scope, lower: f.lower, rollback: f.rollback, begun: begun}
	plan, err := a.prepare(ctx, r, args)
	if err != nil {
		return err
	}
	d, err := a.propose(ctx, r, plan)
	if err != nil {
		return err
	}
	if d.planned.Plan.Count().Changes() == 0 {
		return a.withoutChanges(ctx, r, d)
	}
	if err := r.fresh(d.planned.Plan); err != nil {
		return err
	}
	if err := a.checkFirst(ctx, r, d.planned); err != nil {
		return err
	}
	d, err = a.approve(ctx, r, plan, d)
	if err != nil {
		return err
	}
	return a.carryOut(ctx, r, d)
}

// applyArgs tells a saved plan and a folder apart.
func applyArgs(args []string) (*saved, string, error) {
	if len(args) == 0 || !isPlan(args[0]) {
		if len(args) > 1 && !exists(args[0]) {
			return nil, "", fmt.Errorf("there is no saved plan %s: `hybrid plan --out FILE` writes one", args[0])
		}
		if len(args) > 1 {
			return nil, "", fmt.Errorf("%s is not a saved plan: give the plan first, then the folder", args[0])
		}
		if len(args) == 1 && filepath.Ext(args[0]) != "" && !exists(args[0]) {
			return nil, "", fmt.Errorf("there is neither a saved plan nor a folder %s", args[0])
		}
		return nil, folder(args), nil
	}
	plan, err := readPlan(args[0])
	if err == nil && len(args) == 1 && !configured(".") {
		lab := ""
		if plan.Lab {
			lab = "--lab "
		}
		err = fmt.Errorf("the plan is of the configuration %s, and this folder has none. Name the folder behind the plan: hybrid apply %s%s DIR", plan.Name, lab, args[0])
	}
	return plan, folder(args[1:]), err
}

// configured says whether a folder has files of a configuration.
func configured(dir string) bool {
	files, err := filepath.Glob(filepath.Join(dir, "*.hcl*"))
	return err == nil && len(files) > 0
}

// propose plans, shows the plan, holds it against guards and windows, and says which guards are set aside for it.
func (a *app) propose(ctx context.Context, r *applying, plan planning) (decision, error) {
	asked := r.flags.overrides(r.saved)
	planned, err := a.planToApply(ctx, r, plan, asked)
	if err != nil {
		return decision{}, err
	}
	used := append(judge(planned.Refusals, asked).used(), r.flags.accept(r.session, r.saved)...)
	return decision{planned: planned, overrides: a.spoken(used)}, nil
}

// planToApply plans, shows the plan and holds it against guards and windows.
func (a *app) planToApply(ctx context.Context, r *applying, plan planning, overrides []planner.Override) (*engine.Planned, error) {
	s, f := r.session, r.flags
	planned, diags := plan(ctx)
	a.hiding(render.Redact(planned.Plan))
	if err := nothingDone(ctx); err != nil {
		return nil, err
	}
	guards := judge(planned.Refusals, overrides)
	if !f.json {
		if err := a.showPlan(s, planned, f.view, allowed{aside: guards.aside}); err != nil {
			return nil, err
		}
	}
	if diags.HasErrors() {
		return nil, &invalid{diags, s.config.Sources}
	}
	a.warn(s.config, warnings(diags))
	if guards.standing != nil {
		return nil, &guarded{guards.standing, s.config.Sources}
	}
	a.notNeeded(guards, f.overriding, s.engine.Taken())
	if f.anyTime {
		return planned, nil
	}
	return planned, s.engine.CheckWindows(planned.Plan)
}

// withoutChanges ends a run that has nothing to do, and records what stands where that is to be known.
func (a *app) withoutChanges(ctx context.Context, r *applying, d decision) error {
	if r.flags.record && d.planned.Plan.Count().Unknown == 0 || len(r.session.engine.Taken()) > 0 {
		if err := a.record(ctx, r, d); err != nil {
			return err
		}
	}
	if nothing := render.Nothing(d.planned.Plan); r.flags.json && nothing != "" { // the text of the plan says it
		a.say("Note: " + nothing)
	}
	return nothingToDo(d.planned.Plan)
}

// nothingToDo says how a run without changes ends: well, unless users stand in the way of themselves, or something is not known.
func nothingToDo(p *planner.Plan) error {
	for i := range p.Changes {
		if c := &p.Changes[i]; c.Action == planner.Unknown {
			return fmt.Errorf("nothing was done, since what is live is not known. %s: %s", c.Address, c.Reason)
		}
	}
	if p.Rollback != nil && len(p.Rollback.Kept) > 0 {
		return fmt.Errorf("nothing was taken back: what the run changed is no longer as it left it, or others rest on it. The plan says what it is")
	}
	if n := p.Count().Blocked; n > 0 {
		return fmt.Errorf("not as the configuration says, and cannot be changed as things stand: %d of the users. The plan says why", n)
	}
	return nil
}
