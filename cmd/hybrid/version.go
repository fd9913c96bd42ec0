package main

import (
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/spf13/cobra"
)

func (a *app) versionCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "version",
		Short:   "Print the version, the commit it was built from, and for what",
		Example: "  hybrid version\n  hybrid version --json",
		Args:    arguments(0, 0),
		RunE: func(c *cobra.Command, args []string) error {
			if asJSON {
				return a.printJSON(program())
			}
			_, err := fmt.Fprintln(a.out, program().line())
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object")
	return c
}

// program is where this program comes from, as exactly as it knows.
var program = sync.OnceValue(func() provenance {
	info, _ := debug.ReadBuildInfo() // nil where there is none
	return provenanceOf(stamped, info)
})

// build names this program in plans, journals and logs: another build of one version may do it otherwise.
func build() string { return program().String() }
