package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"hybrid/internal/event"
	"hybrid/internal/journal"
	"hybrid/internal/roster"
	"hybrid/planner"
)

// A finding is what reading shows of a user who was begun.
type finding struct {
	shown   bool   // as wanted
	torn    bool   // neither as wanted nor as before
	lacks   string // unless shown: ": line_uri is …", or "" where that goes without saying
	verdict string // of a kind that has any: [event.Moved] and its like
}

// find judges a user by a table that was read, open being those whom the block would still change.
func (g *crowd) find(n int, live *roster.Table, open map[string]string) finding {
	rows := g.change.Kind.Rows
	if rows.Judge == nil {
		lacks, still := open[g.change.Users.SIP(n)]
		return finding{shown: !still, lacks: lacks}
	}
	switch v := rows.Judge(attributes(g.change.After), g.were(n), cellsOf(live, g.change.Users.SIP(n), len(rows.Columns))); {
	case v.Reached:
		return finding{shown: true, verdict: event.Moved}
	case v.Stayed:
		return finding{lacks: ": " + v.Text, verdict: event.NotMoved}
	default:
		return finding{torn: true, lacks: ": " + v.Text, verdict: event.InDoubt}
	}
}

// cellsOf are the first cells of a user in a table, nil where it does not list the user.
func cellsOf(live *roster.Table, sip string, columns int) []string {
	row, listed := live.Lookup(sip)
	if !listed {
		return nil
	}
	return live.Row(row)[:columns]
}

// settleDoubts reads the users whose answer was lost, and decides by what is live whether they count as done or failed.
// Those that cannot be read, or are found in between, stay in doubt.
func (g *crowd) settleDoubts(ctx context.Context) {
	if len(g.outcomes.doubts) == 0 || ctx.Err() != nil { // who was given up a moment ago is looked for last of all
		return
	}
	left := g.read(ctx, g.outcomes.doubts)
	if left.Action == planner.Unknown {
		return
	}
	open := stillOpen(left)
	for _, n := range g.outcomes.doubts {
		g.settle(n, g.find(n, left.Users.Live, open))
	}
	g.outcomes.doubts = nil
	g.Events(g.progress())
}

// settle decides about a user whose answer was lost.
func (g *crowd) settle(n int, f finding) {
	c, o := g.change.User(n), &g.outcomes
	switch {
	case f.shown:
		o.done = append(o.done, n)
		g.judged(event.Note, c, "the answer was lost; reading shows that it was done", f)
		g.book.outcome(c, journal.Done, "", 0)
	case f.torn:
		o.torn = append(o.torn, n)
		why := "the answer was lost; " + inBetween + f.lacks
		g.judged(event.Doubt, c, why, f)
		g.book.outcome(c, journal.Doubt, why, 0)
	default:
		o.failed++
		o.missed = append(o.missed, n)
		lost := "the answer was lost; reading shows that it was not done" + f.lacks
		if c.Action == planner.Create && f.lacks != "" {
			o.half++
			lost = "the answer was lost; reading shows that the user is enabled, and not all is set" + f.lacks
		}
		g.judged(event.Failed, c, lost, f)
		g.book.outcome(c, journal.Failed, lost, 0)
	}
}

// inBetween is what is wrong with a user who is neither as before nor as wanted.
const inBetween = "the user is between the old home and the new one, so look before anything else is done"

// confirmUsers settles the users of a block by what was read back: left holds those that are still not as wanted.
func (r *run) confirmUsers(b *begunBlock, n int, left planner.Change) {
	c := b.changes[n]
	g := r.crowds[c.Address.String()]
	if left.Action == planner.Unknown {
		g.unread(left.Reason, b.took[n])
		return
	}
	live, open, o := g.live(), stillOpen(left), &g.outcomes
	confirmed := func(users []int, confirm func(int, finding) bool) (shown int) {
		for _, user := range users {
			if confirm(user, g.find(user, live, open)) {
				shown++
			}
		}
		return shown
	}
	shown := confirmed(o.done, g.confirmDone) + confirmed(slices.Concat(o.doubts, o.torn), g.confirmDoubt) +
		confirmed(o.missed, g.confirmMissed) + confirmed(o.denied, g.confirmFailed)
	r.summary.Done += shown
	finished := about(event.Done, c)
	finished.Done, finished.Millis = shown, b.took[n].Milliseconds()
	r.Events(finished)
}

// unread leaves all users of a block in doubt, since they could not be read back.
func (g *crowd) unread(reason string, took time.Duration) {
	const unread = "carried out, but it could not be read back: "
	o := &g.outcomes
	g.summary.Doubt += len(o.done) + o.inDoubt()
	g.markFailed(g.node)
	f := finding{}
	if g.change.Kind.Rows.Judge != nil {
		f.verdict = event.InDoubt
	}
	for _, user := range o.done {
		g.book.outcome(g.change.User(user), journal.Doubt, unread+reason, 0)
		g.judged(event.Doubt, g.change.User(user), unread+reason, f)
	}
	for _, user := range slices.Concat(o.doubts, o.torn) {
		g.verdict(user, f)
	}
	all := about(event.Doubt, g.change)
	all.Message, all.Millis = unread+reason, took.Milliseconds()
	g.Events(all)
}

// verdict tells what reading has shown of a user of whom there is nothing else to tell.
func (g *crowd) verdict(n int, f finding) {
	if f.verdict == "" {
		return
	}
	g.judged(event.Verdict, g.change.User(n), strings.TrimPrefix(f.lacks, ": "), f)
}

// confirmDone settles a user of whom the far end said that it is done, and says whether that shows.
func (g *crowd) confirmDone(n int, f finding) bool {
	switch {
	case f.shown:
		g.verdict(n, f)
	case f.torn:
		g.fault(n, journal.Doubt, "carried out without an error, but "+inBetween+f.lacks, f)
	default:
		g.fault(n, journal.NotShown, notShown+f.lacks, f)
	}
	return f.shown
}

// confirmDoubt settles a user of whom nobody knew, and says whether it was done after all.
func (g *crowd) confirmDoubt(n int, f finding) bool {
	switch {
	case f.shown:
		c := g.change.User(n)
		g.judged(event.Note, c, "the answer was lost; reading shows that it was done", f)
		g.book.outcome(c, journal.Done, "", 0)
	case f.torn:
		g.fault(n, journal.Doubt, "the answer was lost; "+inBetween+f.lacks, f)
	case g.hurried:
		if f.verdict != "" {
			f.verdict = event.InDoubt
		}
		g.fault(n, journal.Doubt, "the answer was lost; "+mayGoOn+f.lacks, f)
	default:
		g.fault(n, journal.Failed, "the answer was lost; reading shows that it was not done"+f.lacks, f)
	}
	return f.shown
}

// confirmMissed looks once more at a user who counts as failed because reading did not show what had been done when the
// answer was lost: the far end may have gone on, or was behind. It says whether it was done after all.
func (g *crowd) confirmMissed(n int, f finding) bool {
	if !f.shown {
		return g.confirmFailed(n, f)
	}
	c := g.change.User(n)
	g.summary.Failed--
	g.judged(event.Note, c, "the answer was lost; reading shows by now that it was done", f)
	g.book.outcome(c, journal.Done, "", 0)
	return true
}

// confirmFailed looks at a user who counts as failed: the far end may have stopped half way. It never counts as done, whatever shows.
func (g *crowd) confirmFailed(n int, f finding) bool {
	if !f.torn {
		g.verdict(n, f)
		return false
	}
	g.summary.Failed--
	g.fault(n, journal.Doubt, "it failed, and "+inBetween+f.lacks, f)
	return false
}

// fault records and tells what reading a user back has shown to be wrong.
func (g *crowd) fault(n int, result, cause string, f finding) {
	c := g.change.User(n)
	e := notDoneEvent(c, result, cause)
	e.Verdict = f.verdict
	if f.torn {
		g.summary.Between++
	}
	g.notDone(g.node, c, e, 0)
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
