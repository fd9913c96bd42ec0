package docs_test

import (
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
	sourceForm = regexp.MustCompile("(?m)^<!-- source: (\\S+) -->\n```[a-z]*\n((?s:.*?))^```$")
	rowOfFile  = regexp.MustCompile("(?m)^\\| \\[`([^`]+)`\\]\\([^)]+\\) \\| (yes)? ?\\| (yes)? ?\\| ")
)

// What pages show of the source stands in it, letter by letter.
func TestPagesShowTheSource(t *testing.T) {
	t.Parallel()
	shown := 0
	for page, text := range pages(t) {
		found := sourceForm.FindAllStringSubmatch(text, -1)
		if marks := strings.Count(text, "\n<!-- source:"); marks != len(found) {
			t.Errorf("%s has %d marks and %d blocks behind them", page, marks, len(found))
		}
		for _, m := range found {
			shown++
			if source := read(t, filepath.Join("..", m[1])); !strings.Contains(source, m[2]) {
				t.Errorf("%s shows what is not in %s:\n%s", page, m[1], m[2])
			}
		}
	}
	if shown < 6 {
		t.Errorf("only %d excerpts are shown", shown)
	}
}

// The page of a new kind names every file in which its two kinds are, and no other.
func TestFilesOfTheNewKinds(t *testing.T) {
	t.Parallel()
	page := read(t, "adding-a-kind.md")
	for n, kind := range []string{"teams_upgrade", "online_external_access_policy"} {
		var listed []string
		for _, m := range rowOfFile.FindAllStringSubmatch(page, -1) {
			if m[2+n] == "yes" {
				listed = append(listed, m[1])
			}
		}
		slices.Sort(listed)
		if diff := cmp.Diff(filesNaming(t, kind), listed); diff != "" {
			t.Errorf("files with %s (-) and those on the page (+):\n%s", kind, diff)
		}
	}
}

// filesNaming are the files of the repository with a word in them, but for the page of a new kind and its test.
func filesNaming(t *testing.T, word string) []string {
	t.Helper()
	form := regexp.MustCompile(`\b` + word + `\b`)
	var found []string
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		name := filepath.ToSlash(strings.TrimPrefix(path, ".."+string(filepath.Separator)))
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == ".git" || entry.Name() == ".hybrid"):
			return filepath.SkipDir
		case !slices.Contains([]string{".go", ".md", ".txtar", ".hcl", ".json", ".golden"}, filepath.Ext(path)), strings.HasPrefix(name, "docs/adding"):
			return nil
		}
		text, err := os.ReadFile(path)
		if form.Match(text) {
			found = append(found, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Tests that the page quotes are there.
func TestThePageOfANewKindNamesTests(t *testing.T) {
	t.Parallel()
	all := goTests(t)
	for _, name := range regexp.MustCompile("`(Test[A-Z]\\w+)`").FindAllStringSubmatch(read(t, "adding-a-kind.md"), -1) {
		if !all[name[1]] {
			t.Errorf("there is no test %s", name[1])
		}
	}
}
