package teams

import (
	"slices"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/cmdlets"
	"hybrid/providers"
	"hybrid/providers/shell"
	"hybrid/schema"
)

func kindNamed(t testing.TB, name string) *schema.Kind {
	t.Helper()
	for _, k := range kinds() {
		if k.Name == name {
			return k
		}
	}
	t.Fatalf("no kind %q", name)
	return nil
}

func TestKindsAreWellDeclared(t *testing.T) {
	t.Parallel()
	for _, mistake := range schema.Lint(System().Kinds, []*schema.System{System().Schema}) {
		t.Error(mistake)
	}
}

func published(t *testing.T) *cmdlets.Tables {
	t.Helper()
	tables, err := cmdlets.Load()
	if err != nil {
		t.Fatal(err)
	}
	return tables.Module(module)
}

// notOffered names the published parameters that no kind offers, with the reason.
var notOffered = map[string]string{
	"Confirm":  "always sent as $false by the program itself",
	"WhatIf":   "a plan is what would happen",
	"Force":    "suppresses errors",
	"Instance": "takes an object, not values",
	"Tenant":   "the session has signed in to it",
	"Identity": "the block's label, or there is one",
	"InMemory": "stores nothing",
}

func TestEveryPublishedParameterIsOfferedOrLeftOutForAReason(t *testing.T) {
	t.Parallel()
	for _, k := range kinds() {
		for _, step := range []string{"create", "update"} {
			if remote, ok := k.Remote.(schema.Cmdlet); ok && !k.Data && remote.Toggle == "" && remote.Verb(step) != "" {
				t.Run(k.Name+" "+step, func(t *testing.T) { matches(t, k, published(t).Cmdlet(remote.Verb(step)+"-"+remote.Noun)) })
			}
		}
	}
}

// matches holds the attributes of a kind to the published parameters of a cmdlet that writes it.
func matches(t *testing.T, k *schema.Kind, set *cmdlets.Cmdlet) {
	offered := map[string]bool{}
	for i := range k.Attrs {
		a := &k.Attrs[i]
		offered[a.WriteName()] = true
		p := set.Param(a.WriteName())
		if p == nil {
			t.Errorf("no -%s", a.WriteName())
			continue
		}
		if boolean := p.Type == "Boolean"; boolean != (a.Type == cty.Bool) {
			t.Errorf("%s is %s, -%s a %s", a.Name, a.Type.FriendlyName(), p.Name, p.Type)
		}
		if !p.In(set.Sets[0].Name) {
			t.Errorf("-%s is not of the set that calls are of", p.Name)
		}
	}
	for _, p := range set.Params() {
		inSome := slices.ContainsFunc(set.Sets, func(s cmdlets.Set) bool { return p.In(s.Name) })
		if inSome && !offered[p.Name] && notOffered[p.Name] == "" && k.Remote.(schema.Cmdlet).Leaves[p.Name] == "" {
			t.Errorf("-%s of %s is neither offered nor left out for a reason: give %s an attribute, or the reason in its Leaves", p.Name, set.Name, k.Name)
		}
	}
}

func TestOnlyWhatIsNeededIsAskedOfAHost(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		s    providers.Settings
		want []string
	}{
		{providers.Settings{Kinds: []string{"online_sip_domain"}}, []string{"Disable-CsOnlineSipDomain", "Enable-CsOnlineSipDomain", "Get-CsOnlineSipDomain"}},
		{providers.Settings{Kinds: []string{"tenant_federation"}}, []string{"Get-CsTenantFederationConfiguration", "New-CsEdgeAllowAllKnownDomains", "New-CsEdgeAllowList", "Set-CsTenantFederationConfiguration"}},
		{providers.Settings{ReadOnly: true, Kinds: []string{"tenant_federation"}}, []string{"Get-CsTenantFederationConfiguration"}},
	} {
		names := shell.Needed(test.s, kinds())
		if !slices.Equal(names, test.want) {
			t.Errorf("%v, want %v", names, test.want)
		}
		for _, name := range names {
			if published(t).Cmdlet(name) == nil {
				t.Errorf("%s is not published", name)
			}
		}
	}
}
