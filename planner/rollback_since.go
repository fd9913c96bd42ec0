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
	for _, m := range joinedMoves(b.Since) {
		from, known := found[m.Address.User]
		if !known {
			from = m.homeOf(m.was)
		}
		if at, there := b.homeNow(&m.Deed); !there || at == from {
			continue
		}
		block := b.block(&m.Deed)
		if block.resting == nil {
			block.resting = &resting{}
		}
		block.resting.users++
		if !slices.Contains(block.resting.runs, m.Run) {
			block.resting.runs = append(block.resting.runs, m.Run)
			slices.Sort(block.resting.runs) // names begin with the time
		}
	}
}

// homeNow is where a user is homed now; false where that is not where the deed left the user. What could not be read is taken to be
// as it was left.
func (b *wayBack) homeNow(d *Deed) (string, bool) {
	left, listing := d.homeOf(d.left), b.live[Source{d.Provider, d.Kind.Name}]
	if d.Provider == "" || listing.Err != nil {
		return left, true
	}
	at, exists := listing.Users.Lookup(d.Address.User)
	if !exists {
		return "", false
	}
	now := d.Kind.Rows.State(listing.Users.Row(at))
	return now, now == left
}

// homes says whether a deed is about where a user is homed.
func (d *Deed) homes() bool { return d.Kind.Rows != nil && d.Kind.Rows.State != nil }

func (d *Deed) homeOf(r record) string {
	attr := d.Kind.Attr(d.Kind.Rows.Attr)
	return canonicalText(attr, r.values[attr.Name])
}

// joinedMoves makes one move of all of one user, from where the first found the user to where the last left the user, and of the
// last one's run. What cannot be read is left out: nothing was done that this version knows of.
func joinedMoves(moves []LaterMove) []LaterMove {
	at := map[string]int{}
	var all []LaterMove
	for _, m := range moves {
		if !m.homes() || m.read() != nil {
			continue
		}
		n, again := at[m.Address.User]
		if !again {
			at[m.Address.User] = len(all)
			all = append(all, m)
			continue
		}
		m.was = all[n].was
		all[n] = m
	}
	return all
}
