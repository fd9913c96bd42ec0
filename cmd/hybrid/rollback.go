package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"hybrid/internal/engine"
	"hybrid/internal/journal"
	"hybrid/planner"
)

func (a *app) rollbackCommand() *cobra.Command {
	var (
		f        applyFlags
		out      string
		planOnly bool
	)
	c := &cobra.Command{
		Use:   "rollback [flags] RUN [DIR]",
		Short: "Take back what a past run did, as far as things are still as it left them",
		Long: "rollback plans the way back from a run, shows the plan, asks, and carries it out like apply. Of what the run changed it\n" +
			"wants the values of before, and of nothing else; what has been changed since is left as it is, and named, and so is what\n" +
			"nothing brings back. RUN is a run's name or the beginning of it, as `hybrid runs` lists it, or its file.",
		Example: "  hybrid rollback 20261122T2200 examples/contoso\n  hybrid rollback --out back.plan 20261122T2200 examples/contoso",
		Args:    arguments(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			if err := errors.Join(a.runFirst(args), f.view.check()); err != nil {
				return err
			}
			if planOnly || out != "" {
				o := planOptions{overriding: f.overriding, out: out, handout: f.handout, rollback: args[0]}
				v := f.view
				v.parallel = 0 // the plan alone is estimated by what apply takes where nothing is said
				return a.plan(c.Context(), folder(args[1:]), v, scope{}, o)
			}
			if !f.json && f.format != "text" {
				return errors.New("--format is for the plan alone: say --plan-only or --out FILE as well")
			}
			f.rollback = args[0]
			if err := f.check(); err != nil {
				return err
			}
			return a.applyIn(c.Context(), folder(args[1:]), nil, args, f)
		},
		ValidArgsFunction: a.completeRuns,
	}
	a.configFlags(c)
	f.view.flags(c)
	c.Flags().Lookup("json").Usage = "events instead of text, one JSON object a line, which needs --auto-approve; with --plan-only or --out the same as --format json"
	c.Flags().BoolVar(&planOnly, "plan-only", false, "print the plan and change nothing")
	c.Flags().StringVar(&out, "out", "", "save the plan as a `file` for apply to carry out, and change nothing")
	c.Flags().BoolVar(&f.yes, "auto-approve", false, "do not ask")
	c.Flags().BoolVar(&f.anyTime, "now", false, "also outside the maintenance window; needs --reason")
	f.overriding.flags(c)
	f.checksFlag(c)
	c.Flags().StringVar(&f.handout, "handout", "", "list the users who are moved, and what each must be told, in a CSV `file` that does not exist yet")
	c.Flags().IntVar(&f.view.parallel, "parallelism", engine.UsersAtOnce, "users at once where a wave does not say, 1 to 100")
	return c
}

// runFirst refuses a folder where the run is to be named.
func (a *app) runFirst(args []string) error {
	if info, err := os.Stat(args[0]); err != nil || !info.IsDir() {
		return nil
	}
	dir, lab := args[0], ""
	if a.lab {
		lab = "--lab "
	}
	return fmt.Errorf("%s is a folder: name the run before it, hybrid rollback %sRUN %s. `hybrid runs %s%s` lists the runs", dir, lab, dir, lab, dir)
}

// planning is what a plan is made by: of the configuration, or, where a run is named, of the way back from it. The name becomes
// the run's ID.
func (s *session) planning(ctx context.Context, scope engine.Scope, lower bool, rollback *string) (planning, error) {
	if *rollback == "" {
		return s.planner(scope, lower), nil
	}
	run, err := s.past(ctx, *rollback)
	if err != nil {
		return nil, err
	}
	*rollback = run.ID
	return func(ctx context.Context) (*engine.Planned, hcl.Diagnostics) {
		return s.engine.PlanRollback(ctx, run)
	}, nil
}

// past reads a run that is over.
func (s *session) past(ctx context.Context, name string) (*journal.Past, error) {
	dir := journalFolder(s)
	path, err := journal.Find(dir, name)
	if isPlan(name) {
		path, err = name, nil
	}
	if err != nil {
		return nil, err
	}
	run, err := journal.Read(path)
	if err != nil || run.End != nil {
		return run, err
	}
	held, err := s.journal().Held(ctx)
	if err == nil && held != nil && held.Run == run.ID && held.State != journal.Gone {
		err = refuse("run %s is still under way, or may be: the journal is locked by it%s (process %d). Wait for its end, or stop it with Ctrl-C.", run.ID, by(held.Who, held.Host), held.PID)
	}
	return run, err
}

// graph is what a plan goes by: the configuration's, or its own.
func (s *session) graph(p *engine.Planned) []*planner.Node {
	if nodes := p.Nodes(); nodes != nil {
		return nodes
	}
	return s.config.Nodes
}

// origins says of a saved plan where it comes from and which run it takes back, if it does.
func (f *saved) origins() string {
	if f.plan.Rollback == nil {
		return f.origin()
	}
	return f.origin() + "\n" + f.plan.Rollback.About
}
