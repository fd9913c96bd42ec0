package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hybrid/planner"
	"hybrid/schema"
)

// followData resolves data.kind.name: what a kind of data is called stands in the reference's first two steps.
func (s *scope) followData(t hcl.Traversal) {
	kind := second(t)
	if s.l.kinds["data."+kind] == nil {
		s.dangling(t, 2, "No such data", "There is no data.%s.%s", kind, schema.DidYouMean(kind, s.l.dataKinds()))
		return
	}
	root := hcl.TraverseRoot{Name: "data." + kind, SrcRange: hcl.RangeBetween(t[0].SourceRange(), t[1].SourceRange())}
	s.followResource(append(hcl.Traversal{root}, t[2:]...))
}

// reaches says whether blocks of a kind can be referred to here.
func (s *scope) reaches(kind *schema.Kind) bool {
	return s.reach.resources || s.reach.data && kind.Data
}

// followResource resolves a reference to one block, or to all of a kind where the label is computed.
func (s *scope) followResource(t hcl.Traversal) {
	kind := s.l.kinds[t.RootName()]
	if !s.reaches(kind) {
		s.dangling(t, 1, "Not available here", "%s is a resource, and %s. Use a variable or a local value for both.", kind.Name, s.apart())
		return
	}
	targets, rest, missing := s.l.find(t)
	switch {
	case missing != "":
		s.lacking(t, 1+len(kind.LabelNames()), "No such "+words(kind.Name), "%s", missing)
	case len(targets) == 1 && targets[0] == s.reach.self:
		s.dangling(t, 1+len(kind.LabelNames()), "A block that refers to itself", "%s cannot take a value from itself. Put the value into a local and use it in both places.",
			targets[0].address)
	default:
		for _, r := range targets {
			if r != s.reach.self {
				s.need(r, t.SourceRange())
			}
		}
		s.checkAttribute(t, kind, targets, rest)
	}
}

// find gives the blocks that a reference names and the steps after their labels. What is missing is said as a sentence.
func (l *loader) find(t hcl.Traversal) (targets []*resource, rest hcl.Traversal, missing string) {
	kind, all := l.kinds[t.RootName()], l.byKind[t.RootName()]
	var labels []string
	for n := range kind.LabelNames() {
		if n+1 >= len(t) {
			break
		}
		label, ok := stepName(t[n+1])
		if !ok {
			break
		}
		labels = append(labels, label)
	}
	if len(labels) == len(kind.LabelNames()) {
		if r := l.byAddress[planner.Address{Kind: kind.Name, Labels: labels}.String()]; r != nil {
			return []*resource{r}, t[1+len(labels):], ""
		}
		return nil, nil, l.noSuch(kind, labels)
	}
	for _, r := range all {
		if slices.Equal(r.address.Labels[:len(labels)], labels) {
			targets = append(targets, r)
		}
	}
	if len(targets) == 0 {
		return nil, nil, l.noSuch(kind, labels)
	}
	return targets, nil, ""
}

// noSuch says that there is no such block, and which was probably meant.
func (l *loader) noSuch(kind *schema.Kind, labels []string) string {
	name := kind.Name
	for _, label := range labels {
		name += fmt.Sprintf(" %q", label)
	}
	if len(l.byKind[kind.Name]) == 0 {
		return fmt.Sprintf("There is no %s, and no %s block at all.", name, kind.Name)
	}
	var candidates []string
	for _, r := range l.byKind[kind.Name] {
		candidates = append(candidates, strings.Join(r.address.Labels[:len(labels)], " "))
	}
	near := schema.Nearest(strings.Join(labels, " "), candidates)
	if near == "" {
		return fmt.Sprintf("There is no %s. There is %s.", name, schema.List(l.some(kind), "and"))
	}
	meant := l.byKind[kind.Name][slices.Index(candidates, near)]
	shown := fmt.Sprintf("%q", near)
	if len(labels) != 1 {
		shown = meant.address.String()
	}
	return fmt.Sprintf("There is no %s. Did you mean %s (%s)?", name, shown, schema.Place(meant.block.DefRange))
}

// some names the first few blocks of a kind.
func (l *loader) some(kind *schema.Kind) []string {
	var names []string
	for _, r := range l.byKind[kind.Name] {
		if len(names) == 3 {
			return append(names, fmt.Sprintf("%d more", len(l.byKind[kind.Name])-3))
		}
		names = append(names, r.address.String())
	}
	return names
}

// checkAttribute holds the step after a block's labels against its kind. The first step into a block with for_each is
// the instance.
func (s *scope) checkAttribute(t hcl.Traversal, kind *schema.Kind, targets []*resource, rest hcl.Traversal) {
	if len(targets) == 1 && targets[0].forEach != nil && len(rest) > 0 {
		if name, _ := stepName(rest[0]); len(rest) == 1 && kind.Attr(name) != nil {
			s.dangling(t, len(t)-1, "Which instance?", "%s has for_each, so there are several. Name one: %s[each.key].%s.", targets[0].address, targets[0].address, name)
			return
		}
		rest = rest[1:]
	}
	if len(rest) == 0 {
		return
	}
	attr, ok := rest[0].(hcl.TraverseAttr)
	if !ok {
		return
	}
	depth := len(t) - len(rest)
	switch {
	case kind.Rows != nil && (attr.Name == "users" || isColumn(kind, attr.Name)):
		s.dangling(t, depth, "Users cannot be referred to", "%s holds its users as a table. Name the table in locals and use local.… in both places.", kind.Name)
	case !kind.Type().HasAttribute(attr.Name):
		names := slices.Sorted(maps.Keys(kind.Type().AttributeTypes()))
		s.dangling(t, depth, "No such attribute", "%s has no attribute %q.%s", kind.Name, attr.Name, schema.DidYouMean(attr.Name, names))
	}
}

// isColumn says whether an attribute is each user's own.
func isColumn(kind *schema.Kind, name string) bool {
	a := kind.Attr(name)
	return a != nil && a.Mode == schema.Column
}

// words is a kind's name as it is spoken.
func words(kind string) string { return strings.NewReplacer("_", " ", ".", " ").Replace(kind) }
