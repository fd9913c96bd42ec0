package config

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/schema"
)

// warnOfNobody tells which blocks of users are about nobody, though they take their users from somewhere: a word misspelt in a filter
// looks like an estate that is as it should be. A list that is written out empty is meant so.
func (l *loader) warnOfNobody(objects []planner.Object) {
	if l.diags.HasErrors() {
		return // which may be why
	}
	for i := range objects {
		o := &objects[i]
		if o.Kind.Rows == nil || o.UsersLate || o.Users.Len() > 0 {
			continue
		}
		if why := l.files.whyEmpty(o.Users); why != "" {
			l.warnAt(o.RangeOf("users"), "Users of nobody", "%s is about nobody: %s", o.Address, why)
		} else if r := l.byAddress[o.Address.Block().String()]; r != nil {
			if why := whyNone(l.usersExpr(r.block)); why != "" {
				l.warnAt(o.RangeOf("users"), "Users of nobody", "%s is about nobody: %s.", o.Address, why)
			}
		}
	}
}

// warnAt warns of something at one place.
func (l *loader) warnAt(where hcl.Range, summary, format string, args ...any) {
	l.diags = append(l.diags, &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: summary, Detail: fmt.Sprintf(format, args...), Subject: &where})
}

// usersExpr is where the users of a block are taken from: its argument, or the local value that it names.
func (l *loader) usersExpr(block *hcl.Block) hcl.Expression {
	content, _, _ := block.Body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "users"}}})
	expr := written(content, "users")
	if named, is := expr.(*hclsyntax.ScopeTraversalExpr); is && len(named.Traversal) == 2 && named.Traversal.RootName() == "local" {
		if step, is := named.Traversal[1].(hcl.TraverseAttr); is && l.locals[step.Name] != nil {
			return l.locals[step.Name].expr
		}
	}
	return expr
}

// whyNone says why an expression gives no users; "" for one that is meant so.
func whyNone(expr hcl.Expression) string {
	switch e := expr.(type) {
	case *hclsyntax.ForExpr:
		if e.CondExpr != nil {
			return "the condition of this expression holds for none of the list"
		}
		return "the list of this expression is empty"
	case *hclsyntax.FunctionCallExpr:
		if e.Name == "csvdecode" {
			return "`csvdecode` finds no row below the header. A file of which lines end as on an old Mac is one header to it: `users_csv` tells the two apart"
		}
		return fmt.Sprintf("`%s` gives an empty list", e.Name)
	}
	return ""
}

// whyEmpty says why a table that was read from a file has no users; "" for one that was not.
func (f *files) whyEmpty(table *roster.Table) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, known := range f.tables {
		if u := known.table; u != nil && u.Table == table {
			return u.whyEmpty(f.read[filepath.ToSlash(filepath.Clean(u.File))])
		}
	}
	return ""
}

// shownCells is how many of the values that a column has are named.
const shownCells = 10

// whyEmpty looks a second time at a file in which a filter has found nobody, and says what is in the columns that it asks for.
func (u *Users) whyEmpty(src []byte) string {
	f, err := openCSV(u.File, src)
	if err != nil {
		return ""
	}
	rows, held := 0, map[string]map[string]bool{}
	for name := range u.where {
		held[name] = map[string]bool{}
	}
	for {
		row, _, err := f.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			continue
		}
		rows++
		for name, cells := range held {
			if cell := strings.TrimSpace(row[f.column(name)]); !cells[cell] {
				cells[strings.Clone(cell)] = true
			}
		}
	}
	switch rows {
	case 0:
		return fmt.Sprintf("%s has no row below its header.", u.File)
	case 1:
		return fmt.Sprintf("the one row of %s is not what the filter asks for.%s", u.File, u.where.missed(held))
	}
	return fmt.Sprintf("of the %d rows of %s none is what the filter asks for.%s", rows, u.File, u.where.missed(held))
}

// missed says of each column what the filter asks for that no row has, and what the rows have; "" where they have all of it, in other
// rows each.
func (where filter) missed(held map[string]map[string]bool) string {
	text := ""
	for _, name := range slices.Sorted(maps.Keys(where)) {
		there := slices.Sorted(maps.Keys(held[name]))
		for _, asked := range where[name] {
			if slices.ContainsFunc(there, func(cell string) bool { return strings.EqualFold(cell, asked) }) {
				continue
			}
			text += fmt.Sprintf(" No %s is %q: there is %s.%s", name, asked, someOf(there), schema.DidYouMean(asked, there))
		}
	}
	return text
}

// someOf lists the first of the values that a column has.
func someOf(cells []string) string {
	if more := len(cells) - shownCells; more > 0 {
		return strings.Join(schema.Quoted(cells[:shownCells]), ", ") + fmt.Sprintf(" and %d more", more)
	}
	return schema.List(schema.Quoted(cells), "and")
}
