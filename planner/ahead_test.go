package planner_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

// lamp is a kind of which a live object is dimmed ahead of what is done to it.
var lamp = &schema.Kind{
	Name: "lamp", System: "skype", Remote: schema.Cmdlet{Noun: "CsLamp"},
	Attrs: []schema.Attr{{Name: "power", Type: cty.Number}, {Name: "colour", Type: cty.String}},
	Ahead: func(action string, before, after map[string]cty.Value) map[string]cty.Value {
		if action == "update" && after["colour"].RawEquals(before["colour"]) || before["power"].RawEquals(cty.NumberIntVal(1)) {
			return nil
		}
		return map[string]cty.Value{"power": cty.NumberIntVal(1)}
	},
}

// What is done ahead sets what the kind says, of everything that changes or goes, and leaves the rest as it is.
func TestAhead(t *testing.T) {
	t.Parallel()
	shape := func(name string, power int64, colour string) cty.Value {
		return value(lamp, name, map[string]cty.Value{"power": cty.NumberIntVal(power), "colour": text(colour)})
	}
	block := func(name string, absent bool, want cty.Value) *planner.Node {
		return node(lamp, name, nil, planner.Object{Identity: name, Want: want, Absent: absent})
	}
	source := planner.Source{Provider: "skype", Kind: "lamp"}
	live := planner.Live{source: {Complete: true, Objects: map[string]planner.Found{}}}
	for _, v := range []cty.Value{shape("turned", 60, "red"), shape("dimmed", 60, "red"), shape("gone", 60, "red"), shape("stray", 60, "red"), shape("low", 1, "red")} {
		live[source].Objects[v.GetAttr("identity").AsString()] = planner.Found{Identity: v.GetAttr("identity").AsString(), Value: v}
	}
	nodes := []*planner.Node{
		block("turned", false, shape("turned", 80, "blue")), block("dimmed", false, shape("dimmed", 10, "red")), block("gone", true, shape("gone", 60, "red")),
		block("low", false, shape("low", 1, "blue")), block("new", false, shape("new", 60, "red")),
	}
	plan, diags := planner.New(nodes, live, planner.Options{Exclusives: []planner.Exclusive{{Kind: lamp, Provider: "skype"}}})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	ahead, diags := planner.New(planner.Ahead(plan), live, planner.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	var got []string
	for _, c := range ahead.Changes {
		got = append(got, string(c.Action)+" "+c.Identity)
		if len(c.Paths) != 1 || planner.AttrName(c.Paths[0]) != "power" || c.After.GetAttr("colour").AsString() != "red" {
			t.Errorf("%s: %v become %#v", c.Address, c.Paths, c.After)
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{"update gone", "update stray", "update turned"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What is only waited for changes nothing, so nobody has to have approved it; what is run does.
func TestWaitingNeedsNoApproval(t *testing.T) {
	t.Parallel()
	c := planner.Change{Address: planner.Address{Kind: "lamp", Labels: []string{"a"}}, Kind: lamp, Action: planner.Run, Before: cty.NullVal(lamp.Type()), After: cty.NullVal(lamp.Type())}
	plan := &planner.Plan{Changes: []planner.Change{c}}
	if all := (planner.Approval{}).Deviations(plan); len(all) != 0 {
		t.Errorf("waiting deviates: %v", all)
	}
	task := *lamp
	task.Task = &schema.Task{}
	plan.Changes[0].Kind = &task
	if all := (planner.Approval{}).Deviations(plan); len(all) != 1 {
		t.Errorf("a task that was not approved: %v", all)
	}
}
