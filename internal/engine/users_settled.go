package engine

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"hybrid/internal/event"
	"hybrid/internal/journal"
	"hybrid/planner"
)

// settleDoubts reads the users whose answer was lost, and decides by what is live whether they count as done or failed.
// Those that cannot be read stay in doubt.
func (g *crowd) settleDoubts(ctx context.Context) {
	if len(g.doubts) == 0 {
		return
	}
	left := g.read(ctx, g.doubts)
	if left.Action == planner.Unknown {
		return
	}
	open := stillOpen(left)
	for _, n := range g.doubts {
		c := g.change.User(n)
		if lacks, still := open[c.Address.User]; still {
			lost := "the answer was lost; reading shows that it was not done" + lacks
			if c.Action == planner.Create && lacks != "" {
				g.half++
				lost = "the answer was lost; reading shows that the user is enabled, and not all is set" + lacks
			}
			g.failed++
			g.tell(event.Failed, c, lost, 0)
			g.book.outcome(c, journal.Failed, lost, 0)
		} else {
			g.done = append(g.done, n)
			g.resolved(c)
			g.book.outcome(c, journal.Done, "", 0)
		}
	}
	g.doubts = nil
}

// confirmUsers settles the users of a block by what was read back: left holds those that are still not as wanted.
func (r *run) confirmUsers(b *block, n int, left planner.Change) {
	c := b.changes[n]
	g := r.crowds[c.Address.String()]
	if left.Action == planner.Unknown {
		r.summary.Doubt += len(g.done) + len(g.doubts)
		r.markFailed(b.node)
		const unread = "carried out, but it could not be read back: "
		for _, user := range g.done {
			r.book.outcome(c.User(user), journal.Doubt, unread+left.Reason, 0)
			g.tell(event.Doubt, c.User(user), unread+left.Reason, 0)
		}
		all := about(event.Doubt, c)
		all.Message, all.Millis = unread+left.Reason, b.took[n].Milliseconds()
		r.Events(all)
		return
	}
	r.summary.Doubt += len(g.doubts) // which could not be read before; the journal has them
	open, shown := stillOpen(left), 0
	for _, user := range g.done {
		one := c.User(user)
		if lacks, still := open[one.Address.User]; still {
			r.failure(b.node, one, journal.NotShown, notShown+lacks, 0)
		} else {
			shown++
		}
	}
	r.summary.Done += shown
	finished := about(event.Done, c)
	finished.Done, finished.Millis = shown, b.took[n].Milliseconds()
	r.Events(finished)
}

// stillOpen is the addresses of those users who are not as wanted, with what of their attributes is not: ": line_uri is …".
func stillOpen(left planner.Change) map[string]string {
	open := map[string]string{}
	if left.Users == nil {
		return open
	}
	for n := range left.Users.Len() {
		open[left.Users.SIP(n)] = lacks(left, n)
	}
	for _, b := range left.Users.Blocked {
		open[left.Users.Want.SIP(int(b.Row))] = ""
	}
	return open
}

// lacks says in what a user who exists is not as wanted, "" where that goes without saying.
func lacks(left planner.Change, n int) string {
	if left.Users.At[n] < 0 {
		return ""
	}
	var parts []string
	for _, d := range left.Users.Differences(n) {
		parts = append(parts, fmt.Sprintf("%s is %s, not %s", d.Name, cmp.Or(d.Before, "unset"), d.After))
	}
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(parts, ", ")
}
