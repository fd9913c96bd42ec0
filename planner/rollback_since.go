package planner

import (
	"fmt"
	"slices"
	"strings"
)

// A LaterMove is what a run that began after the one that is to be taken back did to where a user is homed.
type LaterMove struct {
	Run string // its ID
	Deed
}

// A resting is users of one block whom later runs moved, and who are still where those left them.
type resting struct {
	users int
	runs  []string // IDs, in the order in which they began
}

// String says who rests on something, and what to do about it, as the text of a [Leftover].
func (r *resting) String() string {
	who, them := fmt.Sprintf("%d users rest", r.users), "them"
	if r.users == 1 {
		who = "1 user rests"
	}
	if len(r.runs) == 1 {
		return fmt.Sprintf("%s on it whom the later run %s moved: take that run back first", who, r.runs[0])
	}
	latest := slices.Clone(r.runs)
	slices.Reverse(latest)
	return fmt.Sprintf("%s on it whom the later runs %s moved: take %s back first, in this order", who, strings.Join(latest, ", "), them)
}

// rest notes, by block, the users whom later runs moved and who are still where those left them. Whoever has come back meanwhile to
// where this run found them rests on nothing.
func (b *wayBack) rest(own []Deed) {
	found := map[string]string{} // where this run found users whom it moved
	for i := range own {
		if d := &own[i]; d.homes() && d.read() == nil {
			found[d.Address.User] = d.homeOf(d.was)
		}
	}
	for _, m := range journeys(b.Since) {
		from, known := found[m.Address.User]
		if !known {
			from = m.homeOf(m.was)
		}
		at, run := b.homeNow(&m)
		if run == "" || at == from {
			continue
		}
		block := b.block(&m.Deed)
		if block.resting == nil {
			block.resting = &resting{}
		}
		block.resting.users++
		if !slices.Contains(block.resting.runs, run) {
			block.resting.runs = append(block.resting.runs, run)
			slices.Sort(block.resting.runs) // names begin with the time
		}
	}
}

// homeNow is where a user is homed now, and which later run has last left the user there; "" for none. Who could not be read, or has
// another SIP address by now, is taken to be as the last of them left the user.
func (b *wayBack) homeNow(m *journey) (home, run string) {
	listing := b.live[Source{m.Provider, m.Kind.Name}]
	if m.Provider == "" || listing.Err != nil || listing.Renamed[m.Address.User] != "" {
		return m.homeOf(m.left), m.Run
	}
	at, exists := listing.Users.Lookup(m.Address.User)
	if !exists {
		return "", ""
	}
	home = m.Kind.Rows.State(listing.Users.Row(at))
	return home, m.stays[home]
}

// homes says whether a deed is about where a user is homed.
func (d *Deed) homes() bool { return d.Kind.Rows != nil && d.Kind.Rows.State != nil }

func (d *Deed) homeOf(r record) string {
	attr := d.Kind.Attr(d.Kind.Rows.Attr)
	return canonicalText(attr, r.values[attr.Name])
}

// A journey is what later runs did to where one user is homed: the last of their moves, with what was before the first.
type journey struct {
	LaterMove
	stays map[string]string // homes where they may have left the user, with the last run that did
}

// journeys puts together the moves of each user. A move that failed hides none before it. What cannot be read is left out: nothing was
// done that this version knows of.
func journeys(moves []LaterMove) []journey {
	at := map[string]int{}
	var all []journey
	for _, m := range moves {
		if m.Outcome == Declined || !m.homes() || m.read() != nil {
			continue
		}
		n, again := at[m.Address.User]
		if !again {
			n, at[m.Address.User] = len(all), len(all)
			all = append(all, journey{LaterMove: m, stays: map[string]string{}})
		}
		m.was = all[n].was
		all[n].LaterMove = m
		all[n].stays[m.homeOf(m.left)] = m.Run
	}
	return all
}
