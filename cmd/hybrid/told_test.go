package main

import (
	"os"
	"strings"
	"testing"
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
