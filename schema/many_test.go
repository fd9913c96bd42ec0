package schema

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/zclconf/go-cty/cty"
)

func manyKind() *Kind {
	return &Kind{
		Name: "principal", System: "entra", Doc: "A principal.", Remote: REST{Collection: "principals"},
		Blocks: []Block{{Name: "key", Doc: "A key.", Many: true, Attrs: []Attr{
			{Name: "text", Type: cty.String, Mode: Required, Doc: "The key."},
			{Name: "id", Type: cty.String, Mode: Computed, Doc: "Its id."},
		}}},
	}
}

func TestABlockWrittenSeveralTimesIsAList(t *testing.T) {
	t.Parallel()
	file, diags := hclparse.NewParser().ParseHCL([]byte("key { text = \"a\" }\nkey { text = \"b\" }\n"), "main.hcl")
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	k := manyKind()
	v, ranges, diags := k.Decode(file.Body, nil)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	if !v.Type().Equals(k.Type()) {
		t.Fatalf("the value is of %#v, the kind of %#v", v.Type(), k.Type())
	}
	keys := v.GetAttr("key").AsValueSlice()
	if len(keys) != 2 || keys[1].GetAttr("text").AsString() != "b" || ranges["key"].Start.Line != 1 {
		t.Fatalf("keys %#v at %v", keys, ranges["key"])
	}
}

func TestAMistakeInTheSecondBlockPointsThere(t *testing.T) {
	t.Parallel()
	file, _ := hclparse.NewParser().ParseHCL([]byte("key { text = \"a\" }\nkey { txt = \"b\" }\n"), "main.hcl")
	v, _, diags := manyKind().Decode(file.Body, nil)
	if !diags.HasErrors() || diags[0].Subject.Start.Line != 2 {
		t.Fatalf("diagnostics %v", diags)
	}
	if v.GetAttr("key").LengthInt() != 2 {
		t.Fatalf("the value is %#v", v)
	}
}

func TestNoBlockIsNull(t *testing.T) {
	t.Parallel()
	file, _ := hclparse.NewParser().ParseHCL(nil, "main.hcl")
	v, _, diags := manyKind().Decode(file.Body, nil)
	if diags.HasErrors() || !v.GetAttr("key").IsNull() {
		t.Fatalf("%#v, %v", v, diags)
	}
}

func TestLiveElementsOfARepeatedBlock(t *testing.T) {
	t.Parallel()
	k := manyKind()
	for name, c := range map[string]struct {
		raw  any
		want int
	}{"none": {[]any{}, 0}, "one": {map[string]any{"Text": "a"}, 1}, "two": {[]any{map[string]any{"Text": "a"}, map[string]any{"Text": "b", "Id": "2"}}, 2}} {
		v, err := k.Live("x", map[string]any{"Key": c.raw})
		if err != nil || v.GetAttr("key").LengthInt() != c.want {
			t.Errorf("%s: %#v, %v", name, v, err)
		}
	}
	if _, err := k.Live("x", map[string]any{"Key": []any{"a"}}); err == nil || !strings.Contains(err.Error(), "want objects, got a string") {
		t.Errorf("error %v", err)
	}
}

func TestSchemaOfARepeatedBlockTakesOneOrAList(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(JSONSchema([]*Kind{manyKind()}, nil))
	if err != nil || !strings.Contains(string(text), `"key":{"anyOf":[{"description":"A key."`) {
		t.Fatalf("%s, %v", text, err)
	}
	reference := Reference([]*Kind{manyKind()}, nil)
	for _, want := range []string{"May be written several times.", "Collection of the API: `principals`."} {
		if !strings.Contains(reference, want) {
			t.Errorf("%q is not in the reference:\n%s", want, reference)
		}
	}
}

func TestLintOfRepeatedBlocksAndMerges(t *testing.T) {
	t.Parallel()
	merge := func(live, _ cty.Value) cty.Value { return live }
	k := manyKind()
	k.Attrs = []Attr{{Name: "one", Type: cty.String, Doc: "One.", Merge: merge}}
	k.Blocks[0].Attrs = append(k.Blocks[0].Attrs, Attr{Name: "any", Type: cty.DynamicPseudoType, Doc: "Any."})
	k.Blocks = append(k.Blocks, Block{Name: "single", Doc: "Once.", Text: func(cty.Value) string { return "" }})
	found := Lint([]*Kind{k}, []*System{{Name: "entra", Doc: "Entra."}})
	for _, want := range []string{
		"kind principal: attribute one has Merge and is no collection",
		"kind principal.key occurs several times, and its attribute any may be of any type",
		"kind principal.single has Text and occurs once",
	} {
		if !slices.Contains(found, want) {
			t.Errorf("%q is not among %q", want, found)
		}
	}
}
