package roster

// Refreshed is the table with the users of asked as fresh has them: those it lists with the cells of its columns, those it
// does not list left out. All others stay, and neither table is changed.
func (t *Table) Refreshed(asked, fresh *Table) *Table {
	made := New(t.columns...)
	for row, cells := range t.Rows() {
		if _, again := asked.Lookup(t.SIP(row)); !again {
			made.Append(cells...)
		}
	}
	for row := range fresh.Len() {
		if _, again := asked.Lookup(fresh.SIP(row)); again {
			made.Append(t.cellsOf(fresh, row)...)
		}
	}
	return made
}

// cellsOf is a row of another table in the columns of this one. What the other does not have stays as it was.
func (t *Table) cellsOf(fresh *Table, row int) []string {
	old, known := t.Lookup(fresh.SIP(row))
	has := map[string]bool{}
	for _, name := range fresh.columns {
		has[name] = true
	}
	cells := make([]string, len(t.columns))
	for n, name := range t.columns {
		switch {
		case has[name]:
			cells[n] = fresh.Cell(row, name)
		case known:
			cells[n] = t.Cell(old, name)
		}
	}
	return cells
}
