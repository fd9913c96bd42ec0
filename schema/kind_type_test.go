package schema

import (
	"reflect"
	"testing"

	"github.com/zclconf/go-cty/cty"
)

// Objects of a kind have one type in memory, not equal ones of their own, and are otherwise what they were.
func TestSharingType(t *testing.T) {
	t.Parallel()
	one := func(seal cty.Value) cty.Value {
		return cty.ObjectVal(map[string]cty.Value{"line": cty.StringVal("North"), "seal": seal, "names": cty.SetVal([]cty.Value{cty.StringVal("a")})})
	}
	shared := one(cty.StringVal("")).Type()
	for name, v := range map[string]cty.Value{
		"known": one(cty.StringVal("s")), "null within": one(cty.NullVal(cty.String)), "unknown within": one(cty.UnknownVal(cty.String)),
		"sensitive within": one(cty.StringVal("s").Mark(Sensitive)), "sensitive": one(cty.StringVal("s")).Mark(Sensitive),
		"null": cty.NullVal(one(cty.StringVal("")).Type()), "unknown": cty.UnknownVal(one(cty.StringVal("")).Type()),
	} {
		got := SharingType(shared, v)
		if !got.RawEquals(v) {
			t.Errorf("%s: %#v became %#v", name, v, got)
		}
		if place(got.Type()) != place(shared) {
			t.Errorf("%s: has a type of its own", name)
		}
	}
	for name, v := range map[string]cty.Value{"another type": one(cty.True), "of no fixed type": cty.DynamicVal, "no object": cty.StringVal("a")} {
		if got := SharingType(shared, v); !got.RawEquals(v) {
			t.Errorf("%s: %#v became %#v", name, v, got)
		}
	}
	if got := SharingType(shared, cty.NilVal); got != cty.NilVal {
		t.Errorf("nothing became %#v", got)
	}
}

// place is where an object type's attributes are in memory.
func place(t cty.Type) uintptr { return reflect.ValueOf(t.AttributeTypes()).Pointer() }
