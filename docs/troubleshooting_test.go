package docs_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hybrid/internal/catalogue"
)

const catalogueBegin = "<!-- from internal/catalogue/catalogue.json: go test ./docs -run TestTroubleshootingHasTheCatalogue -update -->\n"

var (
	printedForm = regexp.MustCompile("(?m)^### `(.+)`$")
	verbForm    = regexp.MustCompile(`%[-+#0-9.*\[\]]*[a-zA-Z]`)
)

// TestErrorsAreThoseOfTheProgram holds each error that troubleshooting.md explains to a text of the program: its words, in this
// order, with anything for what a … stands for.
func TestErrorsAreThoseOfTheProgram(t *testing.T) {
	t.Parallel()
	page := read(t, "troubleshooting.md")
	texts := printedTexts(t)
	explained := printedForm.FindAllStringSubmatch(page, -1)
	if len(explained) < 60 || len(texts) < 5000 {
		t.Fatalf("%d errors and %d texts", len(explained), len(texts))
	}
	for _, m := range explained {
		if !printed(m[1], texts) {
			t.Errorf("troubleshooting.md explains what the program does not say: %s", m[1])
		}
	}
}

// printed says whether one of the texts has the pieces of an error one after another.
func printed(message string, texts []string) bool {
	for _, text := range texts {
		rest, found := text, true
		for piece := range strings.SplitSeq(message, "…") {
			_, rest, found = strings.Cut(rest, strings.Trim(piece, " "))
			if !found {
				break
			}
		}
		if found {
			return true
		}
	}
	return false
}

// printedTexts are the string literals of the program, sums of them as one; … stands where something else is put in.
func printedTexts(t *testing.T) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch name := entry.Name(); {
		case err != nil:
			return err
		case entry.IsDir() && (len(name) > 2 && name[0] == '.' || name == "testdata" || name == "lab" || strings.HasSuffix(name, "test")):
			return fs.SkipDir
		case !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			text, is := "", false
			if ok {
				text, is = literal(e)
			}
			if is {
				all = append(all, verbForm.ReplaceAllString(text, "…"))
			}
			return !is
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// literal is the text of a literal or of a sum with one in it.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		left, isLeft := literal(e.X)
		right, isRight := literal(e.Y)
		if e.Op != token.ADD || !isLeft && !isRight {
			return "", false
		}
		if !isLeft {
			left = "…"
		}
		if !isRight {
			right = "…"
		}
		return left + right, true
	}
	return "", false
}

func TestPrinted(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]bool{
		"password of … refused": true, "refused … password of": false, "passwort": false, "a … b": true,
	} {
		if printed(message, []string{"user name or password of … refused. Check both", "a…b"}) != want {
			t.Errorf("%s: not %v", message, want)
		}
	}
}

// TestTroubleshootingHasTheCatalogue holds the last part of troubleshooting.md to what the program knows of refusals.
func TestTroubleshootingHasTheCatalogue(t *testing.T) {
	t.Parallel()
	before, rest, begun := strings.Cut(read(t, "troubleshooting.md"), catalogueBegin)
	got, after, ended := strings.Cut(rest, tablesEnd)
	if !begun || !ended {
		t.Fatal("troubleshooting.md has lost the marks around its last part")
	}
	want := everyRefusal()
	if *update {
		if err := os.WriteFile("troubleshooting.md", []byte(before+catalogueBegin+want+tablesEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		got = want
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("troubleshooting.md is not what the program knows; add -update to write it anew (-the program +the page):\n%s", diff)
	}
}

// everyRefusal lists the entries of the catalogue by what they are told by.
func everyRefusal() string {
	var b strings.Builder
	for _, e := range catalogue.Entries() {
		fmt.Fprintf(&b, "### %s\n\nTold by: %s.\n\n- Cause: %s\n- Do: %s\n", e.Title, toldBy(e), inPage(e.Cause), inPage(e.Remedy))
		if len(e.Checks) > 0 {
			var checks []string
			for _, id := range e.Checks {
				checks = append(checks, fmt.Sprintf("[%s](checks.md#%s)", id, strings.ToLower(id)))
			}
			fmt.Fprintf(&b, "- Looked into by: %s\n", strings.Join(checks, ", "))
		}
		if e.Guess {
			b.WriteString("- No source says that this text has this cause.\n")
		}
		fmt.Fprintf(&b, "- Source: %s\n\n", inPage(e.Source))
	}
	return b.String()
}

// codeWords are schemes of codes as people call them; the value stands in the place of the verb.
var codeWords = map[string]string{
	"migration": "`Error=(%s)`", "entra": "`AADSTS%s`", "sip": "`ms-diagnostics: %s`", "wsman": "WS-Management `%s`", "windows": "`%s`",
	"sql": "SQL Server `%s`", "powershell": "`%s`", "http": "HTTP `%s`", "event": "event `%s`",
}

func toldBy(e catalogue.Entry) string {
	var ways []string
	for _, code := range e.Codes {
		scheme, value, _ := strings.Cut(code, " ")
		if value == "*" {
			value = "…"
		}
		ways = append(ways, fmt.Sprintf(codeWords[scheme], value))
	}
	for _, text := range append(e.Texts, e.Symptoms...) {
		ways = append(ways, "`"+text+"`")
	}
	told := strings.Join(ways, ", ")
	if e.With != "" {
		told += ", near `" + e.With + "`"
	}
	return told
}

// inPage is a sentence in which Markdown would take nothing for markup.
func inPage(text string) string {
	return strings.NewReplacer("*", `\*`, "_", `\_`, "<", "&lt;", "|", `\|`).Replace(text)
}
