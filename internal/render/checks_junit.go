package render

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"hybrid/internal/check"
)

// The elements of JUnit's reports as pipelines read them (the schema of the Jenkins xUnit plugin, junit-10.xsd): a suite a
// group, a case a check.

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"` // seconds
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string       `xml:"name,attr"`
	Class   string       `xml:"classname,attr"`
	Time    string       `xml:"time,attr"`
	Failure *junitReason `xml:"failure"`
	Error   *junitReason `xml:"error"`
	Skipped *junitReason `xml:"skipped"`
	Output  string       `xml:"system-out,omitempty"`
}

type junitReason struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// checksJUnit writes a failed check as a failure, one that is not known as an error, and what was not looked at as skipped. What
// only warns is a failure of the type "warning".
func checksJUnit(w io.Writer, findings []check.Finding) error {
	all := junitSuites{}
	for _, group := range check.Groups() {
		if s := junitSuiteOf(group, findings); s.Tests > 0 {
			all.Suites = append(all.Suites, s)
			all.Tests, all.Failures, all.Errors = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors
		}
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func junitSuiteOf(group check.Group, findings []check.Finding) junitSuite {
	s, seconds := junitSuite{Name: string(group)}, 0.0
	for _, f := range findings {
		if f.Group != group {
			continue
		}
		c := junitCaseOf(f)
		s.Cases, s.Tests, seconds = append(s.Cases, c), s.Tests+1, seconds+f.Took.Seconds()
		switch {
		case c.Failure != nil:
			s.Failures++
		case c.Error != nil:
			s.Errors++
		case c.Skipped != nil:
			s.Skipped++
		}
	}
	s.Time = fmt.Sprintf("%.3f", seconds)
	return s
}

func junitCaseOf(f check.Finding) junitCase {
	c := junitCase{Name: f.ID + " " + f.Title, Class: "hybrid." + string(f.Group), Time: fmt.Sprintf("%.3f", f.Took.Seconds()), Output: printableLines(strings.Join(evidenceLines(f), "\n"))}
	reason := &junitReason{Message: printableLines(f.Text)}
	switch f.Verdict {
	case check.Fail:
		reason.Type = "warning"
		if f.Blocks {
			reason.Type = "blocking"
		}
		reason.Text = printableLines(f.Do)
		c.Failure = reason
	case check.Unknown:
		reason.Type, reason.Text = "unknown", printableLines(f.Do)
		c.Error = reason
	case check.Waived, check.NoCause:
		c.Skipped = reason
	}
	return c
}

// evidenceLines is the evidence of a finding, a line each.
func evidenceLines(f check.Finding) []string {
	var lines []string
	for _, e := range f.Evidence {
		lines = append(lines, fmt.Sprintf("%s: %s (%s)", e.What, e.Value, e.Where))
	}
	return lines
}
