package render

import (
	"fmt"
	"io"
	"strings"
	"time"

	"hybrid/internal/trace"
)

// TraceOptions say how a path is shown.
type TraceOptions struct {
	Color   bool
	Columns int // where sentences are folded; 0 means 80, since paths are read in mails and tickets
}

// TraceFormats are the formats in which a path can be written.
func TraceFormats() []string { return []string{"text", "json"} }

// Trace writes the path of a sign-in in one of [TraceFormats].
func Trace(w io.Writer, format string, t trace.Trace, o TraceOptions) error {
	if format == "json" {
		return traceJSON(w, t)
	}
	if o.Columns == 0 {
		o.Columns = 80
	}
	var b strings.Builder
	for _, p := range t.Paths {
		onePath(&b, t.SIP, p, o)
	}
	b.WriteString(countedHops(t) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// onePath writes what matters first: where the path ends, the hop at fault and what to do; then every hop.
func onePath(b *strings.Builder, sip string, p trace.Path, o TraceOptions) {
	worst := p.Worst()
	head := fmt.Sprintf("%s from %s: %s", sip, p.View, judgementOf(p))
	b.WriteString(paint(o.Color).in(bold, fold(head, o.Columns)) + "\n")
	if worst.Verdict != trace.Described {
		traceLine(b, "Why", worst.Why, o)
		traceLine(b, "Do", worst.Do, o)
	}
	traceLine(b, "End", p.End, o)
	b.WriteByte('\n')
	for n, h := range p.Hops {
		oneHop(b, n+1, h, o)
	}
}

// judgementOf is what a path comes to, in a few words, with the hop that decides it.
func judgementOf(p trace.Path) string {
	worst, at := p.Worst(), p.Decides()+1
	switch worst.Verdict {
	case trace.Left:
		if worst.Passed {
			return fmt.Sprintf("hop %d is wrong, though clients get on past it.", at)
		}
		return fmt.Sprintf("the path is left at hop %d.", at)
	case trace.Unknown:
		return fmt.Sprintf("hop %d could not be found out.", at)
	case trace.Warns:
		return fmt.Sprintf("some clients do not get past hop %d.", at)
	case trace.Gone:
		return fmt.Sprintf("as described up to hop %d, where Microsoft's discovery is gone.", at)
	}
	return "the path is as described."
}

func oneHop(b *strings.Builder, n int, h trace.Hop, o TraceOptions) {
	sign, colour := hopSign(h.Verdict)
	fmt.Fprintf(b, "%2d %s %s\n", n, paint(o.Color).in(colour, sign), printableLines(h.Asked))
	traceLine(b, "At", answered(h), o)
	traceLine(b, "Shown", shownText(h), o)
	traceLine(b, "Server", h.Server, o)
	traceLine(b, "Says", strings.Join(h.Said, "; "), o)
	for _, f := range h.Facts {
		traceLine(b, "From", fmt.Sprintf("%s: %s (%s, %s)", f.What, f.Value, f.Where, f.When.Format(time.TimeOnly)), o)
	}
	traceLine(b, "Why", h.Why, o)
	traceLine(b, "Do", h.Do, o)
	b.WriteByte('\n')
}

// traceLine writes a labelled sentence, where there is one.
func traceLine(b *strings.Builder, label, text string, o TraceOptions) {
	if text != "" {
		paragraph(b, label, text, o.Columns)
	}
}

// hopSign is a verdict in one column of words; none is in colour alone.
func hopSign(v trace.Verdict) (sign, colour string) {
	switch v {
	case trace.Described:
		return "ok      ", green
	case trace.Warns:
		return "warning ", yellow
	case trace.Left:
		return "LEFT    ", red
	case trace.Unknown:
		return "unknown ", magenta
	case trace.Gone:
		return "gone    ", yellow
	case trace.Expected:
		return "expected", cyan
	}
	return "beside  ", dim
}

// answered says who answered, what and how fast.
func answered(h trace.Hop) string {
	parts := []string{h.At}
	if h.Status != "" {
		parts = append(parts, h.Status)
	}
	if h.Took > 0 {
		parts = append(parts, fmt.Sprintf("%d ms", max(h.Took.Milliseconds(), 1)))
	}
	return strings.TrimPrefix(strings.Join(parts, ", "), ", ")
}

// shownText tells what a server has shown, and in which version of TLS.
func shownText(h trace.Hop) string {
	text := certificateText(h.Certificate)
	if text != "" && h.TLS != "" {
		text += "; over " + h.TLS
	}
	return text
}

// certificateText tells what a certificate is.
func certificateText(c *trace.Certificate) string {
	if c == nil {
		return ""
	}
	trust := "trusted here"
	if !c.Good() {
		trust = c.Problem
	}
	return fmt.Sprintf("a certificate with the names %s, issued by %s, good until %s: %s", strings.Join(c.Names, ", "), c.Issuer, c.Ends.Format(time.DateOnly), trust)
}

// countedHops is the last line: how many hops ended how.
func countedHops(t trace.Trace) string {
	n, all := map[trace.Verdict]int{}, 0
	for _, p := range t.Paths {
		for _, h := range p.Hops {
			n[h.Verdict]++
			all++
		}
	}
	parts := []string{}
	for _, v := range []trace.Verdict{trace.Described, trace.Warns, trace.Left, trace.Unknown, trace.Gone, trace.Expected, trace.Beside} {
		if n[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[v], v))
		}
	}
	return quantity(int64(all), "hop") + ": " + strings.Join(parts, ", ") + "."
}
