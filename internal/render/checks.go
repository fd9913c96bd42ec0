package render

import (
	"fmt"
	"io"
	"strings"
	"time"

	"hybrid/internal/check"
	"hybrid/schema"
)

// CheckOptions say how what checks have found is shown.
type CheckOptions struct {
	All     bool // tell of what passes, too; text only
	Color   bool
	Columns int    // where sentences are folded; 0 means lines of any length
	Root    string // the folder that files are named from, where the configuration was named by an absolute path
	First   string // the configuration's first file: what is about no line stands there in SARIF
}

// CheckFormats are the formats in which what checks have found can be written.
func CheckFormats() []string { return []string{"text", "json", "junit", "sarif"} }

// Checks writes what checks have found in one of [CheckFormats]. In text what is wrong comes first, what blocks before what
// warns, and causes before what follows from them, then what is not known; what passed is counted. The others have all, in the order of the checks.
func Checks(w io.Writer, format string, findings []check.Finding, o CheckOptions) error {
	switch format {
	case "json":
		return checksJSON(w, findings)
	case "junit":
		return checksJUnit(w, findings)
	case "sarif":
		return checksSARIF(w, findings, o)
	}
	return checksText(w, findings, o)
}

// Findings writes what some checks have found, what matters most first, as [Checks] does in text, without counting.
func Findings(w io.Writer, findings []check.Finding, o CheckOptions) error {
	var b strings.Builder
	for _, f := range check.InOrder(findings) {
		oneFinding(&b, f, o)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func checksText(w io.Writer, findings []check.Finding, o CheckOptions) error {
	var b strings.Builder
	told := reasons{}
	for _, f := range check.InOrder(findings) {
		if o.All || f.Verdict != check.Pass && f.Verdict != check.NoCause {
			oneFinding(&b, told.once(f), o)
		}
	}
	b.WriteString(fold(tallied(findings), o.Columns) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// reasons are why something is not known, by the text, with the check that said so first.
type reasons map[string]string

// once lets a finding name the check that has told the same reason before: hosts that are down are one reason for many.
func (r reasons) once(f check.Finding) check.Finding {
	if f.Verdict != check.Unknown || f.Text == "" {
		return f
	}
	if first, told := r[f.Text]; told {
		f.Text = "for the reason that " + first + " gives"
	} else {
		r[f.Text] = f.ID
	}
	return f
}

// oneFinding writes one finding.
func oneFinding(b *strings.Builder, f check.Finding, o CheckOptions) {
	sign, colour := verdictSign(f)
	b.WriteString(fold(fmt.Sprintf("%s %s  %s", paint(o.Color).in(colour, sign), paint(o.Color).in(bold, f.ID), f.Title), o.Columns) + "\n")
	if f.Text != "" {
		paragraph(b, verdictLabel(f.Verdict), f.Text, o.Columns)
	}
	for _, e := range f.Evidence {
		paragraph(b, "Seen", fmt.Sprintf("%s: %s (%s, %s)", e.What, e.Value, e.Where, e.When.Format(time.TimeOnly)), o.Columns)
	}
	if len(f.Because) > 0 {
		paragraph(b, "First", "Mend "+schema.List(f.Because, "and")+": this may follow from it.", o.Columns)
	}
	if f.Do != "" {
		paragraph(b, "Do", f.Do, o.Columns)
	}
	if f.Range != nil {
		paragraph(b, "Line", fmt.Sprintf("%s:%d", f.Range.Filename, f.Range.Start.Line), o.Columns)
	}
	b.WriteByte('\n')
}

func verdictSign(f check.Finding) (sign, colour string) {
	switch {
	case f.Verdict == check.Fail && f.Blocks:
		return "FAIL   ", red
	case f.Verdict == check.Fail:
		return "warning", yellow
	case f.Verdict == check.Unknown:
		return "unknown", magenta
	case f.Verdict == check.Pass:
		return "pass   ", green
	case f.Verdict == check.Waived:
		return "waived ", dim
	}
	return "-      ", dim
}

func verdictLabel(v check.Verdict) string {
	return map[check.Verdict]string{check.Fail: "Why", check.Unknown: "Why", check.Waived: "Reason", check.NoCause: "Why", check.Pass: "Note"}[v]
}

// tallied is the last line: how many checks ended how.
func tallied(findings []check.Finding) string {
	n := map[check.Verdict]int{}
	blocking := 0
	for _, f := range findings {
		n[f.Verdict]++
		if f.Verdict == check.Fail && f.Blocks {
			blocking++
		}
	}
	parts := []string{fmt.Sprintf("%d passed", n[check.Pass]), fmt.Sprintf("%d failed", n[check.Fail]), fmt.Sprintf("%d unknown", n[check.Unknown])}
	if blocking > 0 {
		parts[1] += fmt.Sprintf(" (%d would stop an apply)", blocking)
	}
	if n[check.Waived] > 0 {
		parts = append(parts, fmt.Sprintf("%d waived", n[check.Waived]))
	}
	if n[check.NoCause] > 0 {
		parts = append(parts, fmt.Sprintf("%d not about this configuration", n[check.NoCause]))
	}
	return quantity(int64(len(findings)), "check") + ": " + strings.Join(parts, ", ") + "."
}
