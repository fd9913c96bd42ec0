package planner

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"hybrid/internal/roster"
	"hybrid/schema"
)

// Classify says of the users who change where they come from, as another side shows them: notes with counts, and an error
// for those who cannot be changed; whoever is blocked gets the reason that the other side knows. Where a task that carries
// accounts to that side runs before (ahead), what is in the way may be gone by then, and is a note.
func Classify(c *Change, mirror *roster.Table, ahead bool) hcl.Diagnostics {
	if c.Users == nil || c.Kind.Rows.Origin == nil {
		return nil
	}
	notes, barred := tally{}, tally{}
	after := valueMap(c.After)
	for n := range c.Users.Len() {
		if c.ActionOf(n) == Update { // who is there already comes from nowhere
			continue
		}
		note, hindrance := c.Kind.Rows.Origin(after, c.Origin(n), cellsOf(mirror, c.Users.SIP(n)))
		switch {
		case hindrance != "" && !ahead:
			barred.add(hindrance, c.Users.SIP(n))
		case hindrance != "":
			notes.add(hindrance, c.Users.SIP(n))
		case note != "":
			notes.add(note, c.Users.SIP(n))
		}
	}
	for n := range c.Users.Blocked {
		b := &c.Users.Blocked[n]
		if _, hindrance := c.Kind.Rows.Origin(after, "", cellsOf(mirror, c.Users.Want.SIP(int(b.Row)))); hindrance != "" {
			b.Reason = hindrance
		}
	}
	for _, text := range notes.order {
		c.UserNotes = append(c.UserNotes, schema.UserNote{Users: len(notes.who[text]), Text: text})
	}
	var diags hcl.Diagnostics
	for _, text := range barred.order {
		diags = append(diags, &hcl.Diagnostic{
			Severity: hcl.DiagError, Summary: "Users who cannot be changed so", Subject: c.Range.Ptr(),
			Detail: fmt.Sprintf("%s: %s: %s.", c.Address, listed(barred.who[text]), text),
		})
	}
	return diags
}

// cellsOf gives a user's cells by column, nil where the table does not list the user.
func cellsOf(table *roster.Table, sip string) func(column string) string {
	row, ok := table.Lookup(sip)
	if !ok {
		return nil
	}
	return func(column string) string { return table.Cell(row, column) }
}

// Newcomers are the users of a plan whom [Classify] holds against a view; nil where there are none.
func Newcomers(p *Plan, view string) *roster.Table {
	known := map[string]bool{}
	table := roster.New("sip_address")
	for i := range p.Changes {
		c := &p.Changes[i]
		if c.Users == nil || c.Kind.Rows.Mirror != view {
			continue
		}
		for sip := range c.Users.concerned() {
			if !known[sip] {
				known[sip] = true
				table.Append(sip)
			}
		}
	}
	if table.Len() == 0 {
		return nil
	}
	return table
}

// concerned are the addresses of those who change, and of those who should and are blocked.
func (u *UserChanges) concerned() iter.Seq[string] {
	return func(yield func(string) bool) {
		for n := range u.Len() {
			if !yield(u.SIP(n)) {
				return
			}
		}
		for _, b := range u.Blocked {
			if !yield(u.Want.SIP(int(b.Row))) {
				return
			}
		}
	}
}

// tally collects users by what is said of them, in the order in which it is first said.
type tally struct {
	order []string
	who   map[string][]string
}

func (t *tally) add(text, sip string) {
	if !slices.Contains(t.order, text) {
		t.order = append(t.order, text)
	}
	if t.who == nil {
		t.who = map[string][]string{}
	}
	t.who[text] = append(t.who[text], sip)
}

// OriginOf says what [Classify] does of one user who changes or is blocked, without the number; "" where there is nothing to
// say.
func OriginOf(c *Change, sip string, mirror *roster.Table) string {
	s, ok := c.Users.Member(sip)
	if !ok || c.Kind.Rows.Origin == nil || s.Change < 0 && s.Blocked == "" {
		return ""
	}
	from := ""
	if s.Change >= 0 {
		from = c.Origin(s.Change)
	}
	note, hindrance := c.Kind.Rows.Origin(valueMap(c.After), from, cellsOf(mirror, sip))
	return cmp.Or(hindrance, note)
}
