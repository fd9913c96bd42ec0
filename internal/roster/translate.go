package roster

// Translate puts other texts in the place of those of a column. A text that it is not told of stays. It is not for a table that is read
// by others already.
func (t *Table) Translate(column string, to map[string]string) {
	at := -1
	for n, name := range t.columns {
		if name == column {
			at = n
		}
	}
	if at <= 0 { // the first is the key
		return
	}
	for n := at; n < len(t.cells); n += len(t.columns) {
		if text, told := to[t.cells[n]]; told {
			t.cells[n] = text
		}
	}
}
