package render

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/mattn/go-runewidth"

	"hybrid/planner"
)

// A Passage is a block as the configuration writes it.
type Passage struct {
	Place string `json:"place"`           // "trust.hcl:41", of the first line that says so
	Lines []Line `json:"lines,omitempty"` // none where the configuration is JSON
}

// A Line is one line of the configuration.
type Line struct {
	Number int    `json:"number"`
	Text   string `json:"text"`
	Says   bool   `json:"says,omitempty"` // sets what the plan follows from
	from   int    // of what is marked in it, in bytes
	to     int
}

// wholeLines is how long a block may be to be shown whole; of a longer one there are its first line and those that matter.
const wholeLines = 24

// passage is the block of a change, with the lines that set what differs marked; nil where no block declares it.
func (w *explainer) passage(c *planner.Change) *Passage {
	o, node := w.objectOf(c), w.order.nodes[c.Address.Block().String()]
	if o == nil && node != nil {
		o = writtenIn(node, c)
	}
	if o == nil {
		if place(c.Range) == "" {
			return nil
		}
		return &Passage{Place: place(c.Range)}
	}
	marks := marksOf(c, o)
	p := &Passage{Place: place(o.Range)}
	if len(marks) > 0 {
		p.Place = place(marks[0])
	}
	if node == nil {
		return p
	}
	for n, text := range w.source(node) {
		p.Lines = append(p.Lines, lineOf(node.Range.Start.Line+n, strings.TrimRight(text, "\r"), marks))
	}
	if len(p.Lines) > wholeLines {
		p.Lines = slices.DeleteFunc(p.Lines, func(l Line) bool { return l.Number != node.Range.Start.Line && !l.Says })
	}
	return p
}

// marksOf are the arguments that a change follows from, in the order of the file.
func marksOf(c *planner.Change, o *planner.Object) []hcl.Range {
	names := pathNames(c.Paths)
	switch {
	case c.Users != nil:
		names = []string{"users", c.Kind.Rows.Attr}
		for _, a := range c.Kind.OfUsers() {
			names = append(names, a.Name)
		}
	case c.Action == planner.Create:
		names = nil // the whole block
	case o.Absent:
		names = nil
	}
	if o.Absent {
		names = append(names, "ensure")
	}
	var marks []hcl.Range
	for _, name := range names {
		if r, ok := o.Ranges[name]; ok && name != "" {
			marks = append(marks, r)
		}
	}
	slices.SortFunc(marks, func(a, b hcl.Range) int { return a.Start.Byte - b.Start.Byte })
	return marks
}

// lineOf is a line with what is marked in it. Redacting may have made it another than the file's.
func lineOf(number int, text string, marks []hcl.Range) Line {
	l := Line{Number: number, Text: text}
	for _, r := range marks {
		if number < r.Start.Line || number > r.End.Line {
			continue
		}
		l.Says = true
		l.from, l.to = len(text)-len(strings.TrimLeft(text, " \t")), len(strings.TrimRight(text, " \t"))
	}
	return l
}

// underline is what marks a line, as errors show it.
func (l Line) underline() string {
	return strings.Repeat(" ", runewidth.StringWidth(display(l.Text[:l.from], 0))) +
		strings.Repeat("─", max(1, runewidth.StringWidth(display(l.Text[l.from:l.to], 0))))
}
