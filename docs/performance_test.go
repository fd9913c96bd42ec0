package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	goTestForm = regexp.MustCompile("go test (\\./[a-z/]+)((?: -{1,2}[a-z]+(?: [^-`\\s][^`\\s]*)?)+)")
	namedForm  = regexp.MustCompile(`-(bench|run) '?([^'\s]+)'?`)
	testFunc   = regexp.MustCompile(`(?m)^func ((?:Test|Benchmark)\w+)\(`)
)

// Whoever repeats a figure copies its command: each benchmark and test that a page names is in the package that it names. The flags of
// go test take a regular expression for each part of a name, of which the first is looked at.
func TestNamedBenchmarksExist(t *testing.T) {
	t.Parallel()
	looked := 0
	for page, text := range pages(t) {
		for _, command := range goTestForm.FindAllStringSubmatch(text, -1) {
			functions := testFunctions(t, command[1])
			for _, named := range namedForm.FindAllStringSubmatch(command[2], -1) {
				first, _, _ := strings.Cut(named[2], "/")
				for pattern := range strings.SplitSeq(first, "|") {
					if pattern == "^$" {
						continue
					}
					looked++
					if !names(t, functions, named[1], pattern) {
						t.Errorf("%s: `%s`: nothing in %s is named %s", page, command[0], command[1], pattern)
					}
				}
			}
		}
	}
	if looked < 25 {
		t.Errorf("only %d names were looked at", looked)
	}
}

// names says whether a pattern is one of a test's, or of a benchmark's.
func names(t *testing.T, functions []string, kind, pattern string) bool {
	t.Helper()
	prefix := map[string]string{"bench": "Benchmark", "run": "Test"}[kind]
	form, err := regexp.Compile(pattern)
	if err != nil {
		t.Fatalf("-%s %s: %v", kind, pattern, err)
	}
	for _, name := range functions {
		if strings.HasPrefix(name, prefix) && form.MatchString(name) {
			return true
		}
	}
	return false
}

// testFunctions are the tests and benchmarks of a package, whatever system they are for.
func testFunctions(t *testing.T, pkg string) (all []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", pkg, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files with tests, %v", pkg, len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range testFunc.FindAllStringSubmatch(string(text), -1) {
			all = append(all, m[1])
		}
	}
	return all
}
