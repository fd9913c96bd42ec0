package schema

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// accept holds a value against the declaration: its type, the accepted texts, the check. What is wrong gives an
// unknown value and an error at where it stands.
func (a *Attr) accept(of string, v cty.Value, where hcl.Range) (cty.Value, hcl.Diagnostics) {
	converted, err := convert.Convert(a.listed(v), a.Type)
	if err != nil {
		return cty.UnknownVal(a.Type), a.problem("Wrong type", where,
			fmt.Sprintf("%s.%s takes %s, and %s.", of, a.Name, a.takes(), given(v, a.Type, err)))
	}
	if a.Sensitive {
		converted = converted.Mark(Sensitive)
	}
	plain, marks := converted.UnmarkDeep()
	if plain.IsNull() || !plain.IsWhollyKnown() {
		return converted, nil
	}
	if len(a.OneOf) > 0 && a.Type == cty.String {
		near := spelling(a.OneOf, plain.AsString())
		if !contains(a.OneOf, near) {
			return cty.UnknownVal(a.Type), a.problem("Not an accepted value", where, a.notOneOf(of, plain.AsString(), len(marks) > 0))
		}
		converted = cty.StringVal(near).WithMarks(marks)
	}
	if a.Check == nil {
		return converted, nil
	}
	if err := a.Check(plain); err != nil {
		return cty.UnknownVal(a.Type), a.problem("Not a usable value", where, a.complaint(of, err, len(marks) > 0))
	}
	return converted, nil
}

// listed makes a list of the word that may stand in the place of one. A text that is not known yet may become that word.
func (a *Attr) listed(v cty.Value) cty.Value {
	text, marks := v.Unmark()
	switch {
	case a.Word == "" || text.Type() != cty.String || text.IsNull():
		return v
	case !text.IsKnown():
		return cty.UnknownVal(a.Type).WithMarks(marks)
	case strings.EqualFold(text.AsString(), a.Word):
		return cty.TupleVal([]cty.Value{cty.StringVal(a.Word)}).WithMarks(marks)
	}
	return v
}

// takes says what an attribute is set to, in words.
func (a *Attr) takes() string {
	if a.Word == "" {
		return TypeName(a.Type)
	}
	return fmt.Sprintf("%s or %q", TypeName(a.Type), a.Word)
}

func (a *Attr) problem(summary string, where hcl.Range, detail string) hcl.Diagnostics {
	return hcl.Diagnostics{{Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: &where}}
}

func (a *Attr) notOneOf(of, given string, secret bool) string {
	accepted := fmt.Sprintf("%s.%s takes %s.", of, a.Name, List(Quoted(a.OneOf), "or"))
	if secret {
		return accepted + " The value given is sensitive and is none of them."
	}
	return accepted + DidYouMean(given, a.OneOf)
}

// complaint is what a check says; of a sensitive value only what would be right.
func (a *Attr) complaint(of string, err error, secret bool) string {
	if secret {
		return fmt.Sprintf("%s.%s cannot be what it is set to. It is sensitive, so what is wrong is not shown. It should be: %s",
			of, a.Name, firstSentence(a.Doc))
	}
	return fmt.Sprintf("%s.%s: %s", of, a.Name, strings.TrimSuffix(err.Error(), ".")+".")
}

// given says what is there in the place of another type; a text is shown unless it is sensitive.
func given(v cty.Value, want cty.Type, err error) string {
	switch {
	case v.Type() == cty.String && want.IsPrimitiveType() && v.IsKnown() && !v.IsNull() && !v.IsMarked():
		return fmt.Sprintf("%q is not that", v.AsString())
	case want.IsPrimitiveType() || v.Type().IsPrimitiveType():
		return "this is " + TypeName(v.Type())
	}
	return fmt.Sprintf("this is %s (%s)", TypeName(v.Type()), strings.TrimSuffix(err.Error(), "."))
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// checkRules runs the constraints across attributes.
func checkRules(of string, rules []Rule, values map[string]cty.Value, ranges map[string]hcl.Range, body hcl.Body, ofCloud func(string) bool) hcl.Diagnostics {
	plain := make(map[string]cty.Value, len(values))
	for name, v := range values {
		plain[name], _ = v.UnmarkDeep()
	}
	var diags hcl.Diagnostics
	for _, rule := range rules {
		if text := rule.broken(of, values, plain, ofCloud); text != "" {
			where := rule.where(ranges, body)
			diags = append(diags, rule.complaint(text, where))
		}
	}
	return diags
}

// Judge is what the rule says of an object's values; ofCloud may be nil.
func (r Rule) Judge(v map[string]cty.Value, ofCloud func(host string) bool) string {
	switch {
	case r.CheckNames == nil:
		return r.Check(v)
	case ofCloud == nil:
		ofCloud = func(string) bool { return false }
	}
	return r.CheckNames(v, ofCloud)
}

// complaint is what is told where a rule is broken.
func (r Rule) complaint(text string, where hcl.Range) *hcl.Diagnostic {
	d := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Arguments do not go together", Detail: text, Subject: &where}
	if r.Warns {
		d.Severity, d.Summary = hcl.DiagWarning, "This may not work"
	}
	return d
}

// broken gives what a rule says, with the rule's documentation in its place where sensitive values are involved.
func (r Rule) broken(of string, values, plain map[string]cty.Value, ofCloud func(string) bool) string {
	secret := false
	for _, name := range r.Attrs {
		v, ok := plain[name]
		if ok && !v.IsWhollyKnown() {
			return ""
		}
		secret = secret || ok && IsSensitive(values[name])
	}
	text := r.Judge(plain, ofCloud)
	if text != "" && secret {
		return fmt.Sprintf("%s: %s", of, r.Doc)
	}
	return text
}

// where is the first argument of the rule that is written, or the block.
func (r Rule) where(ranges map[string]hcl.Range, body hcl.Body) hcl.Range {
	for _, name := range r.Attrs {
		if where, ok := ranges[name]; ok {
			return where
		}
	}
	return body.MissingItemRange()
}

// TypeName says what a type is in words: "a string", "a list of numbers".
func TypeName(t cty.Type) string {
	switch {
	case t == cty.String:
		return "a string"
	case t == cty.Number:
		return "a number"
	case t == cty.Bool:
		return "true or false"
	case t == cty.DynamicPseudoType:
		return "any value"
	case t.IsTupleType():
		return "a list"
	case t.IsCollectionType():
		return collectionName(t)
	case t.IsObjectType():
		return "an object"
	}
	return "a " + t.FriendlyName()
}

func collectionName(t cty.Type) string {
	name := "a list"
	switch {
	case t.IsSetType():
		name = "a set"
	case t.IsMapType():
		name = "a map"
	}
	switch t.ElementType() {
	case cty.String:
		return name + " of strings"
	case cty.Number:
		return name + " of numbers"
	case cty.Bool:
		return name + " of true or false"
	}
	return name
}
