package docs_test

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The index leads to every page, so that none is found by chance only.
func TestTheIndexHasEveryPage(t *testing.T) {
	t.Parallel()
	index := read(t, "README.md")
	for page := range pages(t) {
		if filepath.Base(page) != "README.md" && !strings.Contains(index, "]("+page+")") {
			t.Errorf("docs/README.md does not lead to %s", page)
		}
	}
}

// The index names every kind that there is, and no other.
func TestTheIndexHasEveryKind(t *testing.T) {
	t.Parallel()
	index := read(t, "README.md")
	var got []string
	for _, m := range regexp.MustCompile(`(?m)^\| (?:on the servers|in the tenant|between them|only read) \| (.+) \|$`).FindAllStringSubmatch(index, -1) {
		for name := range strings.SplitSeq(m[1], ", ") {
			name = strings.Trim(name, "`")
			got = append(got, strings.ReplaceAll(strings.ReplaceAll(name, ` "`, "."), `"`, ""))
		}
	}
	out, err := exec.Command(hybrid, "schema", "--markdown", "no-such-kind").CombinedOutput()
	if err == nil {
		t.Fatalf("there is a kind no-such-kind:\n%s", out)
	}
	_, list, _ := strings.Cut(string(out), "There are ")
	var want []string
	for name := range strings.SplitSeq(strings.TrimSuffix(strings.TrimSpace(list), "."), ", ") {
		for part := range strings.SplitSeq(name, " and ") {
			want = append(want, strings.TrimSpace(part))
		}
	}
	want = slices.DeleteFunc(want, func(name string) bool {
		return slices.Contains([]string{"skype", "teams", "directory", "dns", "entra"}, name)
	})
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" || len(want) < 20 {
		t.Errorf("the program's kinds (-) and the index (+):\n%s", diff)
	}
}
