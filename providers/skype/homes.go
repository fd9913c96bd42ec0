package skype

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hybrid/internal/powershell"
	"hybrid/providers"
	"hybrid/providers/shell"
	"hybrid/schema"
)

// homeLists are what users can be homed on: pools by their identity, which is the FQDN, and hosting providers by their proxy.
var homeLists = []struct{ noun, property string }{{"CsPool", "Identity"}, {"CsHostingProvider", "ProxyFqdn"}}

// Homes lists the pools of the topology and the proxies of the hosting providers that the servers know. A topology that shows no
// pool has not been read: there is none without one. Most users are homed on pools, so that one list is enough for most plans.
func (p *provider) Homes(ctx context.Context, wanted []string) ([]string, error) {
	var homes []string
	for _, list := range homeLists {
		names, err := p.named(ctx, list.noun, list.property)
		switch {
		case err != nil:
			return nil, err
		case list.noun == "CsPool" && len(names) == 0:
			return nil, nil
		}
		homes = append(homes, names...)
		if !slices.ContainsFunc(wanted, func(home string) bool { return !slices.Contains(homes, home) }) {
			break
		}
	}
	return homes, nil
}

// named lists one property of all objects of a noun. An object that does not tell it makes the list an incomplete one.
func (p *provider) named(ctx context.Context, noun, property string) ([]string, error) {
	var names []string
	err := p.Call(ctx, p.Getting(noun), powershell.CallOptions{Select: []string{property}, Row: func(values []any) error {
		name, err := shell.CellText(values[0])
		if err == nil && (name == "" || strings.ContainsAny(name, ": ")) { // "Registrar:pool01.contoso.com" is a service's
			err = fmt.Errorf("one of the objects of Get-%s does not tell its %s as an FQDN", noun, property)
		}
		names = append(names, strings.ToLower(strings.TrimSuffix(name, ".")))
		return err
	}})
	return names, err
}

// asksHomes are the cmdlets that [provider.Homes] calls, where some kind behind a provider is of users.
func asksHomes(s providers.Settings) []string {
	ofUsers := slices.ContainsFunc(kinds(), func(k *schema.Kind) bool {
		return k.Rows != nil && (s.Kinds == nil || slices.Contains(s.Kinds, k.Name))
	})
	if !ofUsers {
		return nil
	}
	var cmdlets []string
	for _, list := range homeLists {
		cmdlets = append(cmdlets, "Get-"+list.noun)
	}
	return cmdlets
}
