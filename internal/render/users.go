package render

import (
	"fmt"
	"strings"

	"github.com/mattn/go-runewidth"

	"hybrid/planner"
)

// users shows a block of users: how many, the first of them, and who is blocked.
func (t *text) users(c *planner.Change) {
	sign, colour := symbol(c.Action)
	if c.Users.Len() == 0 {
		sign, colour = "!", yellow
	}
	target, rest := targetOf(c)
	t.heading(sign, colour, c, headline(c, target))
	if c.Users.Len() > 0 {
		t.parameters(rest)
		t.changing(c, target)
	}
	t.blocked(c.Users)
}

// targetOf takes the attribute that users are compared by out of a block's fields: its value after, and the fields that
// say how. Without such an attribute the value is "".
func targetOf(c *planner.Change) (target string, rest []field) {
	for _, f := range fields(c) {
		switch {
		case f.name == c.Kind.Rows.Attr && f.block == "":
			target = unquoted(f)
		case !f.after.IsKnown() || !f.after.IsNull():
			rest = append(rest, f)
		}
	}
	return target, rest
}

// unquoted is a text after the change, as people say it.
func unquoted(f field) string {
	return strings.Trim(show(f.after), `"`)
}

// headline counts: "48 of 50 users move to pool01.contoso.com, 2 are there already".
func headline(c *planner.Change, target string) string {
	u := c.Users
	n, total := u.Len(), u.Want.Len()
	if n == 0 {
		return fmt.Sprintf("%s blocked, %s as wanted", are(len(u.Blocked)), are(u.Same))
	}
	words := quantity(total, "user")
	if n < total {
		words = count(n) + " of " + words
	}
	words += " " + verb(c.Action, n == 1, target)
	if u.Same > 0 {
		words += ", " + are(u.Same) + " " + already(c.Action)
	}
	if len(u.Blocked) > 0 {
		words += ", " + are(len(u.Blocked)) + " blocked"
	}
	return words
}

func verb(a planner.Action, one bool, target string) string {
	switch {
	case a == planner.Move && one:
		return "moves to " + target
	case a == planner.Move:
		return "move to " + target
	case a == planner.Create && one:
		return "is enabled"
	case a == planner.Create:
		return "are enabled"
	case a == planner.Delete && one:
		return "is disabled"
	}
	return "are disabled"
}

func already(a planner.Action) string {
	switch a {
	case planner.Move:
		return "there already"
	case planner.Create:
		return "enabled already"
	}
	return "disabled already"
}

// parameters shows what else a block says about each of its users.
func (t *text) parameters(rest []field) {
	width := 0
	for _, f := range rest {
		width = max(width, len(f.title()))
	}
	for _, f := range rest {
		fmt.Fprintf(t, "%s%-*s = %s\n", margin, width, f.title(), show(f.after))
	}
}

// changing lists the users who change: all, or the first and a count.
func (t *text) changing(c *planner.Change, target string) {
	n := c.Users.Len()
	shown := n
	if !t.o.Users && n > 3 {
		shown = 1
	}
	width := 0
	for i := range shown {
		width = min(max(width, runewidth.StringWidth(c.Users.SIP(i))), 48)
	}
	for i := range shown {
		t.user(c, i, target, width)
	}
	if shown < n {
		fmt.Fprintf(t, "%s… %s more (--users)\n", margin, count(n-shown))
	}
}

func (t *text) user(c *planner.Change, i int, target string, width int) {
	sip := plain(c.Users.SIP(i))
	if target != "" {
		sip = runewidth.FillRight(sip, width) + "    " + t.from(c, i, target) + " → " + target
	}
	fmt.Fprintln(t, margin+sip)
	if t.o.ShowCommands && t.o.Commands != nil {
		t.commands(c.User(i), margin+"    ")
	}
}

// from is where a user is now; nothing of it is told where the target is a secret.
func (t *text) from(c *planner.Change, i int, target string) string {
	switch from := c.From(i); {
	case c.Users.At[i] < 0:
		return "(not enabled yet)"
	case target == sensitiveText:
		return sensitiveText
	case from == "":
		return unsetText
	default:
		return t.foreign(from)
	}
}

// blocked lists the users who stay as they are, by reason.
func (t *text) blocked(u *planner.UserChanges) {
	for _, g := range byReason(u.Blocked) {
		fmt.Fprintf(t, "%s%s %s blocked: %s\n", margin, t.in(yellow, "!"), are(len(g.rows), "user"), t.foreign(g.reason))
		shown := len(g.rows)
		if !t.o.Users && shown > 3 {
			shown = 1
		}
		for _, row := range g.rows[:shown] {
			fmt.Fprintf(t, "%s    %s\n", margin, plain(u.Want.SIP(int(row))))
		}
		if shown < len(g.rows) {
			fmt.Fprintf(t, "%s    … %s more (--users)\n", margin, count(len(g.rows)-shown))
		}
	}
}

// A group is the users blocked for one reason.
type group struct {
	reason string
	rows   []int32
}

// byReason groups blocked users in the order in which the reasons first occur.
func byReason(blocked []planner.Blocked) []group {
	var groups []group
	at := map[string]int{}
	for _, b := range blocked {
		i, ok := at[b.Reason]
		if !ok {
			i = len(groups)
			at[b.Reason] = i
			groups = append(groups, group{reason: b.Reason})
		}
		groups[i].rows = append(groups[i].rows, b.Row)
	}
	return groups
}
