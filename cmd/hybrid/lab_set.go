package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"hybrid/internal/lab"
	"hybrid/schema"
)

func (a *app) labSetCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "set [flags] DIR [NAME=VALUE]...",
		Short: "Set how the far end behaves: delays, directory synchronisation, licences",
		Long:  "set changes settings of the estate, or without any lists them all.\n\n" + settingsHelp(),
		Example: "  hybrid lab set DIR\n" +
			"  hybrid lab set DIR sync.by_cycle=true sync.arrives=2s\n" +
			"  hybrid lab set DIR tenant.unlicensed=sip:ada@contoso.com,sip:alan@contoso.com",
		Args: arguments(1, -1),
		RunE: func(_ *cobra.Command, args []string) error { return a.labSet(args[0], args[1:]) },
	}
	a.configFlags(c)
	return c
}

func settingsHelp() string {
	var b strings.Builder
	for _, s := range lab.Settings() {
		fmt.Fprintf(&b, "%-26s %s\n", s.Name, s.Doc)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// labSet changes settings in the estate's file, all or none, and lists what is set.
func (a *app) labSet(dir string, assignments []string) error {
	return a.changeLab(dir, func(e *lab.Estate) error {
		for _, assignment := range assignments {
			if err := set(e, assignment); err != nil {
				return err
			}
		}
		for _, s := range lab.Settings() {
			fmt.Fprintf(a.out, "%-26s = %s\n", s.Name, s.Get(e))
		}
		return nil
	})
}

func set(e *lab.Estate, assignment string) error {
	name, value, ok := strings.Cut(assignment, "=")
	if !ok {
		return fmt.Errorf("%q sets nothing: write NAME=VALUE, such as sync.takes=2s", assignment)
	}
	var names []string
	for _, s := range lab.Settings() {
		if s.Name == name {
			return s.Set(e, value)
		}
		names = append(names, s.Name)
	}
	near := schema.DidYouMean(name, names)
	if near == "" {
		near = " There are " + schema.List(names, "and") + "."
	}
	return fmt.Errorf("the lab has no setting %q.%s", name, near)
}
