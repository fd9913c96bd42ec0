package planner

import (
	"slices"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// membership is a kind of which only the declared members are the configuration's.
func membership() *schema.Kind {
	return &schema.Kind{
		Name: "principal",
		Attrs: []schema.Attr{{Name: "names", Type: cty.Set(cty.String), Merge: func(live, want cty.Value) cty.Value {
			return cty.SetVal(append(live.AsValueSlice(), want.AsValueSlice()...))
		}}},
		Blocks: []schema.Block{{
			Name: "key", Many: true, Attrs: []schema.Attr{{Name: "text", Type: cty.String}},
			Merge: func(live, want cty.Value) cty.Value {
				all := live.AsValueSlice()
				for _, w := range want.AsValueSlice() {
					if !slices.ContainsFunc(all, w.RawEquals) {
						all = append(all, w)
					}
				}
				return cty.ListVal(all)
			},
		}},
	}
}

func principal(names, keys []string) cty.Value {
	values := map[string]cty.Value{"names": cty.NullVal(cty.Set(cty.String)), "key": cty.NullVal(cty.List(cty.Object(map[string]cty.Type{"text": cty.String}))), "identity": cty.StringVal("p")}
	if names != nil {
		values["names"] = cty.SetVal(texts(names))
	}
	var objects []cty.Value
	for _, key := range texts(keys) {
		objects = append(objects, cty.ObjectVal(map[string]cty.Value{"text": key}))
	}
	if keys != nil {
		values["key"] = cty.ListVal(objects)
	}
	return cty.ObjectVal(values)
}

func texts(all []string) []cty.Value {
	var values []cty.Value
	for _, text := range all {
		values = append(values, cty.StringVal(text))
	}
	return values
}

func TestMembersThatAreLiveAreNoDifference(t *testing.T) {
	t.Parallel()
	c := Diff(membership(), principal([]string{"a", "b"}, []string{"k", "l"}), principal([]string{"a"}, []string{"l"}))
	if c.Action != NoOp {
		t.Fatalf("%s of %v", c.Action, c.Paths)
	}
}

func TestMembersThatLackAreAddedToWhatIsLive(t *testing.T) {
	t.Parallel()
	c := Diff(membership(), principal([]string{"a"}, []string{"k"}), principal([]string{"b"}, []string{"l"}))
	want := principal([]string{"a", "b"}, []string{"k", "l"})
	if c.Action != Update || len(c.Paths) != 2 || !c.After.RawEquals(want) {
		t.Fatalf("%s of %v to %#v", c.Action, c.Paths, c.After)
	}
	if r := c.Reverse(); !r.After.RawEquals(principal([]string{"a"}, []string{"k"})) {
		t.Fatalf("the undo leads to %#v", r.After)
	}
}

func TestUndeclaredMembersAreLeftAlone(t *testing.T) {
	t.Parallel()
	if c := Diff(membership(), principal([]string{"a"}, []string{"k"}), principal(nil, nil)); c.Action != NoOp || !c.After.RawEquals(c.Before) {
		t.Fatalf("%s to %#v", c.Action, c.After)
	}
}

func TestMembersThatWereNotToldPlanNothing(t *testing.T) {
	t.Parallel()
	k := membership()
	live := principal([]string{"a"}, []string{"k"}).AsValueMap()
	live["names"], live["key"] = cty.UnknownVal(live["names"].Type()), cty.UnknownVal(live["key"].Type())
	c := Diff(k, cty.ObjectVal(live), principal([]string{"b"}, []string{"l"}))
	if c.Action != NoOp || !slices.Equal(c.Unread, []string{"names", "key"}) {
		t.Fatalf("%s, unread %v", c.Action, c.Unread)
	}
}

func TestASensitiveMemberStaysSo(t *testing.T) {
	t.Parallel()
	want := principal([]string{"b"}, nil).AsValueMap()
	want["names"] = want["names"].Mark(schema.Sensitive)
	c := Diff(membership(), principal([]string{"a"}, []string{"k"}), cty.ObjectVal(want))
	if c.Action != Update || !schema.IsSensitive(c.After.GetAttr("names")) {
		t.Fatalf("%s to %#v", c.Action, c.After)
	}
}

func TestIgnoredMembersAreNotPlanned(t *testing.T) {
	t.Parallel()
	c := between(membership(), principal([]string{"a"}, []string{"k"}), principal([]string{"b"}, []string{"l"}), comparison{ignore: []string{"names", "key"}})
	if c.Action != NoOp {
		t.Fatalf("%s of %v", c.Action, c.Paths)
	}
}
