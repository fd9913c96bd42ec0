package render

import (
	"cmp"
	"fmt"
	"strconv"

	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
)

// An entry is a change as a page shows it, or a block of a graph.
type entry struct {
	ID, Class, Kind     string
	Risk, RiskWords     string
	Rank                int // of the risk
	Sign, Deed, Address string
	Headline, At        string
	Origin              string // where the difference comes from, or how many users' from where; "" where nobody asked

	Unplanned  string // that nothing is planned, and why
	Since      string // why it is run
	Fields     []entryField
	Unread     []string
	Parameters []remark // what a block says of each of its users
	Users      []entryUser
	Mixed      bool // not the same happens to all users
	Differ     bool // there is something to say of some of them
	MoreUsers  string
	Blocked    []entryBlocked
	Steps      []entrySteps
	Notes      []string
	After      []remark
	Source     []remark // numbered lines
	MoreSource string
}

// An entryField is what of an object differs. Before and After are "" where there is nothing to show.
type entryField struct {
	Class, Sign, Name string
	Deed              string // what happens to it, for who hears the page
	Before, After     string
	IsSet             bool
	Gone, Come        []string
	Stay              string
	Forces, Lost      bool
	Origin            string
}

// entrySteps is what an object or a user gets, and how to undo it.
type entrySteps struct {
	Of             string // ", for sip:ada@contoso.com", "" where there is but one
	Do, Undo, Lost []string
	NoUndo         string // where Undo is empty
}

// entry says all of a change.
func (m *pageMaker) entry(c *planner.Change, id string) *entry {
	risk := m.risk[c]
	sign, deed := deedOf(c)
	e := &entry{
		ID: id, Class: string(c.Action), Kind: c.Kind.Name, Risk: risk.String(), RiskWords: riskWords(risk), Rank: int(risk),
		Sign: sign, Deed: deed, Address: oneLine(c.Address.String()), At: place(c.Range),
		Origin: m.o.Drift.origin(c) + m.o.Drift.origins(c),
	}
	if c.Action == planner.NoOp {
		e.Class = string(planner.Unknown)
	}
	switch {
	case c.Action == planner.Unknown:
		e.Unplanned = unplanned(c) + m.why(c)
	case c.Users != nil:
		m.users(e, c)
	default:
		m.object(e, c)
	}
	m.context(e, c)
	return e
}

// deedOf names in a word or two what happens, with its sign.
func deedOf(c *planner.Change) (sign, deed string) {
	sign, _ = symbol(c.Action)
	switch {
	case c.Users != nil && c.Users.Len() == 0 && len(c.Users.Blocked) > 0:
		return "!", "blocked"
	case c.Action == planner.Unknown:
		return sign, "unknown"
	case c.Action == planner.NoOp && len(c.Unread) > 0:
		return "?", "not told"
	case c.Action == planner.NoOp:
		return "", "as wanted"
	case c.Waits():
		return sign, "wait"
	case c.Users != nil && c.Action == planner.Create:
		return sign, "enable"
	case c.Users != nil && c.Action == planner.Delete:
		return sign, "disable"
	}
	return sign, word(c.Action)
}

// word is an action in the words of the totals.
func word(a planner.Action) string {
	switch a {
	case planner.Create:
		return "add"
	case planner.Update:
		return "change"
	}
	return string(a)
}

func (m *pageMaker) object(e *entry, c *planner.Change) {
	e.Unread = c.Unread
	if c.Action == planner.Run {
		e.Since = m.foreign(c.Reason)
	} else {
		for _, f := range differing(c) {
			e.Fields = append(e.Fields, m.field(c, f))
		}
	}
	if c.Action != planner.NoOp {
		m.steps(e, *c, "")
	}
}

func (m *pageMaker) field(c *planner.Change, f field) entryField {
	action := f.action(c)
	sign, _ := symbol(action)
	shown := entryField{Class: string(action), Deed: word(action), Sign: sign, Name: f.title(), Forces: f.forces, Origin: m.o.Drift.originOf(c, cmp.Or(f.block, f.name))}
	switch {
	case f.lost:
		shown.Class, shown.Deed, shown.Sign, shown.Lost = string(planner.Unknown), "unknown", "?", true
	case action == planner.Update && unordered(f):
		shown.IsSet = true
		var stay int
		shown.Gone, shown.Come, stay = membersOf(f)
		if stay > 0 {
			shown.Stay = numbered(stay, "stays", "stay")
		}
	default:
		if action != planner.Create {
			shown.Before = m.value(f.before)
		}
		if action != planner.Delete {
			shown.After = m.value(f.after)
		}
	}
	return shown
}

func (m *pageMaker) value(v cty.Value) string { return m.foreign(show(v)) }

// steps adds what one object or user gets.
func (m *pageMaker) steps(e *entry, c planner.Change, of string) {
	if m.o.Steps == nil {
		return
	}
	steps := m.o.Steps(c)
	shown := entrySteps{Of: of, Do: m.all(steps.Do), Undo: m.all(steps.Undo), Lost: m.all(steps.Lost), NoUndo: "No command would undo it."}
	if c.Action == planner.Run {
		shown.NoUndo = "What is run or waited for is not taken back."
	}
	if len(shown.Do)+len(shown.Undo)+len(shown.Lost) > 0 {
		e.Steps = append(e.Steps, shown)
	}
}

// context adds what stands around a change: notes, order, source.
func (m *pageMaker) context(e *entry, c *planner.Change) {
	if c.Action != planner.NoOp {
		e.Notes = m.all(notesOf(c))
	}
	e.After = m.after(c.Reasons())
	m.lines(e, c.Node)
}

// block says all of a block of a graph.
func (m *pageMaker) block(n *planner.Node) *entry {
	e := &entry{
		ID: m.ids[n.Address.String()], Class: "block", Kind: n.Address.Kind, Sign: " ",
		Address: oneLine(n.Address.String()), At: place(n.Range), After: m.after(n.Reasons()),
	}
	m.lines(e, n)
	return e
}

// after lists reasons for an order.
func (m *pageMaker) after(reasons []planner.Reason) []remark {
	var all []remark
	for _, r := range reasons {
		shown := remark{Name: oneLine(r.Block), Text: ": " + m.foreign(r.Why), At: place(r.Range)}
		if r.Block == "" {
			shown.Name, shown.Text = oneLine(kindSide{r.Kind, r.Leaving}.String()), ": "+m.foreign(clause(r.Why))
		} else if id := m.ids[r.Block]; id != "" {
			shown.Href = "#" + id
		}
		all = append(all, shown)
	}
	return all
}

// mostLines is how many lines of a block are shown.
const mostLines = 60

// lines adds the source of a block.
func (m *pageMaker) lines(e *entry, n *planner.Node) {
	source := m.source(n)
	for i, text := range source[:min(len(source), mostLines)] {
		e.Source = append(e.Source, remark{Name: strconv.Itoa(n.Range.Start.Line + i), Text: text})
	}
	if more := len(source) - mostLines; more > 0 {
		e.MoreSource = fmt.Sprintf("… %s more", quantity(more, "line"))
	}
}
