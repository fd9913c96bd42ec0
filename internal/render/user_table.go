package render

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"hybrid/internal/check"
)

// A UserTable counts many users by cause. It keeps no user, so that there may be any number of them.
type UserTable struct {
	users, failed, blocked int
	causes, doubts         map[causeKey]*causeRow
}

// A causeKey tells causes apart: also by what is to be done, since what helps one user may harm another.
type causeKey struct{ id, text, do string }

// A causeRow is a cause with whom it concerns.
type causeRow struct {
	causeKey
	told    string // what is to be done, as it is told
	blocks  bool
	users   int
	first   []string
	ordinal int // of the check
}

// mostNamed is how many users of a cause are named.
const mostNamed = 3

// Add counts a user in.
func (t *UserTable) Add(j check.Judgement) {
	if t.causes == nil {
		t.causes, t.doubts = map[causeKey]*causeRow{}, map[causeKey]*causeRow{}
	}
	t.users++
	cause := j.Cause()
	if cause != nil {
		t.failed++
		t.count(t.causes, j, *cause)
		if cause.Blocks {
			t.blocked++
		}
	}
	for _, f := range j.Findings {
		if f.Verdict == check.Unknown {
			t.count(t.doubts, j, f)
		}
	}
}

func (t *UserTable) count(rows map[causeKey]*causeRow, j check.Judgement, f check.Finding) {
	key := causeKey{f.ID, f.Text, doForAll(j, f)}
	row := rows[key]
	if row == nil {
		row = &causeRow{causeKey: key, told: f.Do, blocks: f.Blocks, ordinal: slices.IndexFunc(j.Findings, func(one check.Finding) bool { return one.ID == f.ID })}
		rows[key] = row
	}
	row.users++
	if f.Do != row.told {
		row.told = row.do // what is of one user only helps nobody else
	}
	if len(row.first) < mostNamed {
		name := cmp.Or(j.Asked, "(nothing)")
		if j.Place != "" {
			name += " (" + j.Place + ")"
		}
		row.first = append(row.first, name)
	}
}

// doForAll is what helps everybody with a cause: where the remedy names the user, it is of that user alone, and the check's own is told.
func doForAll(j check.Judgement, f check.Finding) string {
	if j.Asked != "" && strings.Contains(strings.ToLower(f.Do), strings.ToLower(j.Asked)) {
		return f.Remedy
	}
	return f.Do
}

// ordered are rows with what blocks first, then by how many users they concern, then in the order of causes.
func ordered(rows map[causeKey]*causeRow) []*causeRow {
	list := make([]*causeRow, 0, len(rows))
	for _, row := range rows {
		list = append(list, row)
	}
	slices.SortFunc(list, func(a, b *causeRow) int {
		switch {
		case a.blocks != b.blocks && a.blocks:
			return -1
		case a.blocks != b.blocks:
			return 1
		}
		return cmp.Or(b.users-a.users, a.ordinal-b.ordinal, strings.Compare(a.text+a.do, b.text+b.do))
	})
	return list
}

// Write writes the table: cause by cause with its remedy and the first of the users, then what is not known, then the sum.
func (t *UserTable) Write(w io.Writer, o CheckOptions) error {
	var b strings.Builder
	for _, row := range ordered(t.causes) {
		sign, colour := "warning", yellow
		if row.blocks {
			sign, colour = "FAIL   ", red
		}
		b.WriteString(row.head(sign, colour, o))
		paragraph(&b, "Do", row.told, o.Columns)
		paragraph(&b, "Users", row.named(), o.Columns)
		b.WriteByte('\n')
	}
	for _, row := range ordered(t.doubts) {
		b.WriteString(row.head("unknown", magenta, o))
	}
	if len(t.doubts) > 0 {
		b.WriteByte('\n')
	}
	b.WriteString(t.sum() + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// head is a row's first line: what it is, and of how many users.
func (r *causeRow) head(sign, colour string, o CheckOptions) string {
	return fold(fmt.Sprintf("%s %s  %s: %s", paint(o.Color).in(colour, sign), paint(o.Color).in(bold, r.id), quantity(r.users, "user"), r.text), o.Columns) + "\n"
}

func (r *causeRow) named() string {
	text := strings.Join(r.first, ", ")
	if more := r.users - len(r.first); more > 0 {
		text += fmt.Sprintf(" and %s more", count(more))
	}
	return text
}

func (t *UserTable) sum() string {
	text := fmt.Sprintf("%s: %s with a cause of their own", quantity(t.users, "user"), count(t.failed))
	if t.blocked > 0 {
		text += fmt.Sprintf(" (%s would stop an apply)", count(t.blocked))
	}
	return text + fmt.Sprintf(", %s without.", count(t.users-t.failed))
}
