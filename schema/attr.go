package schema

import (
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// WriteName is the name of the parameter that writes the attribute.
func (a *Attr) WriteName() string {
	if a.Param != "" {
		return a.Param
	}
	return pascal(a.Name)
}

// ReadName is the name of the property that holds the attribute in a live object.
func (a *Attr) ReadName() string {
	if a.Prop != "" {
		return a.Prop
	}
	return a.WriteName()
}

// pascal turns proxy_fqdn into ProxyFqdn.
func pascal(name string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(name, "_") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]))
			b.WriteString(part[1:])
		}
	}
	return b.String()
}

// Canonical gives the form of v in which it is compared: Norm where there is one, a text with OneOf in the
// declared spelling. Null and unknown values, and values with unknown parts, stay as they are; marks are kept.
func (a *Attr) Canonical(v cty.Value) cty.Value {
	v, marks := v.UnmarkDeep()
	if v.IsWhollyKnown() && !v.IsNull() {
		switch {
		case a.Norm != nil:
			v = a.Norm(v)
		case len(a.OneOf) > 0 && v.Type() == cty.String:
			v = cty.StringVal(spelling(a.OneOf, v.AsString()))
		}
	}
	return v.WithMarks(marks)
}

// CanonicalIn is Canonical for a value within its object, whose other attributes may matter.
func (a *Attr) CanonicalIn(object map[string]cty.Value, v cty.Value) cty.Value {
	if a.NormIn == nil {
		return a.Canonical(v)
	}
	v, marks := v.UnmarkDeep()
	if v.IsWhollyKnown() && !v.IsNull() {
		v = a.NormIn(object, v)
	}
	return v.WithMarks(marks)
}

func spelling(oneOf []string, text string) string {
	for _, s := range oneOf {
		if strings.EqualFold(s, text) {
			return s
		}
	}
	return text
}
