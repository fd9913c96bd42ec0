package schema

import (
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"
)

// guests is a kind with a list that a word may stand for, read from a property of another shape.
func guests() *Kind {
	return &Kind{Name: "guests", Doc: "Who may come.", Singleton: true, Attrs: []Attr{{
		Name: "names", Type: cty.Set(cty.String), Word: "all", Doc: "Who.",
		Read: func(property any) cty.Value {
			if property == "everybody" {
				return cty.SetVal([]cty.Value{cty.StringVal("all")})
			}
			return cty.UnknownVal(cty.Set(cty.String))
		},
	}}}
}

func TestAWordInThePlaceOfAList(t *testing.T) {
	t.Parallel()
	all := cty.SetVal([]cty.Value{cty.StringVal("all")})
	for body, want := range map[string]cty.Value{
		`names = "ALL"`:   all,
		`names = ["all"]`: all,
		`names = []`:      cty.SetValEmpty(cty.String),
		`names = ["a"]`:   cty.SetVal([]cty.Value{cty.StringVal("a")}),
		`names = unknown`: cty.UnknownVal(cty.Set(cty.String)),
		`names = null`:    cty.NullVal(cty.Set(cty.String)),
		``:                cty.NullVal(cty.Set(cty.String)),
	} {
		v, _, diags := guests().Decode(parse(t, body), context())
		if diags.HasErrors() || !v.GetAttr("names").RawEquals(want) {
			t.Errorf("%s: %#v, %v", body, v, diags)
		}
	}
	_, _, diags := guests().Decode(parse(t, `names = "al"`), context())
	if got := messages(diags); len(got) != 1 || !strings.Contains(got[0], `guests.names takes a set of strings or "all", and this is a string`) {
		t.Errorf("%q", got)
	}
}

func TestAPropertyOfAnotherShape(t *testing.T) {
	t.Parallel()
	for property, known := range map[any]bool{"everybody": true, "x": false} {
		v, err := guests().Live("", map[string]any{"Names": property})
		if err != nil || v.GetAttr("names").IsKnown() != known {
			t.Errorf("%v: %#v, %v", property, v, err)
		}
	}
}
