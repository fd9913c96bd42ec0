package engine_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hybrid/internal/engine"
	"hybrid/planner"
)

func TestDataIsReadBeforeProviders(t *testing.T) {
	t.Parallel()
	f := newFar()
	tr := try(t, f, `
data "fact" "a" { about = "one" }
data "fact" "b" { about = data.fact.a.text }
provider "far" { tag = local.tag }
locals { tag = "tag of ${data.fact.a.text}" }
thing "x" {
  size = 1
  note = data.fact.b.text
}
`)
	plan := tr.plan().Plan
	if len(plan.Changes) != 1 || plan.Changes[0].After.GetAttr("note").AsString() != "all of all of one" {
		t.Errorf("planned %+v", plan.Changes)
	}
	if sum, _ := tr.apply(); sum.Done != 1 || f.notes["x"].AsString() != "all of all of one" {
		t.Errorf("summary %+v, notes %v", sum, f.notes)
	}
	var tags []string
	for _, s := range f.opened {
		tag := "nothing"
		if !s.Values.IsNull() {
			tag = s.Values.GetAttr("tag").AsString()
		}
		tags = append(tags, s.Name+": "+tag)
	}
	if d := cmp.Diff([]string{"anonymous far: nothing", "far: tag of all of one"}, tags); d != "" {
		t.Error(d)
	}
}

func TestDataThatCannotBeRead(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.unread["data.fact"] = errors.New("nobody answers")
	tr := try(t, f, "data \"fact\" \"a\" { about = \"one\" }\nthing \"x\" { note = data.fact.a.text }\n")
	p, diags := tr.engine.Plan(t.Context(), engine.Scope{})
	if !diags.HasErrors() || !strings.Contains(diags.Error(), "nobody answers") {
		t.Errorf("diagnostics %v", diags)
	}
	if after := p.Plan.Changes[0].After.GetAttr("note"); after.IsKnown() {
		t.Errorf("made up %#v", after)
	}
}

// A provider block that needs what could not be found is not another failure, and its objects wait for the same.
func TestProviderThatNeedsWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.unread["data.fact"] = errors.New("nobody answers")
	tr := try(t, f, `
data "fact" "a" { about = "one" }
provider "far" { tag = data.fact.a.text }
thing "x" { size = 1 }
thing "y" { size = 1 }
`)
	p, diags := tr.engine.Plan(t.Context(), engine.Scope{})
	if len(diags) != 1 || !strings.Contains(diags[0].Detail, "nobody answers\nIn the way of: thing.x, thing.y.\n") {
		t.Errorf("diagnostics %v", diags)
	}
	for _, c := range p.Plan.Changes {
		if c.Action != planner.Unknown || c.Reason != p.Plan.Changes[0].Reason {
			t.Errorf("%s: %s, %s", c.Address, c.Action, c.Reason)
		}
	}
	if len(f.opened) != 1 {
		t.Errorf("%d providers were opened", len(f.opened))
	}
}
