package render

import (
	"fmt"
	"slices"
	"strings"

	"hybrid/internal/powershell/literal"
	"hybrid/planner"
)

// fewest is how many users in a row must be alike for a table of them.
const fewest = 4

// A row is what is issued for one user.
type row struct {
	address string
	steps   []planner.ScriptStep
}

// users writes the steps of the users of a block: those alike as a table, with the code once.
func (s *script) users(c *planner.Change) {
	var run []row
	for n := range c.Users.Len() {
		one := c.User(n)
		if n == 0 {
			s.undo(" of the first user (of each: hybrid plan --show-commands --users)", s.o.Steps(one))
		}
		issued, there := s.issued(one)
		if !there {
			continue
		}
		next := row{one.Address.String(), issued}
		if n == 0 {
			s.settled(c, next.steps)
		}
		fits := s.fits(next)
		if !fits || len(run) > 0 && !alike(run[0], next) {
			s.rows(run)
			run = nil
		}
		if fits {
			run = append(run, next)
		} else {
			s.single(next)
		}
	}
	s.rows(run)
}

// issued is what a change of one user issues; not there where nobody can say.
func (s *script) issued(one planner.Change) (steps []planner.ScriptStep, there bool) {
	if s.o.Script != nil {
		return s.o.Script(one), true
	}
	all := s.o.Steps(one)
	if all.Script == nil {
		return nil, false
	}
	return all.Script(), true
}

// alike says whether two rows differ in nothing but texts.
func alike(a, b row) bool {
	return slices.EqualFunc(a.steps, b.steps, func(x, y planner.ScriptStep) bool {
		return x.Part == y.Part && slices.EqualFunc(x.Code, y.Code, func(v, w planner.Word) bool {
			return v.Kind == w.Kind && (v.Kind == planner.Text || v.Text == w.Text)
		})
	})
}

// fits says whether a row can stand in a table: in printable ASCII, and nothing of it is secret or asked for.
func (s *script) fits(r row) bool {
	ok := func(text string) bool { return literal.Plain(text) && s.redact(text) == text }
	if !ok(r.address) || len(r.steps) == 0 {
		return false
	}
	for _, step := range r.steps {
		if step.Code == nil || slices.ContainsFunc(step.Code, func(w planner.Word) bool {
			return !ok(w.Text) || w.Kind != planner.Code && w.Kind != planner.Text && w.Kind != planner.Credential
		}) {
			return false
		}
	}
	return true
}

func (s *script) single(r row) {
	for _, step := range r.steps {
		s.step(r.address, step)
	}
}

// rows writes rows that are alike and fit.
func (s *script) rows(run []row) {
	if len(run) < fewest {
		for _, r := range run {
			s.single(r)
		}
		return
	}
	columns := varying(run)
	s.body.WriteString("$table = @'\n")
	for _, r := range run {
		fmt.Fprintf(&s.body, "%d\t%s", s.steps+1, r.address)
		for _, at := range columns {
			s.body.WriteString("\t" + r.steps[at.step].Code[at.word].Text)
		}
		s.body.WriteString("\n")
		s.steps += len(r.steps)
	}
	s.body.WriteString("'@\n")
	fmt.Fprintf(&s.body, "Invoke-Rows %s $table @(%s)\n", s.text(run[0].steps[0].Part.Name), strings.Join(s.issues(run[0], columns), ", "))
}

// issues are the blocks of code that a table is run through.
func (s *script) issues(first row, columns []cell) []string {
	var blocks []string
	for n, step := range first.steps {
		s.need(step)
		code := s.code(step.Code, "", func(word int) string {
			if at := slices.Index(columns, cell{n, word}); at >= 0 {
				return fmt.Sprintf("($cell[%d])", at+2)
			}
			return ""
		})
		blocks = append(blocks, "{\n    param($cell)\n    "+code+"\n}")
	}
	return blocks
}

// A cell is the place of a text in what is issued for each row.
type cell struct{ step, word int }

// varying lists the texts that are not the same in all rows.
func varying(run []row) []cell {
	var cells []cell
	for n, step := range run[0].steps {
		for word, w := range step.Code {
			if w.Kind == planner.Text && slices.ContainsFunc(run, func(r row) bool { return r.steps[n].Code[word].Text != w.Text }) {
				cells = append(cells, cell{n, word})
			}
		}
	}
	return cells
}
