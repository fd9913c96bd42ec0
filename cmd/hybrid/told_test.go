package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every kind has a story, a whole run of the program, under its name.
func TestEveryKindHasAStory(t *testing.T) {
	t.Parallel()
	_, kinds := declarations()
	for _, k := range kinds {
		story := "testdata/script/" + strings.ReplaceAll(k.Name, ".", "_") + ".txtar"
		if _, err := os.Stat(story); err != nil {
			t.Errorf("%s has no story: write cmd/hybrid/%s", k.Name, story)
		}
	}
}

// The table of kinds in the README names every kind, and nothing that is none.
func TestReadmeNamesEveryKind(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "\n| | kinds |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	var named, want []string
	for _, m := range regexp.MustCompile("`(?:data )?\"?([a-z_]+)\"?`").FindAllStringSubmatch(table, -1) {
		named = append(named, m[1])
	}
	_, kinds := declarations()
	for _, k := range kinds {
		want = append(want, strings.TrimPrefix(k.Name, "data."))
	}
	slices.Sort(named)
	slices.Sort(want)
	if diff := cmp.Diff(want, named); diff != "" {
		t.Errorf("the kinds (-) and the table of kinds in README.md (+):\n%s", diff)
	}
}
