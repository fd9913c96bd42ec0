package phase

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/roster"
	"hybrid/planner"
)

// usersKind is the kind whose listing has every user of the servers with their homes.
const usersKind = "user_homing"

// A fate is what a plan makes of a user.
type fate int

const (
	left    fate = iota // alone
	online              // homed online after the plan
	servers             // homed on the servers after the plan
	gone                // no longer enabled
)

// users are those of one domain: where they are, and who will be on the wrong side after the plan.
type users struct {
	onServers int
	wrong     []string // SIP addresses, with what is known of their homes
}

// count goes through every user of the domain once.
func (j *judge) count() *users {
	u := &users{}
	listing := j.live[Everyone(j.domain)]
	fates := j.fates()
	for row := range listing.Users.Len() {
		sip := listing.Users.SIP(row)
		if domainOf(sip) != j.domain.Name {
			continue
		}
		home := listing.Users.Cell(row, "HostingProvider")
		inCloud := home != "" && !strings.EqualFold(home, "SRV:")
		if !inCloud {
			u.onServers++
		}
		u.judge(j.domain, sip, inCloud, fates[sip])
		delete(fates, sip)
	}
	for _, sip := range newcomers(fates) {
		u.judge(j.domain, sip, fates[sip] == online, fates[sip])
	}
	return u
}

// newcomers are users who do not exist yet, in order.
func newcomers(fates map[string]fate) []string {
	var all []string
	for sip, f := range fates {
		if f == online || f == servers {
			all = append(all, sip)
		}
	}
	slices.Sort(all)
	return all
}

// judge keeps a user who will be on the wrong side.
func (u *users) judge(d Domain, sip string, inCloud bool, f fate) {
	switch f {
	case gone:
		return
	case online, servers:
		inCloud = f == online
	}
	if d.Phase.cloudy() && !inCloud || d.Phase == OnPrem && inCloud {
		u.wrong = append(u.wrong, sip)
	}
}

// fates is what the plan does to users of the domain, by canonical SIP address. Where a block creates users, those who
// exist stay where they are.
func (j *judge) fates() map[string]fate {
	fates := map[string]fate{}
	for i := range j.plan.Changes {
		c := &j.plan.Changes[i]
		if c.Users.Len() == 0 || c.Kind.Rows == nil {
			continue
		}
		f := fateOf(c, j.domain.Sky)
		for n := range c.Users.Len() {
			if sip := c.Users.SIP(n); f != left && c.ActionOf(n) == c.Action && domainOf(sip) == j.domain.Name {
				fates[sip] = f
			}
		}
	}
	return fates
}

// fateOf is what a change makes of its users.
func fateOf(c *planner.Change, sky *Sky) fate {
	side := func(attr string) fate {
		to, ok := value(c.After, attr)
		switch {
		case !ok:
			return left
		case sky.leads(plain(to)):
			return online
		}
		return servers
	}
	switch {
	case c.Kind.Name == usersKind && c.Action == planner.Move:
		return side("target")
	case c.Kind.Name == "user" && c.Action == planner.Delete:
		return gone
	case c.Kind.Name == "user" && c.Action == planner.Create:
		if f := side("hosting_provider_proxy_fqdn"); f != left {
			return f
		}
		return side("registrar_pool")
	}
	return left
}

// plain is a known text, "" for anything else.
func plain(v cty.Value) string {
	if v == cty.NilVal || v.IsNull() || !v.IsKnown() || v.Type() != cty.String {
		return ""
	}
	return v.AsString()
}

func sameHost(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}

// shownUsers is how many users a refusal names.
const shownUsers = 10

// inTheWay refuses a phase that would leave users behind.
func (u *users) inTheWay(d Domain) hcl.Diagnostics {
	if len(u.wrong) == 0 {
		return nil
	}
	summary, detail := "Users would be left on the servers", "homed on the servers, or nowhere that is known, and not moved online by this plan"
	remedy := "Move them with user_homing, or state the phase hybrid until they are moved."
	if d.Phase == OnPrem {
		summary, detail = "Users would be left online", "homed online, and not moved home by this plan"
	}
	return hcl.Diagnostics{refusal(d, summary, fmt.Sprintf("%s is to be %s, but %s %s:%s\n%s",
		d.Name, d.Phase, counted(len(u.wrong)), detail, few(u.wrong), remedy))}
}

func counted(n int) string {
	if n == 1 {
		return "1 of its users is"
	}
	return fmt.Sprintf("%d of its users are", n)
}

// Short names a user who is known to exist and is not in what is said to be the list of all; "" where it has everybody.
// A list that ends early does so without an error, and would show nobody in the way.
func Short(all *roster.Table, known ...*roster.Table) string {
	for _, table := range known {
		for row := range table.Len() {
			if _, listed := all.Lookup(table.SIP(row)); !listed {
				return table.SIP(row)
			}
		}
	}
	return ""
}
