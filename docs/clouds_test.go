package docs_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hybrid/internal/clouds"
)

var update = flag.Bool("update", false, "write anew what pages, pictures and lists take from the program")

const (
	tablesBegin = "<!-- from internal/clouds/clouds.json: go test ./docs -run TestTheTableOfClouds -update -->\n"
	tablesEnd   = "<!-- end -->\n"
)

// TestTheTableOfClouds holds docs/clouds.md to the program's table, with what every value rests on.
func TestTheTableOfClouds(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("clouds.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begun := strings.Cut(string(content), tablesBegin)
	got, after, ended := strings.Cut(rest, tablesEnd)
	if !begun || !ended {
		t.Fatal("clouds.md has lost the marks around its tables")
	}
	want := cloudTables()
	if *update {
		if err := os.WriteFile("clouds.md", []byte(before+tablesBegin+want+tablesEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		got = want
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("clouds.md is not what the program knows (-the program +the page):\n%s", diff)
	}
	if strings.Count(got, "| inferred |") < 10 || strings.Count(got, "| unknown |") < 2 {
		t.Error("the page does not show what is inferred and what is unknown")
	}
}

// cloudTables are the facts of every open cloud, one table a cloud.
func cloudTables() string {
	var b strings.Builder
	for _, c := range clouds.BuiltIn().All() {
		if c.Closed {
			continue
		}
		fmt.Fprintf(&b, "### %s: %s\n\n| `cloud.` | value | | source |\n|---|---|---|---|\n", c.Name, c.DisplayName)
		for _, name := range clouds.Names() {
			b.WriteString(factRow(c, name))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func factRow(c clouds.Cloud, name string) string {
	f, value := c.Fact(name), "–"
	if text := c.Text(name); text != "" {
		value = "`" + text + "`"
	}
	if name == "metadata_url" {
		name = "metadata_url(…)"
	}
	marks := map[string]string{clouds.Seen: "stated", clouds.Inferred: "inferred", clouds.Memory: "not verified", clouds.Unknown: "unknown"}
	basis := f.Source
	if f.AsOf != "" {
		basis += " (" + f.AsOf + ")"
	}
	if f.Note != "" {
		basis += "; " + f.Note
	}
	return fmt.Sprintf("| %s | %s | %s | %s |\n", name, value, marks[f.Mark], basis)
}
