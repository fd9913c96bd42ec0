package importer

import (
	"slices"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// A home is where users are, and how a block that makes them says so.
type home struct {
	at   string // as the kind with a State tells it: a pool's or a hosting provider's FQDN, in lower case
	attr string // of the kind that makes users: "registrar_pool"
	said string // its value, as the far end spells it
	name string // in files and labels; given once all homes are known
}

// homeOf is the home of a user; false where no block can say it.
func (c *crowd) homeOf(cells []string) (home, bool) {
	var h home
	for _, k := range c.kinds {
		own := cells[:len(k.Rows.Columns)]
		if k.Rows.State != nil {
			if h.at = k.Rows.State(own); h.at == "" {
				return h, false
			}
			continue
		}
		if h.attr, h.said = makes(k, own); h.attr == "" {
			return h, false
		}
		if h.at == "" {
			h.at = strings.ToLower(strings.TrimSuffix(h.said, "."))
		}
	}
	h.said = strings.ToLower(h.said)
	return h, true
}

// makes finds the initial attribute, and its value, with which a block would have made a user with these cells.
func makes(k *schema.Kind, cells []string) (attr, value string) {
	if k.Rows.Created == nil {
		return "", ""
	}
	without := k.Rows.Created(nothing(k), "", "")
	for i := range k.Attrs {
		a := &k.Attrs[i]
		if !a.Initial || a.Type != cty.String {
			continue
		}
		for _, cell := range cells[1:] {
			if cell == "" {
				continue
			}
			values := nothing(k)
			values[a.Name] = cty.StringVal(cell)
			if matches(k, k.Rows.Created(values, "", ""), without, cells, cell) {
				return a.Name, cell
			}
		}
	}
	return "", ""
}

// matches says whether a user as made by an attribute is the one with these cells: the attribute shows, and nothing contradicts it.
func matches(k *schema.Kind, made, without, cells []string, value string) bool {
	shows := false
	for n, cell := range made {
		switch {
		case cell == "" || ofUsers(k, k.Rows.Columns[n]):
		case cell != without[n] && !strings.EqualFold(cells[n], cell):
			return false
		case cell == without[n] && cells[n] != "" && !strings.EqualFold(cells[n], cell):
			return false
		case cell != without[n]:
			shows = shows || strings.EqualFold(cell, value)
		}
	}
	return shows
}

// ofUsers says whether a column holds an attribute that blocks say of users who exist.
func ofUsers(k *schema.Kind, column string) bool {
	return slices.ContainsFunc(k.OfUsers(), func(a *schema.Attr) bool { return strings.EqualFold(a.ReadName(), column) })
}

// nothing are the values of a block that says nothing.
func nothing(k *schema.Kind) map[string]cty.Value {
	values := map[string]cty.Value{}
	for i := range k.Attrs {
		values[k.Attrs[i].Name] = cty.NullVal(k.Attrs[i].Type)
	}
	return values
}

// fresh is what an attribute of a user is whom a block has just made.
func fresh(k *schema.Kind, a *schema.Attr) string {
	if n := slices.Index(k.Rows.Columns, a.ReadName()); n >= 0 && k.Rows.Created != nil {
		return canonical(a, k.Rows.Created(nothing(k), "", "")[n])
	}
	return canonical(a, "")
}

// canonical is the form in which a cell is compared: what is not set is what the far end takes it for.
func canonical(a *schema.Attr, cell string) string {
	switch {
	case cell == "" && a.Default != cty.NilVal && a.Type == cty.Bool:
		return strconv.FormatBool(a.Default.True())
	case a.Type == cty.Bool:
		return strings.ToLower(cell)
	case cell == "":
		return ""
	}
	return schema.Text(a.Canonical(cty.StringVal(cell)))
}

// cellProblem is what is wrong with a cell as a value of an attribute; "" where nothing is.
func cellProblem(a *schema.Attr, cell string) string {
	if a.Check == nil {
		return ""
	}
	if err := a.Check(cty.StringVal(cell)); err != nil {
		return err.Error()
	}
	return ""
}

func digits(n int) string { return strconv.Itoa(n) }

// name gives homes their names: a hosting provider's own where the home is its, else the first part of the pool's FQDN, or all
// of it where two would have the same.
func (c *crowd) name(w *work) {
	proposed, homes := map[string][]string{}, map[string]bool{}
	for _, l := range c.lists {
		if !homes[l.home.at] {
			homes[l.home.at] = true
			short := strings.ToLower(w.homeName(l.home.at))
			proposed[short] = append(proposed[short], l.home.at)
		}
	}
	for _, l := range c.lists {
		name := w.homeName(l.home.at)
		if len(proposed[strings.ToLower(name)]) > 1 {
			name = strings.ReplaceAll(slug(l.home.at), ".", "-")
		}
		l.home.name = name
		l.file = w.freeTable("users/" + name + c.masked(l.mask))
	}
}

func (w *work) homeName(at string) string {
	for _, kind := range w.Kinds {
		for _, to := range w.referable(kind.Name) {
			for i := range to.kind.Attrs {
				a := &to.kind.Attrs[i]
				if v, said := to.values[a.Name]; said && a.Unique != "" && a.Type == cty.String && a.Mode != schema.Column && strings.EqualFold(strings.TrimSuffix(schema.Text(v), "."), at) {
					return strings.ReplaceAll(slug(to.identity), ".", "-")
				}
			}
		}
	}
	first, _, _ := strings.Cut(at, ".")
	return slug(first)
}

// freeTable is the first path for a table that the configuration does not read yet.
func (w *work) freeTable(path string) string {
	name := path + ".csv"
	for n := 1; w.stands(name); n++ {
		name = path + "-imported.csv"
		if n > 1 {
			name = path + "-imported-" + digits(n) + ".csv"
		}
	}
	return name
}
