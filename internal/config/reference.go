package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

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
