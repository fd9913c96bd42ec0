package render

import (
	"encoding/json"

	"hybrid/planner"
)

// A driftMark says where a planned difference comes from, as a whole and by attribute; of a block of users, how many come
// from where.
type driftMark struct {
	Origin     planner.Origin            `json:"origin,omitempty"`
	Attributes map[string]planner.Origin `json:"attributes,omitempty"`
	Users      map[planner.Origin]int    `json:"users,omitempty"`
}

func (d *document) driftOf(c *planner.Change) *driftMark {
	o := d.o.Drift.object(c)
	if o == nil || c.Action == planner.NoOp || c.Action == planner.Run {
		return nil
	}
	mark := &driftMark{Origin: o.Origin, Attributes: map[string]planner.Origin{}}
	for _, a := range o.Attrs {
		if a.Planned && a.Name != "" {
			mark.Attributes[a.Name] = a.Origin
		}
	}
	return mark
}

func (d *document) driftOfUsers(c *planner.Change) *driftMark {
	u := d.o.Drift.users(c)
	if u == nil || len(u.Origins) == 0 {
		return nil
	}
	mark := &driftMark{Users: map[planner.Origin]int{}}
	for _, origin := range u.Origins {
		mark.Users[origin]++
	}
	return mark
}

func (d *document) driftOfUser(c *planner.Change, n int) *driftMark {
	u := d.o.Drift.users(c)
	if u == nil || n >= len(u.Origins) {
		return nil
	}
	return &driftMark{Origin: u.Origins[n]}
}

// drift writes Terraform's resource_drift: what has been changed by hand, before as a run left it and after as it is live, user by
// user. `run` is the run that it is compared with.
func (d *document) drift() {
	if d.o.Drift == nil {
		return
	}
	d.raw(`,"resource_drift":[`)
	d.some = false
	for i := range d.o.Drift.Objects {
		if o := &d.o.Drift.Objects[i]; o.ByHand() {
			d.driftedObject(o)
		}
	}
	for i := range d.o.Drift.Users {
		d.driftedUsers(&d.o.Drift.Users[i])
	}
	d.raw("\n]")
}

// A driftedResource is one element of resource_drift.
type driftedResource struct {
	resourceChange
	Run string `json:"run"`
}

func (d *document) driftedObject(o *planner.Drifted) {
	before, after := d.standingSide(o.Was), d.standingSide(o.Is)
	d.list(d.driftedElement(o.Change, o.Run, before, after))
}

// driftedElement is an element with what was and what is.
func (d *document) driftedElement(c *planner.Change, run string, before, after side) driftedResource {
	e := driftedResource{resourceChange: d.element(c), Run: run}
	e.Notes, e.After, e.Reason, e.Because, e.Unread = nil, nil, "", "", nil
	e.Action = planner.Update
	switch {
	case before.values == nil:
		e.Action = planner.Create
	case after.values == nil:
		e.Action = planner.Delete
	}
	e.Change = actual{
		Actions: actions(e.Action), Before: before.values, After: after.values, AfterUnknown: map[string]any{},
		BeforeSensitive: before.marked(), AfterSensitive: after.marked(),
	}
	return e
}

// standingSide makes a side of the texts of an object.
func (d *document) standingSide(texts map[string]string) side {
	if texts == nil {
		return side{}
	}
	s := side{values: map[string]any{}, sensitive: map[string]any{}}
	for name, text := range texts {
		s.values[name] = nil
		if json.Valid([]byte(text)) && d.redact(text) == text {
			s.values[name] = json.RawMessage(text)
		}
		if text == planner.SensitiveText {
			s.sensitive[name] = true
		}
	}
	return s
}

func (d *document) driftedUsers(users *planner.DriftedUsers) {
	for i := range users.Users {
		u := &users.Users[i]
		if !u.ByHand() {
			continue
		}
		before, after := d.userSides(u)
		e := d.driftedElement(users.Change, u.Run, before, after)
		e.resourceChange = d.of(users.Change, e.resourceChange, users.Change.Users.Want.SIP(u.Row))
		d.list(e)
	}
}

// userSides are what of a user has been changed by hand.
func (d *document) userSides(u *planner.DriftedUser) (before, after side) {
	full := func() side { return side{values: map[string]any{}, sensitive: map[string]any{}} }
	before, after = full(), full()
	for _, a := range u.Attrs {
		switch {
		case a.Name == "" && a.Was == "":
			return side{}, full()
		case a.Name == "":
			return full(), side{}
		case a.ByHand():
			before.values[a.Name], after.values[a.Name] = cellValue(d.redact(a.Was)), cellValue(d.redact(a.Is))
		}
	}
	return before, after
}

// cellValue is a cell of a table of users as JSON.
func cellValue(cell string) any {
	switch cell {
	case "":
		return nil
	case "true", "false":
		return cell == "true"
	}
	return cell
}
