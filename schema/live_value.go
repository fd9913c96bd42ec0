package schema

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// fromJSON makes a value of a type from decoded JSON. A single value where a list is wanted is a list of one, since
// PowerShell unrolls those.
func fromJSON(raw any, t cty.Type) (cty.Value, error) {
	switch {
	case raw == nil:
		return cty.NullVal(t), nil
	case t == cty.String:
		return textFrom(raw)
	case t == cty.Bool:
		if b, ok := truthFrom(raw); ok {
			return cty.BoolVal(b), nil
		}
	case t == cty.Number:
		return numberFrom(raw)
	case t.IsListType(), t.IsSetType():
		return elementsFrom(raw, t)
	case t.IsMapType():
		return mapFrom(raw, t)
	case t.IsObjectType():
		return objectFrom(raw, t)
	}
	return cty.DynamicVal, mismatch(t, raw)
}

func mismatch(t cty.Type, raw any) error {
	return fmt.Errorf("want %s, got %s", TypeName(t), shape(raw))
}

func textFrom(raw any) (cty.Value, error) {
	switch text := raw.(type) {
	case string:
		if text == "" {
			return cty.NullVal(cty.String), nil
		}
		return cty.StringVal(text), nil
	}
	return cty.DynamicVal, mismatch(cty.String, raw)
}

// truthFrom reads a Boolean. Of an object that is too deep to be taken apart only texts are left, and of those True and
// False cannot be mistaken.
func truthFrom(raw any) (value, ok bool) {
	if text, isText := raw.(string); isText {
		value = strings.EqualFold(text, "true")
		return value, value || strings.EqualFold(text, "false")
	}
	value, ok = raw.(bool)
	return value, ok
}

// numberFrom reads a number, also from its digits alone.
func numberFrom(raw any) (cty.Value, error) {
	switch n := raw.(type) {
	case json.Number:
		if v, err := cty.ParseNumberVal(n.String()); err == nil {
			return v, nil
		}
	case float64:
		// The shortest text that reads as n: 0.3 stays 0.3 and equals what a configuration says.
		if v, err := cty.ParseNumberVal(strconv.FormatFloat(n, 'f', -1, 64)); err == nil {
			return v, nil
		}
	case int64:
		return cty.NumberVal(new(big.Float).SetInt64(n)), nil
	case int:
		return cty.NumberIntVal(int64(n)), nil
	case string:
		if v, err := cty.ParseNumberVal(n); err == nil {
			return v, nil
		}
	}
	return cty.DynamicVal, mismatch(cty.Number, raw)
}

func elementsFrom(raw any, t cty.Type) (cty.Value, error) {
	items, ok := raw.([]any)
	if !ok {
		items = []any{raw}
	}
	var values []cty.Value
	for n, item := range items {
		v, err := fromJSON(item, t.ElementType())
		if err != nil && !ok {
			return cty.DynamicVal, mismatch(t, raw)
		}
		if err != nil {
			return cty.DynamicVal, fmt.Errorf("element %d: %w", n, err)
		}
		if !v.IsNull() {
			values = append(values, v)
		}
	}
	return Collection(t, values), nil
}

func mapFrom(raw any, t cty.Type) (cty.Value, error) {
	items, ok := raw.(map[string]any)
	if !ok {
		return cty.DynamicVal, mismatch(t, raw)
	}
	if len(items) == 0 {
		return cty.MapValEmpty(t.ElementType()), nil
	}
	values := make(map[string]cty.Value, len(items))
	for name, item := range items {
		v, err := fromJSON(item, t.ElementType())
		if err != nil {
			return cty.DynamicVal, fmt.Errorf("%s: %w", name, err)
		}
		values[name] = v
	}
	return cty.MapVal(values), nil
}

func objectFrom(raw any, t cty.Type) (cty.Value, error) {
	items, ok := raw.(map[string]any)
	if !ok {
		return cty.DynamicVal, mismatch(t, raw)
	}
	values := map[string]cty.Value{}
	for name, want := range t.AttributeTypes() {
		item, ok := Property(items, pascal(name))
		if !ok {
			values[name] = cty.UnknownVal(want)
			continue
		}
		v, err := fromJSON(item, want)
		if err != nil {
			return cty.DynamicVal, fmt.Errorf("%s: %w", name, err)
		}
		values[name] = v
	}
	return cty.ObjectVal(values), nil
}

// shape says what a decoded JSON value is, never what it holds.
func shape(raw any) string {
	switch raw.(type) {
	case nil:
		return "nothing"
	case bool:
		return "true or false"
	case string:
		return "a string"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	return "a number"
}
