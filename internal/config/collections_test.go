package config

import (
	"fmt"
	"slices"
	"testing"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	"pgregory.net/rapid"
)

var collections = map[string]func(cty.Type) cty.Type{"tolist": cty.List, "toset": cty.Set, "tomap": cty.Map}

// Whatever is made a collection, it is the one that the library makes, or the same refusal.
func TestCollectionsAreTheLibrarys(t *testing.T) {
	t.Parallel()
	one := rapid.SampledFrom([]cty.Value{
		cty.StringVal("a"), cty.StringVal("b"), cty.StringVal("1"), cty.NumberIntVal(1), cty.NumberIntVal(2), cty.True, cty.False, cty.NullVal(cty.String),
		cty.NullVal(cty.DynamicPseudoType), cty.UnknownVal(cty.String), cty.DynamicVal, cty.StringVal("hidden").Mark("sensitive"),
		cty.EmptyObjectVal, cty.ObjectVal(map[string]cty.Value{"x": cty.StringVal("y")}), cty.TupleVal([]cty.Value{cty.True}), cty.ListVal([]cty.Value{cty.StringVal("a")}),
	})
	rapid.Check(t, func(t *rapid.T) {
		elements := rapid.SliceOfN(one, 0, 5).Draw(t, "elements")
		if rapid.Bool().Draw(t, "alike") && len(elements) > 0 {
			elements = slices.Repeat(elements[:1], len(elements))
		}
		attributes := map[string]cty.Value{}
		for n, e := range elements {
			attributes[fmt.Sprint("k", n)] = e
		}
		whole := rapid.SampledFrom([]cty.Value{
			cty.TupleVal(elements), cty.ObjectVal(attributes), cty.TupleVal(elements).Mark("sensitive"), cty.NullVal(cty.TupleVal(elements).Type()),
			cty.StringVal("a"), cty.DynamicVal, cty.SetVal([]cty.Value{cty.StringVal("a")}),
		}).Draw(t, "whole")
		for name, of := range collections {
			want, wantErr := stdlib.MakeToFunc(of(cty.DynamicPseudoType)).Call([]cty.Value{whole})
			got, err := toCollection(of).Call([]cty.Value{whole})
			if fmt.Sprint(err) != fmt.Sprint(wantErr) || err == nil && !got.RawEquals(want) {
				t.Fatalf("%s(%#v) = %#v, %v; the library has %#v, %v", name, whole, got, err, want, wantErr)
			}
		}
	})
}

// BenchmarkToSet makes a set of names of a tuple, as jsondecode gives it. What one takes must not grow with how many there are.
func BenchmarkToSet(b *testing.B) {
	for _, count := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			names := make([]cty.Value, count)
			for n := range names {
				names[n] = cty.StringVal(fmt.Sprintf("h%06d.contoso.com", n))
			}
			for b.Loop() {
				if set, err := toCollection(cty.Set).Call([]cty.Value{cty.TupleVal(names)}); err != nil || set.LengthInt() != count {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*count), "ns/name")
		})
	}
}
