package planner

import (
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"hybrid/schema"
)

// asBefore says whether an attribute of an object is what it was, in whatever form the far end gives it.
func asBefore(k *schema.Kind, name string, was, is map[string]cty.Value) bool {
	a := k.Attr(name)
	if a == nil {
		return sameMembers(was[name], is[name])
	}
	before, _ := a.CanonicalIn(was, orDefault(a, was[name])).UnmarkDeep()
	now, _ := a.CanonicalIn(is, orDefault(a, is[name])).UnmarkDeep()
	return before.RawEquals(now) || empty(before) && empty(now)
}

func orDefault(a *schema.Attr, v cty.Value) cty.Value {
	if a.Default != cty.NilVal && v.IsNull() {
		return a.Default
	}
	return v
}

// empty says whether a value is unset, or a text or collection without anything in it.
func empty(v cty.Value) bool {
	switch {
	case v.IsNull():
		return true
	case v.Type() == cty.String:
		return v.AsString() == ""
	}
	return v.CanIterateElements() && v.LengthInt() == 0
}

// sameMembers compares repeated blocks, whose order says nothing.
func sameMembers(was, is cty.Value) bool {
	if empty(was) || empty(is) {
		return empty(was) && empty(is)
	}
	if !was.Type().IsListType() {
		return was.RawEquals(is)
	}
	return memberTexts(was) == memberTexts(is)
}

func memberTexts(v cty.Value) string {
	var texts []string
	for _, e := range v.AsValueSlice() {
		texts = append(texts, text(e))
	}
	slices.Sort(texts)
	return strings.Join(texts, "\n")
}

// standingValue is an object made of its texts; what they do not tell is unknown.
func standingValue(k *schema.Kind, texts map[string]string) cty.Value {
	values := map[string]cty.Value{}
	for name, t := range k.Type().AttributeTypes() {
		values[name] = cty.UnknownVal(t)
		if written, ok := texts[name]; ok {
			if v, err := ctyjson.Unmarshal([]byte(written), t); err == nil {
				values[name] = v
			}
		}
	}
	return cty.ObjectVal(values)
}
