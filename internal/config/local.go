package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// local is one local value. One that refers to resources, itself or through others, is late: it is evaluated anew for
// each block that uses it, when those resources' values are known.
type local struct {
	name  string
	expr  hcl.Expression
	where hcl.Range
	state state
	scope *scope
}

type state int

const (
	unvisited state = iota
	open
	settled
)

func (v *local) late() bool { return len(v.scope.needs) > 0 || len(v.scope.late) > 0 }

// declareLocals reads the locals blocks, without evaluating anything.
func (l *loader) declareLocals() {
	for _, block := range l.blocks["locals"] {
		attrs, diags := block.Body.JustAttributes()
		l.add(diags)
		for _, attr := range inOrder(attrs) {
			if earlier, ok := l.locals[attr.Name]; ok {
				l.fail(attr.NameRange, "Local value declared twice", "There is a local value %q at %s already. Remove one of the two.", attr.Name, schema.Place(earlier.where))
				continue
			}
			l.locals[attr.Name] = &local{name: attr.Name, expr: attr.Expr, where: attr.NameRange}
		}
	}
}

// inOrder gives arguments as they stand in the file.
func inOrder(attrs hcl.Attributes) []*hcl.Attribute {
	return slices.SortedFunc(maps.Values(attrs), func(a, b *hcl.Attribute) int {
		return a.NameRange.Start.Byte - b.NameRange.Start.Byte
	})
}

// evaluateLocals settles every local value, each after those it refers to.
func (l *loader) evaluateLocals() {
	for _, name := range slices.Sorted(maps.Keys(l.locals)) {
		l.settleLocal(l.locals[name], nil)
	}
}

// settleLocal resolves and, unless it is late, evaluates a local value. The path holds those that led here.
func (l *loader) settleLocal(v *local, path []string) {
	if v.state != unvisited {
		return
	}
	v.state = open
	for _, t := range v.expr.Variables() { // first those it refers to, so that a circle is seen as a whole
		if name, ok := localName(t); ok && l.locals[name] != nil {
			l.descend(l.locals[name], append(path, v.name), t.SourceRange())
		}
	}
	v.scope = l.scope([]hcl.Expression{v.expr}, forLocals)
	v.state = settled
	l.add(v.scope.diags)
	value, diags := schema.Evaluate(v.expr, v.scope.context(nil))
	l.add(diags)
	if diags.HasErrors() {
		value = cty.DynamicVal
	}
	if !v.late() {
		l.localValues[v.name] = value
	}
}

// descend settles a local value that another refers to, or reports the circle that this would be.
func (l *loader) descend(to *local, path []string, where hcl.Range) {
	if to.state != open {
		l.settleLocal(to, path)
		return
	}
	circle := append(slices.Clone(path[slices.Index(path, to.name):]), to.name)
	l.fail(where, "Local values need one another in a circle", "local.%s. Give one of them a value that needs none of the others.",
		strings.Join(circle, " → local."))
}

func localName(t hcl.Traversal) (string, bool) {
	if t.RootName() != "local" || len(t) < 2 {
		return "", false
	}
	return stepName(t[1])
}
