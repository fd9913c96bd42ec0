package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hybrid/internal/engine"
	"hybrid/internal/journal"
	"hybrid/planner"
)

func (a *app) showCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "show [flags] PLAN|RUN",
		Short:   "Show a saved plan, or a past run from its journal file",
		Example: "  hybrid show saturday.plan\n  hybrid show journal/20261122T220000Z-apply-1a2b.jsonl",
		Args:    arguments(1, 1),
		RunE: func(c *cobra.Command, args []string) error {
			if !exists(args[0]) {
				return fmt.Errorf("there is no file %s: name a plan that was saved with `hybrid plan --out`, or a run in the folder of the journal", args[0])
			}
			if filepath.Ext(args[0]) == ".jsonl" {
				return a.showRun(args[0], asJSON)
			}
			return a.showSaved(args[0], asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON document")
	return c
}

func (a *app) showSaved(path string, asJSON bool) error {
	plan, err := readPlan(path)
	if err != nil {
		return err
	}
	if asJSON {
		return a.printJSON(plan)
	}
	fmt.Fprintf(a.out, "%s: %d changes to %s, digest %.12s\n", path, len(plan.Changes), plan.Name, plan.Digest)
	a.showOverrides(inJournal(plan.Overrides))
	for _, c := range plan.Changes {
		fmt.Fprintf(a.out, "\n  %-8s %s\n", c.Action, c.Address)
		a.showApproved(&c)
	}
	return nil
}

func (a *app) showApproved(c *planner.Approved) {
	for _, u := range c.Users {
		from := u[1]
		if from == "" {
			from = "(not enabled)"
		}
		fmt.Fprintf(a.out, "      %s  from %s\n", u[0], from)
	}
	for _, name := range names2(c.Before, c.After) {
		was, is := c.Before[name], c.After[name]
		switch {
		case was == is:
		case was == "":
			fmt.Fprintf(a.out, "      %s = %s\n", name, is)
		case is == "":
			fmt.Fprintf(a.out, "      %s was %s\n", name, was)
		default:
			fmt.Fprintf(a.out, "      %s = %s → %s\n", name, was, is)
		}
	}
}

// names2 lists the attributes of either side in order.
func names2(before, after map[string]string) []string {
	var names []string
	for name := range before {
		names = append(names, name)
	}
	for name := range after {
		if _, both := before[name]; !both {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (a *app) showRun(path string, asJSON bool) error {
	past, err := journal.Read(path)
	if err != nil {
		return err
	}
	if asJSON {
		return a.printJSON(past)
	}
	run := past.Run
	fmt.Fprintf(a.out, "%s by %s on %s, begun %s\n", run.Command, run.Who, run.Host, run.Started.Local().Format(time.DateTime))
	if run.Reason != "" {
		fmt.Fprintf(a.out, "reason: %s\n", run.Reason)
	}
	a.showOverrides(run.Overrides)
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
	counts := engine.Summary{Done: past.End.Done, Failed: past.End.Failed, NotShown: past.End.NotShown, Doubt: past.End.Doubt, Skipped: past.End.Skipped}
	fmt.Fprintf(a.out, "\n%s: %s.\n", past.End.Result, counts)
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
