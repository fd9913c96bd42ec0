package skype

import (
	"context"
	"fmt"
	"slices"

	"hybrid/internal/powershell"
	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/providers/shell"
	"hybrid/schema"
)

const (
	// mostFiltered is up to how many users are asked for by address. Beyond, one listing of everybody is faster.
	mostFiltered = 1000
	// perFilter is how many addresses one filter names.
	perFilter = 100
)

// users reads those users who are wanted, or all, and says on which domain controller they are.
func (p *provider) users(ctx context.Context, k *schema.Kind, want []planner.Object) planner.Listing {
	listing := p.rows(ctx, k, want)
	listing.Place = p.Pins(k.Remote.(schema.Cmdlet))
	return listing
}

// rows reads those users who are wanted, or all.
func (p *provider) rows(ctx context.Context, k *schema.Kind, want []planner.Object) planner.Listing {
	filters, some := shell.UserFilters(want, mostFiltered, perFilter)
	columns := columnsOf(k, want)
	if !some {
		return p.everybody(ctx, columns, want)
	}
	return shell.Attempt(ctx, func() planner.Listing {
		table := roster.New(columns...)
		for n, filter := range filters {
			if err := p.append(ctx, table, filter); err != nil {
				return planner.Listing{Err: fmt.Errorf("reading users, part %d of %d: %w", n+1, len(filters), err)}
			}
		}
		return p.recheck(ctx, table, want, planner.Listing{Users: table})
	})
}

// everybody lists all users, by the quickest way there is.
func (p *provider) everybody(ctx context.Context, columns []string, want []planner.Object) planner.Listing {
	listing, ok, why := p.fromAccounts(ctx, columns, want)
	if ok {
		return listing
	}
	return shell.Attempt(ctx, func() planner.Listing {
		table := roster.New(columns...)
		if err := p.append(ctx, table, ""); err != nil {
			return planner.Listing{Err: fmt.Errorf("reading all users: %w", err)}
		}
		return p.recheck(ctx, table, want, planner.Listing{Users: table, Complete: true, Remark: why})
	})
}

// columnsOf are the properties that are asked for: those that every user has a use for, and what is declared besides.
func columnsOf(k *schema.Kind, want []planner.Object) []string {
	columns := slices.Clone(k.Rows.Columns)
	for i := range want {
		for _, name := range want[i].Columns() {
			if !slices.Contains(columns, name) {
				columns = append(columns, name)
			}
		}
	}
	if hasLogonName(want) {
		columns = append(columns, logonName)
	}
	return columns
}

// recheck asks once more for users who are wanted and were not listed, where they are few enough: a list that ends early
// does so without an error, and to plan from it would be to enable users who are there.
func (p *provider) recheck(ctx context.Context, table *roster.Table, want []planner.Object, listing planner.Listing) planner.Listing {
	missing := roster.New("SipAddress")
	for i := range want {
		for row := range want[i].Users.Len() {
			if _, listed := table.Lookup(want[i].Users.SIP(row)); !listed {
				missing.Append(want[i].Users.SIP(row))
			}
		}
	}
	filters, some := shell.UserFilters([]planner.Object{{Users: missing}}, mostFiltered, perFilter)
	if missing.Len() == 0 || !some {
		return listing
	}
	again := roster.New(table.Columns()...)
	for _, filter := range filters {
		if err := p.append(ctx, again, filter); err != nil {
			return planner.Listing{Err: fmt.Errorf("reading users who were not listed: %w", err)}
		}
	}
	if again.Len() > 0 {
		return planner.Listing{Err: fmt.Errorf("the server listed %d users and left out %s, who exists: the list is not complete, and nothing can be planned from it; try again",
			table.Len(), again.SIP(0))}
	}
	return listing
}

// append streams users into a table. Accounts that merely have a SIP address and were never enabled are left out: for
// the servers they are not users.
func (p *provider) append(ctx context.Context, table *roster.Table, filter string) error {
	get := p.Getting("CsUser")
	if filter != "" {
		get.Params = append(get.Params, powershell.Param{Name: "Filter", Value: filter})
	}
	columns := table.Columns()
	cells := make([]string, len(columns))
	return p.Call(ctx, get, powershell.CallOptions{
		Select: columns,
		Row: func(values []any) error {
			for n, value := range values {
				text, err := shell.CellText(value)
				if err != nil {
					return fmt.Errorf("%s of the user %v: %w", columns[n], values[cellSIP], err)
				}
				cells[n] = text
			}
			if cells[cellSIP] != "" && !neverEnabled(cells) {
				table.Append(cells...)
			}
			return nil
		},
	})
}
