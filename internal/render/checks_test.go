package render

import (
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"

	"hybrid/internal/check"
)

// checked is a finding of each verdict.
func checked() []check.Finding {
	at := time.Date(2026, 11, 28, 22, 0, 1, 0, time.UTC)
	one := func(id string, blocks bool, r check.Result) check.Finding {
		c := check.Check{ID: id, Group: check.Tenant, Title: "All is well with " + id, Blocks: blocks, Reads: "Get-Csx", Remedy: "Mend it.", Source: "a page"}
		if r.Verdict == check.Fail {
			r.Do = c.Remedy
		}
		return check.Finding{Check: c, Result: r, Took: 250 * time.Millisecond}
	}
	saw := check.Evidence{What: "SharedSipAddressSpace", Value: "false", Where: "the tenant", When: at}
	dark := one("T-DARK", true, check.Result{Verdict: check.Unknown, Text: "the tenant cannot be reached\x07"})
	dark.After = []string{"T-FAIL"}
	return check.Explained([]check.Finding{
		one("T-PASS", true, check.Passed(saw)),
		one("T-WARN", false, check.Failed("a list is not as it should be", saw)),
		one("T-FAIL", true, check.Result{Verdict: check.Fail, Text: `it is "off" & <gone>`, Evidence: []check.Evidence{saw}, Address: "tenant_federation", Range: &hcl.Range{Filename: "trust.hcl", Start: hcl.Pos{Line: 7, Column: 3}, End: hcl.Pos{Line: 7, Column: 20}}}),
		dark,
		one("T-WAIVED", true, check.Result{Verdict: check.Waived, Text: "the Edge is a partner's"}),
		one("T-NONE", false, check.Absent("the configuration has no provider teams")),
	})
}

func checksIn(t *testing.T, format string, o CheckOptions) string {
	t.Helper()
	var b strings.Builder
	if err := Checks(&b, format, checked(), o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What would stop an apply comes first, then what warns, then what is not known; no meaning is in colour alone.
func TestChecksAsText(t *testing.T) {
	t.Parallel()
	text := checksIn(t, "text", CheckOptions{Columns: 120})
	last := -1
	for _, want := range []string{
		"FAIL    T-FAIL  All is well with T-FAIL\n  Why     it is \"off\" & <gone>\n  Seen    SharedSipAddressSpace: false (the tenant, 22:00:01)\n  Do      Mend it.\n  Line    trust.hcl:7\n",
		"warning T-WARN", "unknown T-DARK", "waived  T-WAIVED",
		"6 checks: 1 passed, 2 failed (1 would stop an apply), 1 unknown, 1 waived, 1 not about this configuration.\n",
	} {
		at := strings.Index(text, want)
		if at <= last {
			t.Errorf("%q is not where it belongs in\n%s", want, text)
		}
		last = at
	}
	if !strings.Contains(text, "  First   Mend T-FAIL: this may follow from it.\n") {
		t.Error("what may follow from something else says so")
	}
	if strings.Contains(text, "T-PASS") || !strings.Contains(checksIn(t, "text", CheckOptions{All: true}), "pass    T-PASS") {
		t.Error("what passes is told where it is asked for")
	}
}

func TestChecksAsJSON(t *testing.T) {
	t.Parallel()
	var doc checksDoc
	if err := json.Unmarshal([]byte(checksIn(t, "json", CheckOptions{})), &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Checks) != 6 || doc.Counts["fail"] != 2 || doc.Checks[2].Range.Line != 7 || doc.Checks[2].Remedy != "Mend it." || doc.Checks[0].Remedy != "" ||
		doc.Checks[0].Evidence[0].Value != "false" || doc.Checks[0].Millis != 250 || strings.Join(doc.Checks[3].Because, " ") != "T-FAIL" {
		t.Errorf("%+v", doc)
	}
}

// Pipelines count failures, errors and what was skipped.
func TestChecksAsJUnit(t *testing.T) {
	t.Parallel()
	text := checksIn(t, "junit", CheckOptions{})
	var doc junitSuites
	if err := xml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	s := doc.Suites[0]
	if len(doc.Suites) != 1 || doc.Tests != 6 || s.Failures != 2 || s.Errors != 1 || s.Skipped != 2 || s.Cases[2].Failure.Type != "blocking" || s.Cases[2].Failure.Message != `it is "off" & <gone>` {
		t.Errorf("%+v", doc)
	}
}

// What is wrong with a line stands at that line, all else at the first file, and what passes is no result.
func TestChecksAsSARIF(t *testing.T) {
	t.Parallel()
	text := checksIn(t, "sarif", CheckOptions{First: "main.hcl"})
	if err := valid([]byte(text)); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var doc struct {
		Runs []struct{ Results []sarifResult }
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, r := range doc.Runs[0].Results {
		line := 0
		if region := r.Locations[0].Physical.Region; region != nil {
			line = region.StartLine
		}
		told = append(told, strings.Join([]string{r.RuleID, r.Level, r.Locations[0].Physical.Artifact.URI, string(rune('0' + line))}, " "))
		if waived := r.RuleID == "check/T-WAIVED"; len(r.Suppressions) > 0 != waived {
			t.Errorf("%s: suppressed by %v", r.RuleID, r.Suppressions)
		} else if waived && (r.Suppressions[0].Kind != "inSource" || r.Suppressions[0].Justification != "the Edge is a partner's") {
			t.Errorf("%s: suppressed by %v", r.RuleID, r.Suppressions)
		}
	}
	if got := strings.Join(told, "\n"); got != "check/T-WARN warning main.hcl 0\ncheck/T-FAIL error trust.hcl 7\ncheck/T-DARK note main.hcl 0\ncheck/T-WAIVED note main.hcl 0" {
		t.Error(got)
	}
}

// What keeps many checks from knowing is told once; each of the others names the one that tells it.
func TestOneReasonIsToldOnce(t *testing.T) {
	t.Parallel()
	dark := func(id, text string) check.Finding {
		return check.Finding{Check: check.Check{ID: id, Group: check.Servers, Title: "All is well"}, Result: check.Result{Verdict: check.Unknown, Text: text}}
	}
	var b strings.Builder
	findings := []check.Finding{dark("E-ONE", "no session on fe01"), dark("E-TWO", "no session on fe01"), dark("E-THREE", "another")}
	if err := Checks(&b, "text", findings, CheckOptions{Columns: 120}); err != nil {
		t.Fatal(err)
	}
	want := "unknown E-ONE  All is well\n  Why     no session on fe01\n\n" +
		"unknown E-TWO  All is well\n  Why     for the reason that E-ONE gives\n\n" +
		"unknown E-THREE  All is well\n  Why     another\n\n3 checks: 0 passed, 0 failed, 3 unknown.\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}
