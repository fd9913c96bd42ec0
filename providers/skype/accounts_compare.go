package skype

import (
	"context"
	"fmt"
	"strings"

	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/providers/shell"
)

// A likeness is what users have in common who should look alike to the servers: the number of their pool, their home, whether they
// can sign in.
type likeness struct{ pool, provider, enabled string }

// samples are the first and the last row of each likeness, of users whom the servers can be asked for by address.
type samples map[likeness][]int

// take notes a row, if it is one to ask for.
func (s samples) take(cells []string, row int) {
	if shell.Unfilterable(cells[cellSIP]) {
		return
	}
	like := likeness{cells[cellRegistrarPool], cells[cellHostingProvider], cells[cellEnabled]}
	if rows := s[like]; len(rows) > 1 {
		rows[1] = row
		return
	}
	like = likeness{strings.Clone(like.pool), strings.Clone(like.provider), strings.Clone(like.enabled)}
	s[like] = append(s[like], row)
}

// compare asks the servers for the samples, learns from them which pool each number is, and says what does not agree.
func (p *provider) compare(ctx context.Context, table *roster.Table, sampled samples) error {
	asked := roster.New("SipAddress")
	for _, rows := range sampled {
		for _, row := range rows {
			asked.Append(table.Row(row)[cellSIP])
		}
	}
	shown, err := p.shown(ctx, table.Columns(), asked)
	if err != nil {
		return err
	}
	pools := map[string]string{}
	for like, rows := range sampled {
		for _, row := range rows {
			pool, err := agreed(table, row, shown)
			if err != nil {
				return err
			}
			if known, told := pools[like.pool]; told && !strings.EqualFold(known, pool) && like.pool != "" {
				return fmt.Errorf("the servers show users of %s on %s and on %s", like.pool, known, pool)
			}
			pools[like.pool] = pool
		}
	}
	pools[""] = ""
	return translated(table, pools)
}

// translated puts the names of pools in the place of their numbers.
func translated(table *roster.Table, pools map[string]string) error {
	for row, cells := range table.Rows() {
		if _, known := pools[cells[cellRegistrarPool]]; !known { // its users are all of the kind that cannot be asked for
			return fmt.Errorf("no server could be asked which pool %s is, the home of %s", cells[cellRegistrarPool], table.SIP(row))
		}
	}
	table.Translate("RegistrarPool", pools)
	return nil
}

// agreed is the pool that the servers show of a user, or what else they show otherwise than Active Directory has it.
func agreed(table *roster.Table, row int, shown *roster.Table) (pool string, err error) {
	sip := table.SIP(row)
	at, there := shown.Lookup(sip)
	if !there {
		return "", fmt.Errorf("the servers do not show %s, whom Active Directory has as their user", sip)
	}
	for n, column := range table.Columns() {
		own, other := table.Row(row)[n], shown.Row(at)[n]
		if n != cellRegistrarPool && !strings.EqualFold(own, other) {
			return "", fmt.Errorf("%s of %s is %q to the servers and %q in Active Directory; a domain controller may be behind", column, sip, other, own)
		}
	}
	return shown.Row(at)[cellRegistrarPool], nil
}

// shown is what the servers show of some users.
func (p *provider) shown(ctx context.Context, columns []string, asked *roster.Table) (*roster.Table, error) {
	table := roster.New(columns...)
	filters, some := shell.UserFilters([]planner.Object{{Users: asked}}, mostFiltered, perFilter)
	if !some {
		return nil, fmt.Errorf("there are %d users whom the servers would have to be asked for", asked.Len())
	}
	if asked.Len() == 0 {
		return table, nil
	}
	for _, filter := range filters {
		if err := p.append(ctx, table, filter); err != nil {
			return nil, fmt.Errorf("asking the servers for %d users: %w", asked.Len(), err)
		}
	}
	return table, nil
}

// unseen asks the servers for users who are wanted and were not found: somebody whom they know is missing from what was read.
func (p *provider) unseen(ctx context.Context, table *roster.Table, want []planner.Object) error {
	missing := roster.New("SipAddress")
	for i := range want {
		for row := range want[i].Users.Len() {
			if _, listed := table.Lookup(want[i].Users.SIP(row)); !listed {
				missing.Append(want[i].Users.SIP(row))
			}
		}
	}
	shown, err := p.shown(ctx, table.Columns(), missing)
	if err == nil && shown.Len() > 0 {
		err = fmt.Errorf("the servers know %s, who was not found", shown.SIP(0))
	}
	return err
}
