package planner

import (
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// A secret of the configuration is one wherever it stands, but for what an object is called, and short ones only as a whole.
func TestWhatHoldsASecretIsMarked(t *testing.T) {
	t.Parallel()
	k := &schema.Kind{Name: "thing", Labels: []string{"identity"}, Attrs: []schema.Attr{{Name: "comment", Type: cty.String}, {Name: "names", Type: cty.List(cty.String)}}}
	secrets := []string{"hunter-22", "wxyz", "ab"}
	for text, marked := range map[string]bool{"hunter-22": true, "it is hunter-22, really": true, "hunter": false, "wxyz": true, "wxyz1": false, "ab": false, "": false} {
		v := cty.ObjectVal(map[string]cty.Value{"identity": cty.StringVal(text), "comment": cty.StringVal(text), "names": cty.ListVal([]cty.Value{cty.StringVal("x"), cty.StringVal(text)})})
		c := Change{Kind: k, Before: v, After: cty.NullVal(v.Type())}
		c.conceal(secrets)
		for _, name := range []string{"comment", "names"} {
			if got := c.Before.GetAttr(name); schema.IsSensitive(got) != marked {
				t.Errorf("%q: %s is marked: %v", text, name, !marked)
			}
		}
		if c.Before.GetAttr("identity").IsMarked() || !c.After.IsNull() {
			t.Errorf("%q: %#v", text, c)
		}
	}
	inner := cty.ObjectVal(map[string]cty.Value{"username": cty.StringVal("x"), "password": cty.StringVal("hunter-22").Mark(schema.Sensitive)})
	if holdsAny(inner, secrets) {
		t.Error("what is marked already hides what stands beside it")
	}
	c := Change{Kind: k, Before: cty.UnknownVal(cty.EmptyObject), After: cty.NilVal}
	if c.conceal(secrets); c.Before.IsKnown() {
		t.Error("what is not known has become known")
	}
}
