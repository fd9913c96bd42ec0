package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hybrid/internal/lab"
)

func (a *app) labFaultCommand() *cobra.Command {
	var (
		f     lab.Fault
		kind  string
		delay time.Duration
		most  time.Duration
		known string
		clear bool
		times faultTimes
		share string
	)
	c := &cobra.Command{
		Use:   "fault [flags] [DIR]",
		Short: "Make something go wrong in the estate, to rehearse it",
		Long: "fault adds one thing that goes wrong from now on, or lists what does.\n\n" +
			"Kinds: lag, hang, error, missing, short, stale, spelling, chatter, garbage strike the calls of a cmdlet; half leaves\n" +
			"a move unfinished (--text names the property); lost_shell and cut end the session; throttle and quota refuse requests.\n" +
			"down takes a host away, at once or, with a cmdlet, when such a call reaches it.\n" +
			"With --cmdlet \"DNS update\" an error is the response code that a name server answers an update with, such as REFUSED,\n" +
			"and cut leaves it without an answer.",
		Example: "  hybrid lab fault --kind error --cmdlet Move-CsUser --identity ada@contoso.com --text \"HostedMigration fault: Error=(507)\" DIR\n" +
			"  hybrid lab fault --known not-provisioned --identity ada@contoso.com DIR\n" +
			"  hybrid lab fault --known unlicensed --share 2% DIR\n" +
			"  hybrid lab fault --kind throttle --from 22:30 --until 22:45 DIR\n" +
			"  hybrid lab fault --kind cut --effect --cmdlet New-CsHostingProvider --times 1 DIR\n" +
			"  hybrid lab fault --clear DIR",
		Args: arguments(0, 1),
		RunE: func(c *cobra.Command, args []string) error {
			f.Kind, f.Delay = lab.FaultKind(kind), lab.Duration(delay)
			if known != "" {
				r, err := lab.RefusalNamed(known)
				if err != nil {
					return err
				}
				f.Kind, f.Text = lab.Fails, r.Text
				f.Cmdlet = cmp.Or(f.Cmdlet, r.Cmdlet)
			}
			var err error
			if f.Share, err = shareOf(share); err != nil {
				return err
			}
			f.Most = lab.Duration(most)
			return a.labFault(folder(args), f, times, clear)
		},
	}
	a.configFlags(c)
	flags := c.Flags()
	flags.StringVar(&kind, "kind", "", "what goes wrong")
	flags.StringVar(&f.Host, "host", "", "on this host, as the provider block names it; any if empty")
	flags.StringVar(&f.Cmdlet, "cmdlet", "", "in the calls of this cmdlet, or \"DNS update\"; any cmdlet if empty")
	flags.StringVar(&f.Identity, "identity", "", "in calls for this identity; any if empty")
	flags.IntVar(&f.After, "after", 0, "so many calls pass first")
	flags.IntVar(&f.Times, "times", 0, "so many calls are struck; 0 means every one")
	flags.BoolVar(&f.Effect, "effect", false, "the cmdlet has done its work before the fault strikes")
	flags.DurationVar(&delay, "delay", 0, "of a lag; of a cut without --effect, when the work is done after all; or how long a host is down that a call takes down, for good if 0")
	flags.DurationVar(&most, "most", 0, "of a lag: each identity has its own, from --delay to this")
	flags.StringVar(&share, "share", "", "only this share of the identities is struck, such as 2%; always the same ones")
	flags.StringVar(&times.from, "from", "", "not before this time: 22:30, the next by the estate's time, or 2026-11-28T22:30:00+01:00")
	flags.StringVar(&times.until, "until", "", "no longer at this time, the next after --from")
	flags.StringVar(&f.Text, "text", "", "of an error, chatter or garbage; of half a move the property")
	flags.StringVar(&known, "known", "", "an error in the words of the servers: "+refusalNames())
	flags.IntVar(&f.Rows, "rows", 0, "how many objects a short list has")
	flags.BoolVar(&clear, "clear", false, "nothing goes wrong any more")
	return c
}

// refusalNames lists what can be called by name.
func refusalNames() string {
	var names []string
	for _, r := range lab.Refusals() {
		names = append(names, r.Name)
	}
	return strings.Join(names, ", ")
}

// labFault changes the faults in the estate's file, where it is told to, and lists them.
func (a *app) labFault(dir string, f lab.Fault, times faultTimes, clear bool) error {
	if !clear && f.Kind == "" {
		return a.listFaults(dir)
	}
	if f.Kind != "" {
		if err := f.Check(); err != nil {
			return err
		}
	}
	var faults []lab.Fault
	err := a.changeLab(dir, func(e *lab.Estate) error {
		if !clear {
			faults = e.Faults
		}
		if err := times.set(&f, e.Now()); err != nil {
			return err
		}
		if f.Kind != "" {
			faults = append(faults, f)
		}
		e.SetFaults(faults)
		return nil
	})
	if err != nil {
		return err
	}
	return a.printFaults(faults)
}

func (a *app) listFaults(dir string) error {
	cfg, err := a.load(dir, false)
	if err != nil {
		return err
	}
	estate, err := a.estate(cfg)
	if err != nil {
		return err
	}
	return a.printFaults(estate.Faults)
}

func (a *app) printFaults(faults []lab.Fault) error {
	if len(faults) == 0 {
		_, err := fmt.Fprintln(a.out, "Nothing goes wrong.")
		return err
	}
	e := json.NewEncoder(a.out)
	for _, f := range faults {
		if err := e.Encode(f); err != nil {
			return err
		}
	}
	return nil
}
