package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hybrid/internal/check"
	"hybrid/internal/config"
	"hybrid/internal/render"
	"hybrid/internal/roster"
	"hybrid/internal/trace"
)

// traceFlags are those of trace.
type traceFlags struct {
	format string
	view   string
	as     string // the user whose password is asked for, "" for a walk without one
	limit  time.Duration
}

func traceViews() []string { return []string{"inside", "outside", "both"} }

func (a *app) traceCommand() *cobra.Command {
	var f traceFlags
	c := &cobra.Command{
		Use:   "trace [flags] SIP [DIR]",
		Short: "Walk the path by which a user signs in, hop by hop",
		Long: "trace does what a user's client does before it signs in: it looks up the discovery names, asks the autodiscover service, follows its\n" +
			"links and redirects, and says of each hop what was asked, who answered, with which certificate and how fast, and whether that is\n" +
			"what KB 2757450 describes. What lies behind authentication is filled in from Active Directory, the servers and the tenant, and\n" +
			"marked as expected, not walked; with --as it is walked. It changes nothing, and signs nobody in for good.\n\n" +
			"With --as the password is asked for, or read from HYBRID_TRACE_PASSWORD or from standard input. It is sent to hosts of the own\n" +
			"domains alone, over TLS, once their certificate is proven good; never to Microsoft 365.\n\n" +
			"Exit codes: 0 the path is as described, 2 something warns or could not be found out, 3 the path is left;\n" +
			"1 nothing could be walked, since the command line or the configuration is wrong.",
		Example: "  hybrid trace --lab sip:ada@contoso.com examples/contoso\n  hybrid trace --view outside --as ada@contoso.com sip:ada@contoso.com",
		Args:    arguments(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			if c.Flags().Changed("as") && strings.TrimSpace(f.as) == "" {
				return errors.New("--as names nobody: write the user who signs in, or leave it out to walk without a password")
			}
			return a.trace(c.Context(), args, f)
		},
	}
	a.configFlags(c)
	flags := c.Flags()
	flags.StringVar(&f.format, "format", "text", "`name` of the format: "+strings.Join(render.TraceFormats(), ", "))
	flags.StringVar(&f.view, "view", "both", "from where to walk: "+strings.Join(traceViews(), ", "))
	flags.StringVar(&f.as, "as", "", "sign in as this `user`, to walk what lies behind authentication")
	flags.DurationVar(&f.limit, "timeout", 10*time.Second, "how long one answer may take")
	offers(c, "format", render.TraceFormats())
	offers(c, "view", traceViews())
	return c
}

// check refuses what cannot be walked, and gives the address in its canonical form.
func (f traceFlags) check(address string) (sip string, err error) {
	switch {
	case !slices.Contains(render.TraceFormats(), f.format):
		return "", fmt.Errorf("there is no format %q; there are %s", f.format, strings.Join(render.TraceFormats(), ", "))
	case !slices.Contains(traceViews(), f.view):
		return "", fmt.Errorf("there is no view %q; there are %s", f.view, strings.Join(traceViews(), ", "))
	case f.limit <= 0:
		return "", errors.New("--timeout must be more than nothing: write 10s")
	}
	sip = roster.Canonical(strings.TrimSpace(address))
	if problem := config.SIPProblem(sip); problem != "" {
		return "", fmt.Errorf("%s", problem)
	}
	return sip, nil
}

func (f traceFlags) views() []trace.View {
	if f.view == "both" {
		return []trace.View{trace.Inside, trace.Outside}
	}
	return []trace.View{trace.View(f.view)}
}

func (a *app) trace(ctx context.Context, args []string, f traceFlags) (err error) {
	sip, err := f.check(args[0])
	if err != nil {
		return err
	}
	s, err := a.open(ctx, folder(args[1:]))
	if err != nil {
		return err
	}
	defer closing(s, &err)
	as, err := a.credential(ctx, s, f.as)
	if err != nil {
		return err
	}
	ctx = untilClosed(ctx) // not before the password is asked for, which does not wait for it
	s.engine.ReadOnly, s.engine.Asks = true, check.AsksOfHomes()
	estate := &check.Estate{Config: s.config, Now: s.engine.Clock.Now, Source: s.source(), Users: s.source()}
	walker := trace.Walker{Source: newTraceSource(s, estate, sip, f.limit), Known: known(ctx, estate, sip), As: as}
	walked := walker.Walk(ctx, sip, f.views()...)
	if err := nothingChanged(ctx); err != nil {
		return err
	}
	a.hideInTrace(walked)
	if err := render.Trace(a.out, f.format, walked, render.TraceOptions{Color: a.colorOut(), Columns: width(a.out)}); err != nil {
		return err
	}
	return verdictOfTrace(walked)
}

// hideInTrace takes secrets out of what far ends said.
func (a *app) hideInTrace(t trace.Trace) {
	for _, p := range t.Paths {
		for n := range p.Hops {
			h := &p.Hops[n]
			h.Asked, h.Why, h.Server = a.hidden(h.Asked), a.hidden(h.Why), a.hidden(h.Server)
			for m := range h.Said {
				h.Said[m] = a.hidden(h.Said[m])
			}
			for m := range h.Facts {
				h.Facts[m].Value = a.hidden(h.Facts[m].Value)
			}
		}
	}
}

// verdictOfTrace says with which code the command ends.
func verdictOfTrace(t trace.Trace) error {
	switch t.Worst() {
	case trace.Left:
		return &withCode{code: exitRefused}
	case trace.Unknown, trace.Warns, trace.Gone:
		return &withCode{code: exitChanges}
	}
	return nil
}
