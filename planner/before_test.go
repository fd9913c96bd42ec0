package planner

import (
	"testing"

	"hybrid/schema"
)

// A kind that says what it comes before stands before it, with the reason at the later one, which need not know of it.
func TestKindsComeBeforeOthers(t *testing.T) {
	t.Parallel()
	early := &schema.Kind{Name: "early", Before: []schema.First{{Kind: "late", Why: "it is asked for"}}}
	nodes := []*Node{
		{Address: Address{Kind: "late", Labels: []string{"a"}}, Kind: &schema.Kind{Name: "late"}},
		{Address: Address{Kind: "early", Labels: []string{"b"}}, Kind: early},
	}
	sorted, diags := Sort(nodes)
	if diags.HasErrors() || len(sorted) != 2 || sorted[0].Address.Kind != "early" {
		t.Fatalf("%v, %v", sorted, diags)
	}
	if f := sorted[1].Follows; len(f) != 1 || f[0].Kind != "early" || f[0].Why != "it is asked for" {
		t.Errorf("late follows %+v", f)
	}
}
