package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hybrid/internal/journal"
	"hybrid/planner"
	"hybrid/schema"
)

// A call that stops half way leaves a user who is neither as before nor as wanted. What such a user shows now says nothing of what
// was: who lost a property to the call would count as somebody who never had it. So runs write down what was, and later plans and
// runs hold the user against that.

// torn are users of a kind whom earlier runs left between two homes, by their canonical address.
type torn map[string]journal.Underway

func (e *Engine) torn(k *schema.Kind) torn {
	var users torn
	for _, u := range e.Between {
		if u.Kind != k.Name {
			continue
		}
		if users == nil {
			users = torn{}
		}
		if _, later := users[u.User]; !later { // the latest run is first, and counts
			users[u.User] = u
		}
	}
	return users
}

// were are the cells of a kind's columns before a user was torn; false of one who was not, or of whom not all of them are known.
func (t torn) were(sip string, columns []string) ([]string, bool) {
	u, is := t[sip]
	if !is {
		return nil, false
	}
	cells := make([]string, len(columns))
	for n, name := range columns {
		cell, known := u.Was[name]
		if !known {
			return nil, false
		}
		cells[n] = cell
	}
	return cells, true
}

// were are the cells of a user before the first call that meant to move the user.
func (g *crowd) were(n int) []string {
	columns := g.change.Kind.Rows.Columns
	if cells, is := g.torn.were(g.change.Users.SIP(n), columns); is {
		return cells
	}
	return g.change.Users.Were(n, len(columns))
}

// was is were by property, as the journal keeps it.
func (g *crowd) was(n int) map[string]string {
	was := map[string]string{}
	for at, cell := range g.were(n) {
		was[g.change.Kind.Rows.Columns[at]] = cell
	}
	return was
}

// between warns of users whom earlier runs left between two homes, and who still are.
func (e *Engine) between(plan *planner.Plan) (diags hcl.Diagnostics) {
	for i := range plan.Changes {
		c := &plan.Changes[i]
		if c.Users == nil || c.Action == planner.Unknown || c.Kind.Rows.Judge == nil {
			continue
		}
		if users := e.torn(c.Kind); len(users) > 0 {
			diags = append(diags, users.warn(c)...)
		}
	}
	return diags
}

// mostTorn is how many users between two homes a warning names.
const mostTorn = 10

// warn tells of those users of a change who are still torn.
func (t torn) warn(c *planner.Change) hcl.Diagnostics {
	columns := c.Kind.Rows.Columns
	again := t.changing(c)
	var lines []string
	for _, sip := range slices.Sorted(maps.Keys(t)) {
		before, known := t.were(sip, columns)
		if _, wanted := c.Users.Want.Lookup(sip); !wanted || !known {
			continue
		}
		v := c.Kind.Rows.Judge(attributes(c.After), before, cellsOf(c.Users.Live, sip, len(columns)))
		if v.Reached || v.Stayed {
			continue
		}
		next := "this plan leaves the user so"
		if again[sip] {
			next = "this plan moves the user again"
		}
		lines = append(lines, fmt.Sprintf("%s, since run %s: %s; %s.", sip, t[sip].Run, v.Text, next))
	}
	if len(lines) == 0 {
		return nil
	}
	summary := "A user is between the old home and the new one"
	if len(lines) > 1 {
		summary = fmt.Sprintf("%d users are between the old home and the new one", len(lines))
	}
	if more := len(lines) - mostTorn; more > 0 {
		lines = append(lines[:mostTorn], fmt.Sprintf("%d more: the journals of these runs name them.", more))
	}
	where := c.Range
	return hcl.Diagnostics{{
		Severity: hcl.DiagWarning, Summary: summary, Subject: &where,
		Detail: "A call stopped half way. Look before anything else is done, and set right by hand what a move does not:\n" + strings.Join(lines, "\n"),
	}}
}

// changing are those whom a change brings somewhere.
func (t torn) changing(c *planner.Change) map[string]bool {
	users := map[string]bool{}
	for n := range c.Users.Len() {
		if sip := c.Users.SIP(n); t[sip].Run != "" {
			users[sip] = true
		}
	}
	return users
}
