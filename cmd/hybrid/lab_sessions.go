package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"hybrid/internal/lab"
)

func (a *app) labSessionsCommand() *cobra.Command {
	var asJSON, reset bool
	c := &cobra.Command{
		Use:   "sessions [flags] [DIR]",
		Short: "Count the sessions on the estate's hosts: opened, closed, left behind",
		Long: "sessions tells how many sessions have been opened on the estate's hosts, and what became of them: closed by who opened\n" +
			"them, lost with their host or by a fault, ended by their idle timeout. With it a rehearsal shows that nothing is left behind.",
		Example: "  hybrid lab sessions --reset DIR\n  hybrid apply --lab DIR\n  hybrid lab sessions DIR",
		Args:    arguments(0, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			path := labState(folder(args))
			if reset {
				return lab.ForgetSessions(path)
			}
			return a.labSessions(path, asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&reset, "reset", false, "set all counts to zero")
	return c
}

func (a *app) labSessions(path string, asJSON bool) error {
	s, err := lab.LoadSessions(path)
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(a.out).Encode(s)
	}
	_, err = fmt.Fprintf(a.out, "%d opened: %d closed, %d lost, %d expired, %d left.\n", s.Opened, s.Closed, s.Lost, s.Expired, s.Left())
	return err
}
