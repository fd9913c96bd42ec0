package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hybrid/internal/check"
	"hybrid/internal/render"
	"hybrid/schema"
)

// checkFlags are those of check.
type checkFlags struct {
	only, skip []string
	all        bool
	format     string
	deadline   time.Duration
	parallel   int
}

func (a *app) checkCommand() *cobra.Command {
	var f checkFlags
	c := &cobra.Command{
		Use:   "check [flags] [DIR]",
		Short: "Find out what is wrong with the estate, or would be in the way of a change",
		Long: "check reads what each check is about, side by side, and says for each whether it passes, with what was seen, where and\n" +
			"when. What could not be read is unknown, never fine. It changes nothing.\n\n" +
			"Exit codes: 0 nothing is wrong, 2 something warns or is not known, 3 something would stop an apply;\n" +
			"1 nothing could be checked, since the command line or the configuration is wrong.",
		Example: "  hybrid check --lab examples/contoso\n  hybrid check --only tenant,D-FED\n  hybrid check --skip dns --all",
		Args:    arguments(0, 1),
		RunE:    func(c *cobra.Command, args []string) error { return a.check(c.Context(), folder(args), f) },
	}
	c.AddCommand(a.checkUserCommand())
	a.configFlags(c)
	flags := c.Flags()
	flags.StringSliceVar(&f.only, "only", nil, "only these `checks`, by id or group")
	flags.StringSliceVar(&f.skip, "skip", nil, "none of these `checks`, by id or group")
	flags.BoolVar(&f.all, "all", false, "tell of what passes, too")
	flags.StringVar(&f.format, "format", "text", "text, json, junit or sarif")
	flags.DurationVar(&f.deadline, "deadline", time.Minute, "how long one check may take")
	flags.IntVar(&f.parallel, "parallel", 8, "checks at once")
	return c
}

// mostChecks is how many checks may run at once.
const mostChecks = 64

// usable says what is wrong with flags, and what to write instead.
func (f checkFlags) usable() error {
	switch {
	case !slices.Contains(render.CheckFormats(), f.format):
		return fmt.Errorf("there is no format %q of checks; there are %s.%s", f.format, schema.List(render.CheckFormats(), "and"), schema.DidYouMean(f.format, render.CheckFormats()))
	case f.deadline <= 0:
		return fmt.Errorf("--deadline %s leaves a check no time: write a span of time, such as 30s or 2m", f.deadline)
	case f.parallel < 1 || f.parallel > mostChecks:
		return fmt.Errorf("--parallel %d: write a whole number from 1 to %d", f.parallel, mostChecks)
	}
	return nil
}

func (a *app) check(ctx context.Context, dir string, f checkFlags) (err error) {
	if err := f.usable(); err != nil {
		return err
	}
	if strings.Contains(dir, "@") {
		if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s is an address, and check takes the folder of a configuration. To look at one user: hybrid check user %s", dir, dir)
		}
	}
	checks, err := check.Select(check.All(), f.only, f.skip)
	if err != nil {
		return err
	}
	ctx = untilClosed(ctx)
	s, err := a.open(ctx, dir)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	s.engine.ReadOnly, s.engine.Asks = true, check.Asks(checks)
	estate := &check.Estate{Config: s.config, Now: s.engine.Clock.Now, Source: s.source()}
	waits, over := a.watch("checks")
	findings := check.Run(ctx, estate, checks, check.Options{Deadline: f.deadline, Parallel: f.parallel, Waived: s.config.Waived(), Watch: waits.check})
	over()
	if err := nothingChanged(ctx); err != nil {
		return err
	}
	a.hideIn(findings)
	o := render.CheckOptions{All: f.all, Color: a.colorOut(), Columns: width(a.out), Root: here()}
	o.First = firstFile(dir, s.config.Files)
	if err := render.Checks(a.out, f.format, findings, o); err != nil {
		return err
	}
	return verdictOf(findings)
}

// firstFile is the first file of a configuration's language, as ranges name it, since what no line is at fault for must not stand at
// a certificate or a list of users; "" where there is none.
func firstFile(dir string, files []string) string {
	for _, name := range files {
		if strings.HasSuffix(name, ".hcl") || strings.HasSuffix(name, ".hcl.json") {
			return filepath.ToSlash(filepath.Join(dir, name))
		}
	}
	return ""
}

// hideIn takes secrets out of what far ends said.
func (a *app) hideIn(findings []check.Finding) {
	for n := range findings {
		f := &findings[n]
		f.Text, f.Do = a.hidden(f.Text), a.hidden(f.Do)
		for m := range f.Evidence {
			f.Evidence[m].Value = a.hidden(f.Evidence[m].Value)
		}
	}
}

// verdictOf says with which code the command ends.
func verdictOf(findings []check.Finding) error {
	code := 0
	for _, f := range findings {
		switch {
		case f.Verdict == check.Fail && f.Blocks:
			return &withCode{code: exitRefused}
		case f.Verdict == check.Fail || f.Verdict == check.Unknown:
			code = exitChanges
		}
	}
	if code == 0 {
		return nil
	}
	return &withCode{code: code}
}
