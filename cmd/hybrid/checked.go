package main

import (
	"fmt"
	"strings"

	"hybrid/internal/check"
	"hybrid/internal/journal"
)

// checked is what checks have found before the first change.
type checked struct {
	findings []check.Finding // of the estate, and one for each check of users
	later    []check.Check   // those that look at what the plan changes
	users    *checkedUsers   // nil where nobody is moved
}

// failed are the findings for which nothing is begun.
func (c *checked) failed() []check.Finding { return having(c.findings, check.Fail) }

func having(findings []check.Finding, v check.Verdict) []check.Finding {
	var some []check.Finding
	for _, f := range findings {
		if f.Verdict == v {
			some = append(some, f)
		}
	}
	return some
}

// idsOf are the ids of findings: "D-LD, D-SIP".
func idsOf(findings []check.Finding) string {
	ids := make([]string, len(findings))
	for n, f := range findings {
		ids[n] = f.ID
	}
	return strings.Join(ids, ", ")
}

// line is what was found in a sentence; "" where nothing had to be checked before the changes.
func (c *checked) line() string {
	var parts []string
	add := func(v check.Verdict, word string, named bool) {
		some := having(c.findings, v)
		switch {
		case len(some) > 0 && named:
			parts = append(parts, fmt.Sprintf("%d %s (%s)", len(some), word, idsOf(some)))
		case len(some) > 0:
			parts = append(parts, fmt.Sprintf("%d %s", len(some), word))
		}
	}
	add(check.Pass, "passed", false)
	add(check.Fail, "failed", true)
	add(check.Unknown, "unknown", false) // named in a line of their own
	add(check.Waived, "waived", true)
	if len(c.later) > 0 && len(parts) > 0 {
		ids := make([]string, len(c.later))
		for n, l := range c.later {
			ids[n] = l.ID
		}
		parts = append(parts, fmt.Sprintf("%d after the run, of what it changes (%s)", len(ids), strings.Join(ids, ", ")))
	}
	if len(parts) == 0 {
		return ""
	}
	return "Checks: " + strings.Join(parts, ", ") + "."
}

// whyUnknown names the commands that say why checks are not known.
func (c *checked) whyUnknown(inLab bool) string {
	lab := ""
	if inLab {
		lab = " --lab"
	}
	var ofEstate, ofUsers []string
	for _, f := range having(c.findings, check.Unknown) {
		if f.Group == check.Users {
			ofUsers = append(ofUsers, f.ID)
		} else {
			ofEstate = append(ofEstate, f.ID)
		}
	}
	var commands []string
	if len(ofEstate) > 0 {
		commands = append(commands, fmt.Sprintf("hybrid check%s --only %s", lab, strings.Join(ofEstate, ",")))
	}
	if len(ofUsers) > 0 {
		commands = append(commands, fmt.Sprintf("hybrid check user%s --only %s %s", lab, strings.Join(ofUsers, ","), c.users.unknownOf(ofUsers[0])))
	}
	says := " says"
	if len(commands) > 1 {
		says = " say"
	}
	return strings.Join(commands, ", and ") + says + " why, and what to look at."
}

// inJournal is what was found, in the words of the journal.
func (c *checked) inJournal() []journal.Check {
	if c == nil {
		return nil
	}
	var all []journal.Check
	for _, f := range c.findings {
		if f.Verdict != check.NoCause {
			all = append(all, journal.Check{ID: f.ID, Result: string(f.Verdict), Text: f.Text})
		}
	}
	return all
}

// checksOf says of a run which of its checks were left out or waived and why, and names those that were not known; whole, it says of
// each of these why.
func checksOf(run journal.Run, whole bool) []string {
	var lines, unknown []string
	if run.Unchecked {
		lines = append(lines, "checks: left out (--no-checks)")
	}
	for _, c := range run.Checks {
		switch {
		case c.Result == string(check.Pass):
		case c.Result == string(check.Unknown) && !whole:
			unknown = append(unknown, c.ID)
		default:
			lines = append(lines, fmt.Sprintf("check %s: %s: %s", c.ID, c.Result, c.Text))
		}
	}
	if len(unknown) > 0 {
		lines = append(lines, "checks not known: "+strings.Join(unknown, ", "))
	}
	return lines
}
