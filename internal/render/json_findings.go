package render

import "github.com/hashicorp/hcl/v2"

// A warning is a diagnostic of a plan that can be carried out all the same.
type warning struct {
	Severity string `json:"severity"`
	Summary  string `json:"summary"`
	Detail   string `json:"detail,omitempty"`
	Source   string `json:"source,omitempty"`
}

func (d *document) warnings(diags hcl.Diagnostics) []warning {
	all := []warning{}
	for _, diag := range diags {
		w := warning{Severity: "warning", Summary: d.redact(diag.Summary), Detail: d.redact(diag.Detail)}
		if diag.Severity == hcl.DiagError {
			w.Severity = "error"
		}
		if diag.Subject != nil {
			w.Source = place(*diag.Subject)
		}
		all = append(all, w)
	}
	return all
}

// A refusal is a guard that the plan does not pass.
type refusal struct {
	Guard  string `json:"guard"`
	Text   string `json:"text"`
	Source string `json:"source,omitempty"` // "main.hcl:3"; not there where it is about the plan as a whole
}

func (d *document) refusals() []refusal {
	all := []refusal{}
	for _, r := range d.o.Refusals {
		all = append(all, refusal{Guard: r.Guard, Text: d.redact(r.Text), Source: place(r.Range)})
	}
	return all
}
