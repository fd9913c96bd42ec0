package render

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/mattn/go-runewidth"

	"hybrid/internal/estimate"
	"hybrid/planner"
)

// Options says what of a plan is shown, and how.
type Options struct {
	Header string // "contoso (skype fe01.contoso.com, dns ns1.contoso.com)"
	Origin string // of a saved plan: who made it, when and from what, as a sentence; never in JSON
	Users  bool   // each user, not the first one and a count
	Color  bool
	Width  int // columns of the terminal; 0 means that lines may be of any length

	// Steps gives what a change of one object or user issues, and what would undo it; nil where nobody asked. Text shows it
	// with ShowCommands, every other format always.
	Steps        func(planner.Change) planner.Steps
	ShowCommands bool
	// Script gives what Steps has as its Script, where that can be had without making the rest of it; nil where it cannot.
	Script func(planner.Change) []planner.ScriptStep

	Root     string             // the folder that files in SARIF are named from, "" where they are named as the configuration was
	Nodes    []*planner.Node    // the whole graph, for formats that draw it
	Refusals []planner.Refusal  // the guards that the plan does not pass, without those that are set aside
	SetAside []planner.SetAside // the guards that were set aside for it
	Sources  map[string][]byte  // of the configuration, for showing the lines that refusals are about
	Drift    *Drift             // what has changed since runs ended; nil where nobody asked

	RoundTrips int64              // that reading took; 0 is not shown
	Elapsed    time.Duration      // that reading took; 0 is not shown, and JSON never shows it
	Estimate   *estimate.Estimate // of applying; nil is not shown
	Digest     string             // of the plan; JSON only
}

// Text writes a plan for people. What is as wanted is counted, not shown. Warnings of the plan are not part of it: they
// are diagnostics, and go where those go.
func Text(w io.Writer, p *planner.Plan, o Options) error {
	t := &text{Writer: bufio.NewWriter(w), o: o, paint: paint(o.Color), teller: newTeller(p)}
	if o.Header != "" {
		fmt.Fprintf(t, "%s %s\n", t.in(bold, "hybrid plan:"), plain(o.Header))
	}
	if o.Origin != "" {
		t.prose("", "", plain(o.Origin))
	}
	if o.Header != "" || o.Origin != "" {
		fmt.Fprintln(t)
	}
	t.hands()
	t.rollback(p.Rollback)
	shown := false
	for i := range p.Changes {
		if c := &p.Changes[i]; visible(c) {
			t.change(c)
			shown = true
		}
	}
	if shown {
		fmt.Fprintln(t)
	}
	t.summary(p)
	return t.Flush()
}

// visible says whether a change is more than a number: something happens, or something stands in the way.
func visible(c *planner.Change) bool {
	if u := c.Users; u != nil {
		return u.Len() > 0 || len(u.Blocked) > 0
	}
	return c.Action != planner.NoOp || len(c.Unread) > 0
}

// text writes a plan line by line. A failed write shows itself when it is flushed.
type text struct {
	*bufio.Writer
	paint
	teller
	o Options
}

const margin = "          " // of what stands under a change

func (t *text) change(c *planner.Change) {
	sign, colour := symbol(c.Action)
	if c.Action == planner.NoOp {
		sign, colour = "?", magenta
	}
	if c.Users != nil {
		t.users(c)
		return
	}
	words := ""
	if c.Action == planner.Create || c.Action == planner.Delete { // otherwise each attribute says so
		words = t.o.Drift.origin(c)
	}
	t.heading(sign, colour, c, words)
	if c.Action == planner.Unknown {
		t.prose(margin, "", unplanned(c)+t.why(c))
		return
	}
	if c.Action == planner.Run {
		t.block(margin, "since "+t.foreign(c.Reason))
	} else {
		t.fields(c)
	}
	t.commands(*c, margin)
}

// heading is a change's own line: sign, address, a few words, and where the configuration says so. What has no room in the line
// stands in the next.
func (t *text) heading(sign, colour string, c *planner.Change, words string) {
	address := plain(c.Address.String())
	fmt.Fprintf(t, "  %s %s", t.in(colour, sign), t.in(bold, address))
	used := len("  ~ ") + runewidth.StringWidth(address)
	used = t.beside(used, words, "")
	t.beside(used, place(c.Range), dim)
	fmt.Fprintln(t)
}

// beside writes words after as many columns of a line as are used, or into the next line, and gives the columns used then.
func (t *text) beside(used int, words, colour string) int {
	if words == "" {
		return used
	}
	before := "   "
	if t.o.Width > 0 && used+len(before)+runewidth.StringWidth(words) > t.o.Width {
		before, used = "\n      ", len("      ")-len("   ")
	}
	fmt.Fprint(t, before+t.in(colour, words))
	return used + len("   ") + runewidth.StringWidth(words)
}

// place is where a block stands, in a form that editors make a link of; "" where there is none.
func place(r hcl.Range) string {
	if r.Filename == "" {
		return ""
	}
	return plain(filepath.ToSlash(r.Filename)) + ":" + strconv.Itoa(r.Start.Line)
}

// fields shows what of an object changes.
func (t *text) fields(c *planner.Change) {
	shown := differing(c)
	width := 0
	for _, f := range shown {
		width = max(width, len(f.title()))
	}
	for _, f := range shown {
		t.field(c, f, width)
	}
	for _, name := range c.Unread {
		fmt.Fprintf(t, "%s%s %s: the server does not tell\n", margin, t.in(magenta, "?"), name)
	}
}

func (t *text) field(c *planner.Change, f field, width int) {
	if f.lost {
		fmt.Fprintf(t, "%s%s %s: the server does not tell, so the new object is made without it\n", margin, t.in(magenta, "?"), f.title())
		return
	}
	action := f.action(c)
	sign, colour := symbol(action)
	fmt.Fprintf(t, "%s%s %-*s = %s", margin, t.in(colour, sign), width, f.title(), t.values(f, action, len(margin)+2+width+3))
	if f.forces {
		fmt.Fprint(t, "   "+t.in(red, "forces replacement"))
	}
	fmt.Fprintln(t, t.marked(t.o.Drift.originOf(c, cmp.Or(f.block, f.name))))
}

// values shows a field's value, or both, starting in a column.
func (t *text) values(f field, action planner.Action, column int) string {
	switch {
	case action == planner.Create:
		return show(f.after)
	case action == planner.Delete:
		return show(f.before)
	case unordered(f):
		return t.sets(f, column)
	}
	before, after := show(f.before), show(f.after)
	between := " → "
	if t.o.Width > 0 && column+runewidth.StringWidth(before+between+after) > t.o.Width {
		between = "\n" + strings.Repeat(" ", column-2) + "→ "
	}
	return before + between + after
}

// sets shows which members go and which come, one a line.
func (t *text) sets(f field, column int) string {
	gone, come, stay := membersOf(f)
	var lines []string
	for _, text := range gone {
		lines = append(lines, t.in(red, "-")+" "+text)
	}
	for _, text := range come {
		lines = append(lines, t.in(green, "+")+" "+text)
	}
	if stay > 0 {
		lines = append(lines, t.in(dim, "  "+numbered(stay, "stays", "stay")))
	}
	return strings.Join(lines, "\n"+strings.Repeat(" ", column))
}

// commands shows what one change issues, and its undo.
func (t *text) commands(c planner.Change, margin string) {
	if !t.o.ShowCommands || t.o.Steps == nil {
		return
	}
	steps := t.o.Steps(c)
	for _, command := range steps.Do {
		t.block(margin, "$ "+t.foreign(command))
	}
	for _, command := range steps.Undo {
		before := "undo $ "
		if remark, is := strings.CutPrefix(command, "# "); is { // nothing to type
			before, command = "", remark
		}
		t.block(margin, t.in(dim, before)+t.foreign(command))
	}
	for _, lost := range steps.Lost {
		t.block(margin, t.in(yellow, "no undo brings back: ")+t.foreign(lost))
	}
}

// prose writes a text like block does, and breaks its lines between words where the terminal ends. It begins with a name, which
// is coloured.
func (t *text) prose(margin, name, text string) {
	text = strings.TrimRight(name+text, "\n")
	if columns := t.o.Width - len(margin) - 2; t.o.Width > 0 && columns > 20 {
		text = strings.Join(wrap(text, columns), "\n")
	}
	if name = strings.TrimRight(name, " "); name != "" && strings.HasPrefix(text, name) {
		text = t.in(yellow, name) + strings.TrimPrefix(text, name)
	}
	t.block(margin, text)
}

// block writes a text of one or more lines, those after the first a little deeper.
func (t *text) block(margin, text string) {
	text = strings.TrimRight(text, "\n")
	fmt.Fprintln(t, margin+strings.ReplaceAll(text, "\n", "\n"+margin+"  "))
}
