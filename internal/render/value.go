package render

import (
	"encoding/json"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"hybrid/planner"
)

// A side is an object before or after; its maps are nil where the object is absent.
type side struct{ values, sensitive map[string]any }

func newSide(v cty.Value) side {
	if v == cty.NilVal {
		return side{}
	}
	if v, _ = v.Unmark(); !v.IsKnown() || v.IsNull() {
		return side{}
	}
	return side{values: map[string]any{}, sensitive: map[string]any{}}
}

func (s side) put(f field, v cty.Value) {
	if s.values == nil {
		return
	}
	put(s.values, f, value(v))
	if f.sensitive {
		put(s.sensitive, f, true)
	}
}

func (s side) marked() any {
	if len(s.sensitive) == 0 {
		return false
	}
	return s.sensitive
}

// put sets a field of an object, in its block where it is of one.
func put(object map[string]any, f field, v any) {
	if f.block == "" {
		object[f.name] = v
		return
	}
	block, ok := object[f.block].(map[string]any)
	if !ok {
		block = map[string]any{}
		object[f.block] = block
	}
	block[f.name] = v
}

// value is a value as JSON; null for what is unset, unknown or sensitive, and for what no JSON can hold.
func value(v cty.Value) any {
	if v == cty.NilVal || v.IsMarked() || !v.IsKnown() || v.IsNull() {
		return nil
	}
	switch v.Type() { // most are these
	case cty.String:
		return v.AsString()
	case cty.Bool:
		return v.True()
	case cty.Number:
		return json.RawMessage(number(v.AsBigFloat()))
	}
	if v.ContainsMarked() {
		return nil
	}
	known, err := cty.Transform(v, func(_ cty.Path, part cty.Value) (cty.Value, error) {
		if !part.IsKnown() || part.Type().IsCapsuleType() {
			return cty.NullVal(part.Type()), nil
		}
		return part, nil
	})
	if err != nil || known.IsNull() || known.Type().IsCapsuleType() {
		return nil
	}
	text, err := ctyjson.Marshal(known, known.Type())
	if err != nil {
		return nil
	}
	return json.RawMessage(text)
}

// unknownParts is true where a value is unknown, lists and objects of that where parts of it are, and nil where none is.
func unknownParts(v cty.Value) any {
	switch {
	case v.IsMarked() || v.IsWhollyKnown():
		return nil
	case !v.IsKnown() || v.Type().IsSetType():
		return true
	case v.Type().IsListType(), v.Type().IsTupleType():
		parts := make([]any, 0, v.LengthInt())
		for _, e := range v.AsValueSlice() {
			part := unknownParts(e)
			if part == nil {
				part = false
			}
			parts = append(parts, part)
		}
		return parts
	}
	parts := map[string]any{}
	for name, e := range v.AsValueMap() {
		if part := unknownParts(e); part != nil {
			parts[name] = part
		}
	}
	return parts
}

// steps is a path as Terraform writes it: names and indices.
func steps(path cty.Path) []any {
	all := make([]any, 0, len(path))
	for _, step := range path {
		switch s := step.(type) {
		case cty.GetAttrStep:
			all = append(all, s.Name)
		case cty.IndexStep:
			all = append(all, value(s.Key))
		}
	}
	return all
}

// actions gives Terraform's words for an action. Its readers know no others.
func actions(a planner.Action) []string {
	switch a {
	case planner.Create:
		return []string{"create"}
	case planner.Delete:
		return []string{"delete"}
	case planner.Replace:
		return []string{"delete", "create"}
	case planner.Update, planner.Move, planner.Run:
		return []string{"update"}
	}
	return []string{"no-op"}
}
