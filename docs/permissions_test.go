package docs_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hybrid/internal/check"
)

const rightsBegin = "<!-- from internal/check: go test ./docs -run TestThePageOfPermissions -update -->\n"

// TestThePageOfPermissions holds docs/permissions.md to what the checks hold accounts to, and its text to the same names.
func TestThePageOfPermissions(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("permissions.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begun := strings.Cut(string(content), rightsBegin)
	got, after, ended := strings.Cut(rest, tablesEnd)
	if !begun || !ended {
		t.Fatal("permissions.md has lost the marks around its list")
	}
	want := everyRight()
	if *update {
		if err := os.WriteFile("permissions.md", []byte(before+rightsBegin+want+tablesEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		got = want
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("permissions.md is not what the checks go by; add -update to write it anew (-the program +the page):\n%s", diff)
	}
	for _, r := range check.Rights() {
		if least := r.AnyOf[0]; !strings.Contains(after, least) {
			t.Errorf("%s is needed for %s, and no section explains it", least, r.For)
		}
	}
}

func everyRight() string {
	var b strings.Builder
	b.WriteString("| who | for | one of | looked at by |\n|---|---|---|---|\n")
	for _, r := range check.Rights() {
		fmt.Fprintf(&b, "| %s | %s | %s | [%s](checks.md#%s) |\n", r.Of, r.For, strings.Join(r.AnyOf, ", "), r.Check, strings.ToLower(r.Check))
	}
	return b.String()
}

// TestEveryProviderHasItsRights fails where a system that a provider block names is missing on the page.
func TestEveryProviderHasItsRights(t *testing.T) {
	t.Parallel()
	page := pages(t)["permissions.md"]
	for _, name := range strings.Fields("skype teams directory dns entra") {
		if !strings.Contains(page, "`\""+name+"\"`") && !strings.Contains(page, "`provider \""+name+"\"`") {
			t.Errorf("the page says nothing of provider %q", name)
		}
	}
}
