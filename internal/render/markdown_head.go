package render

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hybrid/planner"
)

// headRoom is how many bytes each list at the head of a comment has at most; three of them leave most of a comment to the
// changes.
const headRoom = 6_000

// head writes what the plan comes to and what to know before looking at any change.
func (m *markdown) head() {
	m.printf("## hybrid plan")
	if m.o.Header != "" {
		m.printf(": %s", m.prose(m.o.Header))
	}
	m.printf("\n\n")
	if m.o.Origin != "" {
		m.printf("%s\n\n", m.prose(m.o.Origin))
	}
	head, rest := verdict(m.plan)
	m.printf("**%s** %s\n\n", head, m.prose(rest))
	if m.plan.Incomplete {
		m.printf("**The plan is incomplete:** something stood in the way of planning.\n\n")
	}
	m.guards()
	m.hands()
	m.table()
	if m.o.Digest != "" {
		m.printf("Digest %s\n\n", code(m.o.Digest))
	}
	m.notes()
	m.warnings()
}

// guards names the guards that the plan does not pass.
func (m *markdown) guards() {
	refusals := m.o.Refusals
	m.list("Not carried out as it stands: "+quantity(len(refusals), "guard")+" not passed", len(refusals), func(n int) string {
		r := refusals[n]
		return "**" + m.prose(r.Guard) + "**: " + m.prose(r.Text) + source(r.Range) + "<br>" + setAside + code(r.Aside())
	})
}

// hands says what was changed by hand since runs ended, where that was asked for.
func (m *markdown) hands() {
	if m.o.Drift == nil {
		return
	}
	runs := m.runsByHand(m.o.Drift, m.few)
	for _, run := range runs {
		m.list(prose(capitalised(run.What)), len(run.Blocks), func(n int) string { return m.handBlock(run.Blocks[n]) })
		m.printf("\n")
	}
	if len(runs) == 0 {
		m.printf("%s.\n\n", prose(m.o.Drift.nothing()))
	}
}

// few is how many of so many users are named, of each thing there is to say.
func (m *markdown) few(users int) int {
	if m.o.Users {
		return users
	}
	return min(users, fewUsers)
}

// handBlock is an item of a list with a list in it.
func (m *markdown) handBlock(b handBlock) string {
	text := code(clipped(b.Change.Address.String(), mostText))
	if b.Users != "" {
		text += ": " + b.Users
	}
	text += source(b.Change.Range)
	for _, line := range b.Lines {
		text += "\n  - "
		if line.User != "" {
			text += code(clipped(line.User, mostText)) + " "
		}
		text += code(clipped(line.Says(0), mostText))
		if line.After != "" {
			text += ": " + line.After
		}
	}
	if b.More > 0 {
		text += "\n  - … " + count(b.More) + " more"
	}
	return text
}

// table counts what happens and what stands in the way; what is 0 is left out.
func (m *markdown) table() {
	n, unkept := m.plan.Count(), unkeptOf(m.plan)
	m.printf("| what | how many |\n|---|--:|\n")
	for _, row := range []struct {
		what string
		n    int
	}{
		{"objects to add", n.Created},
		{"objects to change", n.Updated},
		{"objects to replace", n.Replaced},
		{"objects to delete", n.Removed},
		{"users to enable", n.Enabled},
		{"users to change", n.Altered},
		{"users to move", n.Moved},
		{"users to disable", n.Disabled},
		{"to run or wait for", n.Run},
		{"as wanted", n.Same},
		{"**users blocked**", n.Blocked},
		{"**objects that could not be read**", n.Unknown - unkept},
		{"**objects that are refused as they are declared**", unkept},
		{"**attributes that the server does not tell**", unreadOf(m.plan)},
		{"**guards not passed**", len(m.o.Refusals)},
	} {
		if row.n > 0 {
			m.printf("| %s | %s |\n", row.what, count(row.n))
		}
	}
	for _, risk := range planner.Risks() {
		if n := len(m.groups[risk]); n > 0 {
			m.printf("| changes of risk: %s | %s |\n", risk, count(n))
		}
	}
	m.printf("\n")
}

// notes are what the administrator must know, each once with what it is about.
func (m *markdown) notes() {
	groups := noteGroups(m.plan)
	m.list("To know before approving", len(groups), func(n int) string {
		g := groups[n]
		text := g.heading(code(clipped(g.About, mostText)))
		if len(g.Texts) == 1 {
			return text + " " + m.prose(g.Texts[0])
		}
		for _, note := range g.Texts {
			text += "\n  - " + m.prose(note)
		}
		return text
	})
}

func (m *markdown) warnings() {
	all := m.plan.Warnings
	m.list("Warnings", len(all), func(n int) string {
		line := "**" + m.prose(all[n].Summary) + "** " + m.prose(all[n].Detail)
		if all[n].Subject != nil {
			line += source(*all[n].Subject)
		}
		return line
	})
}

// source is a place in brackets, after a text.
func source(r hcl.Range) string {
	if at := place(r); at != "" {
		return " (" + code(clipped(at, mostText)) + ")"
	}
	return ""
}

// list writes a heading and as many lines as the head of a comment has room for, and a count of the others.
func (m *markdown) list(heading string, lines int, line func(int) string) {
	if lines > 0 {
		m.printf("### %s\n\n%s\n", heading, listed(lines, headRoom, line))
	}
}

// listed is a list of as many lines as there is room for, and a count of the others.
func listed(lines, room int, line func(int) string) string {
	var b strings.Builder
	for n := range lines {
		text := "- " + line(n) + "\n"
		if room -= len(text); room < 0 {
			fmt.Fprintf(&b, "- … %s more\n", count(lines-n))
			break
		}
		b.WriteString(text)
	}
	return b.String()
}

// ofRisk is a number of changes of a risk: "3 changes of high risk".
func ofRisk(n int, r planner.Risk) string {
	if r == planner.RiskAttention {
		return numbered(n, "change that needs", "changes that need") + " attention"
	}
	return quantity(n, "change") + fmt.Sprintf(" of %s risk", r)
}
