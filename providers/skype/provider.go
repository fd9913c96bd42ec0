package skype

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/powershell"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/providers/shell"
	"hybrid/schema"
)

const (
	defaultSessions = shell.DefaultSessions
	defaultModule   = "SkypeForBusiness"
)

// newTranslator translates into calls of the servers' module.
func newTranslator() *shell.Translator { return shell.NewTranslator(defaultModule) }

// A provider is one open provider block.
type provider struct {
	*shell.Provider
	forest     func() (providers.Forest, error) // Active Directory as another block reads it; nil where nobody asks
	controller string                           // that everything is read from and written to, "" where the servers choose
}

// open prepares a provider and contacts nothing.
func open(s providers.Settings, t *shell.Translator) (providers.Provider, error) {
	v := shell.ArgumentsOf(s)
	if at := s.Values.AsValueMap()["domain_controller"]; at != cty.NilVal && schema.IsSensitive(at) {
		return nil, fmt.Errorf("provider %q: domain_controller stands in every command of a plan and so cannot be a secret: write the name, or take it from a variable that is not sensitive", s.Name)
	}
	opened, err := shell.Open(s, shell.Options{Translator: t, Session: session(v, s), Place: place(v), Pinned: v.Text("domain_controller"), Advise: advised})
	if err != nil {
		return nil, err
	}
	return &provider{Provider: opened, forest: s.Forest, controller: v.Text("domain_controller")}, nil
}

// Read lists the live objects of a kind; users as rows.
func (p *provider) Read(ctx context.Context, k *schema.Kind, want []planner.Object) planner.Listing {
	var listing planner.Listing
	if k.Rows != nil {
		listing = p.users(ctx, k, want)
	} else {
		listing = p.Provider.Read(ctx, k, want)
	}
	listing.Err = hopless(listing.Err)
	return listing
}

// place is where the first session goes, and what lies behind it.
func place(a shell.Arguments) string {
	place := a.Place()
	if endpoint := a.Text("endpoint"); endpoint != "" {
		pool, _, _ := strings.Cut(strings.TrimPrefix(endpoint, "https://"), "/")
		place += " → " + pool
	}
	return place
}

// session says what every session is opened with.
func session(a shell.Arguments, s providers.Settings) powershell.Open {
	s, optional := spared(s)
	open := powershell.Open{Modules: []string{cmp.Or(a.Text("module"), defaultModule)}, Endpoint: a.Text("endpoint"), Cmdlets: shell.Needed(s, kinds()), Optional: optional}
	if asksReplicas(s) {
		open.Optional = append(open.Optional, replicas)
	}
	open.Optional = append(open.Optional, asksHomes(s)...)
	if open.Endpoint == "" {
		return open
	}
	for _, account := range []string{"endpoint_", ""} {
		if name := a.Text(account + "username"); name != "" {
			open.Credential = &powershell.Credential{Username: name, Password: a.Text(account + "password")}
			break
		}
	}
	return open
}

// spared takes out of what is only read the kind that servers of old have no cmdlets for, so that they can be used for all
// else: hybrid application endpoints came with updates of 2017.
func spared(s providers.Settings) (providers.Settings, []string) {
	k := hybridApplicationEndpoint()
	if s.Kinds == nil || slices.Contains(s.Kinds, k.Name) || !slices.Contains(s.Reads, k.Name) {
		return s, nil
	}
	s.Reads = slices.DeleteFunc(slices.Clone(s.Reads), func(name string) bool { return name == k.Name })
	return s, []string{"Get-" + k.Remote.(schema.Cmdlet).Noun}
}
