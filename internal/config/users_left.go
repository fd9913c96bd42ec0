package config

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2"

	"hybrid/planner"
	"hybrid/schema"
)

// chosen is a file of which blocks take rows by filters, and what they take.
type chosen struct {
	name   string              // as the first of the blocks writes it
	where  hcl.Range           // of the first block's users
	asked  map[string][]string // what is asked for, by column
	taken  []bool              // by line, whether some block takes it
	count  int                 // how many are taken
	rows   int                 // how many the file has
	closed bool                // a block takes the whole table, so that nothing is left, or nobody, which is told already
}

// warnOfLeft tells of the rows of a table that no block takes, where blocks take theirs by filters: a slip in a cell that is
// filtered by leaves somebody behind whom nobody misses, as a slip in a filter leaves everybody.
func (l *loader) warnOfLeft(objects []planner.Object) {
	if l.diags.HasErrors() || slices.ContainsFunc(objects, func(o planner.Object) bool { return o.UsersLate }) {
		return // whom blocks take is not known
	}
	files := l.files.chosenFrom(objects)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		c := files[name]
		if c.closed || c.count == c.rows {
			continue
		}
		if left := c.left(l.files.read[name]); len(left) > 0 {
			l.warnAt(c.where, "Users in no block", "%s", c.tell(left))
		}
	}
}

// chosenFrom finds the files that blocks choose from. What is made of a file that is decoded as well cannot be told.
func (f *files) chosenFrom(objects []planner.Object) map[string]*chosen {
	f.mu.Lock()
	defer f.mu.Unlock()
	tables := make(map[any]*Users, len(f.tables))
	for _, known := range f.tables {
		if known.table != nil {
			tables[known.table.Table] = known.table
		}
	}
	files := map[string]*chosen{}
	for i := range objects {
		u := tables[objects[i].Users]
		if objects[i].Kind.Rows == nil || u == nil {
			continue
		}
		name := filepath.ToSlash(filepath.Clean(u.File))
		c := files[name]
		if c == nil {
			_, decoded := f.decoded[name]
			c = &chosen{name: u.File, where: objects[i].RangeOf("users"), asked: map[string][]string{}, rows: u.rows, closed: decoded}
			files[name] = c
		}
		delete(tables, objects[i].Users) // which other blocks may take as well
		c.take(u)
	}
	return files
}

// take adds what one table holds.
func (c *chosen) take(u *Users) {
	if c.closed = c.closed || len(u.where) == 0 || u.Table.Len() == 0; c.closed {
		return
	}
	for column, accepted := range u.where {
		c.asked[column] = append(c.asked[column], accepted...)
	}
	for _, line := range u.Lines {
		if more := int(line) + 1 - len(c.taken); more > 0 {
			c.taken = append(c.taken, make([]bool, more)...)
		}
		if !c.taken[line] {
			c.taken[line] = true
			c.count++
		}
	}
}

// has says whether some block takes the row of a line.
func (c *chosen) has(line int) bool { return line < len(c.taken) && c.taken[line] }

const (
	shownLines = 3   // of each sort
	shownLeft  = 5   // sorts of rows that are told, those with a suggestion first
	sortedLeft = 100 // sorts of rows that are told apart: a column may have a value for each row
)

// leftRows are rows that no block takes and that have the same in the columns that are filtered by.
type leftRows struct {
	places []string // of the first
	count  int
	cells  string // "department is "Salse"."
	near   string // a sentence that suggests something else, with its leading space
}

// left looks a second time at a file of which blocks do not take all rows, and sorts those that they leave by what they hold.
func (c *chosen) left(src []byte) []*leftRows {
	f, err := openCSV(c.name, src)
	if err != nil {
		return nil
	}
	columns, known, rest := slices.Sorted(maps.Keys(c.asked)), map[string]*leftRows{}, &leftRows{}
	var all []*leftRows
	for {
		row, line, err := f.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || c.has(line+f.skipped) {
			continue
		}
		cells := make([]string, len(columns))
		for n, name := range columns {
			cells[n] = strings.TrimSpace(row[f.column(name)])
		}
		key := strings.ToLower(fmt.Sprintf("%q", cells))
		sort := known[key]
		switch {
		case sort == nil && len(all) == sortedLeft:
			sort = rest
		case sort == nil:
			sort = c.sortOf(columns, cells)
			known[key], all = sort, append(all, sort)
		}
		if sort.count++; sort.count <= shownLines {
			sort.places = append(sort.places, f.at(line))
		}
	}
	slices.SortStableFunc(all, func(a, b *leftRows) int { return strings.Compare(near(b), near(a)) })
	if rest.count > 0 {
		all = append(all, rest)
	}
	return all
}

// near sorts what has a suggestion before what has none.
func near(rows *leftRows) string { return rows.near[:min(1, len(rows.near))] }

// sortOf words what a row holds in the columns that are filtered by, and what may have been meant.
func (c *chosen) sortOf(columns, cells []string) *leftRows {
	text, hint := make([]string, len(cells)), ""
	for n, name := range columns {
		text[n] = fmt.Sprintf("%s is %q", name, cells[n])
		accepted := c.asked[name]
		if slices.ContainsFunc(accepted, func(asked string) bool { return strings.EqualFold(asked, cells[n]) }) {
			continue
		}
		if meant := schema.Nearest(cells[n], accepted); letters(meant) != letters(cells[n]) && len(cells[n]) > 2 && meant != "" {
			hint += fmt.Sprintf(" Did you mean %q?", meant)
		}
	}
	return &leftRows{cells: schema.List(text, "and"), near: hint}
}

// letters leaves out the digits of a text: wave-3 beside wave-2 is another wave, and no slip.
func letters(text string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}, text))
}

// tell words the warning.
func (c *chosen) tell(left []*leftRows) string {
	count, told := c.rows-c.count, 0
	text := fmt.Sprintf("%d of the %d rows of %s are in no block, and nothing is planned for them.", count, c.rows, c.name)
	if count == 1 {
		text = fmt.Sprintf("one of the %d rows of %s is in no block, and nothing is planned for it.", c.rows, c.name)
	}
	for n, rows := range left {
		if n == shownLeft || rows.cells == "" {
			return text + fmt.Sprintf(" %d more hold other values.", count-told)
		}
		places := schema.List(rows.places, "and")
		if more := rows.count - len(rows.places); more > 0 {
			places = fmt.Sprintf("%s and %d more", strings.Join(rows.places, ", "), more)
		}
		text += fmt.Sprintf(" %s: %s.%s", places, rows.cells, rows.near)
		told += rows.count
	}
	return text
}
