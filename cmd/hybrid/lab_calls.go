package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"hybrid/internal/lab"
)

func (a *app) labCallsCommand() *cobra.Command {
	var asJSON, reset, each bool
	c := &cobra.Command{
		Use:   "calls [flags] [DIR]",
		Short: "Count what the estate has been asked since it was made: writes and reads",
		Long: "calls tells how often each cmdlet was called, updates of name servers (DNS update) and requests to Microsoft Graph: calls\n" +
			"that are made to change something, whatever came of them, and calls that read. With it a rehearsal shows that a second run\n" +
			"changes nothing. --each lists the writes one by one: when each was carried out, whether it changed anything, how it failed.",
		Example: "  hybrid lab calls --reset DIR\n  hybrid apply --lab DIR\n  hybrid lab calls DIR",
		Args:    arguments(0, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			if reset {
				return a.changeLab(folder(args), func(e *lab.Estate) error { e.ForgetCalls(); return nil })
			}
			if each {
				return a.labWrites(folder(args))
			}
			return a.labCalls(folder(args), asJSON)
		},
	}
	a.configFlags(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&each, "each", false, "each write call, a JSON object a line")
	c.Flags().BoolVar(&reset, "reset", false, "set all counts to zero")
	return c
}

func (a *app) labCalls(dir string, asJSON bool) error {
	cfg, err := a.load(dir)
	if err != nil {
		return err
	}
	estate, err := a.estate(cfg)
	if err != nil {
		return err
	}
	if asJSON {
		e := json.NewEncoder(a.out)
		e.SetIndent("", "  ")
		return e.Encode(estate.Calls)
	}
	a.printCalls("write", estate.Calls.Writes)
	a.printCalls("read", estate.Calls.Reads)
	return nil
}

// labWrites lists the writes one by one.
func (a *app) labWrites(dir string) error {
	list, err := lab.Writes(labState(dir))
	if err != nil {
		return err
	}
	e := json.NewEncoder(a.out)
	for _, w := range list {
		if err := e.Encode(w); err != nil {
			return err
		}
	}
	return nil
}

// printCalls prints one kind of calls: "3 write calls:", then each cmdlet.
func (a *app) printCalls(kind string, counts map[string]int) {
	total, widest := 0, 0
	for name, n := range counts {
		total += n
		widest = max(widest, len(name))
	}
	if total == 0 {
		fmt.Fprintf(a.out, "No %s calls.\n", kind)
		return
	}
	calls := "calls"
	if total == 1 {
		calls = "call"
	}
	fmt.Fprintf(a.out, "%d %s %s:\n", total, kind, calls)
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(a.out, "  %-*s  %d\n", widest, name, counts[name])
	}
}
