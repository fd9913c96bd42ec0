package render

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hybrid/internal/amount"
	"hybrid/planner"
)

// summary is what stands under a plan: what it comes to, what it cannot do, what to know before approving it.
func (t *text) summary(p *planner.Plan) {
	head, rest := verdict(p)
	fmt.Fprintln(t, fold(t.in(bold, head)+" "+rest, t.o.Width))
	for _, sentence := range hindrances(p) {
		fmt.Fprintln(t, fold(sentence, t.o.Width))
	}
	t.notes(p)
	t.effort()
	t.guards()
}

// lookedAtNothing is the verdict on a plan in which nothing is compared: neither that something changes nor that all is well.
const lookedAtNothing = "Nothing was looked at."

// verdict is what a plan comes to: the words that stand out, and what follows them.
func verdict(p *planner.Plan) (head, rest string) {
	n := p.Count()
	switch {
	case n.Changes() > 0:
		return "Plan:", totals(n) + "."
	case p.Incomplete || n.Unknown+n.Blocked+unreadOf(p) > 0:
		return "No changes", "can be planned. " + lookedAt(p)
	}
	if p.Rollback != nil {
		return "No changes.", "There is nothing that can be taken back. " + lookedAt(p)
	}
	switch objects, of := looked(p); {
	case objects+len(of) > 0:
	case len(p.Changes) == 0 && len(p.LiveCount) > 0: // of an exclusive kind, say
		return "No changes.", "The plan is about no object, and of what was read nothing is to be deleted."
	default:
		return lookedAtNothing, nobodyIn(p)
	}
	return "No changes.", "The estate is as the configuration says. " + lookedAt(p)
}

// Nothing says of a plan that looked at nothing that it did, and why; "" of any other.
func Nothing(p *planner.Plan) string {
	if head, rest := verdict(p); head == lookedAtNothing {
		return head + " " + rest
	}
	return ""
}

// nobodyIn says of a plan without objects and users why it is: its blocks of users name nobody, or it has no block at all.
func nobodyIn(p *planner.Plan) string {
	const shown = 3
	if len(p.Changes) == 0 {
		return "The plan has no block: the configuration declares nothing, or --target and --exclude leave nothing of it."
	}
	var blocks []string
	for i := range p.Changes[:min(len(p.Changes), shown)] {
		c := &p.Changes[i]
		blocks = append(blocks, oneLine(c.Address.String())+" ("+place(c.Range)+")")
	}
	if more := len(p.Changes) - shown; more > 0 {
		return strings.Join(blocks, ", ") + " and " + count(more) + " more blocks name no users."
	}
	if len(blocks) == 1 {
		return blocks[0] + " names no users."
	}
	return strings.Join(blocks[:len(blocks)-1], ", ") + " and " + blocks[len(blocks)-1] + " name no users."
}

// hindrances says what a plan could not decide, a sentence each.
func hindrances(p *planner.Plan) []string {
	var all []string
	n, unread := p.Count(), unreadOf(p)
	unkept := unkeptOf(p)
	if n.Unknown > unkept {
		all = append(all, numbered(n.Unknown-unkept, "object", "objects")+" could not be read: nothing is planned from what is not known.")
	}
	if unkept > 0 {
		all = append(all, numbered(unkept, "object is", "objects are")+" refused: what cannot be kept as it is declared is not planned.")
	}
	if n.Blocked > 0 {
		all = append(all, are(n.Blocked, "user")+" not as wanted and blocked.")
	}
	if unread > 0 {
		all = append(all, numbered(unread, "attribute is", "attributes are")+" not told by the server: nothing is planned from what is not known.")
	}
	return all
}

// totals is "1 to add, 1 to change, 1 to replace, 48 users to move, 0 to delete".
func totals(n planner.Counts) string {
	parts := []string{
		count(n.Created) + " to add",
		count(n.Updated) + " to change",
		count(n.Replaced) + " to replace",
	}
	users := func(n int, what string) {
		if n > 0 {
			parts = append(parts, quantity(n, "user")+" to "+what)
		}
	}
	users(n.Enabled, "enable")
	users(n.Altered, "change")
	users(n.Moved, "move")
	users(n.Disabled, "disable")
	if n.Run > 0 {
		parts = append(parts, count(n.Run)+" to run")
	}
	return strings.Join(append(parts, count(n.Removed)+" to delete"), ", ")
}

func unreadOf(p *planner.Plan) (n int) {
	for i := range p.Changes {
		n += len(p.Changes[i].Unread)
	}
	return n
}

// unkeptOf is how many objects are refused, since the far end cannot keep them as they are declared.
func unkeptOf(p *planner.Plan) (n int) {
	for i := range p.Changes {
		if p.Changes[i].Unkept {
			n++
		}
	}
	return n
}

// unplanned says that nothing is planned of an object, up to the reason.
func unplanned(c *planner.Change) string {
	if c.Unkept {
		return "is refused, so nothing is planned: "
	}
	return "could not be read, so nothing is planned: "
}

// lookedAt is "12 objects and 50 users were looked at.", and, where blocks of several kinds speak of users, who are mostly the same
// people then, "12 objects were looked at; users: 50 in user blocks, 50 in user_homing blocks."
func lookedAt(p *planner.Plan) string {
	objects, of := looked(p)
	users := 0
	for _, n := range of {
		users += n
	}
	switch {
	case users == 0:
		return numbered(objects, "object was", "objects were") + " looked at."
	case len(of) > 1:
		return numbered(objects, "object was", "objects were") + " looked at; users: " + perKind(of) + "."
	case objects == 0:
		return numbered(users, "user was", "users were") + " looked at."
	}
	return quantity(objects, "object") + " and " + quantity(users, "user") + " were looked at."
}

// looked counts the objects of a plan, and the users by the kind of their blocks, without blocks of nobody.
func looked(p *planner.Plan) (objects int, users map[string]int) {
	users = map[string]int{}
	for i := range p.Changes {
		switch u := p.Changes[i].Users; {
		case u == nil:
			objects++
		case u.Total() > 0:
			users[p.Changes[i].Address.Kind] += u.Total()
		}
	}
	return objects, users
}

// perKind is "50 in user blocks, 50 in user_homing blocks".
func perKind(users map[string]int) string {
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(users)) {
		parts = append(parts, count(users[kind])+" in "+kind+" blocks")
	}
	return strings.Join(parts, ", ")
}

// effort is "Read in 7 round trips, 0.4 s." and, on a line of its own, how long applying takes.
func (t *text) effort() {
	var read []string
	if t.o.RoundTrips > 0 {
		read = append(read, quantity(t.o.RoundTrips, "round trip"))
	}
	if t.o.Elapsed > 0 {
		read = append(read, amount.Lasting(t.o.Elapsed))
	}
	if len(read) > 0 {
		fmt.Fprintln(t, t.in(dim, "Read in "+strings.Join(read, ", ")+"."))
	}
	if text := estimated(t.o.Estimate); text != "" {
		fmt.Fprintln(t, t.in(dim, fold(text, t.o.Width)))
	}
}
