package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/spf13/cobra"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/config"
	"hybrid/internal/lab"
	"hybrid/planner"
	"hybrid/schema"
)

// labFolder is where the lab of a configuration keeps its state, ignored by Git.
func labFolder(dir string) string { return filepath.Join(dir, ".hybrid") }

func labState(dir string) string { return filepath.Join(labFolder(dir), "lab.json") }

// startLab serves the estate of a configuration, seeded at first use.
func (a *app) startLab(ctx context.Context, c *config.Config) (*lab.Lab, error) {
	estate, err := a.estate(c, lab.SeedOptions{Seed: 1})
	if err != nil {
		return nil, err
	}
	_, kinds := declarations()
	l, err := lab.Start(ctx, lab.Options{Estate: estate, Path: labState(c.Dir), Kinds: kinds, Log: a.log().Named("lab")})
	if err != nil {
		return nil, err
	}
	return l, nil
}

// estate loads the lab's state, or makes one, and sees to it that it has what the configuration speaks of by now.
func (a *app) estate(c *config.Config, o lab.SeedOptions) (*lab.Estate, error) {
	estate, err := lab.Load(labState(c.Dir))
	if errors.Is(err, os.ErrNotExist) {
		return lab.Seed(needs(c), o), os.MkdirAll(labFolder(c.Dir), 0o700)
	}
	if err == nil {
		estate.Provide(needs(c))
	}
	return estate, err
}

// redirect gives what a provider block says once it leads to the lab. What it says of sessions and time limits stays.
func redirect(e lab.Endpoints) func(string, *schema.System, cty.Value) cty.Value {
	return func(name string, s *schema.System, block cty.Value) cty.Value {
		values := sayings(s, block)
		switch s.Name {
		case "skype":
			skypeInLab(values, e)
		case "teams":
			teamsInLab(values, e)
		case "directory":
			directoryInLab(values, e)
		case "dns":
			dnsInLab(values, e, name)
		case "entra":
			entraInLab(values, e.Graph)
		}
		return cty.ObjectVal(values)
	}
}

// reach leads to the view's name server whatever a DNS provider asks: no resolver outside is asked about the lab.
func reach(e lab.Endpoints) func(provider, address string) string {
	return func(provider, _ string) string { return e.DNS[provider].Addr }
}

// sayings are the values of a provider block, all null where there is none.
func sayings(s *schema.System, block cty.Value) map[string]cty.Value {
	if !block.IsNull() {
		return block.AsValueMap()
	}
	values := map[string]cty.Value{}
	for name, t := range s.Type().AttributeTypes() {
		values[name] = cty.NullVal(t)
	}
	return values
}

func skypeInLab(values map[string]cty.Value, e lab.Endpoints) {
	for _, name := range []string{"endpoint", "ca_file", "server_name"} {
		values[name] = cty.NullVal(cty.String)
	}
	values["transport"] = cty.StringVal("winrm")
	values["auth"] = cty.StringVal("basic")
	values["https"] = cty.True
	values["hosts"] = cty.ListVal([]cty.Value{cty.StringVal(e.WinRM.Host)})
	values["port"] = cty.NumberIntVal(int64(e.WinRM.Port))
	values["fingerprint"] = cty.StringVal(e.WinRM.Fingerprint)
	values["username"] = cty.StringVal(e.WinRM.Username)
	values["password"] = cty.StringVal(e.WinRM.Password).Mark(schema.Sensitive)
}

func entraInLab(values map[string]cty.Value, e lab.GraphEndpoint) {
	for _, name := range []string{"cloud", "ca_file", "client_secret"} {
		values[name] = cty.NullVal(cty.String)
	}
	values["auth"] = cty.StringVal("certificate")
	values["tenant_id"] = cty.StringVal(e.TenantID)
	values["client_id"] = cty.StringVal(e.ClientID)
	values["certificate"] = cty.StringVal(e.Certificate).Mark(schema.Sensitive)
	values["login_url"], values["graph_url"] = cty.StringVal(e.URL), cty.StringVal(e.URL)
	values["fingerprint"] = cty.StringVal(e.Fingerprint)
}

// needs is what the estate must have for a configuration to make sense there: accounts for its users, pools to move
// them to, SIP domains and zones.
func needs(c *config.Config) lab.Needs {
	n := lab.Needs{Views: map[string][]string{}, Zones: map[string][]string{}}
	born := map[string]bool{}
	for i := range c.Objects {
		if o := &c.Objects[i]; o.Kind.Name == "user" {
			needUsers(&n, o, born)
		}
	}
	for i := range c.Objects {
		switch o := &c.Objects[i]; o.Kind.Name {
		case "user_homing":
			needHomes(&n, o, born, c.Cloud.Text("proxy_fqdn"))
		case "data.tenant", "data.forest":
			n.Discovered = true
		case "data.service_principal":
			if id := known(o.Want, "application_id"); strings.HasPrefix(id, "0000000") { // Microsoft's own, which every tenant has
				n.Principals = append(n.Principals, id)
			}
		case "dns_record":
			n.Views[o.Provider] = append(n.Views[o.Provider], o.Identity+" "+known(o.Want, "type"))
		case "directory_sync":
			n.Sync = true
		case "service_principal":
			n.Principals = append(n.Principals, o.Identity)
		}
	}
	n.SipDomains = domains(n)
	needEndpoints(&n, c)
	needBegun(&n, c)
	needTenant(&n, c)
	needZones(&n, c)
	return n
}

// needEndpoints asks for the SIP domains of application endpoints, unless the configuration itself makes them.
func needEndpoints(n *lab.Needs, c *config.Config) {
	own := map[string]bool{}
	for i := range c.Objects {
		if o := &c.Objects[i]; o.Kind.Name == "sip_domain" {
			own[strings.ToLower(o.Identity)] = true
		}
	}
	for i := range c.Objects {
		o := &c.Objects[i]
		if d := strings.ToLower(domain(o.Identity)); o.Kind.Name == "hybrid_application_endpoint" && !own[d] && !slices.Contains(n.SipDomains, d) {
			n.SipDomains = append(n.SipDomains, d)
		}
	}
}

// needUsers asks for accounts that are not yet enabled, or enabled where they are to be disabled.
func needUsers(n *lab.Needs, o *planner.Object, born map[string]bool) {
	for row := range o.Users.Len() {
		born[o.Users.SIP(row)] = true
		n.Users = append(n.Users, lab.NeededUser{SIP: o.Users.SIP(row), Identity: o.Users.Row(row)[1], Enabled: o.Absent, HostingProvider: "SRV:", RegistrarPool: "pool01." + domain(o.Users.SIP(row))})
	}
	if pool := known(o.Want, "registrar_pool"); pool != "" {
		n.Pools = append(n.Pools, pool)
	}
}

// needHomes asks for users who are homed on the other side of where they are to go: a pool, or the proxy FQDN of the cloud.
func needHomes(n *lab.Needs, o *planner.Object, born map[string]bool, cloud string) {
	target := known(o.Want, "target")
	home := lab.NeededUser{Enabled: true, HostingProvider: cloud}
	switch {
	case !online(target):
		n.Pools = append(n.Pools, target)
	case o.Users.Len() > 0:
		home.HostingProvider, home.RegistrarPool = "SRV:", "pool01."+domain(o.Users.SIP(0))
	}
	for row := range o.Users.Len() {
		if sip := o.Users.SIP(row); !born[sip] {
			user := home
			user.SIP, user.Identity = sip, o.Users.Row(row)[1]
			n.Users = append(n.Users, user)
		}
	}
}

// online says whether a target of moves is Microsoft's side.
func online(target string) bool { return strings.HasPrefix(strings.ToLower(target), "sipfed.") }

func known(v cty.Value, attr string) string {
	value, _ := v.GetAttr(attr).Unmark()
	if value.IsNull() || !value.IsKnown() {
		return ""
	}
	return value.AsString()
}

func domain(sip string) string {
	_, domain, _ := strings.Cut(sip, "@")
	return domain
}

func domains(n lab.Needs) []string {
	seen := map[string]bool{}
	for _, u := range n.Users {
		seen[domain(u.SIP)] = true
	}
	var all []string
	for d := range seen {
		all = append(all, d)
	}
	sort.Strings(all)
	return all
}

func (a *app) labCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "lab",
		Short: "The simulated estate that --lab runs against",
		Args:  cobra.ArbitraryArgs,
		RunE:  onlyBelow,
	}
	c.AddCommand(a.labServeCommand(), a.labResetCommand(), a.labRunCommand(), a.labFaultCommand(), a.labSetCommand(), a.labUserCommand(), a.labCallsCommand())
	return c
}

func (a *app) labServeCommand() *cobra.Command {
	var (
		host    string
		winrm   int
		dns     int
		graph   int
		pwsh    string
		address = "127.0.0.1"
	)
	c := &cobra.Command{
		Use:     "serve [flags] [DIR]",
		Short:   "Serve the estate on fixed ports, for any client",
		Example: "  hybrid lab serve examples/contoso\n  dig @127.0.0.1 -p 5353 _sip._tls.contoso.com SRV",
		Args:    arguments(0, 1),
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := a.load(folder(args), false)
			if err != nil {
				return err
			}
			return a.serveLab(c.Context(), cfg, lab.ListenOptions{Host: host, WinRMPort: winrm, DNSPort: dns, GraphPort: graph}, pwsh)
		},
	}
	a.configFlags(c)
	c.Flags().StringVar(&host, "host", address, "address to listen on; only loopback makes sense, since its passwords are printed")
	c.Flags().IntVar(&winrm, "winrm-port", 5986, "port of WS-Management over TLS")
	c.Flags().IntVar(&dns, "dns-port", 5353, "port of the first name server; each further one has the next")
	c.Flags().IntVar(&graph, "graph-port", 8443, "port of Microsoft Graph and the sign-in service, where the configuration has a tenant in Entra")
	c.Flags().StringVar(&pwsh, "pwsh", "", "run this real PowerShell behind the door, with stub cmdlets made from the published tables")
	return c
}

// serveLab serves until it is interrupted.
func (a *app) serveLab(ctx context.Context, c *config.Config, listen lab.ListenOptions, pwsh string) (err error) {
	estate, err := a.estate(c, lab.SeedOptions{Seed: 1})
	if err != nil {
		return err
	}
	interrupted, cancel := signal.NotifyContext(ctx, os.Interrupt) // before anybody can see that the lab is there
	defer cancel()
	_, kinds := declarations()
	l, err := lab.Start(ctx, lab.Options{Estate: estate, Path: labState(c.Dir), Kinds: kinds, Listen: listen, PwshPath: pwsh, Log: a.log().Named("lab")})
	if err != nil {
		return err
	}
	a.printEndpoints(l.Endpoints())
	<-interrupted.Done()
	return l.Close()
}

func (a *app) printEndpoints(e lab.Endpoints) {
	fmt.Fprintf(a.out, "WS-Management  https://%s:%d/wsman\n  user name    %s\n  password     %s\n  fingerprint  %s\n",
		e.WinRM.Host, e.WinRM.Port, e.WinRM.Username, e.WinRM.Password, e.WinRM.Fingerprint)
	views := make([]string, 0, len(e.DNS))
	for view := range e.DNS {
		views = append(views, view)
	}
	sort.Strings(views)
	for _, view := range views {
		d := e.DNS[view]
		fmt.Fprintf(a.out, "DNS            %s  (%s)\n  TSIG         %s:%s:%s\n  cmdlets      %s\n", d.Addr, view, d.Algorithm, d.TSIGName, d.Secret, d.Username)
	}
	if e.Graph.URL != "" {
		fmt.Fprintf(a.out, "Graph, sign-in %s\n  tenant       %s\n  client       %s\n  fingerprint  %s\n", e.Graph.URL, e.Graph.TenantID, e.Graph.ClientID, e.Graph.Fingerprint)
	}
	fmt.Fprintln(a.out, "Serving until interrupted.")
}

func (a *app) labResetCommand() *cobra.Command {
	var o lab.SeedOptions
	c := &cobra.Command{
		Use:     "reset [flags] [DIR]",
		Short:   "Make the estate anew, as found before hybrid",
		Example: "  hybrid lab reset --users 100000 examples/contoso",
		Args:    arguments(0, 1),
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := a.load(folder(args), false)
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
	if err := os.MkdirAll(labFolder(c.Dir), 0o700); err != nil {
		return err
	}
	path := labState(c.Dir)
	if err := lab.Exclusive(path, func() error { return estate.Keep(path) }); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "The lab of %s is as found before hybrid: %d accounts, %d of them named by the configuration.\n", c.Name, len(estate.Accounts), len(needs(c).Users))
	return nil
}
