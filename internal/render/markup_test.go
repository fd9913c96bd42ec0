package render

import (
	"bufio"
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"html/template"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What markupWriter makes of a text is what html/template makes of it, between tags and in an attribute.
func TestTextsAreEscapedAsTemplatesDo(t *testing.T) {
	t.Parallel()
	layout := template.Must(template.New("").Parse(`<p title="{{.}}">{{.}}</p>`))
	check := func(fail func(string, ...any), text string) {
		var want, got bytes.Buffer
		if err := layout.Execute(&want, text); err != nil {
			fail("%v", err)
		}
		out := bufio.NewWriter(&got)
		h := markupWriter{out}
		h.around(`<p title="`, text, `">`)
		h.around("", text, "</p>")
		out.Flush()
		if got.String() != want.String() {
			fail("%q: %s, not %s", text, &got, &want)
		}
	}
	for b := range 256 {
		check(t.Fatalf, "a"+string([]byte{byte(b)})+"b")
	}
	rapid.Check(t, func(r *rapid.T) {
		pieces := rapid.SliceOf(rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{`"`, "'", "<!--", "-->", "</script>", "&lt;", "+ADw-", "\x00", "\xff", "\u2028", "\ufdd0"})))
		check(r.Fatalf, strings.Join(pieces.Draw(r, "text"), ""))
	})
}

// No text is turned into markup: the type is only that of constants.
func TestNothingIsMadeMarkup(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	uses := 0
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		fset := token.NewFileSet()
		tree, err := parser.ParseFile(fset, file.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.Name == "markup" {
				uses++
			}
			if call, ok := n.(*ast.CallExpr); ok {
				if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "markup" {
					t.Errorf("%s: a conversion to markup", fset.Position(call.Pos()))
				}
			}
			return true
		})
	}
	if uses < 5 {
		t.Errorf("markup is named %d times: nothing is shown by this", uses)
	}
}
