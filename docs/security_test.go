package docs

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The page of security says what the program's constants say.
func TestThePageOfSecurityHasTheLimitsOfTheProgram(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("security.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(page), "<!-- limits:")
	table, _, ended := strings.Cut(table, "<!-- end -->")
	if !found || !ended {
		t.Fatal("the page has no table of limits")
	}
	row := regexp.MustCompile(`(?m)^\| ([^|]+) \| ([0-9][^|]*) \| (\S+) (\w+) \|$`)
	rows := row.FindAllStringSubmatch(table, -1)
	if len(rows) < 40 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, r := range rows {
		value, err := constantOf(filepath.Join("..", filepath.FromSlash(r[3])), r[4])
		if err != nil {
			t.Errorf("%s: %s %s: %v", r[1], r[3], r[4], err)
			continue
		}
		if want, err := amountOf(r[2]); err != nil || want != value {
			t.Errorf("%s: the page says %s, and %s of %s is %d (%v)", r[1], r[2], r[4], r[3], value, err)
		}
	}
}

// amountOf is "64 MiB" in bytes, "5,000,000" as a number, and "15m" in nanoseconds.
func amountOf(text string) (int64, error) {
	number, unit, _ := strings.Cut(text, " ")
	if d, err := time.ParseDuration(number); err == nil {
		return int64(d), nil
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(number, ",", ""), 10, 64)
	shift, known := map[string]int{"": 0, "KiB": 10, "MiB": 20, "GiB": 30}[unit]
	if !known {
		err = fmt.Errorf("%q is no unit", unit)
	}
	return n << shift, err
}

// times are those of package time, which constants are written with.
var times = regexp.MustCompile(`time\.(Second|Minute|Hour)`)

// constantOf is the value of a constant of a package. Its expression may name other constants of the package, and units of time.
func constantOf(dir, name string) (int64, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return 0, err
	}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		src, err := os.ReadFile(path)
		if err != nil {
			return 0, err
		}
		file, err := parser.ParseFile(set, path, src, 0)
		if err != nil {
			return 0, err
		}
		if expr := valueOf(file, name); expr != nil {
			text := string(src[set.Position(expr.Pos()).Offset:set.Position(expr.End()).Offset])
			text = times.ReplaceAllStringFunc(text, func(unit string) string {
				return map[string]string{"time.Second": "1000000000", "time.Minute": "60000000000", "time.Hour": "3600000000000"}[unit]
			})
			value, err := types.Eval(token.NewFileSet(), nil, token.NoPos, text)
			if err != nil {
				return 0, err
			}
			n, exact := constant.Int64Val(constant.ToInt(value.Value))
			if !exact {
				return 0, fmt.Errorf("%s is no whole number", text)
			}
			return n, nil
		}
	}
	return 0, fmt.Errorf("there is no such constant")
}

func valueOf(file *ast.File, name string) (expr ast.Expr) {
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, is := n.(*ast.ValueSpec); is {
			for i, known := range spec.Names {
				if known.Name == name && i < len(spec.Values) {
					expr = spec.Values[i]
				}
			}
		}
		return expr == nil
	})
	return expr
}

// What the list of writers in internal/architecture has is on the page.
func TestThePageOfSecurityTellsOfEveryWriter(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("security.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"saved plans", "journals, their locks, copies of a bucket", "handouts", "lab's state", "imported configuration", "templates (`init`)", "`fmt`", "pages of `reference`", "manual pages"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("nothing is said of %s", want)
		}
	}
}
