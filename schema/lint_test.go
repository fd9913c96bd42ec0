package schema

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"
)

func TestLint(t *testing.T) {
	t.Parallel()
	if found := Lint([]*Kind{station(), track()}, []*System{railway()}); len(found) > 0 {
		t.Fatalf("good declarations: %q", found)
	}
	for name, tt := range map[string]struct {
		change func(k *Kind)
		want   []string
	}{
		"doc":       {func(k *Kind) { k.Doc = "" }, []string{"kind station has no Doc"}},
		"name":      {func(k *Kind) { k.Name = "locals" }, []string{"kind locals: the name is not lower snake case, or is taken by the language"}},
		"system":    {func(k *Kind) { k.System = "x" }, []string{`kind station: System "x" is not declared`}},
		"remote":    {func(k *Kind) { k.Remote = nil }, []string{"kind station has no Remote"}},
		"label":     {func(k *Kind) { k.Labels = []string{"platforms"} }, []string{`kind station: label "platforms" sets no string attribute`}},
		"twice":     {func(k *Kind) { k.Attrs = append(k.Attrs, k.Attrs[0]) }, []string{`kind station: the name "line" is taken`}},
		"meta":      {func(k *Kind) { k.Attrs[3].Name = "ensure" }, []string{`kind station: the name "ensure" is taken`}},
		"camel":     {func(k *Kind) { k.Attrs[3].Name = "displayNames" }, []string{`kind station: the name "displayNames" is not lower snake case`}},
		"attr doc":  {func(k *Kind) { k.Attrs[3].Doc = "" }, []string{"kind station: attribute names has no Doc"}},
		"type":      {func(k *Kind) { k.Attrs[3].Type = cty.NilType }, []string{"kind station: attribute names has no Type"}},
		"one of":    {func(k *Kind) { k.Attrs[3].OneOf = []string{"x"} }, []string{"kind station: attribute names has OneOf and is no string"}},
		"computed":  {func(k *Kind) { k.Attrs[8].ForceNew = true }, []string{"kind station: attribute visits is computed and cannot be set, yet says what setting it does"}},
		"compared":  {func(k *Kind) { k.Attrs[2].Initial = true }, []string{"kind station: attribute platforms is create-only and at the same time never compared"}},
		"unique":    {func(k *Kind) { k.Attrs[3].Unique = "x" }, []string{"kind station: attribute names is unique and neither string nor true or false"}},
		"barred":    {func(k *Kind) { k.Attrs[0].Barred = &Set{Name: "x"} }, []string{"kind station: attribute line is barred from a set and no string, unique itself, or without a reason"}},
		"join":      {func(k *Kind) { k.Attrs[0].Join = ";" }, []string{"kind station: attribute line has Join and is no set of strings"}},
		"names set": {func(k *Kind) { k.Names = &Set{Name: "x"} }, []string{"kind station: Names needs identities and a reason"}},
		"default":   {func(k *Kind) { k.Attrs[1].Default = cty.StringVal("Middle") }, []string{"kind station: attribute zone has a Default that OneOf does not name"}},
		"default 2": {func(k *Kind) { k.Attrs[2].Default = cty.Zero }, []string{"kind station: attribute platforms has a Default that its Check refuses"}},
		"default 3": {func(k *Kind) { k.Attrs[4].Default = cty.Zero }, []string{"kind station: attribute open has a Default of another type"}},
		"norm": {
			func(k *Kind) { k.Attrs[4].Norm = func(v cty.Value) cty.Value { return v.Not() } },
			[]string{"kind station: attribute open has a Norm that is not idempotent on its Default"},
		},
		"two norms": {func(k *Kind) {
			k.Attrs[3].Norm = func(v cty.Value) cty.Value { return v }
			k.Attrs[3].NormIn = func(_ map[string]cty.Value, v cty.Value) cty.Value { return v }
		}, []string{"kind station: attribute names has both Norm and NormIn"}},
		"rule":     {func(k *Kind) { k.Rules[0].Attrs = []string{"zoone"} }, []string{`kind station: a rule names "zoone", which is no attribute`}},
		"rule doc": {func(k *Kind) { k.Rules[0].Doc = "" }, []string{"kind station: rule 1 lacks Doc, Check or Attrs"}},
		"block":    {func(k *Kind) { k.Blocks[0].Doc = "" }, []string{"kind station: block clock has no Doc"}},
		"group":    {func(k *Kind) { k.Attrs[3].Group = "g" }, []string{`kind station: attribute names is alone in group "g"`}},
		"column": {func(k *Kind) { k.Attrs[4].Mode = Column }, []string{
			"kind station: attribute open is a column, and there is no table whose users have attributes",
			"kind station: attribute open is a column and no text that is compared and shown",
		}},
		"rows": {func(k *Kind) { k.Rows = &Rows{Attr: "none"} }, []string{
			"kind station: Rows has no columns", `kind station: Rows.Attr "none" is no attribute`,
			"kind station: Rows.Attr and Rows.State go together",
			"kind station: attribute line is compared user by user, and is neither a column nor true or false",
			"kind station: attribute zone is compared user by user, and is neither a column nor true or false",
			"kind station: attribute platforms is compared user by user, and is neither a column nor true or false",
			"kind station: attribute names is compared user by user, and is neither a column nor true or false",
			"kind station: attribute pin is compared user by user, and is neither a column nor true or false",
			"kind station: attribute seal is compared user by user, and is neither a column nor true or false",
			`kind station: Rows needs an attribute "users" of any type that is a setting`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := station()
			tt.change(k)
			if diff := cmp.Diff(tt.want, Lint([]*Kind{k, track()}, []*System{railway()})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	twice := Lint([]*Kind{track(), track()}, []*System{railway(), railway()})
	if diff := cmp.Diff([]string{"system railway is declared twice", "kind track is declared twice"}, twice); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLintOrder(t *testing.T) {
	t.Parallel()
	after := func(name string, firsts ...First) *Kind { return &Kind{Name: name, After: firsts} }
	one, two := First{Kind: "one", Why: "it is first"}, First{Kind: "two", Why: "it is second"}
	for name, tt := range map[string]struct {
		kinds []*Kind
		want  []string
	}{
		"good":   {[]*Kind{after("one"), after("two", one), {Name: "three", After: []First{one, two}, Leaving: []First{two}}}, nil},
		"none":   {[]*Kind{after("two", one)}, []string{`two: After names "one", which is no kind, or stands there twice`}},
		"twice":  {[]*Kind{after("one"), after("two", one, one)}, []string{`two: After names "one", which is no kind, or stands there twice`}},
		"reason": {[]*Kind{after("one"), {Name: "two", Leaving: []First{{Kind: "one", Why: "Because."}}}}, []string{"two: Leaving gives no reason for one, or one with a full stop"}},
		"before": {[]*Kind{{Name: "one", Before: []First{two}}, after("two")}, nil},
		"both":   {[]*Kind{{Name: "one", Before: []First{two}}, after("two", one)}, []string{"one: Before names two, whose After names it"}},
		"round":  {[]*Kind{{Name: "one", Before: []First{two}, After: []First{two}}, after("two")}, []string{"After goes in a circle: one, two"}},
		"nobody": {[]*Kind{{Name: "one", Before: []First{{Kind: "three", Why: "it is third"}}}}, []string{`one: Before names "three", which is no kind, or stands there twice`}},
		"circle": {[]*Kind{after("one", two), after("two", one), after("three", one)}, []string{"After goes in a circle: one, three, two"}},
	} {
		if diff := cmp.Diff(tt.want, LintOrder(tt.kinds)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
