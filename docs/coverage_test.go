package docs_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	rowNumber    = regexp.MustCompile(`^(S[0-4]|X)-\d+$`)
	rowOfDNS     = regexp.MustCompile(`^D-[A-Z]+$`)
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

// wanted are the rows of the requirements that the page must have: those that are a resource, data, an action, an input, an
// order or a note, and those that say what has taken the place of a module. Rows that are checks alone are not
// among them, but for those that the verdict on a move is made of, and what KB 2757450 asks of a user and of the path that
// leads to where the user is homed.
func wanted() []string {
	rows := []string{"D-TTL", "D-AGREE"}
	for procedure, numbers := range map[string][]int{
		"S0": {1, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 18, 19, 21, 22, 23, 24, 25, 26, 27, 28, 29},
		"S1": {3, 4, 5, 6, 7, 8},
		"S2": {4, 5, 6, 7, 8, 9, 10, 11, 12},
		"S3": {1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
		"S4": {1, 6, 7},
		"X":  {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17},
	} {
		for _, n := range numbers {
			rows = append(rows, fmt.Sprintf("%s-%d", procedure, n))
		}
	}
	slices.Sort(rows)
	return rows
}

// numbered are the rows that the first cells of a page's tables name, several in one cell with spaces between, as often as
// they are named.
func numbered(page string) []string {
	var rows []string
	for line := range strings.Lines(page) {
		cell, isRow := strings.CutPrefix(line, "| ")
		cell, rest, _ := strings.Cut(cell, " | ")
		for _, row := range strings.Fields(cell) {
			if isRow && strings.Count(rest, " | ") > 1 && (rowNumber.MatchString(row) || rowOfDNS.MatchString(row)) {
				rows = append(rows, row)
			}
		}
	}
	slices.Sort(rows)
	return rows
}

// TestCoverageHasEveryRowOnce fails for a row that is missing, there twice, or not among the requirements.
func TestCoverageHasEveryRowOnce(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(wanted(), numbered(pages(t)["coverage.md"])); diff != "" {
		t.Errorf("rows that are missing (-), and those that are unknown or there twice (+):\n%s", diff)
	}
}

func TestRowsOfAPageAreFound(t *testing.T) {
	t.Parallel()
	page := "| S0 | a procedure |\n| row | a | b | c |\n|---|---|---|---|\n| S3-9 S3-13 | a | b | `x` |\n| S3-9 | a | b | `x` |\n| X-99 | a | b | `x` |\n| a domain X-1 | a | b |\nX-2 | a | b | c |\n"
	if got := strings.Join(numbered(page), " "); got != "S3-13 S3-9 S3-9 X-99" {
		t.Errorf("%q", got)
	}
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
	tests, rows := goTests(t), evidence(t, pages(t)["coverage.md"])
	for row, names := range rows {
		if len(names) == 0 {
			t.Errorf("row %q names nothing that shows it", row)
		}
		for _, name := range missingEvidence(names, tests) {
			t.Errorf("row %q is shown by %s, which does not exist", row, name)
		}
	}
	if len(rows) < 80 {
		t.Errorf("there are %d rows: the page is read wrongly", len(rows))
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
