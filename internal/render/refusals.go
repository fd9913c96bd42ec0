package render

import (
	"fmt"
	"io"

	"github.com/hashicorp/hcl/v2"

	"hybrid/planner"
)

// Refusals writes why a plan is not to be carried out, as [Diagnostics] does: which guard, where the configuration says so,
// why, and what to do.
func Refusals(w io.Writer, refusals []planner.Refusal, sources map[string][]byte, color bool, columns int) error {
	p := newDiagnosticPrinter(sources, color, columns)
	for n, r := range refusals {
		if n > 0 {
			p.b.WriteByte('\n')
		}
		p.entry("Refused", p.red, refusedAt(r))
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

// setAside stands before what to say to set a guard aside.
const setAside = "Or set the guard aside for this run: "

// refusedAt is a refusal with the way past it.
func refusedAt(r planner.Refusal) *hcl.Diagnostic {
	r.Text += "\n" + setAside + r.Aside()
	return diagnosticOf(r)
}

func diagnosticOf(r planner.Refusal) *hcl.Diagnostic {
	d := &hcl.Diagnostic{Summary: "guard " + r.Guard, Detail: r.Text}
	if r.Range.Filename != "" {
		d.Subject = &r.Range
	}
	return d
}

// guards writes under a plan which guards it does not pass, and which were set aside for it.
func (t *text) guards() {
	p := newDiagnosticPrinter(t.o.Sources, bool(t.paint), t.o.Width)
	for _, a := range t.o.SetAside {
		a.Text = t.redact(fmt.Sprintf("%s\nSet aside by %s: %s", a.Text, someone(a.Who), a.Reason))
		p.b.WriteByte('\n')
		p.entry("Set aside", p.yellow, diagnosticOf(a.Refusal))
	}
	for _, r := range t.o.Refusals {
		r.Text = t.redact(r.Text)
		p.b.WriteByte('\n')
		p.entry("Refused", p.red, refusedAt(r))
	}
	fmt.Fprint(t, p.b.String())
}

func someone(who string) string {
	if who == "" {
		return "somebody"
	}
	return who
}
