package schema

import (
	"regexp"
	"strings"
	"testing"
)

func TestPages(t *testing.T) {
	t.Parallel()
	company := railway()
	company.Example = "provider \"railway\" {\n}"
	pages := Pages([]*Kind{station(), track()}, []*System{company})
	if len(pages) != 4 {
		t.Fatalf("%d pages", len(pages))
	}
	golden(t, "testdata/index.golden", []byte(pages["index.md"]))
	for name, text := range pages {
		if titles := regexp.MustCompile(`(?m)^# .*`).FindAllString(text, -1); len(titles) != 1 {
			t.Errorf("%s has not one title:\n%s", name, text)
		}
		for _, m := range regexp.MustCompile(`\]\(([^)#]+\.md)`).FindAllStringSubmatch(text, -1) {
			if _, ok := pages[m[1]]; !ok {
				t.Errorf("%s leads to %s, which there is not", name, m[1])
			}
		}
	}
	if !strings.Contains(pages["provider-railway.md"], "For example:\n\n```hcl\nprovider \"railway\" {\n}\n```\n") {
		t.Errorf("no example in:\n%s", pages["provider-railway.md"])
	}
}
