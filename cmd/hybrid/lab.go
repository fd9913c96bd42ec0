package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"hybrid/internal/config"
	"hybrid/internal/lab"
)

// labFolder is where the lab of a configuration keeps its state, ignored by Git.
func labFolder(dir string) string { return filepath.Join(dir, ".hybrid") }

// makeLabFolder makes the folder that the lab keeps its estate in, beside the configuration.
func makeLabFolder(dir string) error {
	if err := os.MkdirAll(labFolder(dir), 0o700); err != nil {
		return fmt.Errorf("the lab keeps its estate in %s, and that folder cannot be made: %w.\n"+
			"Copy the configuration to where you may write, and work there", labFolder(dir), err)
	}
	return nil
}

func labState(dir string) string { return filepath.Join(labFolder(dir), "lab.json") }

// startLab serves the estate of a configuration, seeded at first use.
func (a *app) startLab(ctx context.Context, c *config.Config) (*lab.Lab, error) {
	estate, err := a.estate(c)
	if err != nil {
		return nil, err
	}
	_, kinds := declarations()
	return lab.Start(ctx, lab.Options{Estate: estate, Path: labState(c.Dir), Kinds: kinds, Log: a.log().Named("lab"), Skip: true})
}

// estate loads the lab's state, or makes one, and sees to it that it has what the configuration speaks of by now.
func (a *app) estate(c *config.Config) (*lab.Estate, error) {
	estate, err := lab.Load(labState(c.Dir))
	if errors.Is(err, os.ErrNotExist) {
		return lab.Seed(needs(c), lab.SeedOptions{Seed: 1}), makeLabFolder(c.Dir)
	}
	if err == nil {
		estate.Provide(needs(c))
	}
	return estate, err
}

func (a *app) labCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "lab",
		Short:   "The simulated estate that --lab runs against",
		Example: "  hybrid lab serve examples/contoso\n  hybrid lab reset examples/contoso",
		Args:    cobra.ArbitraryArgs,
		RunE:    onlyBelow,
	}
	c.AddCommand(
		a.labServeCommand(), a.labResetCommand(), a.labSnapshotCommand(), a.labRunCommand(), a.labFaultCommand(),
		a.labSetCommand(), a.labUserCommand(), a.labPeopleCommand(), a.labCallsCommand(), a.labSessionsCommand(),
	)
	return c
}

func (a *app) labResetCommand() *cobra.Command {
	var o lab.SeedOptions
	c := &cobra.Command{
		Use:     "reset [flags] [DIR]",
		Short:   "Make the estate anew, as found before hybrid",
		Example: "  hybrid lab reset --users 100000 examples/contoso",
		Args:    arguments(0, 1),
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := a.load(folder(args))
			if err != nil {
				return err
			}
			return a.resetLab(cfg, o)
		},
	}
	a.configFlags(c)
	c.Flags().Int64Var(&o.Seed, "seed", 1, "the same number gives the same estate")
	c.Flags().IntVar(&o.Users, "users", 0, "users besides those the configuration names")
	return c
}

func (a *app) resetLab(c *config.Config, o lab.SeedOptions) error {
	estate := lab.Seed(needs(c), o)
	if err := makeLabFolder(c.Dir); err != nil {
		return err
	}
	path := labState(c.Dir)
	if err := lab.Exclusive(path, func() error { return errors.Join(estate.Keep(path), lab.ForgetSessions(path)) }); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "The lab of %s is as found before hybrid: %d accounts, %d of them named by the configuration.\n", c.Name, len(estate.Accounts), len(needs(c).Users))
	return nil
}

// changeLab changes the estate of a configuration while nothing serves it. With an error nothing is kept.
func (a *app) changeLab(dir string, change func(*lab.Estate) error) error {
	cfg, err := a.load(dir)
	if err != nil {
		return err
	}
	return a.changeLabOf(cfg, change)
}

// changeLabOf is changeLab for a configuration that is loaded.
func (a *app) changeLabOf(cfg *config.Config, change func(*lab.Estate) error) error {
	if err := makeLabFolder(cfg.Dir); err != nil {
		return err
	}
	return lab.Exclusive(labState(cfg.Dir), func() error { return a.changeEstate(cfg, change) })
}

func (a *app) changeEstate(cfg *config.Config, change func(*lab.Estate) error) error {
	estate, err := a.estate(cfg)
	if err != nil {
		return err
	}
	if err := change(estate); err != nil {
		return err
	}
	return estate.Keep(labState(cfg.Dir))
}
