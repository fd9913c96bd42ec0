package config

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEveryFunctionIsDocumented holds docs/language.md against the functions there are.
func TestEveryFunctionIsDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "## Functions")
	documented := regexp.MustCompile(`[a-z_0-9]+`).FindAllString(section, -1)
	for name := range newLoader("", nil, testOptions()).functions {
		if !slices.Contains(documented, name) {
			t.Errorf("docs/language.md does not name %s", name)
		}
	}
}
