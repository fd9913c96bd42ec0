package render

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	_ "embed" // of the functions
	"fmt"
	"io"
	"slices"
	"strings"

	"hybrid/internal/powershell/literal"
	"hybrid/planner"
)

//go:embed script.ps1
var scriptFunctions string

// Script writes a plan as a PowerShell script that somebody can run by hand, for Windows PowerShell 5.1 and later: the
// very commands that apply would issue, in the same order. It is ASCII throughout, since nobody knows in which encoding it
// will be read, and holds no secret.
func Script(w io.Writer, p *planner.Plan, o Options) error {
	s := &script{o: o, redact: Redact(p), commands: map[*planner.ScriptPart][]string{}, accounts: map[*planner.ScriptPart][]string{}}
	for i := range p.Changes {
		if c := &p.Changes[i]; visible(c) {
			s.change(c)
		}
	}
	out := bufio.NewWriter(w)
	s.head(out, p)
	if _, err := s.body.WriteTo(out); err != nil {
		return err
	}
	fmt.Fprint(out, "} finally {\n    if ($null -ne $State) { $State.Dispose() }\n}\n")
	return out.Flush()
}

// A script is one on its way. What stands in its head is known when its body is written.
type script struct {
	o      Options
	redact func(string) string
	body   bytes.Buffer
	steps  int // written so far

	parts    []*planner.ScriptPart
	commands map[*planner.ScriptPart][]string // that the steps of a part call
	accounts map[*planner.ScriptPart][]string // whose credentials they take
	byHand   int
}

// text is a text as an argument, without what is secret.
func (s *script) text(text string) string { return literal.ASCII(s.redact(text)) }

// change writes the steps of a change, under comments that say what they are and what would undo them.
func (s *script) change(c *planner.Change) {
	words := string(c.Action)
	if c.Users != nil {
		target, _ := targetOf(c)
		words = headline(c, target)
	}
	if at := place(c.Range); at != "" {
		words += ", " + at
	}
	s.body.WriteString("\n")
	s.comment(&s.body, c.Address.String()+": "+words)
	if c.Action == planner.Unknown || c.Action == planner.NoOp || s.o.Steps == nil {
		return
	}
	if c.Users == nil {
		s.object(c)
		return
	}
	if c.Users.Len() > 0 {
		s.users(c)
	}
}

// object writes the steps of a change of one object.
func (s *script) object(c *planner.Change) {
	steps := s.o.Steps(*c)
	s.undo("", steps)
	if steps.Script == nil {
		return
	}
	issued := steps.Script()
	s.settled(c, issued)
	for _, step := range issued {
		s.step(c.Address.String(), step)
	}
	if c.Kind.Task != nil && c.Action == planner.Run && len(issued) > 0 {
		s.step(c.Address.String(), planner.ScriptStep{Part: issued[0].Part, ByHand: "see that nothing of it has failed, and wait until what it carries has arrived on the other side; it is due since " + c.Reason})
	}
}

// undo says what would undo a change, and what nothing brings back.
func (s *script) undo(whose string, steps planner.Steps) {
	for _, command := range steps.Undo {
		s.comment(&s.body, "undo"+whose+": "+command)
	}
	for _, lost := range steps.Lost {
		s.comment(&s.body, "no undo brings back: "+lost)
	}
}

// settled has a person see to it that every server has what was changed before, where apply waits for that.
func (s *script) settled(c *planner.Change, issued []planner.ScriptStep) {
	if c.Kind.Replicated == nil || len(issued) == 0 || issued[0].Part.Settled == "" || c.After.IsNull() || !c.After.IsKnown() {
		return
	}
	if c.Kind.Replicated(c.After.AsValueMap()) > 0 {
		s.step(c.Address.String(), planner.ScriptStep{Part: issued[0].Part, ByHand: "wait until " + issued[0].Part.Settled})
	}
}

// step writes one step by itself.
func (s *script) step(address string, step planner.ScriptStep) {
	s.steps++
	s.need(step)
	if step.Code == nil || s.leaks(step) {
		s.byHand++
		fmt.Fprintf(&s.body, "Invoke-ByHand %d %s %s %s\n", s.steps, s.text(step.Part.Name), s.text(address), s.text(s.byHandText(step)))
		return
	}
	fmt.Fprintf(&s.body, "Invoke-Step %d %s %s {\n    %s\n}\n", s.steps, s.text(step.Part.Name), s.text(address), s.code(step.Code, address, nil))
}

// leaks says whether code, which nothing may be taken out of, holds what must not be shown.
func (s *script) leaks(step planner.ScriptStep) bool {
	return slices.ContainsFunc(step.Code, func(w planner.Word) bool { return w.Kind == planner.Code && s.redact(w.Text) != w.Text })
}

func (s *script) byHandText(step planner.ScriptStep) string {
	if step.Code != nil {
		return "what is to be issued holds what must not be shown, so only hybrid apply can do it"
	}
	return step.ByHand
}

// need remembers what a step calls.
func (s *script) need(step planner.ScriptStep) {
	if !slices.Contains(s.parts, step.Part) {
		s.parts = append(s.parts, step.Part)
	}
	for _, name := range step.Cmdlets {
		if !slices.Contains(s.commands[step.Part], name) {
			s.commands[step.Part] = append(s.commands[step.Part], name)
		}
	}
	for _, w := range step.Code {
		if w.Kind == planner.Credential && !slices.Contains(s.accounts[step.Part], w.Text) {
			s.accounts[step.Part] = append(s.accounts[step.Part], w.Text)
		}
	}
}

// code writes words. Column gives what stands for the nth of them where it differs from row to row, "" where it does not.
func (s *script) code(words []planner.Word, address string, column func(n int) string) string {
	var b strings.Builder
	for n, w := range words {
		cell := ""
		if column != nil {
			cell = column(n)
		}
		if cell != "" {
			b.WriteString(cell)
		} else {
			b.WriteString(s.word(w, address))
		}
	}
	return b.String()
}

// asks are the functions that ask for a word, which is named by what it is and what it is for.
var asks = map[planner.WordKind]string{
	planner.Secret: "Read-Secret", planner.Later: "Read-Known", planner.LaterBool: "Read-KnownBool", planner.LaterList: "Read-KnownList",
}

func (s *script) word(w planner.Word, address string) string {
	switch w.Kind {
	case planner.Code:
		return w.Text
	case planner.Credential:
		return "(Get-Asked " + s.text(w.Text) + ")"
	case planner.Text:
		if s.redact(w.Text) != w.Text {
			return "(Read-Secret " + s.text("A value that is not shown, for "+address) + ")"
		}
		return literal.ASCII(w.Text)
	}
	return "(" + asks[w.Kind] + " " + s.text(w.Text+", for "+address) + ")"
}

// comment writes a text as comments that nothing in it can end. The first character of each is never the text's own: a
// comment can begin a signature, behind which nothing is read, or demand something of PowerShell.
func (s *script) comment(w io.Writer, text string) {
	sign := "-"
	for line := range strings.SplitSeq(strings.TrimRight(plain(s.redact(text)), "\n"), "\n") {
		fmt.Fprintf(w, "# %s %s\n", sign, ascii(line))
		sign = "|"
	}
}

// ascii spells what is not printable ASCII by its code.
func ascii(line string) string {
	if literal.Plain(line) {
		return line
	}
	var b strings.Builder
	for _, r := range line {
		switch {
		case r == '\u2192':
			b.WriteString("->")
		case r == '\u2026':
			b.WriteString("...")
		case r >= ' ' && r < 0x7f:
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "\\u{%X}", r)
		}
	}
	return b.String()
}

// name names the plan in the name of the file that keeps which steps are done: by the plan's digest, or where it has none
// by what would be issued.
func (s *script) name() string {
	if s.o.Digest != "" {
		return s.o.Digest[:min(12, len(s.o.Digest))]
	}
	return fmt.Sprintf("%x", sha256.Sum256(s.body.Bytes()))[:12]
}
