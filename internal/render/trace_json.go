package render

import (
	"encoding/json"
	"io"
	"time"

	"hybrid/internal/trace"
)

// traceFormat is the version of the JSON of paths. It grows when a reader of the one before would misread it.
const traceFormat = 1

type traceDoc struct {
	Format  int        `json:"format"`
	SIP     string     `json:"sip_address"`
	Verdict string     `json:"verdict"` // the gravest of all hops
	Paths   []pathJSON `json:"paths"`
}

type pathJSON struct {
	View    string    `json:"view"` // "inside", "outside"
	Verdict string    `json:"verdict"`
	End     string    `json:"end,omitempty"`
	Hops    []hopJSON `json:"hops"`
}

type hopJSON struct {
	Step        string           `json:"step"`
	Asked       string           `json:"asked"`
	At          string           `json:"at,omitempty"`
	Status      string           `json:"status,omitempty"`
	Certificate *certificateJSON `json:"certificate,omitempty"`
	TLS         string           `json:"tls,omitempty"`    // "TLS 1.2", the newest that the other end speaks
	Server      string           `json:"server,omitempty"` // X-MS-Server-Fqdn
	Millis      int64            `json:"ms"`
	Says        []string         `json:"says"`
	From        []evidenceJSON   `json:"from"` // what a hop that is not walked is expected from
	Verdict     string           `json:"verdict"`
	Why         string           `json:"why,omitempty"`
	Remedy      string           `json:"remedy,omitempty"`
	Passed      bool             `json:"passed,omitempty"` // clients get on past it all the same
}

type certificateJSON struct {
	Subject string    `json:"subject,omitempty"`
	Names   []string  `json:"names"`
	Issuer  string    `json:"issuer"`
	Ends    time.Time `json:"ends"`
	Problem string    `json:"problem,omitempty"` // "" where clients accept it
}

func traceJSON(w io.Writer, t trace.Trace) error {
	doc := traceDoc{Format: traceFormat, SIP: t.SIP, Verdict: string(t.Worst()), Paths: []pathJSON{}}
	for _, p := range t.Paths {
		path := pathJSON{View: string(p.View), Verdict: string(p.Worst().Verdict), End: p.End, Hops: []hopJSON{}}
		for _, h := range p.Hops {
			path.Hops = append(path.Hops, jsonOfHop(h))
		}
		doc.Paths = append(doc.Paths, path)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(doc)
}

func jsonOfHop(h trace.Hop) hopJSON {
	j := hopJSON{
		Step: h.Step, Asked: h.Asked, At: h.At, Status: h.Status, TLS: h.TLS, Server: h.Server, Millis: h.Took.Milliseconds(),
		Says: append([]string{}, h.Said...), From: []evidenceJSON{}, Verdict: string(h.Verdict), Why: h.Why, Remedy: h.Do, Passed: h.Passed,
	}
	if c := h.Certificate; c != nil {
		j.Certificate = &certificateJSON{c.Subject, append([]string{}, c.Names...), c.Issuer, c.Ends, c.Problem}
	}
	for _, f := range h.Facts {
		j.From = append(j.From, evidenceJSON{f.What, f.Value, f.Where, f.When.UTC()})
	}
	return j
}
