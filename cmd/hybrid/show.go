package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"hybrid/internal/journal"
	"hybrid/internal/render"
)

func (a *app) showCommand() *cobra.Command {
	var v view
	c := &cobra.Command{
		Use:   "show [flags] PLAN|RUN [DIR]",
		Short: "Show a saved plan in any format, or a past run from the journal",
		Long: "show shows a saved plan in any format, or a past run. A run is named by its file, or, with the folder of the\n" +
			"configuration, by its name or the beginning of it as `hybrid runs` lists it.",
		Example: "  hybrid show saturday.plan\n  hybrid show --format markdown saturday.plan\n" +
			"  hybrid show 20261122T2200 examples/contoso\n  hybrid show journal/20261122T220000Z-apply-1a2b.jsonl",
		Args: arguments(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			if err := v.check(); err != nil {
				return err
			}
			if isPlan(args[0]) && filepath.Ext(args[0]) != ".jsonl" {
				return a.showSaved(args[0], v)
			}
			if exists(args[0]) && !isPlan(args[0]) {
				return fmt.Errorf("%s is a folder: name a saved plan in it, or a run in the folder of the journal. What is live now is shown by `hybrid plan`", args[0])
			}
			return a.showNamed(c.Context(), args[0], folder(args[1:]), v)
		},
		ValidArgsFunction: a.completeRuns,
	}
	a.configFlags(c)
	v.flags(c)
	return c
}

// showNamed shows a run that is named in one of the ways in which runs are. What looks like a file is not looked for elsewhere.
func (a *app) showNamed(ctx context.Context, name, dir string, v view) error {
	if !exists(name) && (filepath.Ext(name) != "" || filepath.Base(name) != name) {
		return fmt.Errorf("there is no file %s: name a plan that was saved with `hybrid plan --out`, or a run that `hybrid runs` lists", name)
	}
	path, err := a.findRun(ctx, name, dir)
	if err != nil {
		return err
	}
	return a.showRun(path, v)
}

// showSaved shows a saved plan as it was shown when it was made. Nothing is contacted, and no configuration is needed.
func (a *app) showSaved(path string, v view) error {
	f, err := readPlan(path)
	if err != nil {
		return err
	}
	guards := judge(f.Refusals, f.Overrides)
	return render.Write(a.out, v.format, f.plan, render.Options{
		Header: f.Header, Origin: f.origins(), Users: v.users, ShowCommands: v.commands, Color: a.colorOut(), Width: width(a.out),
		Steps: f.steps, Nodes: f.nodes, Refusals: guards.standing, SetAside: guards.aside, RoundTrips: f.RoundTrips, Estimate: f.Estimate, Digest: f.Digest,
	})
}

func (a *app) showRun(path string, v view) error {
	if v.format != "text" && v.format != "json" {
		return fmt.Errorf("--format %q: a run is shown as text or json. The plan that it carried out is shown in every format where it was saved with `hybrid plan --out`", v.format)
	}
	past, err := journal.Read(path)
	if err != nil {
		return err
	}
	if v.format == "json" {
		return a.printJSON(past)
	}
	run := past.Run
	fmt.Fprintf(a.out, "%s by %s on %s, begun %s\n", run.Command, run.Who, run.Host, run.Started.Local().Format("2 Jan 2006 15:04:05 MST"))
	if run.Reason != "" {
		fmt.Fprintf(a.out, "reason: %s\n", run.Reason)
	}
	if run.RollsBack != "" {
		fmt.Fprintf(a.out, "takes back run %s\n", run.RollsBack)
	}
	if run.Planned != "" {
		fmt.Fprintf(a.out, "by a saved plan: %s\n", run.Planned)
	}
	if run.Approved != "" {
		fmt.Fprintf(a.out, "approved by: %s\n", run.Approved)
	}
	if run.Digest != "" {
		fmt.Fprintf(a.out, "digest of what was approved: %s\n", run.Digest)
	}
	a.showOverrides(run.Overrides)
	for _, line := range checksOf(run, true) {
		fmt.Fprintln(a.out, line)
	}
	for _, note := range past.Notes {
		fmt.Fprintf(a.out, "note: %s\n", note.Text)
	}
	for _, e := range past.Entries {
		a.showEntry(e)
	}
	if past.End == nil {
		fmt.Fprintf(a.out, "\nThe run did not come to its end. In doubt: %d.\n", len(past.Open()))
		return nil
	}
	fmt.Fprintf(a.out, "\n%s: %s.\n", past.End.Result, inNumbers(*past.End))
	return nil
}

// indented puts the later lines of a text below its first.
func indented(text string) string { return strings.ReplaceAll(text, "\n", "\n        ") }

func (a *app) showEntry(e journal.Entry) {
	result := e.Result
	if result == "" {
		result = "in doubt"
	}
	fmt.Fprintf(a.out, "\n  %-9s %-7s %s", result, e.Action, e.Address)
	if e.Error != "" {
		fmt.Fprintf(a.out, "\n      %s", indented(e.Error))
	}
	for _, command := range e.Commands {
		fmt.Fprintf(a.out, "\n      $ %s", indented(command))
	}
	fmt.Fprintln(a.out)
}

// showOverrides lists what was set aside for a run.
func (a *app) showOverrides(overrides []journal.Override) {
	for _, o := range overrides {
		fmt.Fprintf(a.out, "override: %s by %s: %s\n", o.Guard, o.Who, o.Reason)
	}
}
