package architecture_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A sourceFile is one of this module that is no test, whatever system it is for.
type sourceFile struct {
	name   string // from the root, with slashes
	text   string
	parsed *ast.File
}

// dir is the package of a file, as a path from the root; the root itself is ".".
func (f sourceFile) dir() string { return path.Dir(f.name) }

// aside says whether a package is no part of the program: it is only there for tests, is an example, or measures the program.
func (f sourceFile) aside() bool {
	top, _, _ := strings.Cut(f.name, "/")
	return strings.HasSuffix(f.dir(), "test") || f.dir() == "internal/hostile" || f.dir() == "internal/sidebyside" || top == "examples"
}

// where tells the positions of all files, which are read once for all tests.
var where = token.NewFileSet()

var readSource = sync.OnceValues(func() ([]sourceFile, error) {
	root := filepath.Join("..", "..")
	var all []sourceFile
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			if name != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata") {
				return fs.SkipDir
			}
			return err
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file := filepath.Join(root, filepath.FromSlash(name))
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(where, file, text, 0)
		all = append(all, sourceFile{name, string(text), parsed})
		return err
	})
	return all, err
})

// source is every file of this module that is no test.
func source(t *testing.T) []sourceFile {
	t.Helper()
	all, err := readSource()
	if err != nil || len(all) < 500 {
		t.Fatalf("%d files, %v", len(all), err)
	}
	return all
}

// ofTheProgram is [source] without what is aside.
func ofTheProgram(t *testing.T) []sourceFile {
	t.Helper()
	return slices.DeleteFunc(slices.Clone(source(t)), sourceFile.aside)
}
