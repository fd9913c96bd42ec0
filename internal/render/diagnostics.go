package render

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hcled"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	hcljson "github.com/hashicorp/hcl/v2/json"
	"github.com/mattn/go-runewidth"
)

// textWidth is where the text of diagnostics is wrapped, in columns, unless the terminal has fewer.
const textWidth = 100

// snippetWidth is how much of a source line is shown, in columns.
const snippetWidth = 120

// Diagnostics writes errors and warnings for people: what, where with the source line, why and what to do. It shows
// nothing but the diagnostics' texts and lines of sources, by the file names that ranges give; it never looks at the
// values of expressions, so no sensitive value comes into it. Control characters are replaced. The terminal has so many
// columns, 0 for none.
func Diagnostics(w io.Writer, diags hcl.Diagnostics, sources map[string][]byte, color bool, columns int) error {
	p := newDiagnosticPrinter(sources, color, columns)
	for n, d := range diags {
		if n > 0 {
			p.b.WriteByte('\n')
		}
		p.diagnostic(d)
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

func newDiagnosticPrinter(sources map[string][]byte, color bool, columns int) *diagnosticPrinter {
	p := &diagnosticPrinter{sources: sources, files: map[string]*hcl.File{}, width: textWidth}
	if columns > 0 {
		p.width = min(textWidth, columns)
	}
	if color {
		p.red, p.yellow, p.bold, p.reset = "\x1b[31m", "\x1b[33m", "\x1b[1m", "\x1b[0m"
	}
	return p
}

type diagnosticPrinter struct {
	b                        strings.Builder
	sources                  map[string][]byte
	files                    map[string]*hcl.File // parsed, to name the block a place lies in
	red, yellow, bold, reset string
	width                    int // where texts are wrapped
}

func (p *diagnosticPrinter) diagnostic(d *hcl.Diagnostic) {
	word, color := "Error", p.red
	if d.Severity == hcl.DiagWarning {
		word, color = "Warning", p.yellow
	}
	p.entry(word, color, d)
}

// entry writes one diagnostic under a word that says what it means.
func (p *diagnosticPrinter) entry(word, color string, d *hcl.Diagnostic) {
	fmt.Fprintf(&p.b, "%s%s%s:%s %s%s%s\n", p.bold, color, word, p.reset, p.bold, printable(d.Summary), p.reset)
	if d.Subject != nil {
		p.b.WriteByte('\n')
		p.place(*d.Subject)
		p.snippet(*d.Subject, color)
	}
	if d.Detail != "" {
		if d.Subject == nil {
			p.b.WriteByte('\n')
		}
		for _, line := range wrap(d.Detail, p.width-2) {
			p.b.WriteString(strings.TrimRight("  "+line, " ") + "\n")
		}
	}
}

// place writes users.hcl:14:11, in user_homing "pilot".
func (p *diagnosticPrinter) place(r hcl.Range) {
	fmt.Fprintf(&p.b, "  %s:%d:%d", printable(r.Filename), r.Start.Line, r.Start.Column)
	if block := p.enclosing(r); block != "" {
		fmt.Fprintf(&p.b, ", in %s", printable(block))
	}
	if _, shown := p.line(r); shown {
		p.b.WriteByte(':')
	}
	p.b.WriteByte('\n')
}

// enclosing is the header of the top-level block that a place lies in; "" for none, and for the header itself.
func (p *diagnosticPrinter) enclosing(r hcl.Range) string {
	src, ok := p.sources[r.Filename]
	if !ok {
		return ""
	}
	file, ok := p.files[r.Filename]
	if !ok {
		if strings.HasSuffix(r.Filename, ".json") {
			file, _ = hcljson.Parse(src, r.Filename)
		} else {
			file, _ = hclsyntax.ParseConfig(src, r.Filename, hcl.InitialPos)
		}
		p.files[r.Filename] = file
	}
	if file == nil || file.Nav == nil {
		return ""
	}
	return hcled.ContextString(file, r.Start.Byte)
}

// snippet writes the line and marks the range in it.
func (p *diagnosticPrinter) snippet(r hcl.Range, color string) {
	text, ok := p.line(r)
	if !ok {
		return
	}
	from := clamp(r.Start.Byte-lineStart(p.sources[r.Filename], r.Start.Byte), len(text))
	to := len(strings.TrimRight(text, " \t\r"))
	if r.End.Line == r.Start.Line {
		to = clamp(from+r.End.Byte-r.Start.Byte, len(text))
	}
	before, marked, rest := display(text[:from], 0), "", ""
	if to > from {
		marked = display(text[from:to], runewidth.StringWidth(before))
		rest = display(text[to:], runewidth.StringWidth(before+marked))
	} else {
		rest = display(text[from:], runewidth.StringWidth(before))
	}
	before, marked, rest = fit(before, marked, rest)
	number := fmt.Sprintf("%5d", r.Start.Line)
	fmt.Fprintf(&p.b, "%s │ %s\n", number, strings.TrimRight(before+marked+rest, " "))
	underline := strings.Repeat("─", max(1, runewidth.StringWidth(marked)))
	fmt.Fprintf(&p.b, "%s │ %s%s%s%s\n", strings.Repeat(" ", len(number)), strings.Repeat(" ", runewidth.StringWidth(before)), color, underline, p.reset)
}

// line is the source line in which a range begins.
func (p *diagnosticPrinter) line(r hcl.Range) (string, bool) {
	src, ok := p.sources[r.Filename]
	if !ok || r.Start.Byte < 0 || r.Start.Byte > len(src) || r.Start.Line < 1 {
		return "", false
	}
	line, _, _ := bytes.Cut(src[lineStart(src, r.Start.Byte):], []byte("\n"))
	return strings.TrimRight(string(line), "\r"), true
}

func lineStart(src []byte, at int) int {
	return bytes.LastIndexByte(src[:clamp(at, len(src))], '\n') + 1
}

func clamp(n, most int) int { return max(0, min(n, most)) }

// display makes source text safe and of known width: tabs to the next multiple of four columns, beginning at column.
func display(text string, column int) string {
	var b strings.Builder
	for _, r := range text {
		if r == '\t' {
			n := 4 - column%4
			b.WriteString(strings.Repeat(" ", n))
			column += n
			continue
		}
		if unprintable(r) {
			r = '�'
		}
		b.WriteRune(r)
		column += runewidth.RuneWidth(r)
	}
	return b.String()
}

// fit cuts a long line around what is marked in it.
func fit(before, marked, rest string) (string, string, string) {
	room := snippetWidth
	marked = runewidth.Truncate(marked, room, "…")
	room -= runewidth.StringWidth(marked)
	if width := runewidth.StringWidth(before); width > room/2 && width+runewidth.StringWidth(rest) > room {
		before = "…" + runewidth.TruncateLeft(before, width-room/2, "")
	}
	room -= runewidth.StringWidth(before)
	return before, marked, runewidth.Truncate(rest, max(1, room), "…")
}

// wrap breaks text into lines of a width in columns, at spaces. Lines that begin with a space are laid out already and
// only broken where they are too long. A word is never broken: it may be an address to copy.
func wrap(text string, width int) []string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		line = glued(printable(line))
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		current := indent
		for word := range strings.FieldsSeq(line) {
			switch {
			case current == indent:
				current += word
			case runewidth.StringWidth(current)+1+runewidth.StringWidth(word) > width:
				lines = append(lines, unglued(current))
				current = indent + word
			default:
				current += " " + word
			}
		}
		lines = append(lines, unglued(current))
	}
	return slices.Clip(lines)
}

// printable replaces what would move the cursor or hide text on a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unprintable(r) {
			return '�'
		}
		return r
	}, s)
}

// printableLines is printable line by line.
func printableLines(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for n, line := range lines {
		lines[n] = printable(line)
	}
	return strings.Join(lines, "\n")
}

// unprintable says whether a rune is a control character, or one that changes the direction of the text around it.
func unprintable(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
}
