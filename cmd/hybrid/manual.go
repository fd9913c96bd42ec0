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
	"hybrid/internal/render"
)

// statuses are what the exit codes mean: the end of what is said by `hybrid --help`, and a section of every manual page.
var statuses = []manpage.Status{
	{Code: 0, Meaning: "done"},
	{Code: exitFailed, Meaning: "failed"},
	{Code: exitChanges, Meaning: "differences (plan --detailed-exitcode), changes by hand (plan --drift), or what warns or is not known (check, trace)"},
	{Code: exitRefused, Meaning: "refused"},
	{Code: exitPartial, Meaning: "applied in part"},
	{Code: exitInterrupted, Meaning: "interrupted"},
}

// exitCodes says them, one below the other, for a terminal of 80 columns.
func exitCodes() string {
	all := "Exit codes:"
	for _, s := range statuses {
		all += "\n" + render.Fold(fmt.Sprintf("%d %s", s.Code, s.Meaning), 77)
	}
	return strings.ReplaceAll(all, "\n", "\n  ")
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
