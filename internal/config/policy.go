package config

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"hybrid/planner/guard"
	"hybrid/schema"
)

// Policy is one policy block: a team's own rule that plans are held against.
type Policy struct {
	Name  string
	Warns bool      // what breaks it is told, and nothing is refused
	Range hcl.Range // of its condition

	condition, message hcl.Expression
	context            *hcl.EvalContext
}

func policyBody() schema.Body {
	return schema.Body{
		Of: "policy",
		Attrs: []schema.Attr{
			{Name: "severity", Type: cty.String, OneOf: []string{"error", "warning"}, Doc: `"error", which is what holds where nothing is said, or "warning".`},
		},
		Also: []string{"condition", "error_message"},
	}
}

// loadPolicies reads the policy blocks, and tries each on what a plan may look like.
func (l *loader) loadPolicies() []*Policy {
	var all []*Policy
	earlier := map[string]hcl.Range{}
	for _, block := range l.blocks["policy"] {
		name := block.Labels[0]
		if at, twice := earlier[name]; twice {
			l.fail(block.DefRange, "Policy declared twice", "There is a policy %q at %s already. Give this one another name.", name, schema.Place(at))
			continue
		}
		earlier[name] = block.DefRange
		if !hclsyntax.ValidIdentifier(name) {
			l.fail(labelRange(block, 0), "Not a usable name", "A policy is set aside by --override policy.NAME, so its name is letters, digits, _ and -: %q is not.", name)
		}
		if p := l.readPolicy(block); p != nil {
			all = append(all, p)
			l.add(p.try())
		}
	}
	return all
}

// readPolicy is nil where the block cannot be evaluated.
func (l *loader) readPolicy(block *hcl.Block) *Policy {
	content, rest, diags := block.Body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{
		{Name: "condition"}, {Name: "error_message"},
	}})
	l.add(diags)
	body := block.Body
	if !isNative(body) {
		body = rest
	}
	outer := l.scope(expressions(body, "condition", "error_message"), onlyConstants)
	l.add(outer.diags)
	values, _, more := policyBody().Decode(body, outer.context(nil))
	l.add(more)
	if diags.HasErrors() || l.lacksArguments(block, content.Attributes) {
		return nil
	}
	p := &Policy{
		Name: block.Labels[0], Warns: text(values["severity"]) == "warning",
		condition: content.Attributes["condition"].Expr, message: content.Attributes["error_message"].Expr,
	}
	p.Range = p.condition.Range()
	s := l.scope([]hcl.Expression{p.condition, p.message}, forPolicies)
	l.add(s.diags)
	if s.diags.HasErrors() {
		return nil
	}
	p.context = s.context(nil)
	return p
}

// lacksArguments reports what a policy cannot do without.
func (l *loader) lacksArguments(block *hcl.Block, written hcl.Attributes) bool {
	lacks := false
	for _, needed := range []struct{ name, why string }{
		{"condition", "which says of plan.changes and plan.count what must hold: condition = plan.count.deleted == 0"},
		{"error_message", "which says what is wrong with a plan of which it does not hold"},
	} {
		if written[needed.name] == nil {
			l.fail(block.DefRange, "Missing argument", "policy cannot do without %s, %s.", needed.name, needed.why)
			lacks = true
		}
	}
	return lacks
}

// try holds the policy against a plan of which nothing is known but its shape.
func (p *Policy) try() hcl.Diagnostics {
	diags := append(misspelled(p.condition), misspelled(p.message)...)
	if diags.HasErrors() {
		return diags
	}
	_, diags = p.holds(guard.Possible())
	_, more := p.says(guard.Possible())
	return append(diags, more...)
}

// Judge holds a plan, as [guard.Facts] gives it, against the policy. It gives what the policy says of a plan that breaks it,
// "" where the plan does not. Where that is not decided it says why, as undecided does of what the plan does not tell.
// Diagnostics are errors of the policy itself, such as a condition that would give a secret away.
func (p *Policy) Judge(plan cty.Value, undecided string) (string, hcl.Diagnostics) {
	holds, diags := p.holds(plan)
	switch {
	case secretive(diags):
		return "", diags
	case diags.HasErrors():
		return "It could not be decided: " + diags[0].Summary + ". " + strings.TrimSpace(diags[0].Detail), nil
	case !holds.IsKnown():
		return "It could not be decided: " + undecided + ".", nil
	case holds.True():
		return "", nil
	}
	said, diags := p.says(plan)
	if secretive(diags) {
		return "", diags
	}
	return cmp.Or(said, "Its error_message could not be made: "+undecided+"."), nil
}

// holds evaluates the condition: a Boolean without marks, which may be unknown.
func (p *Policy) holds(plan cty.Value) (cty.Value, hcl.Diagnostics) {
	v, diags := schema.Evaluate(p.condition, p.with(plan))
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	if schema.IsSensitive(v) {
		return cty.DynamicVal, hcl.Diagnostics{secret(p.condition, "condition", "whether the plan is let through would tell something of it")}
	}
	holds, err := convert.Convert(v, cty.Bool)
	if err != nil || holds.IsNull() {
		return cty.DynamicVal, hcl.Diagnostics{problem(p.condition.Range(), "Not a condition", "A condition is true or false, and this is %s.", described(v))}
	}
	return holds, nil
}

// says evaluates the message; "" where it is not known.
func (p *Policy) says(plan cty.Value) (string, hcl.Diagnostics) {
	v, diags := schema.Evaluate(p.message, p.with(plan))
	if diags.HasErrors() {
		return "", diags
	}
	if schema.IsSensitive(v) {
		return "", hcl.Diagnostics{secret(p.message, "error_message", "it would be shown")}
	}
	words, err := convert.Convert(v, cty.String)
	if err != nil || words.IsNull() || words.IsKnown() && strings.TrimSpace(words.AsString()) == "" {
		return "", hcl.Diagnostics{problem(p.message.Range(), "Not a message", "error_message is a sentence that says what is wrong with the plan, and this is %s.", described(v))}
	}
	return text(words), nil
}

func (p *Policy) with(plan cty.Value) *hcl.EvalContext {
	inner := p.context.NewChild()
	inner.Variables = map[string]cty.Value{"plan": plan}
	return inner
}

// depends is the Extra of a diagnostic that says that a policy is made of what is sensitive.
type depends struct{}

func secret(expr hcl.Expression, what, why string) *hcl.Diagnostic {
	d := problem(expr.Range(), "A policy that depends on a sensitive value", "The %s is made of a sensitive value, and %s. Leave that value out.", what, why)
	d.Extra = depends{}
	return d
}

func secretive(diags hcl.Diagnostics) bool {
	for _, d := range diags {
		if _, ok := d.Extra.(depends); ok {
			return true
		}
	}
	return false
}

// misspelled reports what is not an attribute of a change, wherever an expression goes through plan.changes: where a
// condition comes first, evaluating it on what may be planned would not get that far.
func misspelled(expr hcl.Expression) hcl.Diagnostics {
	native, ok := expr.(hclsyntax.Expression)
	if !ok {
		return nil
	}
	var diags hcl.Diagnostics
	hclsyntax.VisitAll(native, func(node hclsyntax.Node) hcl.Diagnostics {
		if loop, ok := node.(*hclsyntax.ForExpr); ok && throughChanges(loop.CollExpr) {
			for _, part := range []hclsyntax.Expression{loop.CondExpr, loop.KeyExpr, loop.ValExpr} {
				if part != nil {
					diags = append(diags, wrongAttributes(part, loop.ValVar)...)
				}
			}
		}
		return nil
	})
	return diags
}

func throughChanges(expr hclsyntax.Expression) bool {
	t, diags := hcl.AbsTraversalForExpr(expr)
	return !diags.HasErrors() && len(t) == 2 && t.RootName() == "plan" && second(t) == "changes"
}

// wrongAttributes looks at every reference to a change, of which the name is given.
func wrongAttributes(expr hclsyntax.Expression, change string) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, t := range expr.Variables() {
		if t.RootName() != change || len(t) < 2 {
			continue
		}
		diags = append(diags, wrongAttribute(t[1], "A change has", guard.ChangeAttributes())...)
		if name, _ := stepName(t[1]); name == "users" && len(t) > 2 {
			diags = append(diags, wrongAttribute(t[2], "users of a change have", guard.UserAttributes())...)
		}
	}
	return diags
}

func wrongAttribute(step hcl.Traverser, of string, names []string) hcl.Diagnostics {
	name, ok := stepName(step)
	if !ok || slices.Contains(names, name) {
		return nil
	}
	hint := schema.DidYouMean(name, names)
	if hint == "" {
		hint = fmt.Sprintf(" There are %s.", schema.List(names, "and"))
	}
	return hcl.Diagnostics{problem(step.SourceRange(), "No such attribute", "%s no attribute %q.%s", of, name, hint)}
}

// followPlan holds a reference against the shape of a plan.
func (s *scope) followPlan(t hcl.Traversal) {
	if !s.reach.plan {
		s.dangling(t, 1, "Not available here", "What is planned is known only to policies, after everything else. Write a policy block with a condition over plan.changes and plan.count.")
		return
	}
	shape := guard.Possible().Type()
	if len(t) > 1 {
		s.diags = append(s.diags, wrongAttribute(t[1], "plan has", attributes(shape))...)
	}
	if len(t) > 2 && second(t) == "count" {
		s.diags = append(s.diags, wrongAttribute(t[2], "plan.count has", attributes(shape.AttributeType("count")))...)
	}
}

func attributes(of cty.Type) []string { return slices.Sorted(maps.Keys(of.AttributeTypes())) }
