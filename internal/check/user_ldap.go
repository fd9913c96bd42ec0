package check

import (
	"context"
	"fmt"
	"strings"

	"hybrid/providers"
)

// A ForestSource reads Active Directory itself; a [Source] may be one.
type ForestSource interface {
	// Forest is how it is read over LDAP, nil where the configuration says nothing of it.
	Forest() (providers.Forest, error)
}

// overLDAP reads what a filter picks in all domains of the forest, nil where no provider block reads it.
func (e *Estate) overLDAP(ctx context.Context, filter string) *forest {
	source, ok := e.Source.(ForestSource)
	if !ok {
		return nil
	}
	ad, err := source.Forest()
	if ad == nil && err == nil {
		return nil
	}
	if err != nil {
		return &forest{err: err}
	}
	domains, err := ad.Domains(ctx)
	if err != nil {
		return &forest{err: err}
	}
	f := &forest{host: ad.Server() + " over LDAP", whole: filter == everybodyInForest}
	places := forestPlaces()
	for _, domain := range domains {
		err := ad.Search(ctx, domain, filter, forestProperties()[1:], func(dn string, values [][]string) error {
			f.rows = append(f.rows, row{places, forestCells(dn, values)})
			return nil
		})
		if err != nil {
			err = fmt.Errorf("domain %s could not be read over LDAP: %w", domain, err)
		}
		f.domains = append(f.domains, forestDomain{strings.ToLower(domain), err})
	}
	f.index()
	return f
}

// forestPlaces are the places of properties in a row.
func forestPlaces() map[string]int {
	places := map[string]int{}
	for n, name := range forestProperties() {
		places[strings.ToLower(name)] = n
	}
	return places
}

// forestCells are the attributes of an object as Get-ADObject shows them: the last of its classes, a list of addresses, else one text.
func forestCells(dn string, values [][]string) []any {
	cells := []any{dn}
	for n, all := range values {
		switch {
		case strings.EqualFold(forestProperties()[n+1], "proxyAddresses"):
			list := make([]any, len(all))
			for m, value := range all {
				list[m] = strings.Clone(value)
			}
			cells = append(cells, list)
		case len(all) == 0:
			cells = append(cells, nil)
		case n == 0: // classes come from the most general to the object's own
			cells = append(cells, strings.Clone(all[len(all)-1]))
		default:
			cells = append(cells, strings.Clone(all[0]))
		}
	}
	return cells
}
