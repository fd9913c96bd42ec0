package main

import (
	"context"
	"fmt"
	"io"
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
}

func (v *view) flags(c *cobra.Command) {
	c.Flags().StringVar(&v.format, "format", "text", "text or json")
	c.Flags().BoolVar(&v.json, "json", false, "the same as --format json: one document in the shape of Terraform's plan representation")
	c.Flags().BoolVar(&v.commands, "show-commands", false, "under each change, the very commands that apply will issue, and their undo")
	c.Flags().BoolVar(&v.users, "users", false, "each user, not the summary")
}

// check says whether the format is one of those there are.
func (v *view) check() error {
	if v.json {
		v.format = "json"
	}
	if v.format != "text" && v.format != "json" {
		return fmt.Errorf("--format %q: there are text and json", v.format)
	}
	return nil
}

func (a *app) planCommand() *cobra.Command {
	var (
		v        view
		scope    scope
		w        planWriting
		detailed bool
	)
	c := &cobra.Command{
		Use:     "plan [flags] [DIR]",
		Short:   "Read what is live and print the difference",
		Example: "  hybrid plan --lab examples/contoso\n  hybrid plan --out saturday.plan --show-commands",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := v.check(); err != nil {
				return err
			}
			return a.plan(c.Context(), folder(args), v, scope, w, detailed)
		},
	}
	a.configFlags(c)
	v.flags(c)
	scope.flags(c)
	c.Flags().StringVar(&w.out, "out", "", "save the plan as a `file`, for apply to carry out")
	c.Flags().StringVar(&w.handout, "handout", "", "list the users who will be moved, and what each must be told, in a CSV `file` that does not exist yet")
	c.Flags().BoolVar(&detailed, "detailed-exitcode", false, "0: nothing to do, 1: error, 2: changes")
	return c
}

// planWriting is which files a plan is written to; "" writes none.
type planWriting struct {
	out     string
	handout string
}

func (a *app) plan(ctx context.Context, dir string, v view, scope scope, w planWriting, detailed bool) (err error) {
	if w.handout != "" {
		if err := handout.Free(w.handout); err != nil {
			return err
		}
	}
	s, err := a.open(ctx, dir)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	s.engine.ReadOnly = true
	restricted, err := scope.resolve(s.config)
	if err != nil {
		return err
	}
	planned, diags := s.engine.Plan(ctx, restricted)
	if err := a.showPlan(s, planned, v); err != nil {
		return err
	}
	if diags.HasErrors() {
		return &invalid{diags, s.config.Sources}
	}
	a.warn(s.config, diags)
	for _, refusal := range s.engine.Guard().Check(planned.Plan) {
		fmt.Fprintf(a.err, "Guard %s: %s\n", refusal.Guard, refusal.Text)
	}
	if err := a.writePlan(w, s, scope, planned.Plan, dir); err != nil {
		return err
	}
	if detailed && pending(planned.Plan) {
		return &withCode{code: exitChanges}
	}
	return nil
}

// writePlan writes the files that were asked for.
func (a *app) writePlan(w planWriting, s *session, sc scope, p *planner.Plan, dir string) error {
	if w.out != "" {
		if err := savePlan(w.out, s, sc, p); err != nil {
			return err
		}
		fmt.Fprintf(a.err, "Saved as %s. To carry out exactly this: %s\n", w.out, a.applyCommandFor(w.out, dir))
	}
	if w.handout != "" {
		return a.writeHandout(w.handout, handout.Planned(p))
	}
	return nil
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

// showPlan prints a plan to standard output.
func (a *app) showPlan(s *session, p *engine.Planned, v view) error {
	o := render.Options{
		Header: s.header(), Users: v.users, ShowCommands: v.commands, Color: a.colorOut(), Width: width(a.out),
		Commands: s.engine.Commands, RoundTrips: p.RoundTrips, Elapsed: p.Elapsed, Digest: planner.Approve(p.Plan).Digest,
	}
	if s.lab != nil {
		o.Elapsed = 0 // how fast a simulated estate is read says nothing
	}
	return renderPlan(a.out, p.Plan, o, v.format)
}

func renderPlan(w io.Writer, p *planner.Plan, o render.Options, format string) error {
	if format == "json" {
		return render.JSON(w, p, o)
	}
	return render.Text(w, p, o)
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
