package schema

import (
	"fmt"
	"strings"
)

// Pages is [Reference] with a page for each provider block and kind, and an index, by file name. Pages link to one another by
// these names.
func Pages(kinds []*Kind, systems []*System) map[string]string {
	pages := map[string]string{"index.md": index(kinds, systems)}
	for _, s := range systems {
		pages[s.pageName()] = alone(Reference(nil, []*System{s}))
	}
	for _, k := range kinds {
		pages[k.pageName()] = alone(Reference([]*Kind{k}, nil))
	}
	return pages
}

func (s *System) pageName() string { return "provider-" + s.Name + ".md" }

func (k *Kind) pageName() string { return strings.ReplaceAll(k.Name, ".", "-") + ".md" }

// alone is a section as a page of its own: its headings are one level higher.
func alone(section string) string {
	lines := strings.SplitAfter(strings.TrimRight(section, "\n")+"\n", "\n")
	for n, line := range lines {
		if strings.HasPrefix(line, "## ") || strings.HasPrefix(line, "### ") {
			lines[n] = line[1:]
		}
	}
	return strings.Join(lines, "") + "\n[All pages](index.md)\n"
}

// index lists all pages: where objects live, and what there is in each.
func index(kinds []*Kind, systems []*System) string {
	var p page
	p.line("# Reference\n\nWhere objects live:\n\n| block | |\n|---|---|")
	for _, s := range systems {
		p.line("| [`provider \"%s\"`](%s) | %s |", s.Name, s.pageName(), cell(firstSentence(s.Doc)))
	}
	for _, s := range systems {
		p.list(fmt.Sprintf("What lives behind `provider \"%s\"`", s.Name), kinds, func(k *Kind) bool { return k.System == s.Name && !k.Data && !k.Anonymous })
	}
	p.list("What is only read", kinds, func(k *Kind) bool { return k.Data || k.Anonymous })
	return p.String()
}

// list is a table of the kinds that belong into it; nothing where none does.
func (p *page) list(title string, kinds []*Kind, belongs func(*Kind) bool) {
	head := fmt.Sprintf("\n%s:\n\n| kind | |\n|---|---|", title)
	for _, k := range kinds {
		if !belongs(k) {
			continue
		}
		if head != "" {
			p.line("%s", head)
			head = ""
		}
		p.line("| [`%s`](%s) | %s |", k.Name, k.pageName(), cell(k.Summary()))
	}
}

// cell is a text fit for a cell of a table.
func cell(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\n", " "), "|", `\|`)
}
