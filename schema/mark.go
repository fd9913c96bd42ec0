package schema

import "github.com/zclconf/go-cty/cty"

type mark string

// Sensitive marks a value that must never be shown: what comes from env(), secret_file(), secret_command(), keyring() or a
// sensitive variable, or stands in a sensitive attribute. It travels with everything that is made of the value.
const Sensitive = mark("sensitive")

// IsSensitive says whether a value or any part of it must not be shown.
func IsSensitive(v cty.Value) bool {
	_, marks := v.UnmarkDeep()
	_, found := marks[Sensitive]
	return found
}

// Text is a text without its marks; "" where there is none: unset, unknown, or of another type.
func Text(v cty.Value) string {
	if v == cty.NilVal {
		return ""
	}
	v, _ = v.Unmark()
	if v.IsNull() || !v.IsKnown() || v.Type() != cty.String {
		return ""
	}
	return v.AsString()
}
