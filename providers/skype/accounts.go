package skype

import (
	"context"
	"fmt"
	"strings"

	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/providers"
)

// Users are read from Active Directory where a provider block reads it and there are too many to ask for by address. The attributes
// hold what Get-CsUser shows, but for the pool, of which Active Directory has only a number: one pool is one value of
// msRTCSIP-PrimaryHomeServer, and which it is, the servers are asked, by two of its users. What they show of those is compared with
// what was read. Whoever is wanted and was not found is asked for, too. Where anything does not agree, the servers list everybody.

// everyAccount picks who Get-CsUser lists: accounts of people with a SIP address. Endpoints of applications are contacts.
const everyAccount = "(&(objectCategory=person)(objectClass=user)(msRTCSIP-PrimaryUserAddress=*))"

// fromAccounts lists all users by Active Directory; ok is false where the servers have to be asked for everybody, and why says what an
// administrator should know of that.
func (p *provider) fromAccounts(ctx context.Context, columns []string, want []planner.Object) (listing planner.Listing, ok bool, why string) {
	forest, err := p.readable(columns)
	if forest == nil && err == nil {
		return listing, false, ""
	}
	if err == nil {
		var table *roster.Table
		if table, err = p.accounts(ctx, forest, columns, want); err == nil {
			return planner.Listing{Users: table, Complete: true}, true, ""
		}
	}
	if ctx.Err() != nil {
		return planner.Listing{Err: ctx.Err()}, true, ""
	}
	return listing, false, fmt.Sprintf("Users were listed by the servers' cmdlets, which takes longer than over LDAP: %v.", err)
}

// readable is the forest, where there is one and it has all of these columns.
func (p *provider) readable(columns []string) (providers.Forest, error) {
	if p.forest == nil || !inAccounts(columns) {
		return nil, nil
	}
	forest, err := p.forest()
	if err != nil || forest == nil {
		return nil, err
	}
	if p.controller != "" && !strings.EqualFold(p.controller, forest.Server()) {
		return nil, fmt.Errorf("users are written to %s (domain_controller) and would be read from %s (url of provider \"directory\"): name the same in both", p.controller, forest.Server())
	}
	return forest, nil
}

// accounts reads all users, and holds against the servers what they can tell of a few.
func (p *provider) accounts(ctx context.Context, forest providers.Forest, columns []string, want []planner.Object) (*roster.Table, error) {
	domains, err := forest.Domains(ctx)
	if err != nil {
		return nil, err
	}
	table, sampled, reader := roster.New(columns...), samples{}, readerOf(columns)
	for _, domain := range domains {
		err := forest.Search(ctx, domain, everyAccount, reader.names, func(dn string, values [][]string) error {
			if cells := reader.cells(dn, values); !neverEnabled(cells) {
				sampled.take(cells, table.Len())
				table.Append(cells...)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if err := p.compare(ctx, table, sampled); err != nil {
		return nil, err
	}
	return table, p.unseen(ctx, table, want)
}
