package lab

import (
	"encoding/json"
	"slices"
	"strings"
)

// appendValue appends a property's value as JSON. Objects come with their names in order, so that equal objects give
// equal bytes.
func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		if v {
			return append(b, "true"...)
		}
		return append(b, "false"...)
	case string:
		return appendText(b, v)
	case int64:
		return appendInt(b, v)
	case []any:
		return appendList(b, v)
	case Object:
		return appendObject(b, v)
	}
	text, err := json.Marshal(v)
	if err != nil {
		panic("lab: a property that is no JSON: " + err.Error())
	}
	return append(b, text...)
}

func appendList(b []byte, list []any) []byte {
	b = append(b, '[')
	for n, item := range list {
		if n > 0 {
			b = append(b, ',')
		}
		b = appendValue(b, item)
	}
	return append(b, ']')
}

func appendObject(b []byte, o Object) []byte {
	names := make([]string, 0, len(o))
	for name := range o {
		names = append(names, name)
	}
	slices.Sort(names)
	b = append(b, '{')
	for n, name := range names {
		if n > 0 {
			b = append(b, ',')
		}
		b = appendValue(append(appendText(b, name), ':'), o[name])
	}
	return append(b, '}')
}

// property is a property by name in any case; nil where the object has none.
func (o Object) property(name string) any {
	if value, ok := o[name]; ok {
		return value
	}
	for own, value := range o {
		if strings.EqualFold(own, name) {
			return value
		}
	}
	return nil
}
