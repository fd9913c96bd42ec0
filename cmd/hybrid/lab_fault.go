package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/config"
	"hybrid/internal/lab"
	"hybrid/schema"
)

// faultFlags are a fault as the command is told it.
type faultFlags struct {
	fault lab.Fault
	kind  string
	delay time.Duration
	most  time.Duration
	known string
	times faultTimes
	share string
	clear bool
}

func (a *app) labFaultCommand() *cobra.Command {
	var f faultFlags
	c := &cobra.Command{
		Use:   "fault [flags] [DIR]",
		Short: "Make something go wrong in the estate, to rehearse it",
		Long: "fault adds one thing that goes wrong from now on, or lists what does.\n\n" +
			"Kinds: lag, hang, error, missing, short, stale, spelling, chatter, garbage strike the calls of a cmdlet; half leaves\n" +
			"a move unfinished (--text names the property); lost_shell and cut end the session; throttle and quota refuse requests.\n" +
			"down takes a host away, at once or, with a cmdlet, when such a call reaches it.\n" +
			"With --cmdlet \"new session\" a lag makes hosts slow to open one.\n" +
			"With --cmdlet \"DNS update\" an error is the response code that a name server answers an update with, such as REFUSED,\n" +
			"and cut leaves it without an answer.",
		Example: "  hybrid lab fault --kind error --cmdlet Move-CsUser --identity ada@contoso.com --text \"HostedMigration fault: Error=(507)\" DIR\n" +
			"  hybrid lab fault --known user-replicator --identity ada@contoso.com DIR\n" +
			"  hybrid lab fault --known no-licence --share 2% DIR\n" +
			"  hybrid lab fault --kind throttle --from 22:30 --until 22:45 DIR\n" +
			"  hybrid lab fault --kind cut --effect --cmdlet New-CsHostingProvider --times 1 DIR\n" +
			"  hybrid lab fault --clear DIR",
		Args: arguments(0, 1),
		RunE: func(c *cobra.Command, args []string) error {
			fault, err := f.read()
			if err != nil {
				return err
			}
			return a.labFault(folder(args), fault, f.times, f.clear)
		},
	}
	a.configFlags(c)
	f.flags(c)
	return c
}

func (f *faultFlags) flags(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&f.kind, "kind", "", "what goes wrong")
	flags.StringVar(&f.fault.Host, "host", "", "on this host, as the provider block names it; any if empty")
	flags.StringVar(&f.fault.Cmdlet, "cmdlet", "", "in the calls of this cmdlet, or \"DNS update\"; any cmdlet if empty")
	flags.StringVar(&f.fault.Identity, "identity", "", "in calls for this identity; any if empty")
	flags.IntVar(&f.fault.After, "after", 0, "so many calls pass first")
	flags.IntVar(&f.fault.Times, "times", 0, "so many calls are struck; 0 means every one")
	flags.BoolVar(&f.fault.Effect, "effect", false, "the cmdlet has done its work before the fault strikes")
	flags.DurationVar(&f.delay, "delay", 0, "of a lag; of a cut without --effect, when the work is done after all; or how long a host is down that a call takes down, for good if 0")
	flags.DurationVar(&f.most, "most", 0, "of a lag: each identity has its own, from --delay to this")
	flags.StringVar(&f.share, "share", "", "only this share of the identities is struck, such as 2%; always the same ones")
	flags.StringVar(&f.times.from, "from", "", "not before this time: 22:30, the next by the estate's time, or 2026-11-28T22:30:00+01:00")
	flags.StringVar(&f.times.until, "until", "", "no longer at this time, the next after --from")
	flags.StringVar(&f.fault.Text, "text", "", "of an error, chatter or garbage; of half a move the property")
	flags.StringVar(&f.known, "known", "", "an error in the words of the servers: "+refusalNames())
	flags.IntVar(&f.fault.Rows, "rows", 0, "how many objects a short list has")
	flags.BoolVar(&f.clear, "clear", false, "nothing goes wrong any more")
}

// read is the fault that is meant.
func (f *faultFlags) read() (fault lab.Fault, err error) {
	fault = f.fault
	fault.Kind, fault.Delay, fault.Most = lab.FaultKind(f.kind), lab.Duration(f.delay), lab.Duration(f.most)
	if f.known != "" {
		r, err := lab.RefusalNamed(f.known)
		if err != nil {
			return fault, err
		}
		fault.Kind, fault.Text = lab.Fails, r.Text
		fault.Cmdlet = cmp.Or(fault.Cmdlet, r.Cmdlet)
	}
	fault.Share, err = shareOf(f.share)
	return fault, err
}

// refusalNames lists what can be called by name.
func refusalNames() string {
	var names []string
	for _, r := range lab.Refusals() {
		names = append(names, r.ID)
	}
	return strings.Join(names, ", ")
}

// callable refuses the name of a cmdlet that nobody could call, and whose fault would never strike; flag is what it was given with.
func callable(flag, cmdlet string) error {
	names, err := lab.Cmdlets()
	if err != nil || cmdlet == "" || slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, cmdlet) }) {
		return err
	}
	return fmt.Errorf("%s%s: the lab has no cmdlet of that name.%s", flag, cmdlet, schema.DidYouMean(cmdlet, names))
}

// onHost refuses a host that no provider block opens sessions on, where a fault would never strike. With a block of this machine's own
// PowerShell, or one whose hosts are not known yet, any may be meant.
func onHost(c *config.Config, host string) error {
	var names []string
	for _, p := range c.Providers {
		values := p.Values.AsValueMap()
		if schema.Text(values["transport"]) == "local" {
			return nil
		}
		for _, attr := range []string{"hosts", "host", "sync_host"} {
			hosts, known := texts(values[attr])
			if !known {
				return nil
			}
			names = append(names, hosts...)
		}
	}
	if host == "" || slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, host) }) {
		return nil
	}
	return fmt.Errorf("--host %s: no provider block names such a host, and nothing would go wrong.%s", host, schema.DidYouMean(host, names))
}

// texts are the texts of one or of a list; none where it is unset, false where it is not known.
func texts(v cty.Value) (all []string, known bool) {
	if v == cty.NilVal || v.IsNull() {
		return nil, true
	}
	v, _ = v.UnmarkDeep()
	switch {
	case !v.IsWhollyKnown():
		return nil, false
	case v.Type() == cty.String:
		return []string{v.AsString()}, true
	}
	for _, one := range v.AsValueSlice() {
		all = append(all, schema.Text(one))
	}
	return all, true
}

// labFault changes the faults in the estate's file, where it is told to, and lists them.
func (a *app) labFault(dir string, f lab.Fault, times faultTimes, clear bool) error {
	if !clear && f.Kind == "" {
		return a.listFaults(dir)
	}
	cfg, err := a.load(dir)
	if err != nil {
		return err
	}
	if f.Kind != "" {
		if err := errors.Join(f.Check(), callable("--cmdlet ", f.Cmdlet), onHost(cfg, f.Host)); err != nil {
			return err
		}
	}
	var faults []lab.Fault
	err = a.changeLabOf(cfg, func(e *lab.Estate) error {
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
	cfg, err := a.load(dir)
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
