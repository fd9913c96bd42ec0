package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hybrid/internal/manpage"
)

// statuses are what the exit codes mean: the last line of `hybrid --help`, and a section of every manual page.
var statuses = []manpage.Status{
	{Code: 0, Meaning: "done"},
	{Code: exitFailed, Meaning: "failed"},
	{Code: exitChanges, Meaning: "differences (plan --detailed-exitcode) or changes by hand (plan --drift)"},
	{Code: exitRefused, Meaning: "refused"},
	{Code: exitPartial, Meaning: "applied in part"},
	{Code: exitInterrupted, Meaning: "interrupted"},
}

// exitCodes says them in one line.
func exitCodes() string {
	var all []string
	for _, s := range statuses {
		all = append(all, fmt.Sprintf("%d %s", s.Code, s.Meaning))
	}
	return "Exit codes: " + strings.Join(all, ", ") + "."
}

// manualCommand is hidden: packages bring the pages along, and who builds the program finds it in docs/releases.md.
func (a *app) manualCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "manual DIR",
		Short:   "Write the manual pages into a folder",
		Example: "  hybrid manual ~/.local/share/man/man1",
		Args:    arguments(1, 1),
		Hidden:  true,
		RunE: func(c *cobra.Command, args []string) error {
			pages := manpage.Pages(c.Root(), manpage.Edition{Source: "hybrid " + program().Version, Date: day(program().Date), Exits: statuses})
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return unwritable(args[0], err)
			}
			for _, name := range slices.Sorted(maps.Keys(pages)) {
				if err := os.WriteFile(filepath.Join(args[0], name), []byte(pages[name]), 0o644); err != nil {
					return unwritable(args[0], err)
				}
			}
			_, err := fmt.Fprintf(a.err, "Written to %s: %d pages.\n", args[0], len(pages))
			return err
		},
	}
}

// day is the date of a time as provenance has it, "" where there is none.
func day(at string) string {
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}
