package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"hybrid/internal/journal"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/schema"
)

// What a run had sent when it was cut off may go on at the far end without it. Who is looked for there is not sent anything
// before it shows, or cannot be going on any more.

// LookBack is how far back journals are searched for what may still be going on and for users between two homes: longer than any
// call may take, and from one weekend to the next.
const LookBack = 8 * 24 * time.Hour

// clocksApart is by how much the clocks of two machines may differ: as much as Kerberos puts up with by default, without which
// nobody signs in to a domain.
const clocksApart = 5 * time.Minute

// landing is what an earlier run had sent and nobody has seen arrive, and when it is over at the latest.
type landing struct {
	journal.Underway
	until time.Time
}

// landings are by the canonical address of the user that each is about, or the address of the object.
type landings map[string]landing

// latest is when the last of them is over.
func (l landings) latest() time.Time {
	var last time.Time
	for _, one := range l {
		if one.until.After(last) {
			last = one.until
		}
	}
	return last
}

// lasts is how long what was announced may go on, where a call takes so long at most: as long for each of its commands, and a
// fifth more for what stands between the journal and the call.
func lasts(u journal.Underway, longest time.Duration) time.Duration {
	total := time.Duration(max(1, len(u.Commands)))*longest + longest/5
	if !u.Here {
		total += clocksApart
	}
	return total
}

// lands says when what was under way is over at the latest. What another clock puts into the future counts from now.
func lands(u journal.Underway, longest time.Duration, now time.Time) landing {
	since := u.Since
	if since.After(now) {
		since = now
	}
	return landing{u, since.Add(lasts(u, longest))}
}

// underway picks, of what earlier runs left open, what a plan wants and may still be going on since its reading began, and says
// so on the changes.
func (e *Engine) underway(p *planner.Plan, began time.Time) landings {
	left := map[string]journal.Underway{}
	for _, u := range slices.Backward(e.Underway) { // the latest run is first, and counts
		left[aboutWhom(u.User, u.Address)] = u
	}
	all := landings{}
	for i := range p.Changes {
		if c := &p.Changes[i]; len(left) > 0 && sends(c) {
			maps.Copy(all, e.landingsOf(c, left, began))
		}
	}
	return all
}

// aboutWhom is a user's canonical address, or an object's address.
func aboutWhom(user, address string) string {
	if user != "" {
		return user
	}
	return address
}

// sends says whether a change sends something that could run beside itself. What is run looks for what is under way itself.
func sends(c *planner.Change) bool {
	return c.Action != planner.NoOp && c.Action != planner.Unknown && c.Action != planner.Run
}

// landingsOf picks what a change is about, and says so on it.
func (e *Engine) landingsOf(c *planner.Change, left map[string]journal.Underway, began time.Time) landings {
	p, err := e.provider(c.Provider)
	if err != nil {
		return nil
	}
	enduring, ok := p.(providers.Enduring)
	if !ok || enduring.Longest() <= 0 {
		return nil
	}
	found := landings{}
	take := func(key string) {
		if u, open := left[key]; open {
			if l := lands(u, enduring.Longest(), began); l.until.After(began) {
				found[key] = l
			}
		}
	}
	if c.Users == nil {
		take(c.Address.String())
	}
	for n := range c.Users.Len() {
		take(c.Users.SIP(n))
	}
	note(c, found)
	return found
}

// note says on a change what of it may be going on.
func note(c *planner.Change, found landings) {
	byRun := map[string]landings{}
	for key, l := range found {
		if byRun[l.Run] == nil {
			byRun[l.Run] = landings{}
		}
		byRun[l.Run][key] = l
	}
	for _, run := range slices.Sorted(maps.Keys(byRun)) {
		text := byRun[run].sentence()
		if c.Users == nil {
			c.Notes = append(c.Notes, text)
		} else {
			c.UserNotes = append(c.UserNotes, schema.UserNote{Users: len(byRun[run]), Text: text})
		}
	}
}

// sentence says of landings of one run what happens to them.
func (l landings) sentence() string {
	return fmt.Sprintf("under way when %s; it may still be going on, so nothing is sent again before reading shows what became of it, or before %s", l.run(), clockTime(l.latest()))
}

// run names the runs that had sent landings: "run 20261122T221400Z-apply-06e5 was cut off (sent at 22:14:03 UTC)".
func (l landings) run() string {
	last := map[string]time.Time{}
	for _, one := range l {
		if run := one.String(); last[run].Before(one.Since) {
			last[run] = one.Since
		}
	}
	var parts []string
	for _, run := range slices.Sorted(maps.Keys(last)) {
		parts = append(parts, fmt.Sprintf("%s (sent at %s)", run, clockTime(last[run])))
	}
	return strings.Join(parts, " and ")
}

func clockTime(t time.Time) string { return t.UTC().Format("15:04:05 UTC") }
