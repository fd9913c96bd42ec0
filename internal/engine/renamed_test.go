package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"hybrid/internal/config"
	"hybrid/internal/engine"
	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/schema"
)

// accounts are people with names beside their addresses.
type accounts struct {
	*far
	listed   *roster.Table // what a reading of the wanted ones brings
	complete bool
	named    *roster.Table // what asking by name brings
	err      error
	asked    []string
}

func (a *accounts) Read(_ context.Context, k *schema.Kind, _ []planner.Object) planner.Listing {
	if k.Rows == nil {
		return planner.Listing{Complete: true}
	}
	return planner.Listing{Users: a.listed, Complete: a.complete}
}

func (a *accounts) Named(_ context.Context, _ *schema.Kind, names []string) planner.Listing {
	a.asked = append(a.asked, names...)
	return planner.Listing{Users: a.named, Err: a.err}
}

// people makes a table of addresses and names.
func people(cells ...string) *roster.Table {
	table := roster.New("SipAddress", "Home", "Name")
	for pair := range slices.Chunk(cells, 2) {
		table.Append(pair[0], "cloud", pair[1])
	}
	return table
}

// Whose account is a user under another address is not missing, and nothing is planned for whoever that is. Who is found is not asked
// for again, and what cannot be asked is not known: everything is planned as if nobody had asked.
func TestUsersUnderAnotherAddress(t *testing.T) {
	t.Parallel()
	const hcl = `
person "all" {
  users = [{ sip_address = "sip:ada@x.com", identity = "Ada@corp.x.com" }, { sip_address = "sip:bob@x.com" }, { sip_address = "sip:cy@x.com", identity = "X\\cy" }]
}
home "all" {
  users  = [{ sip_address = "sip:ada@x.com", identity = "Ada@corp.x.com" }, { sip_address = "sip:bob@x.com" }, { sip_address = "sip:cy@x.com", identity = "X\\cy" }]
  target = "pool"
}
`
	king, bob := []string{"sip:ada.king@x.com", "ada@corp.x.com"}, []string{"sip:bob@x.com", "bob@x.com"}
	for name, c := range map[string]struct {
		far     accounts
		blocked bool
		asked   string
	}{
		"a list of everybody":   {accounts{listed: people(append(king, bob...)...), complete: true}, true, "[]"},
		"a list of the wanted":  {accounts{listed: people(bob...), named: people(king...)}, true, "[ada@corp.x.com]"},
		"nobody has that name":  {accounts{listed: people(bob...), named: people()}, false, "[ada@corp.x.com]"},
		"it cannot be asked":    {accounts{listed: people(bob...), err: errors.New("access denied")}, false, "[ada@corp.x.com]"},
		"everybody, and nobody": {accounts{listed: people(bob...), complete: true}, false, "[]"},
	} {
		a := c.far
		a.far = newFar()
		planned, diags := planOf(t, &a, hcl)
		if diags {
			t.Errorf("%s: diagnostics", name)
		}
		for _, change := range planned.Plan.Changes {
			why := ""
			for _, b := range change.Users.Blocked {
				if change.Users.Want.SIP(int(b.Row)) == "sip:ada@x.com" {
					why = b.Reason
				}
			}
			const want = "the account with this identity is a user already, as sip:ada.king@x.com: write that address in the table, or give the account the one of the table again (Set-CsUser -SipAddress)"
			if (why == want) != c.blocked || !c.blocked && why != "" {
				t.Errorf("%s: %s: %q", name, change.Address, why)
			}
		}
		if got := fmt.Sprint(a.asked); got != c.asked {
			t.Errorf("%s: asked for %s", name, got)
		}
	}
}

// planOf plans a configuration whose people have names.
func planOf(t *testing.T, a *accounts, hcl string) (planned *engine.Planned, failed bool) {
	t.Helper()
	tr := try(t, a.far, hcl)
	system := a.system()
	for n, k := range system.Kinds {
		if k.Rows != nil {
			named, rows := *k, *k.Rows
			rows.Named, rows.Columns = "Name", []string{"SipAddress", "Home", "Name"}
			named.Rows = &rows
			system.Kinds[n] = &named
		}
	}
	system.Open = func(providers.Settings) (providers.Provider, error) { return a, nil }
	near := a.near()
	c, diags := config.Load(tr.dir, config.Options{Systems: []*schema.System{system.Schema, near.Schema}, Kinds: system.Kinds})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	tr.engine.Config, tr.engine.Systems = c, []providers.System{system, near}
	planned, diags = tr.engine.Plan(t.Context(), engine.Scope{})
	return planned, diags.HasErrors()
}
