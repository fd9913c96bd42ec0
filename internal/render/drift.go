package render

import (
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"hybrid/planner"
)

// Drift is what has changed since runs ended, for showing it beside a plan.
type Drift struct {
	*planner.Drift
	// Since says for people which run an ID is of: "2026-11-22 07:12 UTC by ada".
	Since map[string]string

	byChange map[*planner.Change]*planner.Drifted // made when it is first looked into
}

// runs lists the runs that anything by hand is told since, in the order in which they first occur.
func (d *Drift) runs() []string {
	var runs []string
	seen := map[string]bool{}
	add := func(run string) {
		if !seen[run] {
			seen[run] = true
			runs = append(runs, run)
		}
	}
	for i := range d.Objects {
		if o := &d.Objects[i]; o.ByHand() {
			add(o.Run)
		}
	}
	for i := range d.Users {
		for n := range d.Users[i].Users {
			if u := &d.Users[i].Users[n]; u.ByHand() {
				add(u.Run)
			}
		}
	}
	return runs
}

// Newest is the ID of the latest run that anything is compared with. IDs begin with the time.
func (d *Drift) Newest() string {
	newest := ""
	for run := range d.Since {
		newest = max(newest, run)
	}
	return newest
}

// object is what has drifted of an object, nil where nothing has.
func (d *Drift) object(c *planner.Change) *planner.Drifted {
	if d == nil {
		return nil
	}
	if d.byChange == nil {
		d.byChange = make(map[*planner.Change]*planner.Drifted, len(d.Objects))
		for i := range d.Objects {
			d.byChange[d.Objects[i].Change] = &d.Objects[i]
		}
	}
	return d.byChange[c]
}

// users is what has drifted of a block of users, nil where nothing has.
func (d *Drift) users(c *planner.Change) *planner.DriftedUsers {
	if d == nil {
		return nil
	}
	for i := range d.Users {
		if d.Users[i].Change == c {
			return &d.Users[i]
		}
	}
	return nil
}

// nothing says that nothing was found, as far as it could be compared.
func (d *Drift) nothing() string {
	text := "Nothing was changed by hand since the run of " + plain(d.Since[d.Newest()])
	if len(d.Unread)+d.NotKnown() > 0 {
		text += ", as far as it could be compared"
	}
	return text
}

// afterDrift says what comes of something changed by hand that the plan leaves as it is.
func afterDrift(a planner.DriftedAttr) string {
	switch {
	case a.Planned:
		return ""
	case a.Wanted:
		return "as the configuration wants it"
	}
	return "the configuration leaves it alone"
}

// jsonText shows a value in JSON as a configuration would write it, and a word as it is.
func jsonText(text string) string {
	kind, err := ctyjson.ImpliedType([]byte(text))
	if err != nil {
		return text
	}
	v, err := ctyjson.Unmarshal([]byte(text), kind)
	if err != nil {
		return text
	}
	if v.IsNull() {
		return unsetText
	}
	return show(v)
}

// shownIn shows the texts of one attribute of a kind: the elements of a repeated block in a line each, where the block has words
// for them.
func shownIn(c *planner.Change, name string) func(string) string {
	for _, b := range c.Kind.Blocks {
		if b.Name == name && b.Many && b.Text != nil {
			return func(text string) string {
				if v, err := ctyjson.Unmarshal([]byte(text), b.Type()); err == nil {
					return show(elementTexts(v, b.Text))
				}
				return jsonText(text)
			}
		}
	}
	return jsonText
}

// cellText shows a cell of a table of users.
func cellText(text string) string {
	if text == "" {
		return unsetText
	}
	return text
}

// A Hand is one attribute of an object or a user that was changed by hand, in words. The attribute is "" where it is about
// there being such an object, and then the side without one is "".
type Hand struct{ Address, Attribute, Was, Is string }

// Hands lists the first of what was changed by hand, up to most, and counts all of it. What the function given takes out of
// texts is not in it.
func (d *Drift) Hands(most int, redact func(string) string) (list []Hand, total int) {
	add := func(address planner.Address, a planner.DriftedAttr, shown func(string) string) {
		if !a.ByHand() {
			return
		}
		if total++; total > most {
			return
		}
		h := Hand{Address: address.String(), Attribute: a.Name, Was: a.Was, Is: a.Is}
		if a.Name != "" {
			h.Was, h.Is = redact(shown(a.Was)), redact(shown(a.Is))
		}
		list = append(list, h)
	}
	for i := range d.Objects {
		for _, a := range d.Objects[i].Attrs {
			add(d.Objects[i].Change.Address, a, shownIn(d.Objects[i].Change, a.Name))
		}
	}
	for i := range d.Users {
		block := d.Users[i].Change
		for n := range d.Users[i].Users {
			for _, a := range d.Users[i].Users[n].Attrs {
				add(block.Address.Of(block.Users.Want.SIP(d.Users[i].Users[n].Row)), a, cellText)
			}
		}
	}
	return list, total
}

// NotKnown counts the differences that the plan would make and that nobody can tell the origin of.
func (d *Drift) NotKnown() (n int) {
	for i := range d.Objects {
		if o := &d.Objects[i]; o.Origin == planner.NotKnown {
			n++
		}
	}
	for i := range d.Users {
		n += d.Users[i].Count(planner.NotKnown)
	}
	return n
}
