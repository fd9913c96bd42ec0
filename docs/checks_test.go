package docs_test

import (
	"cmp"
	"fmt"
	"os"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"hybrid/internal/check"
)

const checksBegin = "<!-- from internal/check: go test ./docs -run TestThePageOfChecks -update -->\n"

// TestThePageOfChecks holds docs/checks.md to the checks that there are.
func TestThePageOfChecks(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("checks.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begun := strings.Cut(string(content), checksBegin)
	got, after, ended := strings.Cut(rest, tablesEnd)
	if !begun || !ended {
		t.Fatal("checks.md has lost the marks around its list")
	}
	want := everyCheck()
	if *update {
		if err := os.WriteFile("checks.md", []byte(before+checksBegin+want+tablesEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		got = want
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("checks.md is not what the program has; add -update to write it anew (-the program +the page):\n%s", diff)
	}
}

// everyCheck lists the checks, group by group.
func everyCheck() string {
	var b strings.Builder
	all := check.All()
	for _, c := range check.UserChecks() {
		all = append(all, c.Check)
	}
	for _, group := range check.Groups() {
		heading := false
		for _, c := range all {
			if c.Group != group {
				continue
			}
			if !heading {
				fmt.Fprintf(&b, "## %s\n\n", groupHeadings()[group])
			}
			heading = true
			b.WriteString(checkEntry(c))
		}
	}
	return b.String()
}

func groupHeadings() map[check.Group]string {
	return map[check.Group]string{
		check.Connection: "Group connection: hosts, signing in, modules",
		check.Servers:    "Group servers: Front Ends and Edge",
		check.Providers:  "Group providers: hosting providers and OAuth",
		check.Tenant:     "Group tenant",
		check.DNS:        "Group dns: names",
		check.Users:      "Group users: hybrid check user",
	}
}

// checkEntry is what is to be known of a check.
func checkEntry(c check.Check) string {
	weight := "It warns."
	if c.Blocks {
		weight = "It blocks."
	}
	var b strings.Builder
	fmt.Fprintf(&b, "### %s\n\n%s. %s\n\n- Reads: %s\n- If it fails: %s\n", c.ID, c.Title, weight, cmp.Or(c.Reads, "nothing of its own"), c.Remedy)
	if len(c.Systems) > 0 {
		fmt.Fprintf(&b, "- Needs the provider: %s\n", "`"+strings.Join(c.Systems, "`, `")+"`")
	}
	if len(c.After) > 0 {
		fmt.Fprintf(&b, "- May follow from: %s\n", links(c.After))
	}
	fmt.Fprintf(&b, "- Source: %s\n\n", c.Source)
	return b.String()
}

// links leads to the entries of checks.
func links(ids []string) string {
	all := make([]string, len(ids))
	for n, id := range ids {
		all[n] = fmt.Sprintf("[%s](#%s)", id, strings.ToLower(id))
	}
	return strings.Join(all, ", ")
}

// Every check tells what an administrator needs to know, in whole sentences.
func TestEveryCheckSaysWhatItIs(t *testing.T) {
	t.Parallel()
	all := check.All()
	for _, c := range check.UserChecks() {
		all = append(all, c.Check)
	}
	for _, c := range all {
		if groupHeadings()[c.Group] == "" {
			t.Errorf("%s is of the group %q, which the page does not know", c.ID, c.Group)
		}
		if c.Title == "" || strings.HasSuffix(c.Title, ".") || c.Reads == "" || c.Source == "" || !strings.HasSuffix(c.Remedy, ".") {
			t.Errorf("%s does not say what it is: %+v", c.ID, c)
		}
	}
}
