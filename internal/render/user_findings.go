package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"hybrid/internal/check"
)

// UserFindings writes what was found of one user: the cause and the one remedy first, then everything that was seen. Estate are
// findings about the estate that concern every user. What the configuration has nothing about is told where all is wanted.
func UserFindings(w io.Writer, j check.Judgement, estate []check.Finding, o CheckOptions) error {
	var b strings.Builder
	headOfUser(&b, j, estate, o)
	findings, told := slices.Concat(j.Findings, estate), reasons{}
	for _, f := range check.InOrder(findings) {
		if f.Verdict == check.NoCause && !o.All {
			continue
		}
		f.Do, f.Range = "", nil // there is one remedy, and it has been said
		oneFinding(&b, told.once(f), o)
	}
	b.WriteString(fold(tallied(findings)+"\n"+notLookedAt, o.Columns) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// notLookedAt is what KB 2757450 asks first, and nobody can read.
const notLookedAt = "Not looked at: whether the user can sign in to Microsoft 365 at all. Try it at https://portal.office.com before anything else."

// headOfUser writes the cause, the remedy and where the configuration names the user.
func headOfUser(b *strings.Builder, j check.Judgement, estate []check.Finding, o CheckOptions) {
	findings := slices.Concat(j.Findings, estate)
	cause := firstFailure(findings)
	switch {
	case cause != nil:
		b.WriteString(fold(fmt.Sprintf("%s: %s (%s).", paint(o.Color).in(bold, j.SIP), cause.Text, cause.ID), o.Columns) + "\n")
		paragraph(b, "Do", cause.Do, o.Columns)
	case slices.ContainsFunc(findings, func(f check.Finding) bool { return f.Verdict == check.Unknown }):
		b.WriteString(fold(fmt.Sprintf("%s: nothing wrong was found, and not everything could be read.", paint(o.Color).in(bold, j.SIP)), o.Columns) + "\n")
	default:
		fmt.Fprintf(b, "%s: nothing is wrong.\n", paint(o.Color).in(bold, j.SIP))
	}
	for _, place := range j.Places() {
		paragraph(b, "In", place, o.Columns)
	}
	if len(j.Declared) == 0 {
		paragraph(b, "In", "no block of the configuration", o.Columns)
	}
	b.WriteByte('\n')
}

// firstFailure is the finding to be mended first: one that fails, what blocks before what warns, causes before what follows from
// them; nil where nothing fails.
func firstFailure(findings []check.Finding) *check.Finding {
	for _, f := range check.InOrder(findings) {
		if f.Verdict == check.Fail {
			return &f
		}
	}
	return nil
}
