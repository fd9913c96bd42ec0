package render

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"hybrid/planner"
)

// WhyText writes explanations for people.
func WhyText(w io.Writer, all []Why, o WhyOptions) error {
	t := &whyText{text: &text{Writer: bufio.NewWriter(w), o: Options{Color: o.Color, Width: o.Width}, paint: paint(o.Color)}}
	for n := range all {
		if n > 0 {
			fmt.Fprintln(t)
		}
		t.why(&all[n])
	}
	return t.Flush()
}

type whyText struct{ *text }

const indent = "  "

func (t *whyText) why(w *Why) {
	sign, colour := symbol(w.Action)
	if w.Action == planner.NoOp {
		sign = "="
	}
	fmt.Fprintf(t, "%s %s\n\n", t.in(colour, sign), t.in(bold, plain(w.Address)))
	t.prose(indent, "", w.Verdict)
	t.source(w.Source)
	t.live("What is live"+through(w.Provider)+": ", &w.Live)
	if w.Mirror != nil {
		t.live("What the other side shows: ", w.Mirror)
	}
	t.consequence(w)
	t.first(w)
	t.then(w)
}

// through names the provider block that something was read through.
func through(provider string) string {
	if provider == "" || strings.HasPrefix(provider, planner.Anonymous) {
		return ""
	}
	return ", read through " + provider
}

// part is the heading of what stands below it.
func (t *whyText) part(title string) { fmt.Fprintf(t, "\n%s%s\n", indent, t.in(bold, title)) }

// source shows the block, and what in it is the cause.
func (t *whyText) source(p *Passage) {
	if p == nil {
		return
	}
	t.part("The configuration says so at " + p.Place + ".")
	last := 0
	for _, l := range p.Lines {
		if last > 0 && l.Number > last+1 {
			fmt.Fprintf(t, "%s    … │\n", indent)
		}
		last = l.Number
		fmt.Fprintf(t, "%s%5d │ %s\n", indent, l.Number, strings.TrimRight(display(l.Text, 0), " "))
		if l.Says {
			fmt.Fprintf(t, "%s      │ %s\n", indent, t.in(yellow, l.underline()))
		}
	}
}

func (t *whyText) live(title string, l *Live) {
	t.part(title + plain(l.Text) + ".")
	width := 0
	for _, f := range l.Facts {
		width = max(width, len(f.Name))
	}
	for _, f := range l.Facts {
		t.block(indent+indent, fmt.Sprintf("%-*s = %s", width, f.Name, f.Value))
	}
}

// consequence shows what comes of it: attributes, commands, what is lost, what is to be known.
func (t *whyText) consequence(w *Why) {
	if len(w.Change)+len(w.Do)+len(w.Undo)+len(w.Lost)+len(w.Notes) == 0 {
		return
	}
	t.part("What comes of it.")
	width := 0
	for _, f := range w.Change {
		width = max(width, len(f.Name))
	}
	for _, f := range w.Change {
		line := fmt.Sprintf("%-*s = ", width, f.Name)
		if f.Before != "" {
			line += f.Before + " → "
		}
		line += f.After
		if f.Forces {
			line += "   " + t.in(red, "forces replacement")
		}
		t.block(indent+indent, line)
	}
	if w.Of != "" {
		t.block(indent+indent, "for "+plain(w.Of)+", the first of them:")
	}
	for _, command := range w.Do {
		t.block(indent+indent, "$ "+command)
	}
	for _, command := range w.Undo {
		t.block(indent+indent, t.in(dim, "undo $ ")+command)
	}
	for _, lost := range w.Lost {
		t.block(indent+indent, t.in(yellow, "no undo brings back: ")+lost)
	}
	for _, note := range w.Notes {
		t.prose(indent+indent, "", note)
	}
}

// first shows what comes before, from what needs nothing on down to the block itself.
func (t *whyText) first(w *Why) {
	if len(w.First) == 0 {
		t.part("Nothing has to come first.")
		return
	}
	t.part("What comes first, in this order, and why.")
	for _, link := range w.First {
		t.link(&link)
		t.causes("after ", link.After)
	}
	sign, colour := symbol(w.Action)
	t.block(indent+indent, t.in(colour, sign)+" and then "+t.in(bold, plain(w.Address)))
	t.causes("after ", w.After)
}

// then shows what comes after because of it.
func (t *whyText) then(w *Why) {
	if len(w.Then) == 0 {
		t.part("Nothing comes after it because of it.")
		return
	}
	t.part("What waits for it, and why.")
	for _, link := range w.Then {
		t.link(&link)
		for _, cause := range link.After {
			t.prose(indent+indent+"      ", "", reasonOf(cause))
		}
	}
	if w.Later > 0 {
		t.block(indent+indent, "… and "+quantity(w.Later, "block")+" after those")
	}
}

func (t *whyText) link(l *Link) {
	sign, colour := symbol(planner.Action(l.Action))
	line := t.in(colour, sign) + " " + t.in(bold, plain(l.Address))
	if l.Source != "" {
		line += "   " + t.in(dim, l.Source)
	}
	t.block(indent+indent, line)
}

func (t *whyText) causes(word string, all []Cause) {
	for _, cause := range all {
		t.prose(indent+indent+"      ", "", word+plain(cause.Of)+": "+reasonOf(cause))
	}
}

// reasonOf is why something comes after something else, and where that is written.
func reasonOf(c Cause) string {
	if c.Source == "" {
		return plain(c.Why)
	}
	return plain(c.Why) + " (" + c.Source + ")"
}
