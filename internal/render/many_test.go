package render

import (
	"bytes"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

func TestElementsOfARepeatedBlockAreShownInALineEach(t *testing.T) {
	t.Parallel()
	block := schema.Block{
		Name: "key", Many: true, Attrs: []schema.Attr{{Name: "text", Type: cty.String}},
		Merge: func(_, want cty.Value) cty.Value { return want },
		Text:  func(e cty.Value) string { return "the key " + e.GetAttr("text").AsString() },
	}
	k := &schema.Kind{Name: "principal", Singleton: true, Blocks: []schema.Block{block}}
	object := func(names ...string) cty.Value {
		var keys []cty.Value
		for _, name := range names {
			keys = append(keys, cty.ObjectVal(map[string]cty.Value{"text": cty.StringVal(name)}))
		}
		return cty.ObjectVal(map[string]cty.Value{"key": cty.ListVal(keys)})
	}
	c := planner.Diff(k, object("a", "b"), object("b", "c"))
	c.Address = planner.Address{Kind: "principal"}
	var b bytes.Buffer
	if err := Text(&b, &planner.Plan{Changes: []planner.Change{c}}, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`~ key = - "the key a"`, `+ "the key c"`, "1 stays"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
	b.Reset()
	if err := JSON(&b, &planner.Plan{Changes: []planner.Change{c}}, Options{}); err != nil {
		t.Fatal(err)
	}
	if want := `"key":[{"text":"b"},{"text":"c"}]`; !strings.Contains(b.String(), want) {
		t.Errorf("%q is not in\n%s", want, b.String())
	}
}
