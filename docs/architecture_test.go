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
	directForm = regexp.MustCompile(`(?m)^(?:require )?\t?([a-z][^\s()]*\.[^\s()]*) v\S+$`)
	moduleRow  = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([A-Z][A-Za-z0-9.-]+) \\| [^|]+ \\|$")
)

// The page names every module that is imported, with its licence and what it is for, and no other.
func TestModulesAreNamed(t *testing.T) {
	t.Parallel()
	var want, got []string
	for _, m := range directForm.FindAllStringSubmatch(read(t, "../go.mod"), -1) {
		want = append(want, m[1])
	}
	for _, m := range moduleRow.FindAllStringSubmatch(read(t, "architecture.md"), -1) {
		got = append(got, m[1])
	}
	slices.Sort(want)
	if len(want) < 20 {
		t.Fatalf("go.mod has but %q", want)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("go.mod (-) and the page (+):\n%s", diff)
	}
}

// The picture has a line for every package, and none for what is no package.
func TestPictureHasEveryPackage(t *testing.T) {
	t.Parallel()
	_, picture, _ := strings.Cut(read(t, "architecture.md"), "\n\n    schema ")
	picture, _, _ = strings.Cut("    schema "+picture, "\n\n#")
	var got []string
	for _, m := range regexp.MustCompile(`(?m)^ {4,10}([a-z][a-z/]*[a-z])  +\S`).FindAllStringSubmatch(picture, -1) {
		got = append(got, filepath.Base(m[1]))
	}
	var want []string
	for dir := range packages(t) {
		want = append(want, filepath.Base(dir))
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("packages (-) and the picture (+):\n%s", diff)
	}
}

// packages are the folders with Go files of this module, but for those of tests' data, of examples and of these pages.
func packages(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	err := fs.WalkDir(os.DirFS(".."), ".", func(path string, entry fs.DirEntry, err error) error {
		switch name := entry.Name(); {
		case err != nil:
			return err
		case entry.IsDir() && path != "." && (strings.HasPrefix(name, ".") || name == "testdata" || path == "examples" || path == "docs"):
			return fs.SkipDir
		case strings.HasSuffix(name, ".go"):
			all[filepath.Dir(path)] = true
		}
		return nil
	})
	if err != nil || len(all) < 20 {
		t.Fatalf("%d packages, %v", len(all), err)
	}
	return all
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
