package planner

import (
	"iter"

	"hybrid/internal/roster"
)

// UserChanges is what happens to the users of one block: a selection of rows of the wanted table, with what is live of
// each. It holds row numbers, not copies.
type UserChanges struct {
	Want *roster.Table // the block's users, in the order of the configuration
	Live *roster.Table // what was read, Kind.Rows.Columns

	Pick    []int32        // rows of Want that change, in order
	At      []int32        // for each of Pick, the row of Live, or -1 where the user does not exist
	Born    map[int]string // of users who do not exist, by the number of the change: the state in which an earlier block makes them
	Same    int            // rows that are as wanted
	Blocked []Blocked      // rows that should change and must not, with the reason

	attrs []userAttr // what the block says of its users besides
	total int        // of users of the block, where Want has only some of them
	seen  userValues
}

// Total is how many users the block has.
func (u *UserChanges) Total() int { return max(u.total, u.Want.Len()) }

// Blocked is a user that is not as wanted and cannot be changed as things stand.
type Blocked struct {
	Row    int32
	Reason string
}

// Len is how many users change; 0 for nil.
func (u *UserChanges) Len() int {
	if u == nil {
		return 0
	}
	return len(u.Pick)
}

// Created is how many users change who do not exist yet. Where a block creates users, the others of [UserChanges.Len]
// exist and are updated.
func (u *UserChanges) Created() int {
	n := 0
	for _, at := range u.At {
		if at < 0 {
			n++
		}
	}
	return n
}

// Compares says whether the block says more of its users than that they exist.
func (u *UserChanges) Compares() bool { return len(u.attrs) > 0 }

// SIP is the canonical address of the nth user that changes.
func (u *UserChanges) SIP(n int) string { return u.Want.SIP(int(u.Pick[n])) }

// Identity is what the far end is told to look for: the user's identity, or the SIP address.
func (u *UserChanges) Identity(n int) string { return u.Want.Row(int(u.Pick[n]))[1] }

// All takes a change with users apart into one change a user, with the user's own address, identity and the values of
// the kind's compared attribute before and after. It makes each when it is asked for.
func (c Change) All() iter.Seq[Change] {
	return func(yield func(Change) bool) {
		for n := range c.Users.Len() {
			if !yield(c.User(n)) {
				return
			}
		}
	}
}

// ActionOf says what happens to the nth user: a block that creates users may update others.
func (c Change) ActionOf(n int) Action {
	if c.Action == Create && c.Users.At[n] >= 0 {
		return Update
	}
	return c.Action
}

// User is the change of the nth user alone.
func (c Change) User(n int) Change {
	u := c.Users
	one := c
	one.Action = c.ActionOf(n)
	one.Address = c.Address.Of(u.SIP(n))
	one.Identity = u.Identity(n)
	one.Before = c.before(n)
	if len(u.attrs) > 0 {
		one = one.attributed(n)
	}
	one.Users = nil
	return one
}

// About is the object that a change with users came of, with some of them alone: for looking at these once more. What the
// block leaves alone of users who exist it leaves alone there, too.
func (c Change) About(users *roster.Table) Object {
	o := Object{
		Address: c.Address, Kind: c.Kind, Provider: c.Provider,
		Want: c.After, Absent: c.Action == Delete, Users: users, Range: c.Range,
	}
	for i := range c.Users.attrs {
		a := &c.Users.attrs[i]
		if a.ignored {
			o.Ignore = append(o.Ignore, a.attr.Name)
		}
		if a.exact {
			o.Exact = append(o.Exact, a.attr.Name)
		}
	}
	return o
}

// Were are the cells of the kind's columns that were read of the nth user before the change, nil where the user did not exist.
func (u *UserChanges) Were(n int, columns int) []string {
	if u.At[n] < 0 {
		return nil
	}
	return u.Live.Row(int(u.At[n]))[:columns]
}

// From is the live value of the compared attribute of the nth user: where the user is homed now. It is "" where the
// user does not exist.
func (c Change) From(n int) string {
	at := c.Users.At[n]
	if at < 0 || c.Kind.Rows.State == nil {
		return ""
	}
	return c.Kind.Rows.State(c.Users.Live.Row(int(at)))
}

// Origin is From or, of a user who does not exist yet, the state in which an earlier block makes the user.
func (c Change) Origin(n int) string {
	if c.Users.At[n] < 0 {
		return c.Users.Born[n]
	}
	return c.From(n)
}

// origins counts the users who change by where they come from.
func (c Change) origins() map[string]int {
	counts := map[string]int{}
	for n := range c.Users.Len() {
		counts[c.Origin(n)]++
	}
	return counts
}

// bear keeps the state in which the user picked last will be made.
func (u *UserChanges) bear(state string) {
	if u.Born == nil {
		u.Born = map[int]string{}
	}
	u.Born[u.Len()-1] = state
}
