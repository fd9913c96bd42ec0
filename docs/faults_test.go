package docs_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestEveryKindOfFaultIsNamed holds the kinds that commands.md gives for `lab fault --kind` to those of the lab.
func TestEveryKindOfFaultIsNamed(t *testing.T) {
	t.Parallel()
	var want, got []string
	for _, m := range regexp.MustCompile(`(?m)^\t\w+ +FaultKind = "(\w+)"`).FindAllStringSubmatch(read(t, "../internal/lab/fault.go"), -1) {
		want = append(want, m[1])
	}
	_, row, _ := strings.Cut(read(t, "commands.md"), "\n| `--kind KIND` | `lag`")
	row, _, _ = strings.Cut("`lag`"+row, "\n")
	for _, m := range regexp.MustCompile("`(\\w+)`").FindAllStringSubmatch(row, -1) {
		got = append(got, m[1])
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" || len(want) < 10 {
		t.Errorf("the lab's kinds of faults (-) and the page's (+):\n%s", diff)
	}
}
