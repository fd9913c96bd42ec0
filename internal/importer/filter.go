package importer

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"hybrid/internal/roster"
	"hybrid/schema"
)

// A Filter is an expression that says of each object and user whether to import it.
type Filter struct {
	expr  hcl.Expression
	text  string
	names map[string]cty.Value // every attribute there is, unset
	// functions are those of the language that compare texts. Where an attribute is null they take it for empty.
	functions map[string]function.Function
	passed    int // how many objects and users it has been true of
}

// NewFilter reads an expression of kind, provider, identity and the attributes of kinds, which are null where an object has no
// such attribute. "" is no filter.
func NewFilter(text string, kinds []*schema.Kind) (*Filter, error) {
	if text == "" {
		return nil, nil
	}
	expr, diags := hclsyntax.ParseExpression([]byte(text), "--filter", hcl.InitialPos)
	if diags.HasErrors() {
		return nil, noExpression(text, diags[0].Detail)
	}
	f := &Filter{expr: expr, text: text, names: map[string]cty.Value{}, functions: map[string]function.Function{
		"lower": lowered, "contains": stdlib.ContainsFunc, "regexall": stdlib.RegexAllFunc, "length": stdlib.LengthFunc, "coalesce": stdlib.CoalesceFunc,
		"startswith": textTest(strings.HasPrefix), "endswith": textTest(strings.HasSuffix),
	}}
	for _, name := range []string{"kind", "provider", "identity"} {
		f.names[name] = cty.NullVal(cty.String)
	}
	for _, k := range kinds {
		for i := range k.Attrs {
			if a := &k.Attrs[i]; !a.Settings {
				f.names[a.Name] = cty.NullVal(cty.DynamicPseudoType)
			}
		}
	}
	for _, t := range expr.Variables() {
		if _, known := f.names[t.RootName()]; !known {
			return nil, fmt.Errorf("--filter: there is nothing called %q: it knows kind, provider, identity and the attributes of kinds.%s", t.RootName(), schema.DidYouMean(t.RootName(), attributeNames(f.names)))
		}
	}
	return f, nil
}

// assigned is a text with an equals sign of its own, as if it were to be set.
var assigned = regexp.MustCompile(`[^=!<>]=[^=>~]`)

// noExpression says what is wrong with a text, and of the commonest slip what was meant.
func noExpression(text, why string) error {
	if assigned.MatchString(text) {
		why = "two things are compared with =="
	}
	return fmt.Errorf(`--filter %q is no expression: %s. Write one such as 'kind != "dns_record" || type == "SRV"'`, text, strings.TrimRight(why, ".?"))
}

func attributeNames(names map[string]cty.Value) []string {
	var all []string
	for name := range names {
		all = append(all, name)
	}
	return inOrder(all)
}

// lowered is lower() of the language, to which null is an empty text.
var lowered = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "text", Type: cty.String, AllowNull: true}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if args[0].IsNull() {
			return cty.StringVal(""), nil
		}
		return cty.StringVal(strings.ToLower(args[0].AsString())), nil
	},
})

// textTest is a function of two texts that is false where one is unset.
func textTest(test func(text, part string) bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "text", Type: cty.String, AllowNull: true}, {Name: "part", Type: cty.String}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(!args[0].IsNull() && test(args[0].AsString(), args[1].AsString())), nil
		},
	})
}

// Nothing says whether it has been true of nothing that it was asked about.
func (f *Filter) Nothing() bool { return f != nil && f.passed == 0 }

// object says whether an object is to be imported.
func (f *Filter) object(o *object) (bool, error) {
	if f == nil {
		return true, nil
	}
	values := map[string]cty.Value{}
	for name, v := range o.live {
		values[name], _ = v.UnmarkDeep()
	}
	return f.holds(o.kind, o.provider, o.identity, values)
}

// user says whether a user is to be imported into blocks of a kind.
func (f *Filter) user(provider string, k *schema.Kind, table *roster.Table, cells []string) (bool, error) {
	if f == nil {
		return true, nil
	}
	values := map[string]cty.Value{}
	for _, a := range k.OfUsers() {
		for n, column := range table.Columns() {
			if column != a.ReadName() {
				continue
			}
			values[a.Name] = cty.NullVal(a.Type)
			if v, err := convert.Convert(cty.StringVal(canonical(a, cells[n])), a.Type); err == nil && cells[n] != "" {
				values[a.Name] = v
			}
		}
	}
	if k.Rows.State != nil {
		values[k.Rows.Attr] = cty.StringVal(k.Rows.State(cells[:len(k.Rows.Columns)]))
	}
	return f.holds(k, provider, roster.Canonical(cells[0]), values)
}

func (f *Filter) holds(k *schema.Kind, provider, identity string, values map[string]cty.Value) (bool, error) {
	variables := map[string]cty.Value{}
	for _, t := range f.expr.Variables() {
		name := t.RootName()
		variables[name] = f.names[name]
		if v, there := values[name]; there && v.IsWhollyKnown() {
			variables[name] = v
		}
	}
	variables["kind"], variables["provider"], variables["identity"] = cty.StringVal(k.Name), cty.StringVal(provider), cty.StringVal(identity)
	v, diags := f.expr.Value(&hcl.EvalContext{Variables: variables, Functions: f.functions})
	if diags.HasErrors() {
		return false, fmt.Errorf("--filter %q cannot be decided of %s %q: %s An attribute that an object does not have is null there: write coalesce(ATTRIBUTE, \"\")", f.text, k.Name, identity, sentence(diags[0].Detail))
	}
	if yes, err := convert.Convert(v, cty.Bool); err == nil && yes.IsKnown() && !yes.IsNull() {
		if yes.True() {
			f.passed++
		}
		return yes.True(), nil
	}
	return false, fmt.Errorf("--filter %q is neither true nor false of %s %q", f.text, k.Name, identity)
}
