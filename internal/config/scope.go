package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// reach says what expressions may refer to, beside variables.
type reach struct {
	locals    bool
	resources bool
	cloud     bool // facts of the configuration's cloud
	data      bool // data, also where resources cannot be reached
	each      bool
	plan      bool      // the plan itself
	owner     string    // what cannot be reached from, for messages: "a provider block"
	self      *resource // the block the expressions stand in, nil outside of resources
}

var (
	onlyVariables = reach{owner: "a validation"}
	onlyConstants = reach{locals: true, cloud: true, owner: "this block"}
	forProviders  = reach{locals: true, cloud: true, data: true, owner: "a provider block"}
	forPolicies   = reach{locals: true, cloud: true, plan: true, owner: "a policy"}
	forLocals     = reach{locals: true, cloud: true, resources: true, owner: "a local value"}
)

// scope is what some expressions refer to: what has to be known before they can be evaluated. References that lead
// nowhere are reported in diags and evaluate to unknown, so that they are reported once and all else is still checked.
type scope struct {
	l     *loader
	reach reach
	needs []need
	late  []*local   // local values that refer to resources, each after those it refers to
	holes [][]string // paths of references that lead nowhere
	diags hcl.Diagnostics
}

// need is a reference to a resource block.
type need struct {
	to    *resource
	where hcl.Range
}

// scope resolves the references of expressions.
func (l *loader) scope(exprs []hcl.Expression, r reach) *scope {
	s := &scope{l: l, reach: r}
	for _, expr := range exprs {
		for _, t := range expr.Variables() {
			s.follow(t)
		}
	}
	return s
}

// constants is the context of a block that refers to variables, local values and the cloud only, some arguments left out;
// what it refers to wrongly is recorded.
func (l *loader) constants(body hcl.Body, except ...string) *hcl.EvalContext {
	s := l.scope(expressions(body, except...), onlyConstants)
	l.add(s.diags)
	return s.context(nil)
}

// context is what the expressions are evaluated in, given the values of resource blocks by address. Blocks without a
// value are unknown.
func (s *scope) context(after map[string]cty.Value) *hcl.EvalContext {
	t := tree{}
	for name, v := range s.l.varValues {
		t.set(v, "var", name)
	}
	for name, v := range s.l.sky.values {
		t.set(v, "cloud", name)
	}
	for name, v := range s.l.localValues {
		t.set(v, "local", name)
	}
	for _, n := range s.needs {
		v, ok := after[n.to.address.String()]
		if !ok {
			v = cty.DynamicVal
		}
		t.set(v, n.to.path()...)
	}
	for _, late := range s.late {
		v, diags := schema.Evaluate(late.expr, s.evalContext(t))
		if diags.HasErrors() {
			v = cty.DynamicVal // reported where the local value stands
		}
		t.set(v, "local", late.name)
	}
	for _, hole := range s.holes {
		t.set(cty.DynamicVal, hole...)
	}
	return s.evalContext(t)
}

func (s *scope) evalContext(t tree) *hcl.EvalContext {
	return &hcl.EvalContext{Variables: t.values(), Functions: s.l.functions}
}

// tree holds values by path: a value or another tree by name.
type tree map[string]any

// set puts a value at a path. Beneath a value that is there already, that value becomes unknown: only references that
// lead nowhere go there.
func (t tree) set(v cty.Value, path ...string) {
	for _, name := range path[:len(path)-1] {
		switch next := t[name].(type) {
		case tree:
			t = next
		case cty.Value:
			t[name] = cty.DynamicVal
			return
		default:
			inner := tree{}
			t[name] = inner
			t = inner
		}
	}
	t[path[len(path)-1]] = v
}

func (t tree) values() map[string]cty.Value {
	values := make(map[string]cty.Value, len(t))
	for name, v := range t {
		if inner, ok := v.(tree); ok {
			values[name] = cty.ObjectVal(inner.values())
		} else {
			values[name] = v.(cty.Value)
		}
	}
	return values
}

// expressions lists all expressions in a body and its nested blocks, except those of some arguments and blocks of the
// body itself.
func expressions(body hcl.Body, except ...string) []hcl.Expression {
	skip := map[string]bool{}
	for _, name := range except {
		skip[name] = true
	}
	var exprs []hcl.Expression
	attrs, _ := body.JustAttributes() // complains of nested blocks, which come below
	for _, attr := range inOrder(attrs) {
		if !skip[attr.Name] {
			exprs = append(exprs, attr.Expr)
		}
	}
	if native, ok := body.(*hclsyntax.Body); ok {
		for _, block := range native.Blocks {
			if !skip[block.Type] {
				exprs = append(exprs, expressions(block.Body)...)
			}
		}
	}
	return exprs
}

func isNative(body hcl.Body) bool {
	_, ok := body.(*hclsyntax.Body)
	return ok
}
