// Package docs_test holds the pages to the program: links lead somewhere, commands and flags exist, and what a page shows
// as output is what the program prints.
package docs_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// hybrid is the program, built once for all tests.
var hybrid string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "hybrid-docs")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		hybrid = filepath.Join(dir, "hybrid")
		if out, err := exec.Command("go", "build", "-o", hybrid, "../cmd/hybrid").CombinedOutput(); err != nil {
			panic(string(out))
		}
		return m.Run()
	}())
}

// pages are README.md and all of docs by path, tutorials among them, read.
func pages(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("*.md")
	if err != nil || len(paths) < 5 {
		t.Fatalf("%d pages, %v", len(paths), err)
	}
	all := map[string]string{}
	tutorials, err := filepath.Glob(filepath.Join("tutorials", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(append(paths, tutorials...), filepath.Join("..", "README.md")) {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all[path] = string(content)
	}
	return all
}

var (
	linkForm    = regexp.MustCompile(`(?:\]\(|(?:href|src)=")([^)"\s]+)`)
	headingForm = regexp.MustCompile(`(?m)^#+ +(.+)$`)
	fenceForm   = regexp.MustCompile("(?ms)^ *```.*?^ *```$")
	notInAnchor = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// TestLinks follows every relative link, to the file and to the heading in it.
func TestLinks(t *testing.T) {
	t.Parallel()
	for page, text := range pages(t) {
		for _, m := range linkForm.FindAllStringSubmatch(fenceForm.ReplaceAllString(text, ""), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			file, anchor, _ := strings.Cut(m[1], "#")
			target := page
			if file != "" {
				target = filepath.Join(filepath.Dir(page), file)
			}
			if problem := broken(target, anchor); problem != "" {
				t.Errorf("%s links to %s: %s", page, m[1], problem)
			}
		}
	}
}

// broken says why a link leads nowhere; "" where it leads somewhere.
func broken(target, anchor string) string {
	if _, err := os.Stat(target); err != nil {
		return err.Error()
	}
	if anchor == "" {
		return ""
	}
	content, err := os.ReadFile(target)
	if err != nil {
		return err.Error()
	}
	for _, m := range headingForm.FindAllStringSubmatch(fenceForm.ReplaceAllString(string(content), ""), -1) {
		heading := notInAnchor.ReplaceAllString(strings.ToLower(m[1]), "")
		if strings.ReplaceAll(heading, " ", "-") == anchor {
			return ""
		}
	}
	return "there is no such heading"
}

func TestBrokenLinksAreFound(t *testing.T) {
	t.Parallel()
	if broken("commands.md", "exit-codes") != "" || broken("nothing.md", "") == "" || broken("commands.md", "no-such-heading") == "" {
		t.Error("links are not told apart")
	}
}

// TestNoMachinePaths keeps the folders of whoever wrote a page out of it.
func TestNoMachinePaths(t *testing.T) {
	t.Parallel()
	machine := regexp.MustCompile(`(^|[\s"'(=:])(/(work|tmp|root|home|Users)/|[A-Z]:\\Users)\S*`)
	for page, text := range pages(t) {
		if found := machine.FindString(text); found != "" {
			t.Errorf("%s names a folder of some machine: %s", page, found)
		}
	}
}
