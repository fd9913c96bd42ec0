package render

import (
	"cmp"
	"fmt"
	"slices"
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
	words := headline(c, target)
	if origins := t.o.Drift.origins(c); origins != "" {
		words += "   (" + origins + ")"
	}
	t.heading(sign, colour, c, words)
	if c.Users.Len() > 0 {
		t.parameters(applicable(c, rest))
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

// applicable leaves out what only says how users are created where none is.
func applicable(c *planner.Change, rest []field) []field {
	if c.Action != planner.Update {
		return rest
	}
	return slices.DeleteFunc(rest, func(f field) bool { return f.attr != nil && f.attr.Initial })
}

// unquoted is a text after the change, as people say it.
func unquoted(f field) string {
	return strings.Trim(show(f.after), `"`)
}

// headline counts: "48 of 50 users move to pool01.contoso.com, 2 are there already", "3 of 9 users are enabled, 2 change, 4
// are as wanted".
func headline(c *planner.Change, target string) string {
	u := c.Users
	n, total := u.Len(), u.Total()
	if n == 0 {
		return fmt.Sprintf("%s blocked, %s as wanted", are(len(u.Blocked)), are(u.Same))
	}
	first := n
	if c.Action == planner.Create {
		first = u.Created()
	}
	words := quantity(total, "user")
	if first < total {
		words = count(first) + " of " + words
	}
	words += " " + verb(c.Action, first == 1, target)
	if first < n {
		words += ", " + count(n-first) + " " + verb(planner.Update, n-first == 1, "")
	}
	if u.Same > 0 {
		words += ", " + are(u.Same) + " " + already(c)
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
	case a == planner.Update && one:
		return "changes"
	case a == planner.Update:
		return "change"
	case a == planner.Create && one:
		return "is enabled"
	case a == planner.Create:
		return "are enabled"
	case a == planner.Delete && one:
		return "is disabled"
	}
	return "are disabled"
}

func already(c *planner.Change) string {
	switch {
	case c.Action == planner.Move:
		return "there already"
	case c.Users.Compares():
		return "as wanted"
	case c.Action == planner.Create:
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
	shown := t.shown(c)
	width := 0
	for _, i := range shown {
		width = min(max(width, runewidth.StringWidth(c.Users.SIP(i))), 48)
	}
	several := c.Action == planner.Create && c.Updated() > 0
	for _, i := range shown {
		t.user(c, i, target, width, several)
	}
	if more := c.Users.Len() - len(shown); more > 0 {
		fmt.Fprintf(t, "%s… %s more (--users)\n", margin, count(more))
	}
}

// shown numbers the users who are spelt out. Of many that is the first who is enabled and the first who is changed.
func (t *text) shown(c *planner.Change) []int {
	if t.o.Users || c.Users.Len() <= 3 {
		return firstOfEach(c, c.Users.Len())
	}
	return firstOfEach(c, 1)
}

// firstOfEach numbers the first few of the users to whom the same thing happens.
func firstOfEach(c *planner.Change, few int) []int {
	var first []int
	seen := map[planner.Action]int{}
	for n := range c.Users.Len() {
		action := c.ActionOf(n)
		if seen[action]++; seen[action] <= few {
			first = append(first, n)
		}
	}
	return first
}

// user is a line, with the sign of what happens to the user where several things happen in the block.
func (t *text) user(c *planner.Change, i int, target string, width int, several bool) {
	sip, says := plain(c.Users.SIP(i)), t.says(c, i)
	if target != "" {
		says = t.from(c, i, target) + " → " + target
	}
	if says != "" {
		sip = runewidth.FillRight(sip, width) + "    " + says
	}
	if several {
		sign, colour := symbol(c.ActionOf(i))
		sip = t.in(colour, sign) + " " + sip
	}
	fmt.Fprintln(t, margin+sip+t.marked(t.o.Drift.originOfUser(c, i)))
	if t.o.ShowCommands && t.o.Steps != nil {
		t.commands(c.User(i), margin+"    ")
	}
}

// says is what differs of a user: "line_uri tel:+14255550100 → tel:+14255550101". Of a new user that is what is the user's
// own; what all get stands above.
func (t *teller) says(c *planner.Change, i int) string {
	created := c.ActionOf(i) == planner.Create
	var parts []string
	for _, d := range c.Users.Differences(i) {
		switch {
		case created && d.Own:
			parts = append(parts, d.Name+" = "+t.foreign(d.After))
		case !created:
			parts = append(parts, d.Name+" "+t.foreign(cmp.Or(d.Before, unsetText))+" → "+t.foreign(cmp.Or(d.After, unsetText)))
		}
	}
	return strings.Join(parts, ", ")
}

// from is where a user is now; nothing of it is told where the target is a secret.
func (t *teller) from(c *planner.Change, i int, target string) string {
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
		t.prose(margin, "! ", fmt.Sprintf("%s blocked: %s", are(len(g.rows), "user"), t.foreign(g.reason)))
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
