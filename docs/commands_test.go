package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	flagForm    = regexp.MustCompile(`--[a-z][a-z-]*`)
	commandForm = regexp.MustCompile(`(?m)^  ([a-z]+)  `)
	sectionForm = regexp.MustCompile("(?m)^## `hybrid ([a-z ]+)`\n")
	rowForm     = regexp.MustCompile("(?m)^\\| `(--[a-z-]+)")
)

// help is what a command prints with --help.
var help = func() func(words string) string {
	var mu sync.Mutex
	known := map[string]string{}
	return func(words string) string {
		mu.Lock()
		defer mu.Unlock()
		if text, ok := known[words]; ok {
			return text
		}
		out, err := exec.Command(hybrid, append(strings.Fields(words), "--help")...).Output()
		if err != nil {
			panic(words + ": " + err.Error())
		}
		known[words] = string(out)
		return known[words]
	}
}()

// subcommands lists what stands under "Available Commands" of a command.
func subcommands(words string) []string {
	_, list, ok := strings.Cut(help(words), "Available Commands:\n")
	if !ok {
		return nil
	}
	list, _, _ = strings.Cut(list, "\n\n")
	var names []string
	for _, m := range commandForm.FindAllStringSubmatch(list, -1) {
		names = append(names, m[1])
	}
	return names
}

// flags lists the flags of a command itself, those that every command has left out.
func flags(words string) []string {
	_, list, _ := strings.Cut(help(words), "\nFlags:\n")
	list, _, _ = strings.Cut(list, "\n\n")
	var names []string
	for line := range strings.Lines(list) {
		if name := flagForm.FindString(line); name != "--help" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// command tells the command of what follows the word hybrid, and the flags that are written with it.
func command(text string) (words string, written []string) {
	text, _, _ = strings.Cut(text, " -- ")
	for _, word := range strings.Fields(text) {
		if !slices.Contains(subcommands(words), word) {
			break
		}
		words = strings.TrimSpace(words + " " + word)
	}
	return words, flagForm.FindAllString(text, -1)
}

var (
	callForm  = regexp.MustCompile(`(?:^|[ $])hybrid ([a-z-].*)`)
	otherCall = regexp.MustCompile("&&|[|;`]")
)

// TestFlagsExist holds every command line of the pages to the commands and flags that there are.
func TestFlagsExist(t *testing.T) {
	t.Parallel()
	seen := 0
	for page, text := range pages(t) {
		for line := range strings.Lines(text) {
			for _, part := range otherCall.Split(line, -1) {
				m := callForm.FindStringSubmatch(strings.TrimSpace(part))
				if m == nil {
					continue
				}
				words, written := command(m[1])
				for _, flag := range written {
					seen++
					if !slices.Contains(flagForm.FindAllString(help(words), -1), flag) {
						t.Errorf("%s: hybrid %s has no %s: %s", page, words, flag, line)
					}
				}
			}
		}
	}
	if seen < 30 {
		t.Errorf("only %d flags were found in the pages", seen)
	}
}

// TestEveryCommandAndFlagIsDescribed compares the sections of commands.md, and the table of each, with the program.
func TestEveryCommandAndFlagIsDescribed(t *testing.T) {
	t.Parallel()
	text := pages(t)["commands.md"]
	var described []string
	places := sectionForm.FindAllStringSubmatchIndex(text, -1)
	for n, place := range places {
		end := len(text)
		if n+1 < len(places) {
			end = places[n+1][0]
		}
		words := text[place[2]:place[3]]
		described = append(described, words)
		var rows []string
		for _, m := range rowForm.FindAllStringSubmatch(text[place[1]:end], -1) {
			rows = append(rows, m[1])
		}
		slices.Sort(rows)
		if diff := cmp.Diff(flags(words), rows); diff != "" {
			t.Errorf("the flags of hybrid %s (-the program +commands.md):\n%s", words, diff)
		}
	}
	slices.Sort(described)
	if diff := cmp.Diff(commands(), described); diff != "" {
		t.Errorf("commands (-the program +commands.md):\n%s", diff)
	}
}

// commands lists all there are but those that only hold others, and completion, whose subcommands are shells.
func commands() []string {
	all := []string{"completion"}
	for _, name := range subcommands("") {
		if name == "help" || name == "completion" {
			continue
		}
		below := subcommands(name)
		if below == nil || strings.Contains(help(name), "hybrid "+name+" [flags] [") {
			all = append(all, name)
		}
		for _, inner := range below {
			all = append(all, name+" "+inner)
		}
	}
	slices.Sort(all)
	return all
}

// TestEveryFunctionIsDescribed compares the list of functions in language.md with the tables in the source, which are
// the literals of type map[string]function.Function.
func TestEveryFunctionIsDescribed(t *testing.T) {
	t.Parallel()
	_, section, ok := strings.Cut(pages(t)["language.md"], "\n## Functions\n")
	section, _, _ = strings.Cut(section, "\n## ")
	described := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^\|.*\| (.+) \|$`).FindAllStringSubmatch(section, -1) {
		for _, name := range regexp.MustCompile("`([a-z0-9_]+)[(`]").FindAllStringSubmatch(m[1], -1) {
			described[name[1]] = true
		}
	}
	if !ok || len(described) < 50 {
		t.Fatalf("only %d functions are described", len(described))
	}
	if diff := cmp.Diff(functions(t), slices.Sorted(maps.Keys(described))); diff != "" {
		t.Errorf("functions (-the program +language.md):\n%s", diff)
	}
}

func functions(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "internal", "config", "functions*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, src, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			names = append(names, keys(n)...)
			return true
		})
	}
	slices.Sort(names)
	return names
}

// keys are the names in a literal of type map[string]function.Function.
func keys(n ast.Node) []string {
	literal, ok := n.(*ast.CompositeLit)
	if !ok {
		return nil
	}
	if m, ok := literal.Type.(*ast.MapType); !ok || !isFunction(m.Value) {
		return nil
	}
	var names []string
	for _, element := range literal.Elts {
		if name, ok := element.(*ast.KeyValueExpr).Key.(*ast.BasicLit); ok {
			text, _ := strconv.Unquote(name.Value)
			names = append(names, text)
		}
	}
	return names
}

func isFunction(e ast.Expr) bool {
	s, ok := e.(*ast.SelectorExpr)
	return ok && s.Sel.Name == "Function"
}
