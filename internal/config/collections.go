package config

import (
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// toCollection is tolist, toset or tomap. What a file or a for expression gives is a tuple or an object with a type for each element, for
// which the library looks for a common type by comparing each with each. Where all are texts, or numbers, or truth values, that is
// the common one, and nothing has to be compared: a hundred thousand names are a matter of milliseconds, not of minutes.
func toCollection(of func(element cty.Type) cty.Type) function.Function {
	general := stdlib.MakeToFunc(of(cty.DynamicPseudoType))
	alike := map[cty.Type]function.Function{}
	for _, element := range []cty.Type{cty.String, cty.Number, cty.Bool} {
		alike[element] = stdlib.MakeToFunc(of(element))
	}
	chosen := func(t cty.Type) function.Function {
		if f, found := alike[elementsOf(t)]; found && t.IsObjectType() == of(cty.String).IsMapType() {
			return f
		}
		return general
	}
	return function.New(&function.Spec{
		Description: general.Description(),
		Params:      general.Params(),
		Type: func(args []cty.Value) (cty.Type, error) {
			return chosen(args[0].Type()).ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return chosen(args[0].Type()).Call(args)
		},
	})
}

// elementsOf is the type that all elements of a tuple or an object have; that of anything where they differ, or there are none.
func elementsOf(t cty.Type) cty.Type {
	common := cty.NilType
	see := func(element cty.Type) bool {
		if common == cty.NilType {
			common = element
		}
		return common.IsPrimitiveType() && element == common
	}
	switch {
	case t.IsTupleType():
		for _, element := range t.TupleElementTypes() {
			if !see(element) {
				return cty.DynamicPseudoType
			}
		}
	case t.IsObjectType():
		for _, element := range t.AttributeTypes() {
			if !see(element) {
				return cty.DynamicPseudoType
			}
		}
	}
	if common == cty.NilType {
		return cty.DynamicPseudoType
	}
	return common
}
