package architecture_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"slices"
	"strings"
	"testing"
)

// What a package is for, and what a name outside of it stands for, is said where it is declared. The program's own package
// has no names for others, and is told of by its pages.
func TestWhatIsExportedIsDocumented(t *testing.T) {
	t.Parallel()
	packages := map[string][]*ast.File{}
	for _, file := range source(t) {
		own, err := parser.ParseFile(where, file.name, file.text, parser.ParseComments) // go/doc takes what it is given apart
		if err != nil {
			t.Fatal(err)
		}
		packages[file.dir()] = append(packages[file.dir()], own)
	}
	for dir, files := range packages {
		p, err := doc.NewFromFiles(where, files, "hybrid/"+dir)
		if err != nil {
			t.Fatal(err)
		}
		if p.Doc == "" {
			t.Errorf("%s: the package has no comment", dir)
		}
		undocumented(t, p)
	}
}

// told are methods whose name says all that there is to say of them, whatever their type.
var told = []string{"Error", "Unwrap", "String"}

// undocumented names what others may use and nobody has said a word about.
func undocumented(t *testing.T, p *doc.Package) {
	t.Helper()
	say := func(node ast.Node, name, said string) {
		if said == "" && ast.IsExported(name[strings.LastIndex(name, ".")+1:]) {
			t.Errorf("%s: %s has no comment", where.Position(node.Pos()), name)
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
