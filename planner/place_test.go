package planner

import (
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/roster"
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
	listing := Listing{
		Complete: true, Objects: map[string]Found{"old": {Identity: "Old", Value: thing("Old")}},
		Place: func(identity string) string { return "place of " + identity },
	}
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

// Users are all kept in one place, each of them and on the way back, and what was approved for one place is not done in another.
func TestPlaceOfUsers(t *testing.T) {
	t.Parallel()
	k, want := homing(), roster.New("sip_address", "identity")
	want.Append("sip:ada@contoso.com", "sip:ada@contoso.com")
	live := roster.New(k.Rows.Columns...)
	live.Append("sip:ada@contoso.com", "elsewhere")
	o := &Object{
		Address: Address{Kind: k.Name, Labels: []string{"all"}}, Kind: k, Provider: "p", Users: want,
		Want: cty.ObjectVal(map[string]cty.Value{"target": cty.StringVal("here")}),
	}
	in := func(place string) Change {
		return Check(o, Listing{Users: live, Place: func(string) string { return place }})
	}
	c := in("dc01")
	if c.Users.Len() != 1 || c.Place != "dc01" || c.User(0).Place != "dc01" || c.User(0).Reverse().Place != "dc01" {
		t.Fatalf("%d users, %q, %q", c.Users.Len(), c.Place, c.User(0).Place)
	}
	approval := Approve(&Plan{Changes: []Change{c}})
	if same := approval.Deviations(&Plan{Changes: []Change{in("dc01")}}); len(same) > 0 {
		t.Errorf("%+v", same)
	}
	other := approval.Deviations(&Plan{Changes: []Change{in("dc02")}})
	if len(other) != 1 || !strings.Contains(other[0].Text, "approved for dc01, now it would be done in dc02") {
		t.Errorf("%+v", other)
	}
}

func homing() *schema.Kind {
	return &schema.Kind{
		Name: "homing", Labels: []string{"label"}, Attrs: []schema.Attr{{Name: "target", Type: cty.String, Mode: schema.Required}},
		Rows: &schema.Rows{Columns: []string{"SipAddress", "Home"}, Attr: "target", State: func(cells []string) string { return cells[1] }},
	}
}
