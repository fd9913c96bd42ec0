package render

import (
	"encoding/json"
	"io"
	"time"

	"github.com/hashicorp/hcl/v2"

	"hybrid/internal/check"
)

// checksFormat is the version of the JSON of checks. It grows when a reader of the one before would misread it.
const checksFormat = 1

type checksDoc struct {
	Format int            `json:"format"`
	Counts map[string]int `json:"counts"` // by verdict
	Checks []checkJSON    `json:"checks"`
}

type checkJSON struct {
	ID       string         `json:"id"`
	Group    string         `json:"group"`
	Title    string         `json:"title"`
	Blocks   bool           `json:"blocks"` // where it fails, an apply that it concerns is refused
	Verdict  string         `json:"verdict"`
	Text     string         `json:"text,omitempty"`
	Remedy   string         `json:"remedy,omitempty"`  // where it failed
	Because  []string       `json:"because,omitempty"` // ids of checks whose failure may be why this one fails or is unknown
	Reads    string         `json:"reads"`
	Source   string         `json:"source"`
	Evidence []evidenceJSON `json:"evidence"`
	Address  string         `json:"address,omitempty"`
	Range    *rangeJSON     `json:"range,omitempty"` // the line of the configuration at fault
	Millis   int64          `json:"ms"`
}

type evidenceJSON struct {
	What  string    `json:"what"`
	Value string    `json:"value"`
	Where string    `json:"where"`
	When  time.Time `json:"when"`
}

type rangeJSON struct {
	File string `json:"file"`
	Line int    `json:"line"` // from 1
}

func checksJSON(w io.Writer, findings []check.Finding) error {
	doc := checksDoc{Format: checksFormat, Counts: map[string]int{}, Checks: []checkJSON{}}
	for _, f := range findings {
		doc.Counts[string(f.Verdict)]++
		doc.Checks = append(doc.Checks, jsonOfCheck(f))
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(doc)
}

func jsonOfCheck(f check.Finding) checkJSON {
	j := checkJSON{
		ID: f.ID, Group: string(f.Group), Title: f.Title, Blocks: f.Blocks, Verdict: string(f.Verdict), Text: f.Text, Because: f.Because,
		Reads: f.Reads, Source: f.Source, Address: f.Address, Range: placeOf(f.Range), Millis: f.Took.Milliseconds(), Evidence: []evidenceJSON{},
	}
	j.Remedy = f.Do
	for _, e := range f.Evidence {
		j.Evidence = append(j.Evidence, evidenceJSON{e.What, e.Value, e.Where, e.When.UTC()})
	}
	return j
}

func placeOf(r *hcl.Range) *rangeJSON {
	if r == nil {
		return nil
	}
	return &rangeJSON{r.Filename, r.Start.Line}
}
