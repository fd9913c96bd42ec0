package render

import (
	"io"

	"hybrid/planner"
)

// sarifLimit is how many results a run has at most: GitHub refuses a file with more
// (https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning).
const sarifLimit = 25_000

// SARIF writes what a plan finds as results on lines of the configuration, in the Static Analysis Results Interchange Format
// 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), for services that show findings beside the lines of a pull request.
//
// Results are, in this order: an error for each guard that the plan does not pass; a warning for each warning of the plan; a
// warning for each object, or block of users, of which something was changed by hand, where that was asked for; and for each
// change, the riskiest first, a warning where its risk is high or it needs attention, a note otherwise, besides a
// warning for each reason for which users are blocked. What each would issue, its undo, and what no undo brings back are among
// its properties. Blocks of users are one result, whatever Options.Users says.
//
// Files are named as the configuration was, or from Options.Root where it was named by an absolute path, with forward slashes. What is about the plan as a
// whole stands at the configuration's first file, since GitHub shows no result without a place. A result's fingerprint is made
// of rule and address, so that it stays the same result when lines move. There is no time in it: equal plans give equal bytes.
func SARIF(w io.Writer, p *planner.Plan, o Options) error {
	return newFindings(w, p, o, sarifLimit).write()
}

// write writes the document: results as they are found, one a line, and then what they name. So they are never all in memory.
func (f *findings) write() error {
	f.raw(`{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"results":[`)
	f.guards()
	f.warnings()
	f.hands()
	groups := byRisk(f.plan)
	for _, risk := range planner.Risks() {
		for _, c := range groups[risk] {
			f.change(c, risk)
		}
	}
	f.raw("\n],\n\"tool\":")
	f.encode(f.tool())
	f.raw(",\n\"invocations\":")
	f.encode([]sarifInvocation{f.invocation()})
	f.raw(",\"columnKind\":\"unicodeCodePoints\",\"properties\":")
	f.encode(f.about())
	f.raw("}]}\n")
	return f.end()
}

// The types below are as much of SARIF as is written. Names and meanings are the standard's.

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name  string      `json:"name"`
	Rules []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID      string       `json:"id"`
	Short   sarifMessage `json:"shortDescription"`
	Help    sarifMessage `json:"help"`
	Default sarifDefault `json:"defaultConfiguration"`
}

type sarifDefault struct {
	Level string `json:"level"`
}

type sarifMessage struct {
	Text string `json:"text"`
}

type sarifInvocation struct {
	Successful    bool                `json:"executionSuccessful"`
	Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
}

type sarifNotification struct {
	Level   string       `json:"level"`
	Message sarifMessage `json:"message"`
}

type sarifResult struct {
	RuleID       string            `json:"ruleId"`
	Level        string            `json:"level"`
	Message      sarifMessage      `json:"message"`
	Locations    []sarifLocation   `json:"locations,omitempty"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Properties   *sarifSteps       `json:"properties,omitempty"`
	Suppressions []sarifWaiver     `json:"suppressions,omitempty"`
}

// sarifWaiver says that a result is not to count, and why.
type sarifWaiver struct {
	Kind          string `json:"kind"` // "inSource": the configuration says so
	Justification string `json:"justification"`
}

// sarifSteps are what no message holds of a change.
type sarifSteps struct {
	Action   planner.Action `json:"action"`
	Risk     string         `json:"risk"`
	User     string         `json:"user,omitempty"` // whom the commands are for, the first of a block
	Commands []string       `json:"commands,omitempty"`
	Undo     []string       `json:"undo,omitempty"`
	Lost     []string       `json:"lost,omitempty"`
}

type sarifLocation struct {
	Physical sarifPhysical  `json:"physicalLocation"`
	Logical  []sarifLogical `json:"logicalLocations,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

// A sarifRegion counts lines and columns from 1; the end column is the first one behind the text.
type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn,omitempty"`
	EndLine     int `json:"endLine,omitempty"`
	EndColumn   int `json:"endColumn,omitempty"`
}

type sarifLogical struct {
	Name string `json:"fullyQualifiedName"`
	Kind string `json:"kind"`
}
