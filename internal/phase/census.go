package phase

import (
	"maps"
	"slices"
	"strings"

	"hybrid/internal/roster"
	"hybrid/planner"
)

// A census has what belongs to each of some domains, from one walk through what is live and one through the plan.
type census struct {
	live  planner.Live
	rows  map[planner.Source]map[string][]int // where each domain's users stand in the list of a source
	fates map[string]map[string]fate          // what the plan does to each domain's users, by canonical SIP address

	endpoints map[planner.Source]map[string][]string // each domain's, by address in lower case
	changed   map[string][]*planner.Change           // those that the plan makes or takes away
	swept     []*planner.Change                      // deletions that no block declares
}

func count(domains []Domain, plan *planner.Plan, live planner.Live) *census {
	c := &census{
		live: live, rows: map[planner.Source]map[string][]int{}, fates: map[string]map[string]fate{},
		endpoints: map[planner.Source]map[string][]string{}, changed: map[string][]*planner.Change{},
	}
	for _, d := range domains {
		c.fates[d.Name] = map[string]fate{}
		if from := Everyone(d); c.rows[from] == nil {
			c.rows[from] = byDomain(live[from].Users)
		}
		if from, asked := Endpoints(d); asked && c.endpoints[from] == nil {
			c.endpoints[from] = endpointsIn(live[from])
		}
	}
	if len(domains) > 0 {
		c.foresee(plan, domains[0].Sky)
	}
	return c
}

// byDomain gives the rows of each domain's users.
func byDomain(t *roster.Table) map[string][]int {
	rows := map[string][]int{}
	for row := range t.Len() {
		d := domainOf(t.SIP(row))
		rows[d] = append(rows[d], row)
	}
	return rows
}

// of goes through every user of a domain once.
func (c *census) of(d Domain) *users {
	u := &users{}
	from := Everyone(d)
	table, fates := c.live[from].Users, c.fates[d.Name]
	for _, row := range c.rows[from][d.Name] {
		home := table.Cell(row, "HostingProvider")
		inCloud := home != "" && !strings.EqualFold(home, "SRV:")
		if !inCloud {
			u.onServers++
		}
		sip := table.SIP(row)
		u.judge(d, sip, inCloud, fates[sip])
	}
	for _, sip := range newcomers(fates, table) {
		u.judge(d, sip, fates[sip] == online, fates[sip])
	}
	return u
}

// foresee notes what the plan does.
func (c *census) foresee(plan *planner.Plan, sky *Sky) {
	for i := range plan.Changes {
		change := &plan.Changes[i]
		if change.Kind.Name == endpointsKind && change.Action != planner.NoOp {
			of := domainOf(strings.ToLower(change.Identity))
			c.changed[of] = append(c.changed[of], change)
		}
		if change.Node == nil && change.Action == planner.Delete {
			c.swept = append(c.swept, change)
		}
		if change.Users.Len() > 0 && change.Kind.Rows != nil {
			c.foreseeUsers(change, fateOf(change, sky))
		}
	}
}

// foreseeUsers notes the users of a change. Where a block creates users, those who exist stay where they are.
func (c *census) foreseeUsers(change *planner.Change, f fate) {
	if f == left {
		return
	}
	for n := range change.Users.Len() {
		sip := change.Users.SIP(n)
		if of := c.fates[domainOf(sip)]; of != nil && change.ActionOf(n) == change.Action {
			of[sip] = f
		}
	}
}

// endpointsIn gives the endpoints of a list by domain.
func endpointsIn(listing planner.Listing) map[string][]string {
	there := map[string][]string{}
	for _, found := range listing.Objects {
		sip := strings.ToLower(found.Identity)
		there[domainOf(sip)] = append(there[domainOf(sip)], sip)
	}
	return there
}

// endpointsOf are the endpoints of a domain that are there after the plan, in order.
func (c *census) endpointsOf(d Domain, from planner.Source) []string {
	there := map[string]bool{}
	for _, sip := range c.endpoints[from][d.Name] {
		there[sip] = true
	}
	for _, change := range c.changed[d.Name] {
		there[strings.ToLower(change.Identity)] = change.Action != planner.Delete
	}
	maps.DeleteFunc(there, func(_ string, is bool) bool { return !is })
	return slices.Sorted(maps.Keys(there))
}
