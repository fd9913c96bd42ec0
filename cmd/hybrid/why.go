package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"hybrid/internal/engine"
	"hybrid/internal/render"
	"hybrid/planner"
	"hybrid/schema"
)

func (a *app) whyCommand() *cobra.Command {
	var (
		asJSON bool
		plan   string
	)
	c := &cobra.Command{
		Use:   "why [flags] ADDRESS [DIR]",
		Short: "Say why the plan does what it does to a block, an instance or a user",
		Long: "why reads what is live, as plan does, and says of one address what the configuration says and where, what is live,\n" +
			"what comes of it, what has to come first and why, and what waits for it. It changes nothing. An address is what the\n" +
			"plan prints, of a user user_homing.pilot[\"sip:ada@contoso.com\"]; sip:ada@contoso.com alone is the user in every block.\n" +
			"With --plan a saved plan is explained, by itself: nothing is read, and no configuration is needed.",
		Example: "  hybrid why --lab oauth_configuration examples/contoso\n  hybrid why 'user_homing.pilot[\"sip:ada@contoso.com\"]'\n" +
			"  hybrid why --plan saturday.plan hosting_provider.LyncOnline",
		Args: arguments(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			if plan != "" {
				return a.whySaved(plan, args, asJSON)
			}
			if len(args) == 2 && configured(args[0]) && !configured(args[1]) {
				return fmt.Errorf("%s is a folder: name what is to be explained first, then the folder", args[0])
			}
			if len(args) == 1 && configured(args[0]) && !isKind(args[0]) {
				return fmt.Errorf("%s is a folder: name what is to be explained first, hybrid why ADDRESS %[1]s", args[0])
			}
			return a.why(c.Context(), args[0], folder(args[1:]), asJSON)
		},
	}
	a.configFlags(c)
	c.Flags().StringVar(&plan, "plan", "", "explain this saved plan, a `file` that plan --out has written")
	c.Flags().BoolVar(&asJSON, "json", false, "a list of one JSON object for each block, instance or user that the address names")
	return c
}

// isKind says whether a text names a kind, as the address of a block without labels does.
func isKind(text string) bool {
	_, kinds := declarations()
	return slices.ContainsFunc(kinds, func(k *schema.Kind) bool { return k.Name == text })
}

func (a *app) why(ctx context.Context, address, dir string, asJSON bool) (err error) {
	ctx = untilClosed(ctx)
	s, err := a.open(ctx, dir)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	s.engine.ReadOnly = true
	planned, diags := a.watched(s, s.planner(engine.Scope{}, false))(ctx)
	if err := nothingDone(ctx); err != nil {
		return err
	}
	o := a.whyOptions(ctx, s, planned)
	all, err := render.Explain(planned.Plan, address, o)
	if err != nil {
		return err
	}
	switch err := a.tellWhy(all, o, asJSON); {
	case err != nil:
		return err
	case diags.HasErrors():
		return &invalid{diags, s.config.Sources}
	}
	a.warn(s.config, diags)
	return nil
}

func (a *app) tellWhy(all []render.Why, o render.WhyOptions, asJSON bool) error {
	if asJSON {
		return a.printJSON(all)
	}
	return render.WhyText(a.out, all, o)
}

// whySaved explains a saved plan from what is in its file. How the other side shows a user is not.
func (a *app) whySaved(path string, args []string, asJSON bool) error {
	if len(args) > 1 || len(a.vars)+len(a.varFiles) > 0 {
		return fmt.Errorf("why --plan takes everything from the saved plan: leave out the folder, --var and --var-file")
	}
	if !exists(path) {
		return fmt.Errorf("there is no saved plan %s: `hybrid plan --out FILE` writes one", path)
	}
	f, err := readPlan(path)
	if err != nil {
		return err
	}
	o := render.WhyOptions{Nodes: f.nodes, Steps: f.steps, Color: a.colorOut(), Width: width(a.out)}
	all, err := render.Explain(f.plan, args[0], o)
	if err != nil {
		return err
	}
	if !asJSON {
		fmt.Fprintf(a.out, "%s\n\n", f.origin())
	}
	return a.tellWhy(all, o, asJSON)
}

func (a *app) whyOptions(ctx context.Context, s *session, p *engine.Planned) render.WhyOptions {
	return render.WhyOptions{
		Nodes: s.config.Nodes, Objects: s.config.Objects, Data: p.Data(s.config.Objects), Steps: s.engine.Steps,
		Mirror: func(c *planner.Change, sip string) render.Mirrored { return mirrored(ctx, s.engine, c, sip) },
		Color:  a.colorOut(), Width: width(a.out),
	}
}

// mirrored reads a user as another side shows the user.
func mirrored(ctx context.Context, e *engine.Engine, c *planner.Change, sip string) render.Mirrored {
	listing, view, seen := e.Mirror(ctx, c, sip)
	m := render.Mirrored{View: view, Err: listing.Err}
	if !seen {
		m.View = ""
	}
	if !seen || listing.Err != nil {
		return m
	}
	if row, ok := listing.Users.Lookup(sip); ok {
		m.Facts = []render.Fact{}
		for n, name := range listing.Users.Columns() {
			if cell := listing.Users.Row(row)[n]; cell != "" {
				m.Facts = append(m.Facts, render.Fact{Name: name, Value: strconv.Quote(cell)})
			}
		}
	}
	m.Note = planner.OriginOf(c, sip, listing.Users)
	return m
}
