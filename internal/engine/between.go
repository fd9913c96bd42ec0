package engine

import (
	"encoding/json"
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
// was: who lost a property to the call would count as somebody who never had it. So runs write down what was before they call, and
// later plans and runs hold whoever may be left half way against that.

// torn are users of a kind whom earlier runs may have left between two homes, by their canonical address.
type torn struct {
	kind  *schema.Kind
	users map[string]journal.Underway
}

func (e *Engine) torn(k *schema.Kind) torn {
	t := torn{kind: k}
	for _, u := range e.Between {
		if u.Kind != k.Name {
			continue
		}
		if t.users == nil {
			t.users = map[string]journal.Underway{}
		}
		if _, later := t.users[u.User]; !later { // the latest run is first, and counts
			t.users[u.User] = u
		}
	}
	return t
}

// were are the cells of the kind's columns before a user was torn, given those of now, nil where nobody is listed; false of one who is
// whole: who was not torn, or shows all that was before or all that the run wanted. Who cannot be told from the journal counts as whole.
func (t torn) were(sip string, now []string) ([]string, bool) {
	u, is := t.users[sip]
	if !is {
		return nil, false
	}
	var was, after map[string]string
	if json.Unmarshal(u.Was, &was) != nil || json.Unmarshal(u.After, &after) != nil {
		return nil, false
	}
	cells := make([]string, len(t.kind.Rows.Columns))
	for n, name := range t.kind.Rows.Columns {
		cell, known := was[name]
		if !known {
			return nil, false
		}
		cells[n] = cell
	}
	wanted, err := planner.ReadTexts(t.kind, after)
	if err != nil {
		return nil, false
	}
	v := t.kind.Rows.Judge(wanted, cells, now)
	return cells, !v.Reached && !v.Stayed
}

// were are the cells of a user before the first call that meant to move the user.
func (g *crowd) were(n int) []string {
	now := g.change.Users.Were(n, len(g.change.Kind.Rows.Columns))
	if cells, is := g.torn.were(g.change.Users.SIP(n), now); is {
		return cells
	}
	return now
}

// was is were by property, as the journal keeps it; nil where it is not known.
func (g *crowd) was(n int) json.RawMessage {
	cells := g.were(n)
	if cells == nil {
		return nil
	}
	was := make(map[string]string, len(cells))
	for at, cell := range cells {
		was[g.change.Kind.Rows.Columns[at]] = cell
	}
	return values(was)
}

// between warns of users whom earlier runs left between two homes, and who still are.
func (e *Engine) between(plan *planner.Plan) (diags hcl.Diagnostics) {
	for i := range plan.Changes {
		c := &plan.Changes[i]
		if c.Users == nil || c.Action == planner.Unknown || c.Kind.Rows.Judge == nil {
			continue
		}
		if t := e.torn(c.Kind); len(t.users) > 0 {
			diags = append(diags, t.warn(c)...)
		}
	}
	return diags
}

// mostTorn is how many users between two homes a warning names.
const mostTorn = 10

// warn tells of those users of a change who are still torn.
func (t torn) warn(c *planner.Change) hcl.Diagnostics {
	again := t.changing(c)
	var lines []string
	for _, sip := range slices.Sorted(maps.Keys(t.users)) {
		now := cellsOf(c.Users.Live, sip, len(c.Kind.Rows.Columns))
		before, is := t.were(sip, now)
		if _, wanted := c.Users.Want.Lookup(sip); !wanted || !is {
			continue
		}
		v := c.Kind.Rows.Judge(attributes(c.After), before, now)
		if v.Reached || v.Stayed {
			continue
		}
		next := "this plan leaves the user so"
		if again[sip] {
			next = "this plan moves the user again"
		}
		lines = append(lines, fmt.Sprintf("%s, since run %s: %s; %s.", sip, t.users[sip].Run, v.Text, next))
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
		if sip := c.Users.SIP(n); t.users[sip].Run != "" {
			users[sip] = true
		}
	}
	return users
}
