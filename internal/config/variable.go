package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"hybrid/schema"
)

// variable is one variable block.
type variable struct {
	name        string
	kind        cty.Type // any where none is declared
	defaults    *typeexpr.Defaults
	fallback    cty.Value // NilVal without a default
	sensitive   bool
	nullable    bool
	validations []*hcl.Block
	where       hcl.Range
}

func variableBody() schema.Body {
	return schema.Body{
		Of: "variable",
		Attrs: []schema.Attr{
			{Name: "description", Type: cty.String, Doc: "What it is for."},
			{Name: "sensitive", Type: cty.Bool, Doc: "Whether its value is never shown."},
			{Name: "nullable", Type: cty.Bool, Doc: "Whether it may be null."},
		},
		Also: []string{"type", "default", "validation"},
	}
}

// declareVariables reads the variable blocks, without their values.
func (l *loader) declareVariables() {
	for _, block := range l.blocks["variable"] {
		name := block.Labels[0]
		if earlier, ok := l.variableDecl[name]; ok {
			l.fail(block.DefRange, "Variable declared twice", "There is a variable %q at %s already. Remove one of the two.", name, schema.Place(earlier.where))
			continue
		}
		if !hclsyntax.ValidIdentifier(name) {
			l.fail(block.LabelRanges[0], "Not a usable name", "A variable is referred to as var.name, so its name is letters, digits and _: %q is not.", name)
			continue
		}
		l.variableDecl[name] = l.declareVariable(block)
	}
}

func (l *loader) declareVariable(block *hcl.Block) *variable {
	v := &variable{name: block.Labels[0], kind: cty.DynamicPseudoType, fallback: cty.NilVal, nullable: true, where: block.DefRange}
	content, rest, diags := block.Body.PartialContent(&hcl.BodySchema{
		Attributes: []hcl.AttributeSchema{{Name: "type"}, {Name: "default"}},
		Blocks:     []hcl.BlockHeaderSchema{{Type: "validation"}},
	})
	l.add(diags)
	body := block.Body
	if !isNative(body) {
		body = rest
	}
	values, _, diags := variableBody().Decode(body, nil)
	l.add(diags)
	v.sensitive = isTrue(values["sensitive"], false)
	v.nullable = isTrue(values["nullable"], true)
	v.validations = content.Blocks
	if attr := content.Attributes["type"]; attr != nil {
		v.kind, v.defaults, diags = typeexpr.TypeConstraintWithDefaults(attr.Expr)
		l.add(diags)
	}
	if attr := content.Attributes["default"]; attr != nil {
		l.declareDefault(v, attr)
	}
	return v
}

func (l *loader) declareDefault(v *variable, attr *hcl.Attribute) {
	value, diags := schema.Evaluate(attr.Expr, nil)
	l.add(diags)
	v.fallback = cty.UnknownVal(v.kind)
	if diags.HasErrors() {
		return
	}
	if converted, err := v.convert(value); err != nil {
		l.fail(attr.Expr.Range(), "Wrong type", "The default of variable %q does not fit its type: %s.", v.name, err)
	} else {
		v.fallback = converted
	}
}

// convert gives a value the variable's type. Errors name types, never the value.
func (v *variable) convert(value cty.Value) (cty.Value, error) {
	if v.defaults != nil && !value.IsNull() {
		value = v.defaults.Apply(value)
	}
	return convert.Convert(value, v.kind.WithoutOptionalAttributesDeep())
}

// isTrue reads true or false, with what holds where nothing is said.
func isTrue(v cty.Value, otherwise bool) bool {
	v, _ = v.Unmark()
	if v.IsNull() || !v.IsKnown() {
		return otherwise
	}
	return v.True()
}

// variables gives every variable its value and checks it.
func (l *loader) variables() {
	given := l.givenValues()
	for _, name := range slices.Sorted(maps.Keys(l.variableDecl)) {
		l.varValues[name] = l.settle(l.variableDecl[name], given[name])
	}
	for _, name := range slices.Sorted(maps.Keys(l.variableDecl)) {
		for _, block := range l.variableDecl[name].validations {
			l.validate(l.variableDecl[name], block)
		}
	}
}

// waysToSet says how a variable is given its value. What is sensitive never stands in a command line.
func (v *variable) waysToSet() string {
	if v.sensitive {
		return fmt.Sprintf("Set it in the environment as %s%s, or in a file given by --var-file. It is sensitive: a command line shows it to others.", variablePrefix, v.name)
	}
	return fmt.Sprintf("Set it with --var %s=…, in a file given by --var-file, or in the environment as %s%s.", v.name, variablePrefix, v.name)
}

// settle decides on a variable's value: what was given, or its default.
func (l *loader) settle(v *variable, given *givenValue) cty.Value {
	value := v.fallback
	if given != nil && given.from == byFlag && v.sensitive {
		l.warn(v.where, "A secret in a command line",
			"variable %q is sensitive, and --var shows it to every account of this machine and to the shell's history. Set it in the environment as %s%s instead.",
			v.name, variablePrefix, v.name)
	}
	if given != nil {
		value = l.accept(v, given)
	}
	switch {
	case value == cty.NilVal:
		l.fail(v.where, "Variable without a value", "variable %q has no default and was not set. %s", v.name, v.waysToSet())
		value = cty.UnknownVal(v.kind.WithoutOptionalAttributesDeep())
	case value.IsNull() && !v.nullable && v.fallback != cty.NilVal:
		value = v.fallback
	case value.IsNull() && !v.nullable:
		l.fail(v.where, "Variable without a value", "variable %q is null and not nullable. Give it a value.", v.name)
	}
	if v.sensitive {
		l.secrets.keep(value)
		value = value.Mark(schema.Sensitive)
	}
	return value
}

// accept converts what was given. For a sensitive variable the place is its declaration: the source line of what was
// given may hold the secret.
func (l *loader) accept(v *variable, given *givenValue) cty.Value {
	value, err := given.read(v)
	if v.sensitive && given.text != nil {
		l.secrets.add(*given.text)
	}
	if v.sensitive {
		l.secrets.keep(given.value)
	}
	if err == nil {
		value, err = v.convert(value)
	}
	if err == nil {
		return value
	}
	l.fail(v.where, "Wrong type", "variable %q, set %s, takes %s: %s.", v.name, given.from, typeexpr.TypeString(v.kind), strings.TrimSuffix(err.Error(), "."))
	return cty.UnknownVal(v.kind.WithoutOptionalAttributesDeep())
}

// validate runs one validation block.
func (l *loader) validate(v *variable, block *hcl.Block) {
	content, diags := block.Body.Content(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{
		{Name: "condition", Required: true}, {Name: "error_message", Required: true},
	}})
	l.add(diags)
	if diags.HasErrors() {
		return
	}
	condition, message := content.Attributes["condition"].Expr, content.Attributes["error_message"].Expr
	scope := l.scope([]hcl.Expression{condition, message}, onlyVariables)
	l.add(scope.diags)
	result, diags := schema.Evaluate(condition, scope.context(nil))
	l.add(diags)
	if diags.HasErrors() || scope.diags.HasErrors() {
		return
	}
	holds, err := convert.Convert(result, cty.Bool)
	if holds, _ = holds.Unmark(); err != nil || holds.IsNull() {
		l.fail(condition.Range(), "Not a condition", "A condition is true or false, and this is %s.", schema.TypeName(result.Type()))
		return
	}
	if holds.IsKnown() && holds.False() {
		l.fail(v.where, fmt.Sprintf("Variable %q is not valid", v.name), "%s", l.message(message, scope))
	}
}

// message is what a validation says, unless it would show a sensitive value.
func (l *loader) message(expr hcl.Expression, scope *scope) string {
	v, diags := schema.Evaluate(expr, scope.context(nil))
	l.add(diags)
	if schema.IsSensitive(v) {
		return "The validation's error_message is made of a sensitive value and is not shown."
	}
	return text(v)
}
