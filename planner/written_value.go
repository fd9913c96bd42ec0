package planner

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// What stands in JSON for a value that is not there: an object with this one member, which no attribute is called.
const stands = "$"

// The words of [stands].
const (
	standsForUnknown   = "unknown"
	standsForSensitive = "sensitive"
)

// writeObject is an object of a kind in JSON. Numbers are texts of digits, maps are lists of pairs; what is unknown or
// sensitive is an object that says so.
func writeObject(k *schema.Kind, v cty.Value) any {
	values := valueMap(v)
	if values == nil {
		return writeValue(v)
	}
	out := make(map[string]any, len(values))
	for name, value := range values {
		if a := k.Attr(name); a != nil && a.Sensitive && !schema.IsSensitive(value) {
			value = value.Mark(schema.Sensitive)
		}
		if value.IsNull() { // also where it would be sensitive: that there is none is shown
			continue
		}
		out[name] = writeValue(value)
	}
	return out
}

// writeValue is a value in JSON. A nested object or collection of which only a part is sensitive keeps the others.
func writeValue(v cty.Value) any {
	switch {
	case v == cty.NilVal:
		return nil
	case v.IsMarked():
		return map[string]any{stands: standsForSensitive}
	case !v.IsKnown():
		return map[string]any{stands: standsForUnknown}
	case v.IsNull():
		return nil
	}
	switch t := v.Type(); {
	case t == cty.String:
		return v.AsString()
	case t == cty.Number:
		return json.Number(schema.Digits(v.AsBigFloat()))
	case t == cty.Bool:
		return v.True()
	case t.IsObjectType():
		out := map[string]any{}
		for name, value := range v.AsValueMap() {
			if written := writeValue(value); written != nil {
				out[name] = written
			}
		}
		return out
	case t.IsMapType():
		return writePairs(v)
	}
	out := make([]any, 0, v.LengthInt())
	for it := v.ElementIterator(); it.Next(); {
		_, element := it.Element()
		out = append(out, writeValue(element))
	}
	return out
}

func writePairs(v cty.Value) any {
	out := [][2]any{}
	for it := v.ElementIterator(); it.Next(); {
		key, element := it.Element()
		out = append(out, [2]any{key.AsString(), writeValue(element)})
	}
	return out
}

// readObject reads what writeObject has written.
func readObject(k *schema.Kind, written any) (cty.Value, error) { return readValue(written, k.Type()) }

func readValue(written any, t cty.Type) (cty.Value, error) {
	if written == nil {
		return cty.NullVal(t), nil
	}
	if members, ok := written.(map[string]any); ok && members[stands] != nil {
		return absent(members[stands], t)
	}
	switch w := written.(type) {
	case string:
		if t == cty.String {
			return cty.StringVal(w), nil
		}
	case json.Number:
		if t == cty.Number {
			return cty.ParseNumberVal(w.String())
		}
	case bool:
		if t == cty.Bool {
			return cty.BoolVal(w), nil
		}
	case map[string]any:
		if t.IsObjectType() {
			return readMembers(w, t)
		}
	case []any:
		return readElements(w, t)
	}
	return cty.NilVal, fmt.Errorf("%T is not a value of type %s", written, t.FriendlyName())
}

// absent is what stands for a value that is not there. What was a secret is a text that is none.
func absent(word any, t cty.Type) (cty.Value, error) {
	switch {
	case word == standsForUnknown:
		return cty.UnknownVal(t), nil
	case word == standsForSensitive && t == cty.String:
		return cty.StringVal(sensitiveText).Mark(schema.Sensitive), nil
	case word == standsForSensitive:
		return cty.UnknownVal(t).Mark(schema.Sensitive), nil
	}
	return cty.NilVal, fmt.Errorf("%v stands for nothing", word)
}

func readMembers(w map[string]any, t cty.Type) (cty.Value, error) {
	values := map[string]cty.Value{}
	for name, of := range t.AttributeTypes() {
		v, err := readValue(w[name], of)
		if err != nil {
			return cty.NilVal, fmt.Errorf("%s: %w", name, err)
		}
		values[name] = v
	}
	for name := range w {
		if !t.HasAttribute(name) {
			return cty.NilVal, fmt.Errorf("there is no attribute %s", name)
		}
	}
	return cty.ObjectVal(values), nil
}

func readElements(w []any, t cty.Type) (cty.Value, error) {
	if t.IsMapType() {
		return readPairs(w, t)
	}
	if !t.IsListType() && !t.IsSetType() {
		return cty.NilVal, fmt.Errorf("a list is not a value of type %s", t.FriendlyName())
	}
	var values []cty.Value
	for _, element := range w {
		v, err := readValue(element, t.ElementType())
		if err != nil {
			return cty.NilVal, err
		}
		values = append(values, v)
	}
	return schema.Collection(t, values), nil
}

func readPairs(w []any, t cty.Type) (cty.Value, error) {
	values := map[string]cty.Value{}
	for _, pair := range w {
		both, ok := pair.([]any)
		if !ok || len(both) != 2 {
			return cty.NilVal, errors.New("a map is a list of pairs")
		}
		key, ok := both[0].(string)
		if !ok {
			return cty.NilVal, errors.New("the key of a map is a text")
		}
		v, err := readValue(both[1], t.ElementType())
		if err != nil {
			return cty.NilVal, err
		}
		values[key] = v
	}
	if len(values) == 0 {
		return cty.MapValEmpty(t.ElementType()), nil
	}
	return cty.MapVal(values), nil
}
