package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hybrid/planner"
)

// doing is what happens in a change, in the word of the totals.
func doing(c *planner.Change) string {
	switch {
	case c.Users != nil && c.Users.Len() == 0:
		return "blocked"
	case c.Action == planner.NoOp:
		return "not told"
	case c.Unkept:
		return "not kept"
	case c.Action == planner.Unknown:
		return "not read"
	case c.Waits():
		return "wait for"
	case c.Action == planner.Create && c.Users != nil:
		return "enable"
	case c.Action == planner.Delete && c.Users != nil:
		return "disable"
	}
	return word(c.Action)
}

// line is a change in one line of a list.
func (m *markdown) line(c *planner.Change) string {
	return fmt.Sprintf("- **%s** %s%s\n", doing(c), code(clipped(c.Address.String(), mostText)), source(c.Range))
}

// folded is a change of which one line is seen until it is unfolded, in about so many bytes.
func (m *markdown) folded(c *planner.Change, most int) string {
	return "<details><summary>" + m.summary(c) + "</summary>\n\n" + m.body(c, most) + "</details>\n\n"
}

// summary is the line that is seen; Markdown is not read in it.
func (m *markdown) summary(c *planner.Change) string {
	text := "<b>" + doing(c) + "</b> " + tagged(clipped(c.Address.String(), mostText))
	if c.Users != nil {
		target, _ := targetOf(c)
		text += " " + taggedProse(clipped(m.redact(headline(c, target)), mostText))
	}
	if origin := m.o.Drift.origin(c) + m.o.Drift.origins(c); origin != "" {
		text += " · " + origin
	}
	if at := place(c.Range); at != "" {
		text += " · " + tagged(clipped(at, mostText))
	}
	return text
}

// body is what unfolds. The difference has half of the room, what is issued the other.
func (m *markdown) body(c *planner.Change, most int) string {
	var b strings.Builder
	switch {
	case c.Users != nil:
		b.WriteString(m.usersBody(c, most))
	case c.Action == planner.Unknown:
		b.WriteString("It " + unplanned(c) + m.reason(c) + "\n\n")
	case c.Action == planner.Run:
		b.WriteString("Since " + m.prose(c.Reason) + "\n\n" + m.steps(*c, most))
	default:
		b.WriteString(section("", "diff", difference(c, m.o.Drift), most/2) + m.steps(*c, most/2))
	}
	b.WriteString(m.about(c))
	return b.String()
}

// reason is why an object could not be read. One that several have is told with the first of them.
func (m *markdown) reason(c *planner.Change) string {
	if first, told := m.told[c.Reason]; told {
		return "as with " + code(clipped(first, mostText))
	}
	m.told[c.Reason] = c.Address.String()
	return m.prose(c.Reason)
}

// section is lines of code under a title; nothing where there are none.
func section(title, kind string, lines []string, most int) string {
	if len(lines) == 0 {
		return ""
	}
	if title != "" {
		title += "\n\n"
	}
	return title + fenced(kind, cutLines(lines, most)) + "\n"
}

// steps is what one object or user gets issued, its undo, and what no undo brings back.
func (m *markdown) steps(c planner.Change, most int) string {
	if m.o.Steps == nil || c.Action == planner.NoOp || c.Action == planner.Unknown {
		return ""
	}
	steps := m.o.Steps(c)
	text := section("Issued, in this order:", "", m.lines(steps.Do), most*5/10) + section("Undone by:", "", m.lines(steps.Undo), most*3/10)
	if len(steps.Do) > 0 && len(steps.Undo) == 0 {
		text += "There is no undo.\n\n"
	}
	if len(steps.Lost) > 0 {
		text += "**No undo brings back:**\n\n" + listed(len(steps.Lost), most*2/10, func(n int) string { return m.prose(steps.Lost[n]) }) + "\n"
	}
	return text
}

// lines are texts of others as lines of code, what is not the first line of a text a little deeper.
func (m *markdown) lines(texts []string) []string {
	var lines []string
	for _, text := range texts {
		text = strings.TrimRight(m.foreign(text), "\n")
		lines = append(lines, strings.Split(strings.ReplaceAll(text, "\n", "\n  "), "\n")...)
	}
	return lines
}

// difference is what of an object changes, as lines of a diff, each with where it comes from if that was asked for. An
// exclamation mark is what is not known.
func difference(c *planner.Change, drift *Drift) []string {
	var lines []string
	shown := differing(c)
	width := 0
	for _, f := range shown {
		width = max(width, len(f.title()))
	}
	for _, f := range shown {
		of := diffLines(c, f, width)
		if origin := drift.originOf(c, cmp.Or(f.block, f.name)); origin != "" {
			of[len(of)-1] += "   (" + origin + ")"
		}
		lines = append(lines, of...)
	}
	for _, name := range c.Unread {
		lines = append(lines, "! "+name+": the server does not tell")
	}
	return lines
}

// diffLines is one field as lines of a diff, its name padded to a width.
func diffLines(c *planner.Change, f field, width int) []string {
	name := fmt.Sprintf("%-*s = ", width, f.title())
	switch {
	case f.lost:
		return []string{"! " + f.title() + ": the server does not tell, so the new object is made without it"}
	case f.action(c) == planner.Delete:
		return []string{"- " + name + show(f.before)}
	case f.action(c) == planner.Create:
		return []string{"+ " + name + show(f.after)}
	case unordered(f):
		return memberLines(f)
	}
	forces := ""
	if f.forces {
		forces = "   (forces replacement)"
	}
	return []string{"- " + name + show(f.before), "+ " + name + show(f.after) + forces}
}

// memberLines is a field of which only the members matter: those that go and those that come, and how many stay.
func memberLines(f field) []string {
	gone, come, stay := membersOf(f)
	lines := []string{"  " + f.title() + ":"}
	for _, e := range gone {
		lines = append(lines, "-   "+e)
	}
	for _, e := range come {
		lines = append(lines, "+   "+e)
	}
	if stay > 0 {
		lines = append(lines, "    "+numbered(stay, "stays", "stay"))
	}
	return lines
}

// about is what else is to be known of a change: notes, and what it comes after.
func (m *markdown) about(c *planner.Change) string {
	if c.Action == planner.NoOp {
		return ""
	}
	text := ""
	if notes := notesOf(c); len(notes) > 0 {
		text += "To know:\n\n" + listed(len(notes), 2_000, func(n int) string { return m.prose(notes[n]) }) + "\n"
	}
	if first := precedences(c, m.foreign); len(first) > 0 {
		text += "Comes after:\n\n" + listed(len(first), 2_000, func(n int) string { return m.precedence(first[n]) }) + "\n"
	}
	return text
}

func (m *markdown) precedence(p precedence) string {
	text := m.prose(p.Why)
	if p.Block != "" {
		text = code(clipped(p.Block, mostText)) + ": " + text
	}
	if p.Source != "" {
		text += " (" + code(clipped(p.Source, mostText)) + ")"
	}
	return text
}

// total adds counts up.
func total(counts map[string]int) (n int) {
	for _, more := range counts {
		n += more
	}
	return n
}

// commonest names what there is most of: "300 add dns_record, 12 change hosting_provider, 4 others".
func commonest(counts map[string]int) string {
	names := make([]string, 0, len(counts))
	for name := range counts {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(counts[b]-counts[a], strings.Compare(a, b)) })
	var parts []string
	others := 0
	for n, name := range names {
		if n < 5 {
			parts = append(parts, count(counts[name])+" × "+name)
		} else {
			others += counts[name]
		}
	}
	if others > 0 {
		parts = append(parts, numbered(others, "other", "others"))
	}
	return strings.Join(parts, ", ")
}
