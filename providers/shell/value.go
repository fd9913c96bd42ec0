package shell

import (
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// Tells says whether a value is known and set.
func Tells(v cty.Value) bool { return v != cty.NilVal && v.IsKnown() && !v.IsNull() }

// IsText says whether a value is this text.
func IsText(v cty.Value, text string) bool { return Tells(v) && strings.EqualFold(TextOf(v), text) }

// TextOf is a text value, "" where there is none.
func TextOf(v cty.Value) string { return schema.Text(v) }

// ParamOf is the name of the parameter of an attribute that has none of its own.
func ParamOf(name string) string {
	a := schema.Attr{Name: name}
	return a.WriteName()
}
