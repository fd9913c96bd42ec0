package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// usersFromList makes a table of a list of objects.
func (f *files) usersFromList(list cty.Value, own []string) (*Users, error) {
	own = slices.DeleteFunc(slices.Clone(own), func(column string) bool { return !someHave(list, column) })
	table := newTable(own)
	wrong, n := mistakes{}, 0
	for it := list.ElementIterator(); it.Next(); n++ {
		_, user := it.Element()
		cells, err := userCells(user, own)
		if err == nil {
			if problem := sipProblem(cells[0]); problem != "" {
				err = errors.New(problem)
			}
		}
		if err != nil {
			wrong.add(fmt.Sprintf("user %d of the list%s: %s", n+1, f.linesOf(cells[0]), err))
			continue
		}
		cells[1] = cmp.Or(cells[1], cells[0])
		table.Append(cells...)
	}
	if first, second, ok := table.Index(); !ok && wrong.count == 0 {
		return nil, fmt.Errorf("%s is in the list twice, as user %d and as user %d%s; remove one of the two",
			table.SIP(second), first+1, second+1, f.linesOf(table.SIP(second)))
	}
	return &Users{Table: table}, wrong.err()
}

// someHave says whether any object of a list has a column.
func someHave(list cty.Value, column string) bool {
	for it := list.ElementIterator(); it.Next(); {
		_, user := it.Element()
		if t := user.Type(); !user.IsNull() && (t.IsObjectType() && t.HasAttribute(column) || t.IsMapType() && user.AsValueMap()[column] != cty.NilVal) {
			return true
		}
	}
	return false
}

// userCells gives a user's SIP address, identity where it is said, and the columns of their own; as far as it came with an
// error.
func userCells(user cty.Value, own []string) ([]string, error) {
	row := make([]string, 2+len(own))
	t := user.Type()
	if user.IsNull() || !t.IsObjectType() && !t.IsMapType() {
		return row, fmt.Errorf(`it is %s; write an object, { sip_address = "sip:ada@contoso.com" }`, described(user))
	}
	cells := user.AsValueMap()
	if _, ok := cells["sip_address"]; !ok {
		return row, fmt.Errorf("it has no sip_address. It has %s; it needs sip_address, and identity where that is another name",
			schema.List(schema.Quoted(slices.Sorted(maps.Keys(cells))), "and"))
	}
	for n, column := range append([]string{"sip_address", "identity"}, own...) {
		text, err := cellText(cells, column)
		if err != nil {
			return row, err
		}
		row[n] = text
	}
	return row, nil
}

// cellText is one column of a user; "" where it is null or missing.
func cellText(cells map[string]cty.Value, column string) (string, error) {
	v, ok := cells[column]
	switch {
	case !ok || v.IsNull():
		return "", nil
	case v.Type() != cty.String:
		return "", fmt.Errorf("%s is %s, and should be a string", column, schema.TypeName(v.Type()))
	}
	return v.AsString(), nil
}
