package schema

import "github.com/zclconf/go-cty/cty"

// Collection is a set or a list, of whichever type is given, with elements of that type's; there may be none.
func Collection(t cty.Type, elements []cty.Value) cty.Value {
	switch {
	case t.IsSetType() && len(elements) == 0:
		return cty.SetValEmpty(t.ElementType())
	case t.IsSetType():
		return cty.SetVal(elements)
	case len(elements) == 0:
		return cty.ListValEmpty(t.ElementType())
	}
	return cty.ListVal(elements)
}

// TextList is a list of texts as a value.
func TextList(texts []string) cty.Value { return Collection(cty.List(cty.String), textValues(texts)) }

// TextSet is a set of texts as a value.
func TextSet(texts []string) cty.Value { return Collection(cty.Set(cty.String), textValues(texts)) }

func textValues(texts []string) []cty.Value {
	values := make([]cty.Value, len(texts))
	for n, text := range texts {
		values[n] = cty.StringVal(text)
	}
	return values
}

// Texts are the texts of a list or set, without marks; nil where it is unset, or anything of it unknown.
func Texts(v cty.Value) []string {
	if v == cty.NilVal {
		return nil
	}
	v, _ = v.UnmarkDeep()
	if v.IsNull() || !v.IsWhollyKnown() {
		return nil
	}
	var texts []string
	for _, text := range v.AsValueSlice() {
		texts = append(texts, Text(text))
	}
	return texts
}
