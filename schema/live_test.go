package schema

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"
)

func TestLive(t *testing.T) {
	t.Parallel()
	var props map[string]any
	decoder := json.NewDecoder(strings.NewReader(`{
		"Zone": "Inner", "PLATFORMS": 3, "DisplayNames": ["a", "b", null], "Open": false, "Seal": "wax", "Pin": "1234",
		"Founder": "x", "Visits": 12345678901234567890, "Clock": {"maker": "", "Offset": 0.3}, "More": {}, "Line": null}`))
	decoder.UseNumber()
	if err := decoder.Decode(&props); err != nil {
		t.Fatal(err)
	}
	k := station()
	v, err := k.Live("Central", props)
	if err != nil {
		t.Fatal(err)
	}
	want := cty.ObjectVal(map[string]cty.Value{
		"identity": cty.StringVal("Central"), "line": cty.NullVal(cty.String), "zone": cty.StringVal("Inner"), "platforms": cty.NumberIntVal(3),
		"names": cty.SetVal([]cty.Value{cty.StringVal("a"), cty.StringVal("b")}), "open": cty.False,
		"pin": cty.NullVal(cty.String), "seal": cty.StringVal("wax").Mark(Sensitive), "founder": cty.NullVal(cty.String),
		"visits": cty.MustParseNumberVal("12345678901234567890"),
		"clock":  cty.ObjectVal(map[string]cty.Value{"maker": cty.NullVal(cty.String), "offset": cty.MustParseNumberVal("0.3")}),
		"survey": cty.NullVal(k.Blocks[1].Type()),
	})
	if !v.RawEquals(want) {
		t.Errorf("got  %#v\nwant %#v", v, want)
	}
}

// TestWhatIsNotToldIsUnknown: a property that is missing says nothing, least of all that nothing is set.
func TestWhatIsNotToldIsUnknown(t *testing.T) {
	t.Parallel()
	v, err := station().Live("x", map[string]any{})
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range v.AsValueMap() {
		value, _ = value.Unmark()
		wantKnown := map[string]bool{"identity": true, "pin": true, "founder": true, "survey": true}[name]
		if value.IsKnown() != wantKnown {
			t.Errorf("%s: %#v", name, value)
		}
	}
}

func TestLiveShapes(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		prop string
		raw  any
		want string // the value in Go syntax, or the error's text
	}{
		"one of a list":       {"DisplayNames", "only", `cty.SetVal([]cty.Value{cty.StringVal("only")})`},
		"empty list":          {"DisplayNames", []any{}, `cty.SetValEmpty(cty.String)`},
		"null list":           {"DisplayNames", nil, `cty.NullVal(cty.Set(cty.String))`},
		"float":               {"Platforms", 2.5, `cty.NumberFloatVal(2.5)`},
		"int64":               {"Platforms", int64(7), `cty.NumberIntVal(7)`},
		"int":                 {"Platforms", 7, `cty.NumberIntVal(7)`},
		"text for number":     {"Platforms", "7", `cty.NumberIntVal(7)`},
		"words for number":    {"Platforms", "seven", `station "x": property Platforms: want a number, got a string`},
		"text for bool":       {"Open", "TRUE", `cty.True`},
		"words for bool":      {"Open", "yes", `station "x": property Open: want true or false, got a string`},
		"number for text":     {"Zone", 1.0, `station "x": property Zone: want a string, got a number`},
		"object for text":     {"Zone", map[string]any{"v": "secret"}, `station "x": property Zone: want a string, got an object`},
		"list for text":       {"Zone", []any{"secret"}, `station "x": property Zone: want a string, got a list`},
		"numbers in a list":   {"DisplayNames", []any{"a", 1.0}, `station "x": property DisplayNames: element 1: want a string, got a number`},
		"object for a list":   {"DisplayNames", map[string]any{}, `station "x": property DisplayNames: want a set of strings, got an object`},
		"text for a block":    {"Clock", "x", `station "x": property Clock: want an object, got a string`},
		"inside a block":      {"Clock", map[string]any{"Maker": true}, `station "x": clock: property Maker: want a string, got true or false`},
		"no number after all": {"Platforms", json.Number("x"), `station "x": property Platforms: want a number, got a number`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, err := station().Live("x", map[string]any{tt.prop: tt.raw})
			got := ""
			if err != nil {
				got = err.Error()
			} else {
				got = v.GetAttr(map[string]string{"DisplayNames": "names", "Platforms": "platforms", "Open": "open"}[tt.prop]).GoString()
			}
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestLiveOfOtherTypes(t *testing.T) {
	t.Parallel()
	k := &Kind{Name: "thing", Singleton: true, Attrs: []Attr{
		{Name: "tags", Type: cty.Map(cty.String)},
		{Name: "rules", Type: cty.List(cty.Object(map[string]cty.Type{"first_name": cty.String, "age": cty.Number}))},
	}}
	v, err := k.Live("", map[string]any{
		"Tags": map[string]any{"a": "b"}, "Rules": []any{map[string]any{"firstname": "x"}, map[string]any{"FirstName": nil, "Age": 1.0}},
	})
	if err != nil {
		t.Fatal(err)
	}
	rule := func(name, age cty.Value) cty.Value {
		return cty.ObjectVal(map[string]cty.Value{"first_name": name, "age": age})
	}
	want := cty.ObjectVal(map[string]cty.Value{
		"tags": cty.MapVal(map[string]cty.Value{"a": cty.StringVal("b")}),
		"rules": cty.ListVal([]cty.Value{
			rule(cty.StringVal("x"), cty.UnknownVal(cty.Number)),
			rule(cty.NullVal(cty.String), cty.NumberIntVal(1)),
		}),
	})
	if !v.RawEquals(want) {
		t.Errorf("got  %#v\nwant %#v", v, want)
	}
}

func TestFromLiveHasTheLastWord(t *testing.T) {
	t.Parallel()
	k := station()
	k.FromLive = func(live map[string]cty.Value, props map[string]any) {
		if props["Token"] == "founded" {
			live["founder"] = cty.StringVal("somebody")
		}
	}
	v, err := k.Live("x", map[string]any{"Token": "founded"})
	if err != nil || !v.GetAttr("founder").RawEquals(cty.StringVal("somebody")) {
		t.Errorf("%#v, %v", v, err)
	}
}
