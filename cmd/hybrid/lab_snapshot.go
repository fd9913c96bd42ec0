package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"hybrid/internal/config"
	"hybrid/internal/lab"
	"hybrid/schema"
)

// snapshotOptions say what of a live estate is copied, and where to.
type snapshotOptions struct {
	out          string   // a file; "" for the estate that --lab uses
	without      []string // provider blocks that are left out
	replace      bool     // also an estate that somebody has worked in
	acceptShrink bool
}

func (a *app) labSnapshotCommand() *cobra.Command {
	var o snapshotOptions
	c := &cobra.Command{
		Use:   "snapshot [flags] [DIR]",
		Short: "Copy the live estate into the lab, to rehearse on",
		Long: "snapshot reads everything behind the provider blocks of a configuration, whatever it declares, and writes it as the estate that\n" +
			"--lab puts behind them: plan and apply with --lab then show what they would do to the estate as it is now. It changes nothing live,\n" +
			"and copies no secrets. It says line by line what is a copy and what is the lab's own guess.\n\n" +
			"What cannot be read is an error, and nothing is written: leave a provider block out knowingly with --without.",
		Example: "  hybrid lab snapshot estate\n  hybrid lab snapshot --without entra --replace estate\n  hybrid plan --lab estate",
		Args:    arguments(0, 1),
		RunE:    func(c *cobra.Command, args []string) error { return a.snapshot(c.Context(), folder(args), o) },
	}
	a.configFlags(c)
	flags := c.Flags()
	flags.StringVar(&o.out, "out", "", "write this `file` instead of the estate that --lab uses")
	flags.StringSliceVar(&o.without, "without", nil, "leave these provider `blocks` out, such as entra or dns.external; the lab then makes up what is behind them")
	flags.BoolVar(&o.replace, "replace", false, "replace an estate even if somebody has worked in it")
	flags.BoolVar(&o.acceptShrink, "accept-shrink", false, "take lists that are much shorter than at the last run for whole")
	return c
}

func (a *app) snapshot(ctx context.Context, dir string, o snapshotOptions) (err error) {
	if a.lab && o.out == "" {
		return errors.New("with --lab the lab's own estate is read, and it cannot be written over meanwhile: say with --out FILE where the copy goes")
	}
	ctx = untilClosed(ctx)
	s, err := a.open(ctx, dir)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	path := o.out
	if path == "" {
		path = labState(s.config.Dir)
	}
	if err := knownBlocks(s.config, o.without); err != nil {
		return err
	}
	if err := mayReplace(path, o.replace); err != nil {
		return err
	}
	s.engine.ReadOnly, s.engine.Surveys, s.engine.Asks, s.engine.AcceptShrink = true, true, snapshotAsks(), o.acceptShrink
	now := wallClock
	if s.engine.Now != nil {
		now = s.engine.Now
	}
	r := &copying{session: s, copy: lab.NewCopy(), without: o.without, taken: lab.Taken{At: now().UTC().Truncate(time.Second), Without: o.without}}
	over := a.watchReading(s)
	err = r.read(ctx)
	over()
	if err != nil || ctx.Err() != nil {
		return cmp.Or(nothingDone(ctx), err) // what an interrupt kept from being read is no news
	}
	estate := r.estate()
	if err := keepCopy(path, estate); err != nil {
		return err
	}
	a.tellCopy(path, s.config.Name, o.out != "", r)
	return nil
}

// knownBlocks refuses names that are no provider blocks, and to leave out all there are.
func knownBlocks(c *config.Config, names []string) error {
	var known []string
	for i := range c.Providers {
		known = append(known, c.Providers[i].Name)
	}
	left := len(known)
	for _, name := range names {
		if !slices.Contains(known, name) {
			return fmt.Errorf("--without: the configuration has no provider block %q.%s It has %s.", name, schema.DidYouMean(name, known), schema.List(known, "and"))
		}
		left--
	}
	if left < 1 {
		return errors.New("there is nothing to copy: the configuration has no provider block that is not left out")
	}
	return nil
}

// mayReplace refuses to write over an estate that somebody has worked in.
func mayReplace(path string, replace bool) error {
	if replace {
		return nil
	}
	untouched, err := lab.Untouched(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) || err == nil && untouched:
		return nil
	case err != nil:
		return fmt.Errorf("%w, or write over it: --replace", err)
	}
	return fmt.Errorf("%s is an estate that somebody has made or worked in, and would be lost. Write over it with --replace, or write elsewhere with --out FILE", path)
}

// keepCopy writes the estate, whole or not at all, and drops what belonged to the one before it.
func keepCopy(path string, estate *lab.Estate) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return lab.Exclusive(path, func() error { return errors.Join(estate.Keep(path), lab.ForgetSessions(path)) })
}

// tellCopy says what is a copy and what is a guess.
func (a *app) tellCopy(path, name string, elsewhere bool, r *copying) {
	where := "The lab of " + name
	if elsewhere {
		where = path
	}
	fmt.Fprintf(a.out, "%s is a copy of %s, as of %s.\n\nCopied:\n", where, a.hidden(r.taken.From), asOf(r.taken.At))
	for _, line := range r.copied {
		fmt.Fprintf(a.out, "  %s\n", a.hidden(line))
	}
	fmt.Fprint(a.out, "\nNot copied; in its place there is what the lab has by itself:\n")
	for _, line := range r.taken.Guesses {
		fmt.Fprintf(a.out, "  - %s\n", a.hidden(line))
	}
}

// asOf is when a copy was taken, to the minute.
func asOf(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
