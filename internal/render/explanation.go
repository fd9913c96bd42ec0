package render

import (
	"fmt"
	"io"
	"strings"

	"hybrid/internal/catalogue"
)

// mostUnknown is how many lines are shown of which nothing is known.
const mostUnknown = 20

// ExplanationOptions say how an explanation is shown.
type ExplanationOptions struct {
	Color   bool
	Columns int // where sentences are folded; 0 means lines of any length
}

// Explanation writes what is known of a text, the surest first, and word for word what nothing is known of.
func Explanation(w io.Writer, x catalogue.Explanation, o ExplanationOptions) error {
	var b strings.Builder
	for n, f := range x.Findings {
		if n > 0 {
			b.WriteByte('\n')
		}
		explained(&b, f, o)
	}
	unknown(&b, x, o)
	_, err := io.WriteString(w, b.String())
	return err
}

func explained(b *strings.Builder, f catalogue.Finding, o ExplanationOptions) {
	fmt.Fprintf(b, "%s  %s\n\n", paint(o.Color).in(bold, f.Title), toldBy(f))
	paragraph(b, "Cause", f.Cause+doubtful(f), o.Columns)
	paragraph(b, "Do", f.Remedy, o.Columns)
	if len(f.Checks) > 0 {
		paragraph(b, "Check", strings.Join(f.Checks, ", "), o.Columns)
	}
	if f.Everybody {
		paragraph(b, "Whom", "Everybody else would meet it, too: apply stops at the first.", o.Columns)
	}
	paragraph(b, "Source", f.Source, o.Columns)
}

// toldBy says what an entry was told by, and where in a longer text.
func toldBy(f catalogue.Finding) string {
	by := map[catalogue.Rank]string{
		catalogue.ByCode: "by its code: " + f.Told, catalogue.ByText: "by its text", catalogue.BySymptom: "a guess by the words: " + f.Told,
	}[f.Rank]
	switch {
	case f.Count > 1:
		return fmt.Sprintf("(%s; %d times, first on line %d)", by, f.Count, f.Line)
	case f.Line > 1:
		return fmt.Sprintf("(%s; line %d)", by, f.Line)
	}
	return "(" + by + ")"
}

func doubtful(f catalogue.Finding) string {
	if f.Guess {
		return " No source says so of this text: take it as a guess."
	}
	return ""
}

// paragraph writes a text beside its label.
func paragraph(b *strings.Builder, label, text string, columns int) {
	const indent = "          "
	before := fmt.Sprintf("  %-8s", label)
	for line := range strings.SplitSeq(printableLines(text), "\n") {
		for _, part := range besideLabel(line, columns-len(indent)) {
			b.WriteString(before + part + "\n")
			before = indent
		}
	}
}

// besideLabel is a line of a paragraph as it is folded. One that is set in is a command, which is copied and stays whole.
func besideLabel(line string, columns int) []string {
	if strings.HasPrefix(line, "  ") {
		return []string{line}
	}
	parts := strings.Split(fold(line, max(columns, 0)), "\n")
	for n := range parts {
		parts[n] = strings.TrimPrefix(parts[n], "  ")
	}
	return parts
}

// unknown shows lines word for word.
func unknown(b *strings.Builder, x catalogue.Explanation, o ExplanationOptions) {
	if len(x.Unknown) == 0 {
		return
	}
	if len(x.Findings) > 0 {
		b.WriteByte('\n')
	}
	b.WriteString(paint(o.Color).in(bold, "Nothing is known of this") + "\n\n")
	for _, line := range x.Unknown[:min(len(x.Unknown), mostUnknown)] {
		fmt.Fprintf(b, "  %s\n", printable(line.Text))
	}
	if rest := len(x.Unknown) - mostUnknown; rest > 0 {
		fmt.Fprintf(b, "  … %s more\n", quantity(int64(rest), "line"))
	}
}

// explanationJSON is an explanation for programs.
type explanationJSON struct {
	Findings []findingJSON    `json:"findings"`
	Unknown  []catalogue.Line `json:"unknown"`
}

type findingJSON struct {
	ID        string   `json:"id"`
	Title     string   `json:"title"`
	Told      string   `json:"told"`      // "migration 510", or the piece of text
	Certainty string   `json:"certainty"` // "code", "text" or "words"
	Line      int      `json:"line"`
	Count     int      `json:"count"`
	Cause     string   `json:"cause"`
	Remedy    string   `json:"remedy"`
	Checks    []string `json:"checks"`
	Everybody bool     `json:"everybody"`
	Source    string   `json:"source"`
}

// ExplanationJSON is an explanation as `explain --json` writes it.
func ExplanationJSON(x catalogue.Explanation) any {
	j := explanationJSON{Findings: []findingJSON{}, Unknown: x.Unknown}
	if j.Unknown == nil {
		j.Unknown = []catalogue.Line{}
	}
	for _, f := range x.Findings {
		j.Findings = append(j.Findings, findingJSON{
			ID: f.ID, Title: f.Title, Told: f.Told, Certainty: []string{"code", "text", "words"}[f.Rank], Line: f.Line, Count: f.Count,
			Cause: f.Cause, Remedy: f.Remedy, Checks: append([]string{}, f.Checks...), Everybody: f.Everybody, Source: f.Source,
		})
	}
	return j
}
