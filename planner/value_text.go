package planner

import (
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"hybrid/schema"
)

// texts are the values of the change's object, without those that its kind says are secrets.
func (c *Change) texts(v cty.Value) map[string]string {
	m := Texts(v)
	for name := range m {
		if a := c.Kind.Attr(name); a != nil && a.Sensitive {
			m[name] = sensitiveText
		}
	}
	return m
}

// Texts is an object's values by attribute, in JSON; nil for an absent or unread object. What is unknown or
// sensitive is not shown.
func Texts(v cty.Value) map[string]string {
	values := valueMap(v)
	if values == nil {
		return nil
	}
	m := make(map[string]string, len(values))
	for name, value := range values {
		if !value.IsNull() {
			m[name] = text(value)
		}
	}
	return m
}

// The texts of values that are not shown.
const (
	unknownText   = "(known after apply)"
	sensitiveText = "(sensitive)"
)

// text is a value in JSON, or the word that stands for it.
func text(v cty.Value) string {
	switch {
	case v.ContainsMarked():
		return sensitiveText
	case !v.IsWhollyKnown():
		return unknownText
	case v.Type().HasDynamicTypes():
		return "" // a table of users, which is compared row by row
	case v.Type() == cty.Number && !v.IsNull():
		return schema.Digits(v.AsBigFloat()) // as JSON writes it
	}
	b, err := ctyjson.Marshal(v, v.Type())
	if err != nil {
		return v.GoString()
	}
	return string(b)
}
