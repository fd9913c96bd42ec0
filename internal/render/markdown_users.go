package render

import (
	"fmt"
	"strings"

	"hybrid/planner"
)

// fewUsers is how many users of a block are named of each action, and for each reason why users are blocked.
const fewUsers = 5

// usersBody is what unfolds of a block of users: what is said of each of them, the first of them, what is issued for one of
// each action, and who is blocked.
func (m *markdown) usersBody(c *planner.Change, most int) string {
	target, rest := targetOf(c)
	text := ""
	if c.Users.Len() > 0 {
		text = section("", "", m.usersLines(c, target, applicable(c, rest)), most/2)
		for _, n := range m.examples(c) {
			text += "For " + code(c.Users.SIP(n)) + others(c, n) + "\n\n" + m.steps(c.User(n), most/4)
		}
	}
	return text + m.blocked(c.Users, most/4)
}

// usersLines are what else a block says about each of its users, and the users who are named.
func (m *markdown) usersLines(c *planner.Change, target string, rest []field) []string {
	var lines []string
	for _, f := range rest {
		lines = append(lines, f.title()+" = "+show(f.after))
	}
	named := m.named(c)
	for _, n := range named {
		line := m.user(c, n, target)
		if origin := m.o.Drift.originOfUser(c, n); origin != "" {
			line += "    (" + origin + ")"
		}
		lines = append(lines, line)
	}
	if more := c.Users.Len() - len(named); more > 0 {
		lines = append(lines, "… "+count(more)+" more")
	}
	return lines
}

// user is one of them: "  sip:ada@contoso.com    pool00.contoso.com → pool01.contoso.com".
func (m *markdown) user(c *planner.Change, n int, target string) string {
	sign, _ := symbol(c.ActionOf(n))
	text := sign + " " + plain(c.Users.SIP(n))
	if target != "" {
		return text + "    " + m.from(c, n, target) + " → " + target
	}
	return strings.TrimRight(text+"    "+m.says(c, n), " ")
}

// named numbers the users who are named: the first few of each action, or with Options.Users as many as there is ever room for.
func (m *markdown) named(c *planner.Change) []int {
	few := fewUsers
	if m.o.Users {
		few = markdownLimit / len("sip:a@b.c\n")
	}
	return firstOfEach(c, few)
}

// examples numbers the first user of each action.
func (m *markdown) examples(c *planner.Change) []int {
	if m.o.Steps == nil {
		return nil
	}
	return firstOfEach(c, 1)
}

// others says of how many other users the same is issued as of the nth.
func others(c *planner.Change, n int) string {
	same := c.Users.Len()
	if c.Action == planner.Create {
		same = c.Updated()
		if c.ActionOf(n) == planner.Create {
			same = c.Users.Created()
		}
	}
	if same == 1 {
		return ":"
	}
	return fmt.Sprintf(" (and likewise for %s):", numbered(same-1, "other user", "other users"))
}

// blocked counts the users who stay as they are, by reason, and names the first of them.
func (m *markdown) blocked(u *planner.UserChanges, most int) string {
	groups := byReason(u.Blocked)
	if len(groups) == 0 {
		return ""
	}
	return "Left as they are:\n\n" + listed(len(groups), most, func(n int) string {
		g := groups[n]
		text := fmt.Sprintf("**%s blocked**: %s:", are(len(g.rows), "user"), m.prose(g.reason))
		for i, row := range g.rows {
			if i == fewUsers {
				return text + " … " + count(len(g.rows)-i) + " more"
			}
			text += " " + code(clipped(u.Want.SIP(int(row)), mostText))
		}
		return text
	}) + "\n"
}
