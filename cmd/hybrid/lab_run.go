package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"hybrid/internal/lab"
	"hybrid/internal/powershell"
	"hybrid/internal/wsman"
)

func (a *app) labRunCommand() *cobra.Command {
	var in runIn
	c := &cobra.Command{
		Use:   "run [flags] [DIR] -- CMDLET [-Parameter VALUE]...",
		Short: "Run a cmdlet in the estate, as if somebody did by hand",
		Long: "run opens a session to the simulated host, as hybrid itself does, and runs one cmdlet: to look at the estate, or to\n" +
			"change it behind hybrid's back and see what plan makes of it.",
		Example: "  hybrid lab run examples/contoso -- Get-CsHostingProvider\n" +
			"  hybrid lab run examples/contoso -- Set-CsHostingProvider -Identity LyncOnline -Enabled false\n" +
			"  hybrid lab run --tenant examples/contoso -- Get-CsTenantFederationConfiguration\n" +
			"  hybrid lab run --sync examples/contoso -- Start-ADSyncSyncCycle -PolicyType Delta\n" +
			"  hybrid lab run --dns dns.internal examples/split-dns -- Get-DnsServerResourceRecord -ZoneName contoso.com",
		Args: arguments(1, -1),
		RunE: func(c *cobra.Command, args []string) error {
			dir := "."
			if at := c.ArgsLenAtDash(); at > 0 || (at < 0 && !isCmdlet(args[0])) {
				dir, args = args[0], args[1:]
			}
			command, err := parseCmdlet(args)
			if err != nil {
				return err
			}
			if err := callable("", command.Cmdlet); err != nil {
				return err
			}
			return a.labRun(c.Context(), dir, command, in)
		},
	}
	a.configFlags(c)
	c.Flags().BoolVar(&in.tenant, "tenant", false, "run it in the tenant (module MicrosoftTeams), signed in, and not on the servers")
	c.Flags().BoolVar(&in.sync, "sync", false, "run it on the host of directory synchronisation (module ADSync), and not on the servers")
	c.Flags().StringVar(&in.dns, "dns", "", "run it on the DNS server of this provider `block`, dns.internal (module DnsServer)")
	c.MarkFlagsMutuallyExclusive("tenant", "sync", "dns")
	return c
}

// runIn says in which session a cmdlet runs: one of the servers unless one of these.
type runIn struct {
	tenant, sync bool
	dns          string // the provider block of a DNS server
}

// isCmdlet tells a cmdlet's name from a folder's.
func isCmdlet(text string) bool {
	return strings.Contains(text, "-Cs") || strings.Contains(text, "-ADSync") || strings.Contains(text, "-Dns")
}

// parseCmdlet reads a call as one types it: a switch without a value is true, and so are true and $true.
func parseCmdlet(args []string) (powershell.Command, error) {
	if len(args) == 0 {
		return powershell.Command{}, errors.New("which cmdlet? Write: hybrid lab run DIR -- Get-CsUser")
	}
	c := powershell.Command{Cmdlet: args[0]}
	for n := 1; n < len(args); n++ {
		name, ok := strings.CutPrefix(args[n], "-")
		if !ok {
			return c, fmt.Errorf("%q: every value needs the name of its parameter before it", args[n])
		}
		value := "true"
		if before, after, bound := strings.Cut(name, ":"); bound && after != "" { // -Enabled:$false, as PowerShell has it
			name, value = before, after
		} else if bound {
			return c, fmt.Errorf("%q has no value: a shell takes $false for a variable of its own. Write -%s false", args[n], before)
		} else if n+1 < len(args) && !strings.HasPrefix(args[n+1], "-") {
			n++
			value = args[n]
		}
		c.Params = append(c.Params, powershell.Param{Name: name, Value: cmdletValue(value)})
	}
	return c, nil
}

func cmdletValue(text string) any {
	switch strings.ToLower(strings.TrimPrefix(text, "$")) {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	return text
}

func (a *app) labRun(ctx context.Context, dir string, command powershell.Command, in runIn) (err error) {
	cfg, err := a.load(dir)
	if err != nil {
		return err
	}
	l, err := a.startLab(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() {
		if closed := l.Close(); err == nil {
			err = closed
		}
	}()
	open := powershell.Open{Modules: []string{"SkypeForBusiness"}, Cmdlets: []string{command.Cmdlet}}
	at := l.Endpoints().WinRM
	switch view, served := l.Endpoints().DNS[in.dns]; {
	case in.dns != "" && !served:
		return fmt.Errorf("the configuration has no records behind a provider block %q: write --dns dns.NAME", in.dns)
	case in.dns != "":
		open.Modules, at.Username = []string{"DnsServer"}, view.Username
	case in.tenant:
		open.Modules, open.Then = []string{"MicrosoftTeams"}, []powershell.Command{labSignIn(l.Endpoints().Teams)}
	case in.sync:
		open.Modules = []string{"ADSync"}
	}
	return a.callInLab(ctx, at, open, command)
}

// callInLab runs one cmdlet in a session of its own.
func (a *app) callInLab(ctx context.Context, e lab.WinRMEndpoint, open powershell.Open, command powershell.Command) error {
	host, err := powershell.WinRM(wsman.Options{Host: e.Host, Port: e.Port, Fingerprint: e.Fingerprint, Username: e.Username, Password: e.Password, Log: a.log()})
	if err != nil {
		return err
	}
	session, err := powershell.Start(ctx, host, open, powershell.SessionOptions{Log: a.log()})
	if err != nil {
		return err
	}
	defer session.Close()
	return session.Call(ctx, command, powershell.CallOptions{
		Object:  a.printObject,
		Warning: func(text string) { fmt.Fprintln(a.err, "WARNING:", a.hidden(text)) },
	})
}

// labSignIn is how the lab's tenant is signed in to.
func labSignIn(in lab.SignIn) powershell.Command {
	return powershell.Command{Cmdlet: "Connect-MicrosoftTeams", Params: []powershell.Param{
		{Name: "TenantId", Value: in.TenantID}, {Name: "ApplicationId", Value: in.ClientID}, {Name: "CertificateThumbprint", Value: in.Thumbprint},
	}}
}

// printObject shows an object as Format-List does.
func (a *app) printObject(properties map[string]any) error {
	widest := 0
	for name := range properties {
		widest = max(widest, len(name))
	}
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		fmt.Fprintf(a.out, "%-*s : %v\n", widest, name, shown(properties[name]))
	}
	_, err := fmt.Fprintln(a.out)
	return err
}

func shown(v any) any {
	if v == nil {
		return ""
	}
	return v
}
