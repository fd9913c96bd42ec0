package render

import (
	"fmt"

	"github.com/mattn/go-runewidth"
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

// originWords says where a difference comes from.
func originWords(o planner.Origin) string {
	switch o {
	case planner.Hand:
		return "by hand"
	case planner.Configuration:
		return "by the configuration"
	case planner.Both:
		return "by hand and by the configuration"
	}
	return "by whom is not known"
}

// drift writes what has been changed by hand, run by run, before the plan.
func (t *text) drift() {
	d := t.o.Drift
	if d == nil {
		return
	}
	runs := d.runs()
	for _, run := range runs {
		fmt.Fprintf(t, "%s\n\n", t.in(bold, "Changed by hand since the run of "+plain(d.Since[run])+":"))
		for i := range d.Objects {
			if o := &d.Objects[i]; o.Run == run && o.ByHand() {
				t.driftedObject(o)
			}
		}
		for i := range d.Users {
			t.driftedUsers(&d.Users[i], run)
		}
		fmt.Fprintln(t)
	}
	if len(runs) == 0 {
		fmt.Fprintf(t, "%s.\n\n", t.in(bold, d.nothing()))
	}
}

// nothing says that nothing was found, as far as it could be compared.
func (d *Drift) nothing() string {
	text := "Nothing was changed by hand since the run of " + plain(d.Since[d.Newest()])
	if len(d.Unread)+d.NotKnown() > 0 {
		text += ", as far as it could be compared"
	}
	return text
}

func (t *text) driftedObject(o *planner.Drifted) {
	t.heading("!", yellow, o.Change, "")
	width := 0
	for _, a := range o.Attrs {
		width = max(width, len(a.Name))
	}
	for _, a := range o.Attrs {
		if a.ByHand() {
			fmt.Fprintln(t, margin+t.drifted(a, width, shownIn(o.Change, a.Name))+t.in(dim, afterDrift(a)))
		}
	}
}

// afterDrift says what comes of something changed by hand that the plan leaves as it is.
func afterDrift(a planner.DriftedAttr) string {
	switch {
	case a.Planned:
		return ""
	case a.Wanted:
		return "   as the configuration wants it"
	}
	return "   the configuration leaves it alone"
}

// drifted is "enabled = true → false", or that something is there or gone.
func (t *text) drifted(a planner.DriftedAttr, width int, shown func(string) string) string {
	switch {
	case a.Name == "" && a.Is == "":
		return t.in(red, "is gone")
	case a.Name == "":
		return t.in(green, "is there and was not")
	}
	return runewidth.FillRight(a.Name, width) + " = " + t.foreign(shown(a.Was)) + " → " + t.foreign(shown(a.Is))
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

func (t *text) driftedUsers(d *planner.DriftedUsers, run string) {
	var rows []*planner.DriftedUser
	for i := range d.Users {
		if u := &d.Users[i]; u.ByHand() && u.Run == run {
			rows = append(rows, u)
		}
	}
	if len(rows) == 0 {
		return
	}
	total := d.Change.Users.Want.Len()
	t.heading("!", yellow, d.Change, count(len(rows))+" of "+quantity(total, "user"))
	for i, u := range rows {
		if i > 0 && !t.o.Users && len(rows) > 3 {
			fmt.Fprintf(t, "%s… %s more (--users)\n", margin, count(len(rows)-i))
			break
		}
		t.driftedUser(d, u)
	}
}

func (t *text) driftedUser(d *planner.DriftedUsers, u *planner.DriftedUser) {
	sip := plain(d.Change.Users.Want.SIP(u.Row))
	for _, a := range u.Attrs {
		if a.ByHand() {
			fmt.Fprintln(t, margin+sip+"    "+t.drifted(a, 0, cellText)+t.in(dim, afterDrift(a)))
		}
	}
}

// origin marks a planned difference of an object; "" where nobody asked. The name "" is that of the object as a whole.
func (t *text) origin(c *planner.Change, name string) string {
	o := t.o.Drift.object(c)
	if o == nil {
		return ""
	}
	if name == "" {
		if c.Action == planner.Create || c.Action == planner.Delete {
			return originWords(o.Origin)
		}
		return ""
	}
	for _, a := range o.Attrs {
		if a.Name == name && a.Planned {
			return "   " + t.in(dim, originWords(a.Origin))
		}
	}
	return ""
}

// origins counts where the differences of the users of a block come from: "3 by hand, 45 by the configuration".
func (t *text) origins(c *planner.Change) string {
	d := t.o.Drift.users(c)
	if d == nil {
		return ""
	}
	words := ""
	for _, o := range []planner.Origin{planner.Hand, planner.Configuration, planner.Both, planner.NotKnown} {
		if n := d.Count(o); n > 0 {
			if words != "" {
				words += ", "
			}
			words += count(n) + " " + originWords(o)
		}
	}
	if words == "" {
		return ""
	}
	return "   (" + words + ")"
}

// userOrigin marks the nth user of a block who changes.
func (t *text) userOrigin(c *planner.Change, n int) string {
	d := t.o.Drift.users(c)
	if d == nil || n >= len(d.Origins) {
		return ""
	}
	return "   " + t.in(dim, originWords(d.Origins[n]))
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
