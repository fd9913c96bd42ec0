package render

import (
	"fmt"
	"io"

	"hybrid/planner"
)

// rollback writes, before the changes of a plan that takes a run back, what it does not bring back and what it leaves as it is.
// Other formats have it among the warnings.
func (t *text) rollback(r *planner.Rollback) {
	if r == nil {
		return
	}
	t.leftovers("Nothing brings back:", r.Lost, t.o.Users)
	t.leftovers("Left as it is:", r.Kept, true)
}

// leftovers lists what is said under a title, with the names of users where they are wanted.
func (t *text) leftovers(title string, list []planner.Leftover, names bool) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintln(t, "  "+t.in(yellow, title))
	for _, l := range list {
		name := plain(l.Address)
		if len(l.Users) > 0 {
			name += ", " + quantity(len(l.Users), "user")
		}
		t.prose(margin, name+": ", t.foreign(l.Text))
		if names {
			t.who(l.Users)
		}
	}
	fmt.Fprintln(t)
}

// who names users: all of them where each user is wanted, else as many as fit a line.
func (t *text) who(users []string) {
	if t.o.Users {
		for _, sip := range users {
			fmt.Fprintln(t, margin+"  "+plain(sip))
		}
		return
	}
	if len(users) > 0 {
		fmt.Fprintln(t, margin+"  "+plain(several(users)))
	}
}

// rollback is what JSON says of a plan that takes a run back.
func (d *document) rollback(r *planner.Rollback) {
	if r == nil {
		return
	}
	clean := func(list []planner.Leftover) []planner.Leftover {
		all := []planner.Leftover{}
		for _, l := range list {
			l.Text = d.redact(l.Text)
			all = append(all, l)
		}
		return all
	}
	d.member("rollback", struct {
		Run  string             `json:"run"`
		Lost []planner.Leftover `json:"lost"`
		Kept []planner.Leftover `json:"kept"`
	}{r.Run, clean(r.Lost), clean(r.Kept)})
}

// rollback says in comments what the script does not bring back.
func (s *script) rollback(w io.Writer, r *planner.Rollback) {
	if r == nil {
		return
	}
	s.comment(w, r.About)
	for _, d := range r.Warnings() {
		s.comment(w, d.Summary+": "+d.Detail)
	}
}
