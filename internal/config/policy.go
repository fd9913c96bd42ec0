package config

import (
	"cmp"
	"fmt"
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
		{Name: "condition", Required: true}, {Name: "error_message", Required: true},
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
	if diags.HasErrors() {
		return nil
	}
	p := &Policy{Name: block.Labels[0], Warns: text(values["severity"]) == "warning",
		condition: content.Attributes["condition"].Expr, message: content.Attributes["error_message"].Expr}
	p.Range = p.condition.Range()
	s := l.scope([]hcl.Expression{p.condition, p.message}, forPolicies)
	l.add(s.diags)
	if s.diags.HasErrors() {
		return nil
	}
	p.context = s.context(nil)
	return p
}

// try holds the policy against a plan of which nothing is known but its shape.
func (p *Policy) try() hcl.Diagnostics {
	diags := append(misspelled(p.condition), misspelled(p.message)...)
	if diags.HasErrors() {
		return diags
	}
	_, diags = p.holds(guard.Possible())
	_, _, more := p.says(guard.Possible())
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
	said, _, diags := p.says(plan)
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
func (p *Policy) says(plan cty.Value) (said string, known bool, diags hcl.Diagnostics) {
	v, diags := schema.Evaluate(p.message, p.with(plan))
	if diags.HasErrors() {
		return "", false, diags
	}
	if schema.IsSensitive(v) {
		return "", false, hcl.Diagnostics{secret(p.message, "error_message", "it would be shown")}
	}
	words, err := convert.Convert(v, cty.String)
	if err != nil || words.IsNull() || words.IsKnown() && strings.TrimSpace(words.AsString()) == "" {
		return "", false, hcl.Diagnostics{problem(p.message.Range(), "Not a message", "error_message is a sentence that says what is wrong with the plan, and this is %s.", described(v))}
	}
	return text(words), words.IsKnown(), nil
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
		diags = append(diags, wrongAttribute(t[1], "A change", guard.ChangeAttributes())...)
		if name, _ := stepName(t[1]); name == "users" && len(t) > 2 {
			diags = append(diags, wrongAttribute(t[2], "users of a change", guard.UserAttributes())...)
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
		hint = fmt.Sprintf(" There is %s.", schema.List(names, "and"))
	}
	return hcl.Diagnostics{problem(step.SourceRange(), "No such attribute", "%s has no attribute %q.%s", of, name, hint)}
}
