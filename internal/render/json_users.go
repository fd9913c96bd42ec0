package render

import (
	"maps"

	"hybrid/planner"
)

// each writes the elements of a block's users, which differ in little from one another.
func (d *document) each(c *planner.Change, element resourceChange) {
	known, secret := map[string]any{}, false
	attr := c.Kind.Rows.Attr
	if sensitive, ok := element.Change.AfterSensitive.(map[string]any); ok {
		_, secret = sensitive[attr]
	}
	for n := range c.Users.Len() {
		user := d.of(c, element, c.Users.SIP(n))
		user.Identity, user.Action = d.redact(c.Users.Identity(n)), c.ActionOf(n)
		user.Change.Actions = actions(user.Action)
		user.Change.Before = nil
		if c.Users.At[n] >= 0 {
			user.Change.Before = known
			if from := c.From(n); attr != "" && from != "" && !secret {
				user.Change.Before = map[string]any{attr: from}
			}
		}
		d.attributes(&user.Change, c.Users.Differences(n))
		if d.o.Steps != nil {
			user.Commands = d.commands(c.User(n))
		}
		d.list(user)
	}
	for _, b := range c.Users.Blocked {
		user := d.of(c, element, c.Users.Want.SIP(int(b.Row)))
		user.Action, user.Reason = planner.NoOp, d.redact(b.Reason)
		user.Change = actual{Actions: actions(planner.NoOp), AfterUnknown: map[string]any{}, BeforeSensitive: false, AfterSensitive: false}
		d.list(user)
	}
}

// attributes adds what differs of one user to what is said of the whole block, whose maps other users share.
func (d *document) attributes(a *actual, differences []planner.UserDifference) {
	if len(differences) == 0 {
		return
	}
	a.After = maps.Clone(a.After)
	if a.Before != nil {
		a.Before = maps.Clone(a.Before)
	}
	for _, differs := range differences {
		if a.Before != nil {
			a.Before[differs.Name] = d.cell(differs, differs.Before)
		}
		a.After[differs.Name] = d.cell(differs, differs.After)
	}
}

// cell is a side of a difference as JSON.
func (d *document) cell(differs planner.UserDifference, text string) any {
	switch {
	case differs.Secret || text == "":
		return nil
	case differs.Bool:
		return text == "true"
	}
	return d.redact(text)
}

// of is the element of one user of a block.
func (d *document) of(c *planner.Change, element resourceChange, sip string) resourceChange {
	element.Address = c.Address.Of(sip).String()
	element.Index = &sip
	return element
}

func (d *document) userCounts(c *planner.Change) *userCounts {
	u := c.Users
	n := &userCounts{Total: u.Total(), Count: u.Len(), Update: c.Updated(), Same: u.Same, Blocked: []blockedCount{}}
	for _, g := range byReason(u.Blocked) {
		n.Blocked = append(n.Blocked, blockedCount{Reason: d.redact(g.reason), Count: len(g.rows)})
	}
	return n
}
