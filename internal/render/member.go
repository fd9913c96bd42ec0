package render

import "github.com/zclconf/go-cty/cty"

// unordered says whether a field's values are known collections of which only the members matter: sets, and lists that
// have the same canonical form backwards.
func unordered(f field) bool {
	return setLike(f, f.before) && setLike(f, f.after)
}

func setLike(f field, v cty.Value) bool {
	if f.sensitive || v.IsNull() || !v.IsWhollyKnown() {
		return false
	}
	if v.Type().IsSetType() {
		return true
	}
	if !v.Type().IsListType() || f.attr == nil || f.attr.Norm == nil {
		return false
	}
	values := v.AsValueSlice()
	if len(values) < 2 {
		return true
	}
	back := make([]cty.Value, 0, len(values))
	for i := len(values) - 1; i >= 0; i-- {
		back = append(back, values[i])
	}
	return f.attr.Canonical(v).RawEquals(f.attr.Canonical(cty.ListVal(back)))
}

// membersOf says of a field with [unordered] values which members go, which come, and how many stay.
func membersOf(f field) (gone, come []string, stay int) {
	before, after := elements(f, f.before), elements(f, f.after)
	for _, e := range before {
		if holds(after, e.key) {
			stay++
		} else {
			gone = append(gone, e.text)
		}
	}
	for _, e := range after {
		if !holds(before, e.key) {
			come = append(come, e.text)
		}
	}
	return gone, come, stay
}

// A member of a collection, as it is written and as it is compared.
type member struct{ text, key string }

func elements(f field, v cty.Value) []member {
	var all []member
	for it := v.ElementIterator(); it.Next(); {
		_, e := it.Element()
		m := member{text: show(e), key: show(e)}
		if f.attr != nil {
			m.key = show(f.attr.Canonical(alone(v.Type(), e)))
		}
		all = append(all, m)
	}
	return all
}

// alone is a collection of one member, which is what an attribute's canonical form is defined for.
func alone(t cty.Type, e cty.Value) cty.Value {
	if t.IsSetType() {
		return cty.SetVal([]cty.Value{e})
	}
	return cty.ListVal([]cty.Value{e})
}

func holds(members []member, key string) bool {
	for _, m := range members {
		if m.key == key {
			return true
		}
	}
	return false
}
