package engine

import (
	"context"
	"maps"
	"slices"
	"strings"

	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/schema"
)

// renamed finds out of users who were not found by their SIP address whether the account with their identity is a user under another
// one: to enable them again would fail, and they are not missing. Who was found is not looked at, so that it costs what is missing.
func (e *Engine) renamed(ctx context.Context, list []*reading, live planner.Live) {
	for _, r := range list {
		listing := live[r.sources[0]]
		if r.kind.Rows == nil || r.kind.Rows.Named == "" || listing.Err != nil || listing.Users == nil {
			continue
		}
		missing := missingNames(r.objects, listing.Users)
		if len(missing) == 0 {
			continue
		}
		found := map[string]string{}
		settle(missing, found, listing.Users, r.kind.Rows.Named)
		if !listing.Complete && len(missing) > 0 {
			settle(missing, found, e.named(ctx, r, slices.Sorted(maps.Keys(missing))), r.kind.Rows.Named)
		}
		if listing.Renamed = found; len(found) > 0 {
			for _, source := range r.sources {
				live[source] = listing
			}
		}
	}
}

// named reads the users whom accounts of these names are; nobody where that cannot be read, which is then not known.
func (e *Engine) named(ctx context.Context, r *reading, names []string) *roster.Table {
	provider := r.sources[0].Provider
	p, err := e.provider(provider)
	namer, ok := p.(providers.Namer)
	if err != nil || !ok {
		return nil
	}
	defer e.reading(provider, r.kind.Name)()
	listing := namer.Named(ctx, r.kind, names)
	if listing.Err != nil {
		e.Log.Info("whether users have another SIP address is not known", "provider", provider, "why", listing.Err)
		return nil
	}
	return listing.Users
}

// missingNames are the wanted users who are not in a table, by the names of their accounts.
func missingNames(wanted []planner.Object, live *roster.Table) map[string]string {
	missing := map[string]string{}
	for i := range wanted {
		o := &wanted[i]
		if o.Absent || o.UsersLate {
			continue
		}
		for row, cells := range o.Users.Rows() {
			if _, found := live.Lookup(o.Users.SIP(row)); found {
				continue
			}
			if name := schema.AccountName(cells[1]); name != "" {
				missing[name] = o.Users.SIP(row)
			}
		}
	}
	return missing
}

// settle takes those out of the missing whose accounts are in a table, and notes the addresses that they have there.
func settle(missing, found map[string]string, users *roster.Table, column string) {
	if users.Len() == 0 {
		return
	}
	n := slices.Index(users.Columns(), column)
	if n < 0 {
		return
	}
	for row, cells := range users.Rows() {
		name := strings.ToLower(cells[n])
		if sip, ok := missing[name]; ok {
			found[sip] = users.SIP(row)
			delete(missing, name)
		}
	}
}
