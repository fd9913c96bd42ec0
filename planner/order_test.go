package planner_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hybrid/planner"
	"hybrid/schema"
)

// kindsBothWays are kinds whose order turns round where a block takes hybrid back.
func kindsBothWays() (provider, federation, record, homing *schema.Kind) {
	first := func(names ...string) []schema.First {
		var all []schema.First
		for _, name := range names {
			all = append(all, schema.First{Kind: name, Why: "it is " + name})
		}
		return all
	}
	return &schema.Kind{Name: "provider", Leaving: first("federation", "homing", "record")},
		&schema.Kind{Name: "federation", After: first("provider"), Leaving: first("homing", "record")},
		&schema.Kind{Name: "record", After: first("provider", "federation"), Leaving: first("homing")},
		&schema.Kind{Name: "homing", After: first("provider", "federation", "record")}
}

func addresses(nodes []*planner.Node) []string {
	var all []string
	for _, n := range nodes {
		all = append(all, n.Address.String())
	}
	return all
}

func TestSortGoesBothWays(t *testing.T) {
	t.Parallel()
	provider, federation, record, homing := kindsBothWays()
	leave := func(n *planner.Node) *planner.Node { n.Leaving = true; return n }
	for name, tt := range map[string]struct {
		nodes []*planner.Node
		want  []string
	}{
		"into hybrid": {
			[]*planner.Node{node(homing, "h", nil), node(record, "r", nil), node(federation, "f", nil), node(provider, "p", nil)},
			[]string{"provider.p", "federation.f", "record.r", "homing.h"},
		},
		"out of it": {
			[]*planner.Node{leave(node(provider, "p", nil)), leave(node(federation, "f", nil)), leave(node(record, "r", nil)), node(homing, "h", nil)},
			[]string{"homing.h", "record.r", "federation.f", "provider.p"},
		},
		"one record comes, one goes": {
			[]*planner.Node{leave(node(record, "goes", nil)), node(homing, "h", nil), node(record, "comes", nil), node(federation, "f", nil)},
			[]string{"federation.f", "record.comes", "homing.h", "record.goes"},
		},
		"what is written wins": {
			[]*planner.Node{node(homing, "h", []planner.Edge{{To: "record.r", Why: "depends_on"}}), leave(node(record, "r", nil))},
			[]string{"record.r", "homing.h"},
		},
	} {
		sorted, diags := planner.Sort(tt.nodes)
		if diff := cmp.Diff(tt.want, addresses(sorted)); diff != "" || diags.HasErrors() {
			t.Errorf("%s (-want +got):\n%s%v", name, diff, diags)
		}
	}
}

func TestReasons(t *testing.T) {
	t.Parallel()
	provider, federation, record, homing := kindsBothWays()
	gone := node(record, "gone", nil)
	gone.Leaving = true
	moves := node(homing, "h", []planner.Edge{{To: "federation.f", Why: "depends_on"}})
	_, _ = planner.Sort([]*planner.Node{moves, gone, node(record, "a", nil), node(record, "b", nil), node(federation, "f", nil), node(provider, "p", nil)})
	want := []planner.Reason{
		{Block: "federation.f", Why: "depends_on"},
		{Kind: "provider", Why: "homing comes after provider: it is provider"},
		{Kind: "federation", Why: "homing comes after federation: it is federation"},
		{Kind: "record", Why: "homing comes after record: it is record"},
	}
	if diff := cmp.Diff(want, moves.Reasons()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]planner.Reason{{Kind: "homing", Why: "record comes after homing: it is homing"}}, gone.Reasons()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Whatever refers to whatever and whichever way blocks go: what is said to come first does, all blocks are there, and
// equal input gives equal order.
func TestSortKeepsWhatItSays(t *testing.T) {
	t.Parallel()
	provider, federation, record, homing := kindsBothWays()
	kinds := []*schema.Kind{provider, federation, record, homing}
	rapid.Check(t, func(t *rapid.T) {
		var nodes []*planner.Node
		for n := range rapid.IntRange(1, 12).Draw(t, "blocks") {
			var needs []planner.Edge
			for earlier := range n {
				if rapid.IntRange(0, 5).Draw(t, "refers") == 0 {
					needs = append(needs, planner.Edge{To: nodes[earlier].Address.String(), Why: "refers to it"})
				}
			}
			k := rapid.SampledFrom(kinds).Draw(t, "kind")
			made := node(k, "b"+strconv.Itoa(n), needs)
			made.Leaving = k != homing && rapid.Bool().Draw(t, "leaving")
			nodes = append(nodes, made)
		}
		sorted, diags := planner.Sort(slices.Clone(nodes))
		if diags.HasErrors() || len(sorted) != len(nodes) {
			t.Fatal(diags, len(sorted))
		}
		for at, n := range sorted {
			for _, later := range sorted[at+1:] {
				if slices.ContainsFunc(n.Needs, func(e planner.Edge) bool { return e.To == later.Address.String() }) ||
					slices.ContainsFunc(n.Follows, func(e planner.KindEdge) bool { return e.Kind == later.Kind.Name && e.Leaving == later.Leaving }) {
					t.Fatalf("%s comes before %s", n.Address, later.Address)
				}
			}
		}
		again, _ := planner.Sort(slices.Clone(nodes))
		if !slices.Equal(addresses(again), addresses(sorted)) {
			t.Fatalf("%v, and at another time %v", addresses(sorted), addresses(again))
		}
	})
}

// A hundred thousand blocks cost an edge each for the kinds' order, and share what is said of it.
func TestKindOrderGrowsWithTheBlocks(t *testing.T) {
	t.Parallel()
	_, federation, record, homing := kindsBothWays()
	nodes := []*planner.Node{node(homing, "h", nil), node(federation, "f", nil)}
	for n := range 2000 {
		nodes = append(nodes, node(record, "r"+strconv.Itoa(n), nil))
	}
	sorted, _ := planner.Sort(nodes)
	first, last := sorted[1], sorted[2000]
	if sorted[0].Address.Kind != "federation" || sorted[2001].Address.Kind != "homing" || len(first.Follows) != 1 || &first.Follows[0] != &last.Follows[0] {
		t.Errorf("%v and %v do not share their order", first.Follows, last.Follows)
	}
}
