package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

// follow resolves one reference.
func (s *scope) follow(t hcl.Traversal) {
	root := t.RootName()
	switch {
	case root == "var":
		s.followVariable(t)
	case root == "local":
		s.followLocal(t)
	case root == "each":
		s.followEach(t)
	case root == "cloud":
		s.followCloud(t)
	case root == "plan":
		s.followPlan(t)
	case root == "data":
		s.followData(t)
	case s.l.kinds[root] != nil:
		s.followResource(t)
	default:
		s.dangling(t, 1, "Unknown reference", "There is nothing called %q to refer to.%s", root, schema.DidYouMean(root, s.roots()))
	}
}

// dangling reports a reference that leads nowhere; its first steps evaluate to unknown.
func (s *scope) dangling(t hcl.Traversal, steps int, summary, format string, args ...any) {
	s.diags = append(s.diags, problem(t.SourceRange(), summary, format, args...))
	path := strings.Split(t.RootName(), ".")
	for _, step := range t[1:min(steps, len(t))] {
		if name, ok := stepName(step); ok {
			path = append(path, name)
		}
	}
	s.holes = append(s.holes, path)
}

// roots are the names that references can begin with here.
func (s *scope) roots() []string {
	names := []string{"var"}
	if s.reach.locals {
		names = append(names, "local")
	}
	if s.reach.cloud {
		names = append(names, "cloud")
	}
	if s.reach.plan {
		names = append(names, "plan")
	}
	if s.reach.each {
		names = append(names, "each")
	}
	if s.reach.resources {
		names = append(names, s.l.managed()...)
	}
	if s.reach.resources || s.reach.data {
		names = append(names, "data")
	}
	return names
}

// stepName is the name that a step of a reference leads to: .name or ["name"].
func stepName(step hcl.Traverser) (string, bool) {
	switch step := step.(type) {
	case hcl.TraverseAttr:
		return step.Name, true
	case hcl.TraverseIndex:
		if step.Key.Type() == cty.String && step.Key.IsKnown() && !step.Key.IsNull() && !step.Key.IsMarked() {
			return step.Key.AsString(), true
		}
	}
	return "", false
}

// second is the second step's name, "" where the reference names the whole.
func second(t hcl.Traversal) string {
	if len(t) < 2 {
		return ""
	}
	name, _ := stepName(t[1])
	return name
}

func (s *scope) followVariable(t hcl.Traversal) {
	if name := second(t); name != "" && s.l.variableDecl[name] == nil {
		s.lacking(t, 2, "No such variable", "There is no variable %q.%s", name, schema.DidYouMean(name, s.l.variableNames()))
	}
}

func (s *scope) followLocal(t hcl.Traversal) {
	name := second(t)
	if !s.reach.locals {
		s.dangling(t, 1, "Not available here", "From %s only var.… can be referred to.", s.reach.owner)
		return
	}
	if name == "" { // local as a whole, or with an index that is computed: all of them, except those under way
		for _, other := range slices.Sorted(maps.Keys(s.l.locals)) {
			s.useLocal(s.l.locals[other], t)
		}
		return
	}
	v := s.l.locals[name]
	if v == nil {
		s.lacking(t, 2, "No such local value", "There is no local value %q.%s", name, schema.DidYouMean(name, slices.Sorted(maps.Keys(s.l.locals))))
		return
	}
	s.useLocal(v, t)
}

// apart says why what resources are cannot be used here.
func (s *scope) apart() string {
	if s.reach.plan {
		return "a policy sees of resources what plan.changes tells"
	}
	return s.reach.owner + " must be known before any of them"
}

// useLocal takes over what a local value refers to.
func (s *scope) useLocal(v *local, t hcl.Traversal) {
	if v.state != settled { // part of a circle, which has been reported
		s.holes = append(s.holes, []string{"local", v.name})
		return
	}
	if !v.late() {
		return
	}
	if slices.ContainsFunc(v.scope.needs, func(n need) bool { return !s.reaches(n.to.kind) }) {
		s.dangling(t, 2, "Not available here", "local.%s is made of what resources are, and %s.", v.name, s.apart())
		return
	}
	for _, n := range v.scope.needs {
		s.need(n.to, t.SourceRange())
	}
	for _, inner := range append(slices.Clone(v.scope.late), v) {
		if !slices.Contains(s.late, inner) {
			s.late = append(s.late, inner)
		}
	}
	s.holes = append(s.holes, v.scope.holes...)
}

func (s *scope) followEach(t hcl.Traversal) {
	if !s.reach.each {
		s.dangling(t, 1, "No for_each here", "each.key and each.value are known only in a resource block that has for_each.")
		return
	}
	if name := second(t); name != "key" && name != "value" {
		s.dangling(t, 1, "Unknown reference", "There is each.key and each.value, and nothing else of each.")
	}
}

// need records that a block comes first.
func (s *scope) need(to *resource, where hcl.Range) {
	if !slices.ContainsFunc(s.needs, func(n need) bool { return n.to == to }) {
		s.needs = append(s.needs, need{to, where})
	}
}

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

// dependsOn resolves the blocks of depends_on.
func (l *loader) dependsOn(r *resource, expr hcl.Expression) {
	items, diags := hcl.ExprList(expr)
	if diags.HasErrors() {
		l.fail(expr.Range(), "depends_on is a list", "Write the blocks that come first in brackets: depends_on = [user.pilot].")
		return
	}
	for _, item := range items {
		t, diags := hcl.AbsTraversalForExpr(item)
		if !diags.HasErrors() && len(t) > 1 && l.kinds[t.RootName()] == nil && !slices.Contains([]string{"var", "local", "cloud", "each", "data"}, t.RootName()) {
			l.fail(item.Range(), "Unknown block type", "There is no block %q, so nothing can come after one.%s", t.RootName(), schema.DidYouMean(t.RootName(), l.managed()))
			continue
		}
		if diags.HasErrors() || l.kinds[t.RootName()] == nil {
			l.fail(item.Range(), "Not a block", "depends_on lists blocks as they are, without quotes or expressions: user.pilot, or dns_record[%q][%q].", "sip.contoso.com", "A")
			continue
		}
		l.dependOn(r, t)
	}
}

func (l *loader) dependOn(r *resource, t hcl.Traversal) {
	kind := l.kinds[t.RootName()]
	targets, _, missing := l.find(t)
	if missing != "" {
		l.lacking(t.SourceRange(), "No such "+words(kind.Name), "%s", missing)
	}
	for _, to := range targets {
		if to == r && len(targets) == 1 {
			l.fail(t.SourceRange(), "A block that depends on itself", "%s cannot come after itself. Remove it from depends_on.", r.address)
		}
		if to != r {
			r.needs = append(r.needs, planner.Edge{To: to.address.String(), Why: "depends_on", Range: t.SourceRange()})
		}
	}
}
