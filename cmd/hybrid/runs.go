package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"hybrid/internal/config"
	"hybrid/internal/journal"
)

// runsListed is how many runs are listed where nobody says.
const runsListed = 20

func (a *app) runsCommand() *cobra.Command {
	var (
		asJSON bool
		limit  int
	)
	c := &cobra.Command{
		Use:   "runs [flags] [DIR]",
		Short: "List the runs of the journal, the latest first: when, who, why, what became of them",
		Long: "runs lists what the journal of a configuration holds. Nothing but the journal is contacted, and nothing is changed. `hybrid show RUN`\n" +
			"shows one of them, and `hybrid rollback RUN` plans the way back from it; the beginning of its name is enough.",
		Example: "  hybrid runs examples/contoso\n  hybrid runs --limit 0 --json",
		Args:    arguments(0, 1),
		RunE: func(c *cobra.Command, args []string) error {
			if limit < 0 {
				return fmt.Errorf("--limit %d: say how many runs to list, or 0 for all of them", limit)
			}
			return a.runs(c.Context(), folder(args), limit, asJSON)
		},
	}
	c.AddCommand(a.unlockCommand())
	a.configFlags(c)
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON document instead of text")
	c.Flags().IntVar(&limit, "limit", runsListed, "list this many `runs`, the latest; 0 lists all")
	return c
}

func (a *app) runs(ctx context.Context, dir string, limit int, asJSON bool) error {
	c, err := a.load(dir)
	if err != nil {
		return err
	}
	list, err := listRuns(ctx, a.storeOf(c), limit)
	if err != nil {
		return err
	}
	if asJSON {
		err = a.printJSON(list)
	} else {
		list.write(a.out)
		a.inTheLab(c, list)
	}
	if err == nil && len(list.Damaged) > 0 {
		err = list.unread()
	}
	return err
}

// inTheLab says where runs are that somebody may look for, where there are none.
func (a *app) inTheLab(c *config.Config, list runList) {
	if a.lab || len(list.Runs)+len(list.Damaged) > 0 {
		return
	}
	if ids, err := journal.IDs(labJournal(c.Dir)); err == nil && len(ids) > 0 {
		fmt.Fprintf(a.out, "The lab has %d: --lab lists them.\n", len(ids))
	}
}

// findRun gives the file of a run that is named by its file, by its ID or by the beginning of that. Only where it is no file is
// the configuration of a folder looked at.
func (a *app) findRun(ctx context.Context, name, dir string) (string, error) {
	if exists(name) && filepath.Ext(name) == ".jsonl" {
		return name, nil
	}
	c, err := a.load(dir)
	if err != nil {
		return "", err
	}
	store := a.storeOf(c)
	a.upToDate(ctx, store)
	path, err := journal.Find(store.Dir(), name)
	if err == nil || a.lab {
		return path, err
	}
	if _, there := journal.Find(labJournal(c.Dir), name); there == nil {
		return "", fmt.Errorf("%w. The lab has one of that name: say --lab", err)
	}
	return "", err
}

// completeRuns offers the runs of the journals where they are unless a configuration says otherwise, by the names of their files.
func (a *app) completeRuns(_ *cobra.Command, args []string, begin string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
	dir := "journal"
	if a.lab {
		dir = labJournal(".")
	}
	ids, err := journal.IDs(dir)
	if err != nil {
		return nil, cobra.ShellCompDirectiveDefault
	}
	var some []string
	for _, id := range ids {
		if strings.HasPrefix(id, begin) {
			some = append(some, id)
		}
	}
	return some, cobra.ShellCompDirectiveKeepOrder
}
