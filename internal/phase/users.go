package phase

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/schema"
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
	wrong     []string // SIP addresses
}

// newcomers are users who will be homed and are not in the list of those there are, in order.
func newcomers(fates map[string]fate, there *roster.Table) []string {
	var all []string
	for sip, f := range fates {
		if _, exists := there.Lookup(sip); !exists && (f == online || f == servers) {
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

// fateOf is what a change makes of its users.
func fateOf(c *planner.Change, sky *Sky) fate {
	side := func(attr string) fate {
		to, ok := value(c.After, attr)
		switch {
		case !ok:
			return left
		case sky.Leads(schema.Text(to)):
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
		d.Name, d.Phase, countOf(len(u.wrong)), detail, few(u.wrong), remedy))}
}

func countOf(n int) string {
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
