// Package roster holds users by the hundred thousand: a table of texts in rows and columns, with the SIP address as
// its key. Users never become cty values or objects of their own; what is compared, moved and journalled are rows of
// such a table.
package roster

import (
	"fmt"
	"iter"
	"strings"
)

// A Table is an ordered list of users. It is built once, by Append, and then only read; it is safe for concurrent
// reading once built and indexed.
type Table struct {
	columns []string
	cells   []string // row by row
	chunk   []byte   // the text that new cells are cut from
	shared  map[string]string
	index   map[string]int32 // canonical SIP address to row
	several map[string]bool  // those that more than one row has
}

// chunkSize is how much text is allocated at once: large enough that a hundred thousand users cost a few dozen
// allocations.
const chunkSize = 256 << 10

// New makes an empty table. The first column is the SIP address.
func New(columns ...string) *Table {
	return &Table{columns: columns, shared: map[string]string{}}
}

// Columns names the columns.
func (t *Table) Columns() []string { return t.columns }

// Len is the number of users; 0 for a nil table.
func (t *Table) Len() int {
	if t == nil || len(t.columns) == 0 {
		return 0
	}
	return len(t.cells) / len(t.columns)
}

// Append adds a user. The cells are copied; texts that repeat from user to user, such as a pool's name, are kept once.
// It panics when there are not as many cells as columns.
func (t *Table) Append(cells ...string) {
	if len(cells) != len(t.columns) {
		panic(fmt.Sprintf("roster: %d cells for %d columns", len(cells), len(t.columns)))
	}
	for n, cell := range cells {
		if n == 0 {
			t.cells = append(t.cells, t.keep(cell))
		} else {
			t.cells = append(t.cells, t.share(cell))
		}
	}
	t.index, t.several = nil, nil
}

// share keeps a text once if it is among the first few thousand different ones.
func (t *Table) share(text string) string {
	if text == "" {
		return ""
	}
	if kept, ok := t.shared[text]; ok {
		return kept
	}
	kept := t.keep(text)
	if len(t.shared) < 2048 {
		t.shared[kept] = kept
	}
	return kept
}

// keep copies a text into the current chunk.
func (t *Table) keep(text string) string {
	if len(text) > chunkSize/4 {
		return strings.Clone(text)
	}
	if len(t.chunk)+len(text) > cap(t.chunk) {
		t.chunk = make([]byte, 0, chunkSize)
	}
	start := len(t.chunk)
	t.chunk = append(t.chunk, text...)
	return view(t.chunk[start:])
}

// Row gives a user's cells, in the order of the columns. They are not to be changed.
func (t *Table) Row(row int) []string {
	return t.cells[row*len(t.columns) : (row+1)*len(t.columns) : (row+1)*len(t.columns)]
}

// Rows yields every row and its cells in order.
func (t *Table) Rows() iter.Seq2[int, []string] {
	return func(yield func(int, []string) bool) {
		for row := range t.Len() {
			if !yield(row, t.Row(row)) {
				return
			}
		}
	}
}

// SIP is the canonical SIP address of a user.
func (t *Table) SIP(row int) string { return Canonical(t.cells[row*len(t.columns)]) }

// Cell is one user's text in a column, "" where the table has no such column.
func (t *Table) Cell(row int, column string) string {
	for n, name := range t.columns {
		if name == column {
			return t.cells[row*len(t.columns)+n]
		}
	}
	return ""
}

// Lookup finds a user by SIP address in any spelling. The first call builds the index and must not be concurrent with
// another; call [Table.Index] before sharing.
func (t *Table) Lookup(sip string) (row int, ok bool) {
	if t.Len() == 0 {
		return 0, false
	}
	t.Index()
	at, ok := t.index[Canonical(sip)]
	return int(at), ok
}

// Several says whether more than one row has a SIP address, of which Lookup finds the first.
func (t *Table) Several(sip string) bool {
	t.Index()
	return t.several[Canonical(sip)]
}

// Index prepares Lookup and tells the first pair of rows that hold the same address, ok being false where there is one.
func (t *Table) Index() (first, second int, ok bool) {
	if t.Len() == 0 || t.index != nil {
		return 0, 0, true
	}
	ok = true
	t.index = make(map[string]int32, t.Len())
	for row := range t.Len() {
		sip := t.SIP(row)
		if earlier, double := t.index[sip]; double {
			if ok {
				first, second, ok = int(earlier), row, false
				t.several = map[string]bool{}
			}
			t.several[sip] = true
			continue
		}
		t.index[sip] = int32(row)
	}
	return first, second, ok
}

// Canonical is the form in which SIP addresses are compared: lower case, with the prefix "sip:".
func Canonical(sip string) string {
	sip = strings.ToLower(sip) // returns sip itself where it is lower case already
	if strings.HasPrefix(sip, "sip:") {
		return sip
	}
	return "sip:" + sip
}
