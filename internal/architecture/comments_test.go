package architecture_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What a package is for, and what a name outside of it stands for, is said where it is declared. The program's own package
// has no names for others, and is told of by its pages.
func TestWhatIsExportedIsDocumented(t *testing.T) {
	t.Parallel()
	for dir, files := range sources(t, "../..") {
		p, err := doc.NewFromFiles(files.set, files.parsed, "hybrid/"+dir)
		if err != nil {
			t.Fatal(err)
		}
		if p.Doc == "" {
			t.Errorf("%s: the package has no comment", dir)
		}
		undocumented(t, files.set, p)
	}
}

// packageFiles are the files of a package without its tests, with where they stand.
type packageFiles struct {
	set    *token.FileSet
	parsed []*ast.File
}

// sources reads every package, whatever system its files are for.
func sources(t *testing.T, root string) map[string]packageFiles {
	t.Helper()
	found := map[string]packageFiles{}
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
		files, known := found[path.Dir(name)]
		if !known {
			files.set = token.NewFileSet()
		}
		file, err := parser.ParseFile(files.set, filepath.Join(root, name), nil, parser.ParseComments)
		files.parsed = append(files.parsed, file)
		found[path.Dir(name)] = files
		return err
	})
	if err != nil || len(found) == 0 {
		t.Fatalf("found %d packages: %v", len(found), err)
	}
	return found
}

// told are methods whose name says all that there is to say of them, whatever their type.
var told = []string{"Error", "Unwrap", "String"}

// undocumented names what others may use and nobody has said a word about.
func undocumented(t *testing.T, set *token.FileSet, p *doc.Package) {
	t.Helper()
	say := func(node ast.Node, name, said string) {
		if said == "" && ast.IsExported(name[strings.LastIndex(name, ".")+1:]) {
			t.Errorf("%s: %s has no comment", set.Position(node.Pos()), name)
		}
	}
	values := func(list []*doc.Value) {
		for _, v := range list {
			for _, spec := range v.Decl.Specs {
				one := spec.(*ast.ValueSpec)
				say(one, one.Names[0].Name, v.Doc+one.Doc.Text()+one.Comment.Text())
			}
		}
	}
	functions := func(of string, list []*doc.Func) {
		for _, f := range list {
			if of == "" || !slices.Contains(told, f.Name) {
				say(f.Decl, of+f.Name, f.Doc)
			}
		}
	}
	values(append(p.Consts, p.Vars...))
	functions("", p.Funcs)
	for _, kind := range p.Types {
		say(kind.Decl, kind.Name, kind.Doc)
		values(append(kind.Consts, kind.Vars...))
		functions("", kind.Funcs)
		functions(kind.Name+".", kind.Methods)
	}
}
