package docs_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// isTutorial tells the pages that a reader begins in an empty folder.
func isTutorial(page string) bool { return filepath.Dir(page) == "tutorials" }

// rowInText finds the rows of procedures that a tutorial says it stands for.
var rowInText = regexp.MustCompile(`\b(?:S[0-4]|X)-\d+\b`)

// TestTutorialsShowNothingUnchecked holds tutorials to marking every block of theirs: what a reader types and what the program
// answers is run. What others print or prescribe is in PowerShell, and is not.
func TestTutorialsShowNothingUnchecked(t *testing.T) {
	t.Parallel()
	tutorials := 0
	for page, text := range pages(t) {
		if !isTutorial(page) {
			continue
		}
		tutorials++
		for _, block := range unchecked(text) {
			t.Errorf("%s shows what nobody checks:\n%s", page, block)
		}
		if blocks := blockForm.FindAllStringSubmatch(text, -1); len(blocks) == 0 || blocks[0][1] != "folder" {
			t.Errorf("%s does not begin with a folder of its own", page)
		}
	}
	if tutorials < 5 {
		t.Errorf("there are %d tutorials: one for each procedure is wanted", tutorials)
	}
}

// unchecked are the fenced blocks of a page that bear no mark, but for those of PowerShell.
func unchecked(text string) []string {
	var found []string
	for _, block := range fenceForm.FindAllString(blockForm.ReplaceAllString(text, ""), -1) {
		if !strings.HasPrefix(strings.TrimSpace(block), "```powershell\n") {
			found = append(found, block)
		}
	}
	return found
}

func TestUncheckedBlocksAreFound(t *testing.T) {
	t.Parallel()
	text := "<!-- checked -->\n```\n$ a\nb\n```\n\n```powershell\nc\n```\n\n```hcl\nd {}\n```\n"
	if found := unchecked(text); len(found) != 1 || !strings.Contains(found[0], "d {}") {
		t.Errorf("%q", found)
	}
}

// TestTutorialsCoverTheProcedures holds tutorials to the rows of the coverage page: each says which of them its steps stand for,
// names none that there is not, and together they name every row of the published procedures.
func TestTutorialsCoverTheProcedures(t *testing.T) {
	t.Parallel()
	missing := map[string]bool{}
	known := numbered(pages(t)["coverage.md"])
	for _, row := range known {
		missing[row] = rowInText.MatchString(row) && !strings.HasPrefix(row, "X-")
	}
	for page, text := range pages(t) {
		if !isTutorial(page) {
			continue
		}
		rows := rowInText.FindAllString(text, -1)
		if len(rows) == 0 {
			t.Errorf("%s does not say which steps of a procedure it stands for", page)
		}
		for _, row := range rows {
			if !slices.Contains(known, row) {
				t.Errorf("%s names %s, which is no row of the coverage page", page, row)
			}
			missing[row] = false
		}
	}
	for row, is := range missing {
		if is {
			t.Errorf("no tutorial says where %s has gone", row)
		}
	}
}
