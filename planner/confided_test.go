package planner

import (
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// What is there already of a secret, or was there before it, is one, whatever becomes of the object.
func TestLiveValuesOfSecretsAreSecret(t *testing.T) {
	t.Parallel()
	k := &schema.Kind{
		Name: "thing", Attrs: []schema.Attr{{Name: "word", Type: cty.String}, {Name: "note", Type: cty.String}},
		Notes: func(_ string, before, _ map[string]cty.Value) []string {
			if before == nil {
				return nil
			}
			return []string{"was " + before["word"].AsString()}
		},
	}
	of := func(word, note cty.Value) cty.Value {
		return cty.ObjectVal(map[string]cty.Value{"identity": cty.StringVal("x"), "word": word, "note": note})
	}
	live := Listing{Objects: map[string]Found{"x": {Identity: "x", Value: of(cty.StringVal("old"), cty.StringVal("open"))}}, Complete: true}
	for action, want := range map[Action]Object{
		NoOp:   {Want: of(cty.StringVal("old").Mark(schema.Sensitive), cty.StringVal("open"))},
		Update: {Want: of(cty.StringVal("new").Mark(schema.Sensitive), cty.StringVal("open"))},
		Delete: {Want: of(cty.StringVal("new").Mark(schema.Sensitive), cty.NullVal(cty.String)), Absent: true},
	} {
		want.Kind, want.Identity = k, "x"
		c := Check(&want, live)
		if c.Action != action || !schema.IsSensitive(c.Before.GetAttr("word")) || schema.IsSensitive(c.Before.GetAttr("note")) {
			t.Errorf("%s: %s of %#v", action, c.Action, c.Before)
		}
		if action != Delete && !schema.IsSensitive(c.After.GetAttr("word")) {
			t.Errorf("%s: %#v", action, c.After)
		}
	}
}

// What is not shown is what the far end takes it for; a replacement writes it all the same.
func TestWhatIsNotShownIsTheDefault(t *testing.T) {
	t.Parallel()
	k := &schema.Kind{Name: "thing", Singleton: true, Attrs: []schema.Attr{
		{Name: "name", Type: cty.String, ForceNew: true}, {Name: "on", Type: cty.Bool, Default: cty.False}, {Name: "list", Type: cty.Set(cty.String)},
	}}
	of := func(name string, on, list cty.Value) cty.Value {
		return cty.ObjectVal(map[string]cty.Value{"name": cty.StringVal(name), "on": on, "list": list})
	}
	live := of("a", cty.NullVal(cty.Bool), cty.NullVal(cty.Set(cty.String)))
	if c := Diff(k, live, of("a", cty.False, cty.SetValEmpty(cty.String))); c.Action != NoOp {
		t.Errorf("%s of %v", c.Action, c.Paths)
	}
	if c := Diff(k, live, of("a", cty.True, cty.SetValEmpty(cty.String))); c.Action != Update {
		t.Errorf("another value than the default: %s", c.Action)
	}
	if c := Diff(k, live, of("b", cty.False, cty.SetValEmpty(cty.String))); c.Action != Replace || !c.After.GetAttr("on").RawEquals(cty.False) {
		t.Errorf("%s to %#v", c.Action, c.After)
	}
}
