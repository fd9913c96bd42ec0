package render

import (
	"fmt"

	"github.com/mattn/go-runewidth"

	"hybrid/planner"
)

// A handRun is what somebody has changed by hand since one run, as every format tells it before the plan. Texts are fit to be
// shown.
type handRun struct {
	What   string // "changed by hand since the run of 2026-11-22 07:12 UTC by ada"
	Blocks []handBlock
}

// A handBlock is an object or a block of users of which something was changed.
type handBlock struct {
	Change *planner.Change
	Users  string // "3 of 25 users"; "" of an object
	Lines  []handLine
	More   int // users who are not listed
}

// A handLine is an attribute that was changed, or without a name that an object or a user has come or gone.
type handLine struct {
	User    string // "" of an object
	Name    string
	Was, Is string
	Gone    bool
	After   string // what comes of it where the plan leaves it as it is
}

// Says is a line in words: "enabled = true → false", the name filled up to a width.
func (l handLine) Says(width int) string {
	switch {
	case l.Name == "" && l.Gone:
		return "is gone"
	case l.Name == "":
		return "is there and was not"
	}
	return runewidth.FillRight(l.Name, width) + " = " + l.Was + " → " + l.Is
}

// runsByHand lists what was changed by hand, run by run. Of so many users of a block as were changed, listed gives how many are
// listed.
func (t *teller) runsByHand(d *Drift, listed func(int) int) []handRun {
	var all []handRun
	for _, run := range d.runs() {
		told := handRun{What: "changed by hand since the run of " + plain(d.Since[run])}
		for i := range d.Objects {
			if o := &d.Objects[i]; o.Run == run && o.ByHand() {
				told.Blocks = append(told.Blocks, handBlock{Change: o.Change, Lines: t.handsOf(o)})
			}
		}
		for i := range d.Users {
			if b := t.usersByHand(&d.Users[i], run, listed); len(b.Lines) > 0 {
				told.Blocks = append(told.Blocks, b)
			}
		}
		all = append(all, told)
	}
	return all
}

func (t *teller) handsOf(o *planner.Drifted) []handLine {
	var lines []handLine
	for _, a := range o.Attrs {
		if a.ByHand() {
			lines = append(lines, t.handLine(a, shownIn(o.Change, a.Name)))
		}
	}
	return lines
}

func (t *teller) usersByHand(d *planner.DriftedUsers, run string, listed func(int) int) handBlock {
	var rows []*planner.DriftedUser
	for i := range d.Users {
		if u := &d.Users[i]; u.ByHand() && u.Run == run {
			rows = append(rows, u)
		}
	}
	all := d.Change.Users.Want
	few := listed(len(rows))
	b := handBlock{Change: d.Change, Users: count(len(rows)) + " of " + quantity(all.Len(), "user"), More: len(rows) - few}
	for _, u := range rows[:few] {
		for _, a := range u.Attrs {
			if a.ByHand() {
				line := t.handLine(a, cellText)
				line.User = plain(all.SIP(u.Row))
				b.Lines = append(b.Lines, line)
			}
		}
	}
	return b
}

func (t *teller) handLine(a planner.DriftedAttr, shown func(string) string) handLine {
	line := handLine{Name: a.Name, Gone: a.Is == "", After: afterDrift(a)}
	if a.Name != "" {
		line.Was, line.Is = t.foreign(shown(a.Was)), t.foreign(shown(a.Is))
	}
	return line
}

// hands writes what was changed by hand before the plan.
func (t *text) hands() {
	if t.o.Drift == nil {
		return
	}
	runs := t.runsByHand(t.o.Drift, t.few)
	for _, run := range runs {
		fmt.Fprintf(t, "%s\n\n", t.in(bold, fold(capitalised(run.What)+":", t.o.Width)))
		for _, b := range run.Blocks {
			t.handBlock(b)
		}
		fmt.Fprintln(t)
	}
	if len(runs) == 0 {
		fmt.Fprintf(t, "%s\n\n", t.in(bold, fold(t.o.Drift.nothing()+".", t.o.Width)))
	}
}

// few is how many of so many users are spelt out.
func (t *text) few(users int) int {
	if t.o.Users || users <= 3 {
		return users
	}
	return 1
}

func (t *text) handBlock(b handBlock) {
	t.heading("!", yellow, b.Change, b.Users)
	width := 0
	for _, line := range b.Lines {
		if line.User == "" {
			width = max(width, runewidth.StringWidth(line.Name))
		}
	}
	for _, line := range b.Lines {
		who := ""
		if line.User != "" {
			who = line.User + "    "
		}
		fmt.Fprintln(t, margin+who+line.Says(width)+t.marked(line.After))
	}
	if b.More > 0 {
		fmt.Fprintf(t, "%s… %s more (--users)\n", margin, count(b.More))
	}
}
