package importer

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hybrid/internal/config"
	"hybrid/internal/engine"
	"hybrid/internal/roster"
	"hybrid/schema"
)

// A crowd is the users behind one provider block, of one table, on their way into tables by home. Rows stay rows: no user becomes
// a value of the language.
type crowd struct {
	provider string
	kinds    []*schema.Kind
	table    *roster.Table
	known    []map[string]bool // for each kind: who is declared already
	out      map[int32]string  // rows that cannot be declared, with the reason
	blank    map[string]map[int32]string
	dropped  map[string]string // blocks that were refused as a whole, by their address
	lists    []*listing
}

// join adds a kind of users to the crowd of its table.
func (w *work) join(tables map[string]*crowd, listed engine.Listed) {
	cmdlet, _ := listed.Kind.Remote.(schema.Cmdlet)
	key := listed.Provider + " " + cmdlet.Noun + " " + strings.Join(listed.Kind.Rows.Columns, ",")
	c := tables[key]
	if c == nil {
		c = &crowd{provider: listed.Provider, table: listed.Listing.Users, out: map[int32]string{}, blank: map[string]map[int32]string{}, dropped: map[string]string{}}
		tables[key] = c
		w.crowds = append(w.crowds, c)
	}
	c.judge(listed.Kind)
	c.kinds = append(c.kinds, listed.Kind)
	c.known = append(c.known, w.users(listed.Kind, listed.Provider))
	c.judgeCells(listed.Kind)
}

// users are those whom blocks of a kind declare already.
func (w *work) users(k *schema.Kind, provider string) map[string]bool {
	known := map[string]bool{}
	for i := range w.Before.Objects {
		o := &w.Before.Objects[i]
		if o.Kind.Name != k.Name || o.Provider != provider {
			continue
		}
		for row := range o.Users.Len() {
			known[o.Users.SIP(row)] = true
		}
	}
	return known
}

// judge leaves out users who cannot stand in any table of a kind, and so in none.
func (c *crowd) judge(k *schema.Kind) {
	c.table.Index()
	for row, cells := range c.table.Rows() {
		switch problem := config.SIPProblem(cells[0]); {
		case problem != "":
			c.out[int32(row)] = problem
		case c.table.Several(cells[0]):
			c.out[int32(row)] = "several accounts have this address"
		case k.Rows.Blocked != nil:
			if reason := k.Rows.Blocked(cells[:len(k.Rows.Columns)]); reason != "" {
				c.out[int32(row)] = reason
			}
		}
	}
}

// judgeCells leaves out what a user has and no column may say: what the attribute's check refuses, and values that may be one
// user's only and are several users'.
func (c *crowd) judgeCells(k *schema.Kind) {
	for _, a := range k.OfUsers() {
		if a.Mode != schema.Column {
			continue
		}
		holders := map[string][]int32{}
		blank := map[int32]string{}
		for row := range c.table.Len() {
			cell := c.table.Cell(row, a.ReadName())
			if cell == "" {
				continue
			}
			if problem := cellProblem(a, cell); problem != "" {
				blank[int32(row)] = fmt.Sprintf("%s is %q: %s", a.Name, cell, problem)
				continue
			}
			if a.Unique != "" {
				key := strings.ToLower(canonical(a, cell))
				holders[key] = append(holders[key], int32(row))
			}
		}
		for _, rows := range holders {
			for _, row := range rows {
				if len(rows) > 1 {
					blank[row] = fmt.Sprintf("%s is %q, which %d users have", a.Name, c.table.Cell(int(row), a.ReadName()), len(rows))
				}
			}
		}
		c.blank[a.Name] = blank
	}
}

// A listing is one table of users on its way into a file: those of one home, of whom the same kinds of blocks are new.
type listing struct {
	home  home
	mask  int // which of the crowd's kinds declare them
	rows  []int32
	file  string   // "users/pool01.csv"
	flags []string // attributes that are not alike for all of them, and are columns to choose by
	cuts  []*cut
}

// A cut is the users of a list of whom one block says the same.
type cut struct {
	crowd *crowd
	kind  *schema.Kind
	list  *listing
	where []string // for each of the list's flags what the users have, "" where the block is about all
	says  []string // arguments: "enabled = false"
	label string
}

// sort puts users into lists and blocks anew.
func (c *crowd) sort(w *work) error {
	type key struct {
		home home
		mask int
	}
	lists := map[key]*listing{}
	for row, cells := range c.table.Rows() {
		if c.out[int32(row)] != "" {
			continue
		}
		mask, err := c.wanted(w, row, cells)
		if err != nil {
			return err
		}
		if mask == 0 {
			continue
		}
		h, ok := c.homeOf(cells)
		if !ok {
			c.out[int32(row)] = "where the user is homed is not shown in a way that a block can say"
			continue
		}
		at := key{h, mask}
		if lists[at] == nil {
			lists[at] = &listing{home: h, mask: mask}
		}
		lists[at].rows = append(lists[at].rows, int32(row))
	}
	c.lists = slices.SortedFunc(maps.Values(lists), func(a, b *listing) int {
		return cmp.Or(strings.Compare(a.home.at, b.home.at), strings.Compare(a.home.attr, b.home.attr), a.mask-b.mask)
	})
	c.name(w)
	for _, l := range c.lists {
		slices.SortFunc(l.rows, func(a, b int32) int { return strings.Compare(c.table.SIP(int(a)), c.table.SIP(int(b))) })
		c.divide(l)
	}
	return nil
}

// wanted says in which kinds of blocks a user is new, a bit each.
func (c *crowd) wanted(w *work, row int, cells []string) (mask int, err error) {
	for n, k := range c.kinds {
		if c.known[n][c.table.SIP(row)] {
			continue
		}
		yes, err := w.Filter.user(c.provider, k, c.table, cells)
		if err != nil {
			return 0, err
		}
		if yes {
			mask |= 1 << n
		}
	}
	return mask, nil
}

// divide makes the blocks of a list: one of each kind, more where a kind says of all its users what only some have.
func (c *crowd) divide(l *listing) {
	for n, k := range c.kinds {
		if l.mask&(1<<n) == 0 {
			continue
		}
		flags := c.flagsOf(k)
		l.flags = append(l.flags, c.differing(l, flags)...)
	}
	for n, k := range c.kinds {
		if l.mask&(1<<n) != 0 {
			l.cuts = append(l.cuts, c.cutsOf(l, k)...)
		}
	}
}

// flagsOf are the attributes of users that a block of a kind says of all of its own.
func (c *crowd) flagsOf(k *schema.Kind) []*schema.Attr {
	return slices.DeleteFunc(k.OfUsers(), func(a *schema.Attr) bool { return a.Mode == schema.Column })
}

// differing names the flags that are not alike for all users of a list.
func (c *crowd) differing(l *listing, flags []*schema.Attr) []string {
	var names []string
	for _, a := range flags {
		first := c.flag(a, l.rows[0])
		if slices.ContainsFunc(l.rows, func(row int32) bool { return c.flag(a, row) != first }) {
			names = append(names, a.Name)
		}
	}
	return names
}

// flag is what a user has of an attribute: "true", "false", "" where that is not told and nothing is the default.
func (c *crowd) flag(a *schema.Attr, row int32) string {
	return canonical(a, c.table.Cell(int(row), a.ReadName()))
}

// cutsOf are the blocks of one kind for the users of a list, by what they have, in order.
func (c *crowd) cutsOf(l *listing, k *schema.Kind) []*cut {
	flags, seen := c.flagsOf(k), map[string]*cut{}
	for _, row := range l.rows {
		var has []string
		for _, a := range flags {
			has = append(has, c.flag(a, row))
		}
		key := strings.Join(has, ",")
		if seen[key] == nil {
			seen[key] = c.cut(l, k, flags, has)
		}
	}
	keys := slices.Sorted(maps.Keys(seen))
	slices.Reverse(keys) // "true" before "false", and so what is usual first
	var cuts []*cut
	for _, key := range keys {
		cuts = append(cuts, seen[key])
	}
	return cuts
}

// cut is one block. What every new user has anyway is not said.
func (c *crowd) cut(l *listing, k *schema.Kind, flags []*schema.Attr, has []string) *cut {
	made := &cut{crowd: c, kind: k, list: l, label: l.home.name + c.masked(l.mask)}
	for n, a := range flags {
		if slices.Contains(l.flags, a.Name) {
			made.where = append(made.where, a.Name+" = "+quoted(has[n]))
		}
		if has[n] == "" || has[n] == fresh(k, a) {
			continue
		}
		made.says = append(made.says, a.Name+" = "+has[n])
		if has[n] == "true" {
			made.label += "-" + a.Name
		} else {
			made.label += "-not-" + a.Name
		}
	}
	return made
}

// masked tells lists of one home apart in which not all kinds of blocks are new: by those that are.
func (c *crowd) masked(mask int) string {
	if mask == 1<<len(c.kinds)-1 {
		return ""
	}
	suffix := "-only"
	for n, k := range c.kinds {
		if mask&(1<<n) != 0 {
			suffix += "-" + k.Name
		}
	}
	return suffix
}
