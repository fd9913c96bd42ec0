package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/schema"
)

// checkCells holds the columns of a table against their declaration, once for each kind: a table is evaluated whenever its
// block is, and may have a hundred thousand rows.
func (f *files) checkCells(u *Users, kind *schema.Kind) error {
	if u == nil {
		return nil
	}
	f.mu.Lock()
	err, known := u.cells[kind]
	f.mu.Unlock()
	if known {
		return err
	}
	wrong := mistakes{}
	for i := range kind.Attrs {
		a := &kind.Attrs[i]
		if n := slices.Index(u.Table.Columns(), a.Name); a.Mode == schema.Column && n >= 0 {
			f.checkColumn(u, a, n, &wrong)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if u.cells == nil {
		u.cells = map[*schema.Kind]error{}
	}
	u.cells[kind] = wrong.err()
	return u.cells[kind]
}

// checkColumn checks each cell, and where each value may occur once, that it does.
func (f *files) checkColumn(u *Users, a *schema.Attr, column int, wrong *mistakes) {
	first := map[string]int{}
	for row, cells := range u.Table.Rows() {
		cell := cells[column]
		if cell == "" {
			continue
		}
		if a.Check != nil {
			if err := a.Check(cty.StringVal(cell)); err != nil {
				wrong.add(fmt.Sprintf("%s: %s of %s: %s", f.placeOf(u, row), a.Name, cells[0], strings.TrimSuffix(err.Error(), ".")))
				continue
			}
		}
		if a.Unique == "" {
			continue
		}
		value := canonicalCell(a, cell)
		if other, taken := first[value]; taken {
			wrong.add(fmt.Sprintf("%s: %s has the %s of %s (%s), %s; give one of them another", f.placeOf(u, row), cells[0], a.Name, u.Table.Row(other)[0], f.placeOf(u, other), cell))
			continue
		}
		first[value] = row
	}
}

// canonicalCell is the form in which the cells of a column are compared. Most are in it.
func canonicalCell(a *schema.Attr, cell string) string {
	return a.Canonical(cty.StringVal(cell)).AsString()
}

// placeOf is where a user of a table stands: "users.csv:7", or "user 3 of the list (users.csv:4)".
func (f *files) placeOf(u *Users, row int) string {
	if u.File != "" {
		return fmt.Sprintf("%s:%d", u.File, u.Lines[row])
	}
	return fmt.Sprintf("user %d of the list%s", row+1, f.linesOf(u.Table.SIP(row)))
}

// cellKey is a value that one user only may have, behind a provider.
type cellKey struct{ set, provider, value string }

// cellOwner is the user who has it.
type cellOwner struct{ object, row int }

// checkShared refuses values of columns that users of two blocks have, where each may occur once. Within a block that has
// been said already.
func (l *loader) checkShared(objects []planner.Object) {
	owners := map[cellKey]cellOwner{}
	for n := range objects {
		o := &objects[n]
		for _, a := range o.OfUsersOnce() {
			column := slices.Index(o.Users.Columns(), a.Name)
			l.sharedColumn(objects, n, a, column, owners)
		}
	}
}

func (l *loader) sharedColumn(objects []planner.Object, n int, a *schema.Attr, column int, owners map[cellKey]cellOwner) {
	o := &objects[n]
	var shared []string
	var other *planner.Object
	for row, cells := range o.Users.Rows() {
		if cells[column] == "" {
			continue
		}
		key := cellKey{a.Unique, o.Provider, canonicalCell(a, cells[column])}
		owner, taken := owners[key]
		switch {
		case !taken:
			owners[key] = cellOwner{n, row}
		case owner.object != n && (other == nil || other == &objects[owner.object]):
			other = &objects[owner.object]
			shared = append(shared, fmt.Sprintf("%s of %s and of %s", cells[column], roster.Canonical(cells[0]), other.Users.SIP(owner.row)))
		}
	}
	if len(shared) == 0 {
		return
	}
	if len(shared) > 1 {
		shared[0] += fmt.Sprintf(", and %d more", len(shared)-1)
	}
	l.fail(o.RangeOf("users"), "A value that may occur only once", "One %s, two users: %s, in %s and in %s (%s). Give one of them another.",
		a.Name, shared[0], o.Address, other.Address, schema.Place(other.RangeOf("users")))
}
