package render

import (
	"io"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hybrid/internal/check"
	"hybrid/planner"
)

// checksSARIF writes what failed, or is not known, as results on lines of the configuration: an error where it would stop an
// apply, a warning where it would not, a note where it is not known; what is waived is a note that is suppressed, on the line that
// says so. What the configuration is not at fault for stands at its
// first file, since readers show no result without a place.
func checksSARIF(w io.Writer, findings []check.Finding, o CheckOptions) error {
	f := newFindings(w, &planner.Plan{}, Options{Root: o.Root}, sarifLimit)
	f.first = o.First
	f.raw(`{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"results":[`)
	known := true
	for _, one := range findings {
		known = known && one.Verdict != check.Unknown
		if one.Verdict == check.Fail || one.Verdict == check.Unknown || one.Verdict == check.Waived {
			f.rules["check/"+one.ID] = ruleOfCheck(one)
			f.add(sarifOfCheck(one))
		}
	}
	f.raw("\n],\n\"tool\":")
	f.encode(f.tool())
	f.raw(",\n\"invocations\":")
	f.encode([]sarifInvocation{{Successful: known}})
	f.raw(",\"columnKind\":\"unicodeCodePoints\"}]}\n")
	return f.end()
}

func sarifOfCheck(c check.Finding) finding {
	level := "warning"
	switch {
	case c.Verdict == check.Unknown || c.Verdict == check.Waived:
		level = "note"
	case c.Blocks:
		level = "error"
	}
	text := []string{c.Title + ": " + string(c.Verdict) + ".", c.Text}
	text = append(text, evidenceLines(c)...)
	if c.Do != "" {
		text = append(text, c.Do)
	}
	one := finding{rule: "check/" + c.ID, level: level, about: c.Text, address: c.Address, text: text}
	if c.Verdict == check.Waived {
		one.waived = c.Text
	}
	if c.Range != nil {
		one.at = *c.Range
	} else {
		one.at = hcl.Range{}
	}
	return one
}

func ruleOfCheck(c check.Finding) sarifRule {
	level := "warning"
	if c.Blocks {
		level = "error"
	}
	return sarifRule{
		ID: "check/" + c.ID, Short: sarifMessage{c.Title}, Help: sarifMessage{strings.TrimSpace(c.Remedy + " Source: " + c.Source + ".")}, Default: sarifDefault{level},
	}
}
