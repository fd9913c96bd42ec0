package schema

import (
	"slices"
	"testing"

	"github.com/zclconf/go-cty/cty"
)

func TestCollectionsOfTexts(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]cty.Value{"list": TextList(nil), "set": TextSet(nil)} {
		if !v.IsWhollyKnown() || v.IsNull() || v.LengthInt() != 0 || v.Type().ElementType() != cty.String {
			t.Errorf("%s of none is %#v", name, v)
		}
	}
	all := []string{"b", "a"}
	if got := Texts(TextList(all)); !slices.Equal(got, all) {
		t.Error(got)
	}
	if got := Texts(TextSet(all).Mark(Sensitive)); !slices.Equal(got, []string{"a", "b"}) {
		t.Error(got)
	}
	for _, v := range []cty.Value{cty.NilVal, cty.NullVal(cty.Set(cty.String)), cty.UnknownVal(cty.List(cty.String)), cty.ListVal([]cty.Value{cty.UnknownVal(cty.String)})} {
		if got := Texts(v); got != nil {
			t.Errorf("%#v has the texts %q", v, got)
		}
	}
}
