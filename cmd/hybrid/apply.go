package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

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
	json     bool
	now      bool
	parallel int
	handout  string
	lower    bool
	noChecks bool // the checks before the first change are left out
	record   bool // what stands is written down where nothing is to be done

	rollback string // the run that is taken back, as it is named; "" for none

	how     string   // the plan was approved, for the journal; "" before it was, and where nothing is to be done
	digest  string   // of the changes that were approved
	plan    *saved   // the one that is carried out, nil without
	begun   func()   // ends what interrupts planning: from then on things are done
	checked *checked // what checks have found before the first change; nil where none were run
	before  history  // the journal before anything of it, or of live state, was read
}

func (a *app) applyCommand() *cobra.Command {
	var f applyFlags
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
	c.Flags().BoolVar(&f.json, "json", false, "events instead of text, one JSON object a line; needs --auto-approve or a saved plan")
	c.Flags().BoolVar(&f.now, "now", false, "also outside the maintenance window; needs --reason")
	lowerTTL(c, &f.lower)
	c.Flags().BoolVar(&f.record, "record", false, "where nothing is to be done, write down what stands all the same, for plan --drift to compare with")
	f.overriding.flags(c)
	f.checksFlag(c)
	c.Flags().StringVar(&f.handout, "handout", "", "list the users who are moved, and what each must be told, in a CSV `file` that does not exist yet")
	c.Flags().IntVar(&f.parallel, "parallelism", usersAtOnce, "users at once where a wave does not say, 1 to 100")
	return c
}

// check refuses what cannot be asked for, before anything is read.
func (f *applyFlags) check() error {
	if f.parallel < 1 || f.parallel > mostAtOnce {
		return fmt.Errorf("--parallelism %d: write a whole number from 1 to %d", f.parallel, mostAtOnce)
	}
	if f.now && f.reason == "" {
		return fmt.Errorf("--now needs --reason TEXT: why it cannot wait for the window, for the journal")
	}
	if f.noChecks && strings.TrimSpace(f.reason) == "" {
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
	if approved != nil && len(f.scope.Target)+len(f.scope.Exclude) > 0 {
		return fmt.Errorf("--target and --exclude are for planning: a saved plan is carried out as it was approved, as a whole, and is spent then. Plan again with them")
	}
	return a.applyIn(ctx, dir, approved, args, f)
}

// applyIn plans and carries out in a folder of a configuration; a saved plan is named by the first argument.
func (a *app) applyIn(ctx context.Context, dir string, approved *saved, args []string, f applyFlags) (err error) {
	ctx, f.begun = untilRun(ctx)
	defer f.begun()
	f.view.format, f.view.parallel = "text", f.parallel
	s, err := a.open(ctx, dir)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	if err := f.overriding.take(s, approved); err != nil {
		return err
	}
	if err := a.await(ctx, s); err != nil {
		return err
	}
	f.before = historyOf(journalFolder(s))
	if approved != nil {
		if err := a.follow(&f, approved, s, args[0]); err != nil {
			return err
		}
	}
	scope, err := f.scope.resolve(s.config)
	if err != nil {
		return err
	}
	plan, err := s.planning(ctx, scope, f.lower, &f.rollback)
	if err != nil {
		return err
	}
	plan = a.watched(s, plan)
	overrides := f.overrides(approved)
	s.engine.Asks = f.asks(s)
	planned, err := a.planToApply(ctx, s, plan, f, overrides)
	if err != nil {
		return err
	}
	overrides = a.spoken(append(judge(planned.Refusals, overrides).used(), f.accept(s, approved)...))
	if planned.Plan.Count().Changes() == 0 {
		return a.withoutChanges(ctx, s, planned, f, overrides)
	}
	if approved != nil {
		if err := stale(approved.Approval, planned.Plan, approved.elsewhere(s)); err != nil {
			return err
		}
	}
	if err := a.checkFirst(ctx, s, planned, &f); err != nil {
		return err
	}
	approval, planned, err := a.approve(ctx, s, plan, planned, approved, f)
	if err != nil {
		return err
	}
	return a.carryOut(ctx, s, decision{planned, approval, overrides}, f)
}

// follow takes over what a saved plan was made with, where it is one of this configuration and has not been carried out.
func (a *app) follow(f *applyFlags, approved *saved, s *session, path string) error {
	if err := approved.fits(s); err != nil {
		return err
	}
	going, err := unspent(journalFolder(s), approved)
	if err != nil {
		return err
	}
	if going != "" {
		fmt.Fprintln(a.err, going)
	}
	f.plan = approved
	if f.lower, err = approved.lowers(f.lower, path); err != nil {
		return err
	}
	f.scope = approved.scope
	if back := approved.plan.Rollback; back != nil {
		f.rollback = back.Run
	}
	return nil
}

// applyArgs tells a saved plan and a folder apart.
func applyArgs(args []string) (*saved, string, error) {
	if len(args) == 0 || !isPlan(args[0]) {
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

// planToApply plans, shows the plan and holds it against guards and windows.
func (a *app) planToApply(ctx context.Context, s *session, plan planning, f applyFlags, overrides []planner.Override) (*engine.Planned, error) {
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
	if f.now {
		return planned, nil
	}
	return planned, s.engine.CheckWindows(planned.Plan)
}

// withoutChanges ends a run that has nothing to do, and records what stands where that is to be known.
func (a *app) withoutChanges(ctx context.Context, s *session, planned *engine.Planned, f applyFlags, overrides []planner.Override) error {
	if f.record && planned.Plan.Count().Unknown == 0 || len(s.engine.Taken()) > 0 {
		if err := a.record(ctx, s, planned, f, overrides); err != nil {
			return err
		}
	}
	return nothingToDo(planned.Plan)
}

// nothingToDo says how a run without changes ends: well, unless users stand in the way of themselves, or something is not known.
func nothingToDo(p *planner.Plan) error {
	for i := range p.Changes {
		if c := &p.Changes[i]; c.Action == planner.Unknown {
			return fmt.Errorf("nothing was done, since what is live is not known. %s: %s", c.Address, c.Reason)
		}
	}
	if p.Rollback != nil && len(p.Rollback.Kept) > 0 {
		return fmt.Errorf("nothing was taken back: what the run changed is no longer as it left it. The plan says what it is")
	}
	if n := p.Count().Blocked; n > 0 {
		return fmt.Errorf("not as the configuration says, and cannot be changed as things stand: %d of the users. The plan says why", n)
	}
	return nil
}
