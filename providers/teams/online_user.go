package teams

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"hybrid/internal/powershell"
	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/providers/shell"
	"hybrid/schema"
)

const (
	// mostFiltered is up to how many users are asked for by address. Beyond, one listing of everybody is faster.
	mostFiltered = 500
	// perFilter is how many addresses one filter names. The service's own limit is not published.
	perFilter = 20
	// mostSingly is up to how many users are asked for one by one whose attributes a list leaves empty.
	mostSingly = 100
	// mostAfterAll is up to how many are asked for where it has turned out that lists leave attributes empty which are there.
	mostAfterAll = 2000
)

// The cells of a user in the tenant, in the order of the view's columns.
const (
	onlineSIP = iota
	onlineUPN
	onlineOnPremSIP
	onlineOnPremProvider
	onlineProvider
	onlineInterpreted
	onlineDirSync
)

// onlineUser declares the view of users as the tenant has them: no block is of this kind, others are held against it.
// Where on-premises attributes are empty, they have not arrived. Property names are those of Get-CsOnlineUser since version
// 3.0 of the module.
func onlineUser() *schema.Kind {
	return &schema.Kind{
		Name: "online_user", System: "teams",
		Doc:    "Users as the tenant has them.",
		Remote: schema.Cmdlet{Noun: "CsOnlineUser", Create: "-", Update: "-", Delete: "-"},
		Rows: &schema.Rows{Columns: []string{
			"SipAddress", "UserPrincipalName", "OnPremSipAddress", "OnPremHostingProvider", "HostingProvider", "InterpretedUserType", "UserDirSyncEnabled",
		}},
	}
}

// A provider is one open provider block.
type provider struct{ *shell.Provider }

// Read lists the live objects of a kind; users as rows, and what data blocks ask for. A refusal is told with what helps:
// an application without a role signs in, and the first that is refused is a read.
func (p *provider) Read(ctx context.Context, k *schema.Kind, want []planner.Object) planner.Listing {
	listing := p.read(ctx, k, want)
	if unready := (*powershell.ReadyError)(nil); !errors.As(listing.Err, &unready) { // which has its advice
		listing.Err = advised(listing.Err)
	}
	return listing
}

func (p *provider) read(ctx context.Context, k *schema.Kind, want []planner.Object) planner.Listing {
	if k.Data {
		return shell.Attempt(ctx, func() planner.Listing { return p.data(ctx, want) })
	}
	if k.Rows != nil {
		return shell.Attempt(ctx, func() planner.Listing { return p.users(ctx, k, want) })
	}
	return p.Provider.Read(ctx, k, want)
}

// users reads those users who are wanted, or all.
func (p *provider) users(ctx context.Context, k *schema.Kind, want []planner.Object) planner.Listing {
	filters, some := shell.UserFilters(want, mostFiltered, perFilter)
	if !some {
		filters = []string{""}
	}
	rows := &onlineRows{columns: k.Rows.Columns, found: map[string][]string{}}
	for n, filter := range filters {
		if err := p.list(ctx, rows, filter); err != nil {
			return planner.Listing{Err: fmt.Errorf("reading the users of the tenant, part %d of %d: %w", n+1, len(filters), err)}
		}
	}
	if err := p.singly(ctx, rows, want); err != nil {
		return planner.Listing{Err: fmt.Errorf("reading users of the tenant one by one: %w", err)}
	}
	return planner.Listing{Users: rows.table(), Complete: !some}
}

// onlineRows are users by canonical SIP address.
type onlineRows struct {
	columns []string
	order   []string
	found   map[string][]string
}

func (r *onlineRows) take(values []any) error {
	cells := make([]string, len(values))
	for n, value := range values {
		text, err := shell.CellText(value)
		if err != nil {
			return fmt.Errorf("%s of the user %v: %w", r.columns[n], values[onlineSIP], err)
		}
		cells[n] = text
	}
	sip := roster.Canonical(cells[onlineSIP])
	if cells[onlineSIP] == "" {
		return nil
	}
	if _, known := r.found[sip]; !known {
		r.order = append(r.order, sip)
	}
	r.found[sip] = cells
	return nil
}

func (r *onlineRows) table() *roster.Table {
	table := roster.New(r.columns...)
	for _, sip := range r.order {
		table.Append(r.found[sip]...)
	}
	return table
}

func (p *provider) list(ctx context.Context, rows *onlineRows, filter string) error {
	get := powershell.Command{Cmdlet: "Get-CsOnlineUser"}
	if filter != "" {
		get.Params = []powershell.Param{{Name: "Filter", Value: filter}}
	}
	return p.Call(ctx, get, powershell.CallOptions{Select: rows.columns, Row: rows.take})
}

// singly asks once more for wanted users of whom a list shows no on-premises attributes: in lists some versions of the
// module leave those empty, and only -Identity tells. Where users are many, the first of them show whether lists do so here;
// if not, the attributes of the others have not arrived.
func (p *provider) singly(ctx context.Context, rows *onlineRows, want []planner.Object) error {
	empty := rows.empty(want)
	first := empty[:min(len(empty), mostSingly)]
	if err := p.each(ctx, rows, first); err != nil || len(first) == len(empty) {
		return err
	}
	told := len(empty) - len(rows.empty(want))
	switch {
	case told <= len(first)/2:
		return nil
	case len(empty) > mostAfterAll:
		return fmt.Errorf("lists of Get-CsOnlineUser show no on-premises attributes here, though -Identity does, and %d users are too many to be asked for one by one: update the module MicrosoftTeams on the host", len(empty))
	}
	return p.each(ctx, rows, empty[mostSingly:])
}

// empty are the wanted users who are listed without on-premises attributes.
func (r *onlineRows) empty(want []planner.Object) []string {
	var empty []string
	seen := map[string]bool{}
	for i := range want {
		for row := range want[i].Users.Len() {
			sip := want[i].Users.SIP(row)
			cells, listed := r.found[sip]
			if listed && !seen[sip] && cells[onlineOnPremProvider] == "" && cells[onlineOnPremSIP] == "" {
				seen[sip] = true
				empty = append(empty, sip)
			}
		}
	}
	return empty
}

// each asks for users one by one.
func (p *provider) each(ctx context.Context, rows *onlineRows, sips []string) error {
	for _, sip := range sips {
		get := powershell.Command{Cmdlet: "Get-CsOnlineUser", Params: []powershell.Param{{Name: "Identity", Value: sip}}}
		err := p.Call(ctx, get, powershell.CallOptions{Select: rows.columns, Row: rows.take})
		if err != nil && !gone(err) {
			return err
		}
	}
	return nil
}

// gone says that a user who was listed does not exist any more.
func gone(err error) bool {
	refused := (*powershell.CmdletError)(nil)
	return errors.As(err, &refused) && strings.HasPrefix(refused.Category, "ObjectNotFound")
}
