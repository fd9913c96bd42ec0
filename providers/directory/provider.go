package directory

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/clock"
	"hybrid/internal/powershell"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/providers/shell"
	"hybrid/schema"
)

const module = "ADSync"

// A provider is one open provider block.
type provider struct {
	*shell.Provider        // nil where no host is declared
	host            string // "" where none is
	readOnly        bool
	mostPause       time.Duration
	clock           *clock.Clock // what waiting for cycles goes by
	*forest                      // which nothing can be read of where the block has no ldap
}

// open prepares a provider and contacts nothing.
func open(s providers.Settings) (providers.Provider, error) {
	p := &provider{readOnly: s.ReadOnly, mostPause: 10 * time.Second, clock: s.Clock}
	p.forest = &forest{}
	if s.Values.IsNull() {
		return p, nil
	}
	var err error
	if p.forest, err = openForest(s); err != nil {
		return nil, fmt.Errorf("provider %q: %w", s.Name, err)
	}
	s.Values = withHosts(s.Values)
	v := shell.ArgumentsOf(s)
	if !v.Local() && len(v.Hosts()) == 0 {
		return p, nil
	}
	if err := lacks(s); err != nil {
		return nil, err
	}
	name := v.Text("module")
	if name == "" {
		name = module
	}
	opened, err := shell.Open(s, shell.Options{
		Translator: shell.NewTranslator(module), Place: v.Place(),
		Session: powershell.Open{Modules: []string{name}, Cmdlets: cmdlets(s.ReadOnly)},
	})
	if err != nil {
		return nil, err
	}
	p.Provider, p.host = opened, v.Place()
	return p, nil
}

// lacks names the account where sessions have none. Without a server there are no sessions.
func lacks(s providers.Settings) error {
	if host := s.Values.GetAttr("sync_host"); !host.IsNull() && shell.ArgumentsOf(s).Nobody() {
		return fmt.Errorf("provider %q: username is missing: the account that signs in to the server with Entra Connect", s.Name)
	}
	return nil
}

// cmdlets are those that a session needs.
func cmdlets(readOnly bool) []string {
	names := []string{"Get-ADSyncScheduler"}
	if !readOnly {
		names = append(names, "Get-ADSyncConnectorRunStatus", "Get-ADSyncRunProfileResult", "Start-ADSyncSyncCycle")
	}
	return names
}

// withHosts puts the server where shell looks for hosts.
func withHosts(block cty.Value) cty.Value {
	values := block.AsValueMap()
	values["hosts"] = cty.NullVal(cty.List(cty.String))
	if host := values["sync_host"]; shell.Tells(host) {
		values["hosts"] = cty.ListVal([]cty.Value{host})
	}
	return cty.ObjectVal(values)
}

// Describe says where cycles are run.
func (p *provider) Describe() string {
	if p.Provider == nil {
		return "directory, by hand"
	}
	return p.Provider.Describe()
}

// Close ends the session, and forgets who signed in.
func (p *provider) Close() error {
	err := p.forest.Close()
	if p.Provider != nil {
		err = errors.Join(err, p.Provider.Close())
	}
	return err
}

// RoundTrips is how many requests have been sent.
func (p *provider) RoundTrips() int64 {
	if p.Provider == nil {
		return 0
	}
	return p.Provider.RoundTrips()
}

// Read gives every block as it is declared, once the server has shown that it could run a cycle.
func (p *provider) Read(ctx context.Context, _ *schema.Kind, want []planner.Object) planner.Listing {
	if p.Provider != nil {
		if err := p.fit(ctx); err != nil {
			return planner.Listing{Err: fmt.Errorf("asking %s whether it can synchronise: %w", p.host, err)}
		}
	}
	listing := planner.Listing{Objects: map[string]planner.Found{}}
	for _, o := range want {
		listing.Objects[o.LiveID()] = found(o, p.host)
	}
	return listing
}

// fit says why no cycle of this server would carry anything.
func (p *provider) fit(ctx context.Context) error {
	s, err := p.scheduler(ctx)
	switch {
	case err != nil:
		return err
	case s.staging:
		return errors.New("it is in staging mode: its cycles carry nothing to the tenant. Name the server that is not")
	case s.suspended:
		return errors.New("its scheduler is suspended: the configuration wizard is open in some session there, even a disconnected one. Close it")
	case !s.enabled:
		return errors.New("its scheduler is disabled (Get-ADSyncScheduler, SyncCycleEnabled). Find out why, and enable it: Set-ADSyncScheduler -SyncCycleEnabled $true")
	}
	return nil
}

// Apply runs a cycle. Where no host is declared there is nothing to issue: reading back waits for what somebody does by
// hand.
func (p *provider) Apply(ctx context.Context, c planner.Change) error {
	switch {
	case p.readOnly:
		return errors.New("this provider was opened to read only")
	case p.Provider == nil:
		return nil
	}
	waits := patience(c.After.AsValueMap())
	cycle := &cycle{provider: p, start: start(c.After.AsValueMap()), accepted: accepted(c), over: p.clock.Now().Add(waits)}
	ctx, cancel := context.WithTimeout(ctx, waits)
	defer cancel()
	return cycle.run(ctx)
}

// accepted are the results of run profiles that a block does not take for failures.
func accepted(c planner.Change) map[string]bool {
	results := map[string]bool{}
	if list, _ := c.After.GetAttr("accept").UnmarkDeep(); shell.Tells(list) {
		for it := list.ElementIterator(); it.Next(); {
			_, result := it.Element()
			results[shell.TextOf(result)] = true
		}
	}
	return results
}

// call runs a cmdlet; a host without the module is told what is amiss.
func (p *provider) call(ctx context.Context, c powershell.Command, take func(map[string]any)) error {
	err := p.Provider.Call(ctx, c, powershell.CallOptions{Object: func(props map[string]any) error {
		take(props)
		return nil
	}})
	if missing := (*powershell.MissingError)(nil); errors.As(err, &missing) {
		return fmt.Errorf("%s has no PowerShell module %s, so it is no server with Entra Connect, or the module is not made known there: name the server in sync_host, or write the module's path in module, usually C:\\Program Files\\Microsoft Azure AD Sync\\Bin\\ADSync",
			p.host, module)
	}
	return err
}
