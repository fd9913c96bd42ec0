package importer

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

// units are the blocks of the crowd: those that make users first, then those that home them.
func (c *crowd) units(w *work) []*unit {
	var units []*unit
	taken := w.addresses()
	for _, k := range c.kinds {
		for _, l := range c.lists {
			for _, cut := range l.cuts {
				if cut.kind != k {
					continue
				}
				if u := cut.unit(w, taken); c.dropped[u.address()] == "" {
					units = append(units, u)
				}
			}
		}
	}
	return units
}

// unit is the block.
func (t *cut) unit(w *work, taken map[string]bool) *unit {
	o := &object{kind: t.kind, provider: t.crowd.provider}
	u := &unit{kind: t.kind, provider: t.crowd.provider, users: t, labels: []string{free(taken, o, slug(t.label))}}
	u.lines = w.provided(t.kind, t.crowd.provider)
	users := "users_csv(" + quoted(t.list.file)
	if len(t.where) > 0 {
		users += ", { " + strings.Join(t.where, ", ") + " }"
	}
	u.lines = append(u.lines, "users = "+users+")")
	attr, at := t.homing()
	u.lines = append(u.lines, attr+" = "+w.homeExpression(t.kind, attr, at))
	u.lines = append(u.lines, t.says...)
	return u
}

// homing is the argument that says where the users are, or where new ones would be, and its value.
func (t *cut) homing() (attr, at string) {
	if t.kind.Rows.State != nil {
		return t.kind.Rows.Attr, t.list.home.at
	}
	return t.list.home.attr, t.list.home.said
}

func (w *work) homeExpression(k *schema.Kind, attr, at string) string {
	v := cty.StringVal(at)
	if text, ok := w.reference(k, k.Attr(attr), v); ok {
		return text
	}
	return quoted(at)
}

// files are the tables, by path.
func (c *crowd) files(w *work) map[string][]byte {
	files := map[string][]byte{}
	for _, l := range c.lists {
		if c.used(l, w) {
			files[l.file] = c.text(l)
		}
	}
	return files
}

// used says whether any block reads a list.
func (c *crowd) used(l *listing, w *work) bool {
	return slices.ContainsFunc(c.units(w), func(u *unit) bool { return u.users.list == l })
}

// listed is how many users the tables hold.
func (c *crowd) listed() int {
	n := 0
	for _, l := range c.lists {
		n += len(l.rows)
	}
	return n
}

// text is a table: the address, the account where that is not called the same, what is each user's own, and what blocks choose
// by. A column that would be empty is left out.
func (c *crowd) text(l *listing) []byte {
	columns := []string{"sip_address"}
	cells := []func(row int32) string{func(row int32) string { return c.table.Row(int(row))[0] }}
	add := func(name string, cell func(row int32) string) {
		if slices.ContainsFunc(l.rows, func(row int32) bool { return cell(row) != "" }) {
			columns, cells = append(columns, name), append(cells, cell)
		}
	}
	add("identity", c.account)
	for n, k := range c.kinds {
		for _, a := range k.OfUsers() {
			if l.mask&(1<<n) != 0 && a.Mode == schema.Column {
				add(a.Name, func(row int32) string { return c.own(a, row) })
			}
			if l.mask&(1<<n) != 0 && slices.Contains(l.flags, a.Name) {
				add(a.Name, func(row int32) string { return c.flag(a, row) })
			}
		}
	}
	var b bytes.Buffer
	out := csv.NewWriter(&b)
	line := slices.Clone(columns)
	write := func() {
		if err := out.Write(line); err != nil {
			panic(err) // a buffer takes everything
		}
	}
	write()
	for _, row := range l.rows {
		for n, cell := range cells {
			line[n] = cell(row)
		}
		write()
	}
	out.Flush()
	return b.Bytes()
}

// account is what names the account of a user: the user principal name where that is not the address, else the distinguished
// name where there is none; "" where the address does.
func (c *crowd) account(row int32) string {
	sip := strings.TrimPrefix(c.table.SIP(int(row)), "sip:")
	name := cmp.Or(c.table.Cell(int(row), "UserPrincipalName"), c.table.Cell(int(row), "Identity"))
	if strings.EqualFold(name, sip) || strings.EqualFold(name, "sip:"+sip) {
		return ""
	}
	return name
}

// own is a user's cell of a column, "" where it cannot be declared.
func (c *crowd) own(a *schema.Attr, row int32) string {
	if c.blank[a.Name][row] != "" {
		return ""
	}
	return c.table.Cell(int(row), a.ReadName())
}

// mostTold is how many users are named of whom the same is to be said.
const mostTold = 10

// told are the sentences about users who cannot be declared, or of whom something cannot.
func (c *crowd) told() []string {
	told := c.tell(c.out, "is in no table")
	for _, k := range c.kinds {
		for _, a := range k.OfUsers() {
			if a.Mode == schema.Column {
				told = append(told, c.tell(c.blank[a.Name], "has an empty cell, and what is there is left alone")...)
			}
		}
	}
	for _, at := range slices.Sorted(maps.Keys(c.dropped)) {
		told = append(told, fmt.Sprintf("Not declared: %s: %s", at, sentence(c.dropped[at])))
	}
	return told
}

// tell names the first users and how many more there are. Who has several rows is one user.
func (c *crowd) tell(rows map[int32]string, what string) []string {
	type user struct{ sip, why string }
	var told []string
	known := map[user]bool{}
	for _, row := range slices.Sorted(maps.Keys(rows)) {
		one := user{c.table.SIP(int(row)), rows[row]}
		if !known[one] && len(known) < mostTold {
			told = append(told, fmt.Sprintf("The user %s %s: %s", c.table.Row(int(row))[0], what, sentence(one.why)))
		}
		known[one] = true
	}
	if more := len(known) - mostTold; more > 0 {
		told = append(told, fmt.Sprintf("%d more users like these: each %s.", more, what))
	}
	return told
}

// drop leaves a block out that was refused as a whole.
func (t *cut) drop(at, why string) { t.crowd.dropped[at] = cmp.Or(why, "it was refused") }

// differs leaves out the users whom a plan would change, and says whether there were any.
func (t *cut) differs(c *planner.Change) bool {
	if c.Users == nil || c.Action == planner.Unknown {
		if c.Action == planner.NoOp {
			return false
		}
		t.drop(c.Address.Block().String(), wouldChange(c))
		return true
	}
	for _, row := range c.Users.Pick {
		t.exclude(c.Users.Want.SIP(int(row)), "declared as it was read, a plan would change it")
	}
	for _, blocked := range c.Users.Blocked {
		t.exclude(c.Users.Want.SIP(int(blocked.Row)), blocked.Reason)
	}
	return len(c.Users.Pick)+len(c.Users.Blocked) > 0
}

func (t *cut) exclude(sip, why string) {
	if row, ok := t.crowd.table.Lookup(sip); ok {
		t.crowd.out[int32(row)] = why
	}
}
