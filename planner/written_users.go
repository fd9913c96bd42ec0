package planner

import (
	"errors"
	"fmt"
	"slices"

	"hybrid/internal/roster"
	"hybrid/schema"
)

// writtenUsers is [UserChanges]: of those who are as wanted only how many they are.
type writtenUsers struct {
	Total   int               `json:"total"`
	Same    int               `json:"same"`
	Columns []string          `json:"columns"`
	Live    []string          `json:"live,omitempty"` // the columns of what was read
	Attrs   []writtenUserAttr `json:"attributes,omitempty"`
	Change  []writtenUser     `json:"change,omitempty"`
	Blocked []writtenBlocked  `json:"blocked,omitempty"`
}

type writtenUser struct {
	Want []string `json:"want"`
	Live []string `json:"live,omitempty"` // nothing where the user does not exist
	Born string   `json:"born,omitempty"`
}

type writtenBlocked struct {
	Want   []string `json:"want"`
	Reason string   `json:"reason"`
}

type writtenUserAttr struct {
	Name    string `json:"name"`
	Want    string `json:"want,omitempty"`
	Fresh   string `json:"fresh,omitempty"`
	Ignored bool   `json:"ignored,omitempty"`
	Secret  bool   `json:"secret,omitempty"`
	Exact   bool   `json:"exact,omitempty"`
}

func (w Writing) users(u *UserChanges) *writtenUsers {
	out := &writtenUsers{Total: u.Total(), Same: u.Same, Columns: u.Want.Columns()}
	if u.Live != nil {
		out.Live = u.Live.Columns()
	}
	for i := range u.attrs {
		out.Attrs = append(out.Attrs, u.attrs[i].written())
	}
	for n, row := range u.Pick {
		out.Change = append(out.Change, writtenUser{u.Want.Row(int(row)), u.spared(u.liveCells(n)), u.Born[n]})
	}
	for _, b := range u.Blocked {
		out.Blocked = append(out.Blocked, writtenBlocked{u.Want.Row(int(b.Row)), w.Redact(b.Reason)})
	}
	return out
}

func (u *userAttr) written() writtenUserAttr {
	out := writtenUserAttr{Name: u.attr.Name, Want: u.want, Fresh: u.fresh, Ignored: u.ignored, Secret: u.secret, Exact: u.exact}
	if u.secret {
		out.Want, out.Fresh = sensitiveText, sensitiveText
	}
	return out
}

// spared is what was read of a user, without what is secret.
func (u *UserChanges) spared(cells []string) []string {
	for i := range u.attrs {
		if a := &u.attrs[i]; a.secret && len(cells) > 0 {
			cells = append([]string(nil), cells...)
			cells[a.live] = ""
		}
	}
	return cells
}

func (w *writtenUsers) read(kind *schema.Kind) (*UserChanges, error) {
	u := &UserChanges{Want: roster.New(w.Columns...), Same: w.Same, total: w.Total}
	if len(w.Live) > 0 {
		u.Live = roster.New(w.Live...)
	}
	for _, one := range w.Change {
		if len(one.Want) != len(w.Columns) || len(one.Live) != 0 && len(one.Live) != len(w.Live) {
			return nil, errors.New("a user has not as many cells as there are columns")
		}
		u.change(one)
	}
	for _, one := range w.Blocked {
		if len(one.Want) != len(w.Columns) {
			return nil, errors.New("a user has not as many cells as there are columns")
		}
		u.Blocked = append(u.Blocked, Blocked{int32(u.Want.Len()), one.Reason})
		u.Want.Append(one.Want...)
	}
	return u, u.readAttrs(kind, w.Attrs)
}

// change takes in one user that changes.
func (u *UserChanges) change(one writtenUser) {
	u.Pick = append(u.Pick, int32(u.Want.Len()))
	u.Want.Append(one.Want...)
	if one.Born != "" {
		u.bear(one.Born)
	}
	if len(one.Live) == 0 {
		u.At = append(u.At, -1)
		return
	}
	u.At = append(u.At, int32(u.Live.Len()))
	u.Live.Append(one.Live...)
}

func (u *UserChanges) readAttrs(kind *schema.Kind, attrs []writtenUserAttr) error {
	for _, w := range attrs {
		attr := kind.Attr(w.Name)
		if attr == nil {
			return fmt.Errorf("users of %s have no %s", kind.Name, w.Name)
		}
		u.attrs = append(u.attrs, userAttr{
			attr: attr, want: w.Want, column: indexOf(u.Want, attr.Name), live: indexOf(u.Live, attr.ReadName()),
			fresh: w.Fresh, ignored: w.Ignored, secret: w.Secret, exact: w.Exact,
		})
	}
	return nil
}

// indexOf is the place of a column, -1 where a table does not have it.
func indexOf(t *roster.Table, column string) int {
	if t == nil {
		return -1
	}
	return slices.Index(t.Columns(), column)
}
