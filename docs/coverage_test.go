package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	rowNumber    = regexp.MustCompile(`^(S[0-4]|X)-\d+$`)
	evidenceForm = regexp.MustCompile("`([^`]+)`")
	testHead     = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
)

// evidence gives what the last column of each row of the coverage page names, by the row's first cell. Rows of the table
// of procedures, with two cells, name nothing.
func evidence(t *testing.T, page string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for line := range strings.Lines(page) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		first := strings.TrimSpace(cells[0])
		if !strings.HasPrefix(line, "|") || len(cells) < 3 || first == "row" || first == "what" || strings.HasPrefix(first, "---") {
			continue
		}
		if _, twice := all[first]; twice {
			t.Errorf("there are two rows %q", first)
		}
		all[first] = nil
		for _, m := range evidenceForm.FindAllStringSubmatch(cells[len(cells)-1], -1) {
			all[first] = append(all[first], m[1])
		}
	}
	return all
}

// goTests are the names of all tests of the repository.
func goTests(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		content, err := os.ReadFile(path)
		for _, m := range testHead.FindAllStringSubmatch(string(content), -1) {
			names[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// missingEvidence says which of the named tests and stories do not exist.
func missingEvidence(names []string, tests map[string]bool) []string {
	var missing []string
	for _, name := range names {
		story := filepath.Join("..", "cmd", "hybrid", "testdata", "script", name)
		if _, err := os.Stat(story); !tests[name] && (err != nil || filepath.Ext(name) != ".txtar") {
			missing = append(missing, name)
		}
	}
	return missing
}

// TestCoverageNamesTestsThatExist holds every row of the coverage page to naming what shows it.
func TestCoverageNamesTestsThatExist(t *testing.T) {
	t.Parallel()
	tests, rows, numbered := goTests(t), evidence(t, pages(t)["coverage.md"]), 0
	for row, names := range rows {
		if rowNumber.MatchString(row) {
			numbered++
		}
		if len(names) == 0 {
			t.Errorf("row %q names nothing that shows it", row)
		}
		for _, name := range missingEvidence(names, tests) {
			t.Errorf("row %q is shown by %s, which does not exist", row, name)
		}
	}
	if numbered < 20 || numbered == len(rows) {
		t.Errorf("%d of %d rows have a number: the page is read wrongly", numbered, len(rows))
	}
}

func TestMissingEvidenceIsFound(t *testing.T) {
	t.Parallel()
	tests := goTests(t)
	for name, missing := range map[string]bool{"access_edge.txtar": false, "TestLinks": false, "nothing.txtar": true, "TestNothingOfTheKind": true, "": true} {
		if got := len(missingEvidence([]string{name}, tests)) > 0; got != missing {
			t.Errorf("%q is missing: %t", name, got)
		}
	}
}
