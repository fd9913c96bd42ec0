package main

import (
	"strconv"

	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"

	"hybrid/schema"
)

// value is one of the values of an attribute, as a configuration writes it, and in one of the forms of the far end.
func (s *subject) value(t *rapid.T, a *schema.Attr, other bool) (cty.Value, any) {
	forms := spellings[s.kind.Name+"."+a.Name]
	sample := forms.samples[0]
	if other {
		sample = forms.samples[1]
	}
	switch {
	case keys[a.Name] != nil:
		return keys[a.Name](t, other)
	case len(a.OneOf) > 0:
		text := a.OneOf[rapid.IntRange(0, len(a.OneOf)-1).Draw(t, a.Name)]
		if a.Check != nil && a.Check(cty.StringVal(text)) != nil {
			text = a.OneOf[0]
		}
		return cty.StringVal(inAnyCase(t, text).(string)), inAnyCase(t, text)
	case a.Type == cty.Bool:
		if a.Check != nil && a.Check(cty.BoolVal(other)) != nil {
			other = !other
		}
		return cty.BoolVal(other), truthForms(t, other)
	case a.Type == cty.Number:
		n := map[bool]int64{false: 1, true: 4}[other]
		if a.Default != cty.NilVal && rapid.Bool().Draw(t, "default") {
			n, _ = a.Default.AsBigFloat().Int64()
		}
		return cty.NumberIntVal(n), numberForms(t, n)
	case a.Type == cty.String:
		if a.Check == nil || a.Check(cty.StringVal("")) == nil { // "" takes away what is set
			if rapid.IntRange(0, 3).Draw(t, "unset") == 0 {
				return cty.StringVal(""), rapid.SampledFrom([]any{"", nil}).Draw(t, "blank")
			}
		}
		if forms.forms == nil {
			t.Fatalf("%s.%s: spellings do not say in which forms the far end gives it", s.kind.Name, a.Name)
		}
		return cty.StringVal(forms.forms(t, sample).(string)), forms.forms(t, sample)
	}
	return s.set(t, a, forms)
}

func (s *subject) set(t *rapid.T, a *schema.Attr, forms spelling) (cty.Value, any) {
	names := forms.samples[:rapid.IntRange(0, 2).Draw(t, a.Name)]
	if a.Word != "" && rapid.Bool().Draw(t, "all") {
		names = []string{a.Word}
	}
	want := cty.SetValEmpty(cty.String)
	if len(names) > 0 {
		var values []cty.Value
		for _, name := range names {
			values = append(values, cty.StringVal(inAnyCase(t, name).(string)))
		}
		want = cty.SetVal(values)
	}
	switch {
	case a.Word != "":
		return want, allowedForms(t, names)
	case a.Read != nil:
		return want, domainForms(t, names)
	case a.Join != "" && len(names) == 0:
		return want, rapid.SampledFrom([]any{"", nil}).Draw(t, "blank")
	case a.Join != "" && rapid.Bool().Draw(t, "joined"):
		return want, joinedForms(t, forms, a.Join, names)
	}
	return want, listForms(t, forms, names)
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
