package planner

import (
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// Commands may need to know where an object is kept: of one that is not there yet, of one that is to go, of one that no
// block names, and of the way back.
func TestPlace(t *testing.T) {
	t.Parallel()
	k := &schema.Kind{Name: "thing", Labels: []string{"identity"}, Attrs: []schema.Attr{{Name: "size", Type: cty.Number}}}
	thing := func(name string) cty.Value {
		return cty.ObjectVal(map[string]cty.Value{"identity": cty.StringVal(name), "size": cty.NumberIntVal(1)})
	}
	listing := Listing{Complete: true, Objects: map[string]Found{"old": {Identity: "Old", Value: thing("Old")}},
		Place: func(identity string) string { return "place of " + identity }}
	born := Check(&Object{Kind: k, Provider: "p", Identity: "new", Want: thing("new")}, listing)
	gone := Check(&Object{Kind: k, Provider: "p", Identity: "old", Want: thing("old"), Absent: true}, listing)
	for want, c := range map[string]Change{"place of new": born, "place of Old": gone} {
		if c.Place != want || c.Reverse().Place != want {
			t.Errorf("%s: %q, and of the way back %q", want, c.Place, c.Reverse().Place)
		}
	}
	w := Begin(nil, Live{Source{"p", "thing"}: listing}, Options{Exclusives: []Exclusive{{Kind: k, Provider: "p"}}})
	swept, diags := w.Rest()
	if len(swept) != 1 || swept[0].Place != "place of Old" || diags.HasErrors() {
		t.Errorf("%+v, %v", swept, diags)
	}
	listing.Place = nil
	if c := Check(&Object{Kind: k, Provider: "p", Identity: "new", Want: thing("new")}, listing); c.Place != "" {
		t.Errorf("%q", c.Place)
	}
}
