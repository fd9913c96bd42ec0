package planner

import (
	"fmt"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// users compares the table of a block with the table that was read: one look-up a wanted user, in the order of the
// configuration, which is the order in which waves take them.
func (w *Walk) users(o *Object, listing Listing) Change {
	u := &UserChanges{Want: o.Users, Live: listing.Users}
	c := Change{Users: u, Before: cty.NullVal(o.Kind.Type()), After: o.Want}
	want := ""
	if rows := o.Kind.Rows; rows.State != nil && !o.Absent {
		target, _ := o.Kind.Attr(rows.Attr).Canonical(o.Want.GetAttr(rows.Attr)).Unmark()
		if !target.IsKnown() {
			return unknown(o, rows.Attr+" is not known before apply")
		}
		want = target.AsString()
	}
	attrs, missing := userAttrs(o, listing)
	if missing != "" {
		return unknown(o, missing)
	}
	u.attrs = attrs
	c.Action = userAction(o)
	if c.Action == NoOp {
		return c
	}
	m := merge{kind: o.Kind, want: want, absent: o.Absent, users: u, born: to(o.Provider, w.born), spared: to(o.Provider, w.spared), renamed: listing.Renamed}
	for row := range o.Users.Len() {
		m.row(row)
	}
	switch {
	case u.Len() == 0:
		c.Action = NoOp
	case c.Action == Create && u.Created() == 0:
		c.Action = Update
	}
	if c.Action == Create && w.planned(o) {
		w.born = append(w.born, birth{o.Address, o.Provider, o.Kind, valueMap(o.Want), u})
	}
	return c
}

// planned says whether an object is part of what is planned.
func (w *Walk) planned(o *Object) bool { return w.o.Only == nil || w.o.Only(o.Address) }

// spare remembers a block that would create users if it were part of what is planned.
func (w *Walk) spare(o *Object) {
	if rows := o.Kind.Rows; rows != nil && rows.Created != nil && !o.Absent && !o.UsersLate {
		w.spared = append(w.spared, birth{address: o.Address, provider: o.Provider, users: &UserChanges{Want: o.Users}})
	}
}

// userAction is what happens to those users of a block who are not as wanted; those who exist already are then updated.
func userAction(o *Object) Action {
	switch {
	case o.Kind.Rows.State == nil && o.Absent:
		return Delete
	case o.Kind.Rows.State == nil:
		return Create
	case o.Absent:
		return NoOp // where users are homed cannot be absent
	}
	return Move
}

// to keeps of blocks that create users those of a provider.
func to(provider string, births []birth) []birth {
	var some []birth
	for _, b := range births {
		if b.provider == provider {
			some = append(some, b)
		}
	}
	return some
}

// merge decides row by row.
type merge struct {
	kind    *schema.Kind
	want    string
	absent  bool
	users   *UserChanges
	born    []birth
	spared  []birth
	renamed map[string]string           // as in [Listing]
	held    map[string]map[string]int32 // by attribute: who has which value
}

func (m *merge) row(row int) {
	live, exists := m.users.Live.Lookup(m.users.Want.SIP(row))
	switch {
	case !exists && !m.absent && m.renamed[m.users.Want.SIP(row)] != "":
		m.block(row, renamedText(m.renamed[m.users.Want.SIP(row)]))
	case m.kind.Rows.State == nil && (exists == m.absent || exists && m.differs(row, live)):
		m.alter(row, live, exists)
	case m.kind.Rows.State == nil:
		m.users.Same++
	case exists:
		m.compare(row, live, m.users.Live.Row(live))
	default:
		m.unborn(row)
	}
}

// alter picks a user of a block that says whether there are users, and what they have, unless somebody else has it.
func (m *merge) alter(row, live int, exists bool) {
	if !exists {
		live = -1
	}
	if why := m.taken(row, live); why != "" {
		m.block(row, why)
		return
	}
	m.pick(row, live, exists)
}

// taken says who has what one user only may have and this one is to get, "" where nobody that was read has. The far end
// would refuse it, and in which order the users of a block are taken is not foreseen.
func (m *merge) taken(row, live int) string {
	for i := range m.users.attrs {
		a := &m.users.attrs[i]
		if a.attr.Unique == "" || a.column < 0 || m.users.Live.Len() == 0 {
			continue
		}
		cell := a.of(m.users.Want.Row(row))
		if cell == "" || live >= 0 && !a.differs(m.users.Want.Row(row), m.users.Live.Row(live)) {
			continue
		}
		if holder, ok := m.holders(a)[a.canonical(cell)]; ok && int(holder) != live {
			return fmt.Sprintf("%s %s is %s's at present, and the server takes it only once: run again when that user has another",
				a.attr.Name, cell, m.users.Live.SIP(int(holder)))
		}
	}
	return ""
}

// holders is who has which value of an attribute, by row of the live table. It is made when somebody is to get one.
func (m *merge) holders(a *userAttr) map[string]int32 {
	if holders := m.held[a.attr.Name]; holders != nil {
		return holders
	}
	holders := make(map[string]int32, m.users.Live.Len())
	for row, cells := range m.users.Live.Rows() {
		if value := a.canonical(cells[a.live]); value != "" {
			holders[value] = int32(row)
		}
	}
	if m.held == nil {
		m.held = map[string]map[string]int32{}
	}
	m.held[a.attr.Name] = holders
	return holders
}

// differs says whether an attribute of a user who exists is not as wanted.
func (m *merge) differs(row, live int) bool {
	if len(m.users.attrs) == 0 {
		return false
	}
	want, cells := m.users.Want.Row(row), m.users.Live.Row(live)
	for i := range m.users.attrs {
		if m.users.attrs[i].differs(want, cells) {
			return true
		}
	}
	return false
}

// compare decides about a live user with a compared attribute.
func (m *merge) compare(row, live int, cells []string) {
	rows := m.kind.Rows
	if rows.State(cells) == m.want {
		m.users.Same++
		return
	}
	if rows.Blocked != nil {
		if why := rows.Blocked(cells); why != "" {
			m.block(row, why)
			return
		}
	}
	m.pick(row, live, true)
}

// unborn decides about a user who does not exist yet, but may by then.
func (m *merge) unborn(row int) {
	for _, b := range m.born {
		at, creates := b.users.Want.Lookup(m.users.Want.SIP(row))
		if !creates {
			continue
		}
		cells := b.kind.Rows.Created(b.want, b.users.Want.SIP(at), b.users.Want.Row(at)[1])
		switch state := m.kind.Rows.State(cells); {
		case state == m.want:
			m.users.Same++
		case !strings.EqualFold(b.users.Want.Row(at)[1], m.users.Want.Row(row)[1]):
			m.block(row, "identity is another than the one under which an earlier block enables the user: write the same in both tables")
		default:
			m.pick(row, 0, false)
			m.users.bear(state)
		}
		return
	}
	m.block(row, "not enabled for the servers, so there is nothing to move; "+m.enabling(row))
}

// enabling says what would enable a user: the block that the configuration has for it, where only a part of that is planned.
func (m *merge) enabling(row int) string {
	for _, b := range m.spared {
		if _, creates := b.users.Want.Lookup(m.users.Want.SIP(row)); creates {
			return b.address.String() + " enables the user first, and is not part of this plan: leave --target and --exclude away, or name that block as well"
		}
	}
	return "a user block enables users first"
}

// renamedText is why nobody is enabled or moved whose account is a user under another address: the far end would refuse the one and
// not find the other.
func renamedText(now string) string {
	return fmt.Sprintf("the account with this identity is a user already, as %s: write that address in the table, or give the account the one of the table again (Set-CsUser -SipAddress)", now)
}

// severalAccounts is why nobody is changed whose address more accounts than one have: which of them a command would reach, and
// which one is read afterwards, nobody can tell.
const severalAccounts = "several accounts have this SIP address: msRTCSIP-PrimaryUserAddress is not unique. hybrid check user shows them: take the address from the one that should not have it"

func (m *merge) pick(row, live int, exists bool) {
	if exists && m.users.Live.Several(m.users.Want.SIP(row)) {
		m.block(row, severalAccounts)
		return
	}
	if exists {
		if why := m.other(row, live); why != "" {
			m.block(row, why)
			return
		}
	}
	at := int32(-1)
	if exists {
		at = int32(live)
	}
	m.users.Pick = append(m.users.Pick, int32(row))
	m.users.At = append(m.users.At, at)
}

// other says that the identity of a row is not that of the account with its SIP address, "" where it is. A table that was sorted by one
// column has that in every row.
func (m *merge) other(row, live int) string {
	if m.kind.Rows.Other == nil {
		return ""
	}
	return m.kind.Rows.Other(m.users.Want.Row(row)[1], func(column string) string { return m.users.Live.Cell(live, column) })
}

func (m *merge) block(row int, why string) {
	m.users.Blocked = append(m.users.Blocked, Blocked{Row: int32(row), Reason: why})
}
