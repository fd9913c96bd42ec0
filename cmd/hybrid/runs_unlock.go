package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hybrid/internal/journal"
)

func (a *app) unlockCommand() *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use:   "unlock [flags] [DIR]",
		Short: "Take the journal's lock away from a run that is no more",
		Long: "unlock takes the lock of the journal from whoever holds it: from a run that was cut off on a machine that is gone. Make\n" +
			"sure of that first, since two runs at once undo each other's work. A run that is at work on this machine keeps its lock.\n" +
			"Who took it away, and why, is in the journal of the next run.",
		Example: "  hybrid runs unlock --reason 'admin01 was switched off, kim is on the phone'",
		Args:    arguments(0, 1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.unlock(c.Context(), folder(args), reason)
		},
	}
	a.configFlags(c)
	c.Flags().StringVar(&reason, "reason", "", "why, for the journal; needed")
	return c
}

func (a *app) unlock(ctx context.Context, dir, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return errors.New("unlock needs --reason TEXT: how you know that the run is no more, for the journal")
	}
	c, err := a.load(dir)
	if err != nil {
		return err
	}
	store := a.storeOf(c)
	host, _ := os.Hostname() // "" is then left out
	hold, err := store.Unlock(ctx, journal.Unlocking{Who: who(), Host: host, Reason: a.hidden(reason), Time: time.Now().UTC()})
	var alive *journal.AliveError
	switch {
	case errors.Is(err, journal.ErrFree):
		fmt.Fprintf(a.out, "Nobody holds %s: there is no lock to take away.\n", place(store.String()))
		return nil
	case errors.As(err, &alive):
		return refuse("%v", err)
	case err != nil:
		return err
	}
	fmt.Fprintf(a.out, "Took the lock of %s away from %s.\n`hybrid runs` tells how far that run came. The next apply reads first what is in doubt of it.\n",
		place(store.String()), holder(hold))
	return nil
}

// place is a journal as seen from here: a folder's path, or the address of a bucket.
func place(journal string) string {
	if strings.Contains(journal, "://") {
		return journal
	}
	return seenFromHere(journal)
}
