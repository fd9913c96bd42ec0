package docs_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The table of exit codes has those of the program, no other, and the program's own help has them as well.
func TestExitCodesAreThoseOfTheProgram(t *testing.T) {
	t.Parallel()
	want := []string{"0"}
	for _, m := range regexp.MustCompile(`(?m)^\texit[A-Z]\w+ += (\d+)`).FindAllStringSubmatch(read(t, "../cmd/hybrid/main.go"), -1) {
		want = append(want, m[1])
	}
	_, section, _ := strings.Cut(read(t, "commands.md"), "## Exit codes\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var got []string
	for _, m := range regexp.MustCompile(`(?m)^\| (\d+) \|`).FindAllStringSubmatch(section, -1) {
		got = append(got, m[1])
	}
	if diff := cmp.Diff(want, got); diff != "" || len(want) < 5 {
		t.Errorf("the program's exit codes (-) and the page's (+):\n%s", diff)
	}
	_, told, _ := strings.Cut(help(""), "Exit codes:\n")
	told, _, _ = strings.Cut(told, "\n\n")
	for line := range strings.Lines(told) {
		if len(line) > 80 {
			t.Errorf("hybrid --help has a line of %d columns: %s", len(line), line)
		}
	}
	var helped []string
	for _, m := range regexp.MustCompile(`(?m)^  (\d+) `).FindAllStringSubmatch(told, -1) {
		helped = append(helped, m[1])
	}
	if !slices.Equal(helped, want) {
		t.Errorf("hybrid --help tells of the exit codes %q, and there are %q", helped, want)
	}
}
