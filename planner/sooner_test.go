package planner_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hybrid/planner"
)

func TestWhatClosesSoonerComesFirst(t *testing.T) {
	t.Parallel()
	provider, _, record, homing := kindsBothWays()
	after := func(first string) []planner.Edge { return []planner.Edge{{To: first, Why: "depends_on"}} }
	for name, tt := range map[string]struct {
		nodes  []*planner.Node
		closes map[string]int64
		want   []string
	}{
		"a short window": {
			[]*planner.Node{node(provider, "p", nil), node(homing, "long", nil), node(homing, "any", nil), node(homing, "short", nil)},
			map[string]int64{"homing.long": 4, "homing.short": 3},
			[]string{"provider.p", "homing.short", "homing.long", "homing.any"},
		},
		"one window": {
			[]*planner.Node{node(homing, "b", nil), node(homing, "any", nil), node(homing, "a", nil)},
			map[string]int64{"homing.a": 3, "homing.b": 3},
			[]string{"homing.b", "homing.any", "homing.a"},
		},
		"what it depends on": {
			[]*planner.Node{node(homing, "long", nil), node(homing, "short", after("homing.long"))},
			map[string]int64{"homing.long": 4, "homing.short": 3},
			[]string{"homing.long", "homing.short"},
		},
		"by way of others": {
			[]*planner.Node{node(homing, "long", nil), node(homing, "any", after("homing.long")), node(homing, "short", after("homing.any"))},
			map[string]int64{"homing.long": 4, "homing.short": 3},
			[]string{"homing.long", "homing.any", "homing.short"},
		},
		"with what it needs": {
			[]*planner.Node{node(homing, "long", nil), node(record, "other", nil), node(record, "own", nil), node(homing, "short", after("record.own"))},
			map[string]int64{"homing.long": 4, "homing.short": 3},
			[]string{"record.own", "homing.short", "homing.long", "record.other"},
		},
		"not with what closes later": {
			[]*planner.Node{node(homing, "long", nil), node(homing, "longer", nil), node(homing, "short", after("homing.longer"))},
			map[string]int64{"homing.long": 4, "homing.longer": 5, "homing.short": 3},
			[]string{"homing.long", "homing.longer", "homing.short"},
		},
	} {
		if diff := cmp.Diff(tt.want, addresses(planner.Sooner(tt.nodes, tt.closes))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Whatever refers to whatever and closes whenever: all blocks are there, none before what it comes after, and none before one that
// closes sooner and needs nothing that is still to come.
func TestSoonerKeepsTheOrder(t *testing.T) {
	t.Parallel()
	provider, _, record, homing := kindsBothWays()
	rapid.Check(t, func(t *rapid.T) {
		var nodes []*planner.Node
		closes := map[string]int64{}
		for n := range rapid.IntRange(1, 12).Draw(t, "blocks") {
			var needs []planner.Edge
			for earlier := range n {
				if rapid.IntRange(0, 5).Draw(t, "refers") == 0 {
					needs = append(needs, planner.Edge{To: nodes[earlier].Address.String(), Why: "refers to it"})
				}
			}
			made := node(rapid.SampledFrom([]*planner.Node{{Kind: provider}, {Kind: record}, {Kind: homing}}).Draw(t, "kind").Kind, "b"+strconv.Itoa(n), needs)
			nodes = append(nodes, made)
			if h := rapid.IntRange(0, 4).Draw(t, "closes"); h > 0 {
				closes[made.Address.String()] = int64(h)
			}
		}
		sorted, diags := planner.Sort(nodes)
		if diags.HasErrors() {
			t.Skip(diags)
		}
		got := planner.Sooner(sorted, closes)
		if a, b := addresses(got), addresses(sorted); !slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))) {
			t.Fatalf("%v of %v", a, b)
		}
		comesAfter := func(n, first *planner.Node) bool {
			return slices.ContainsFunc(n.Needs, func(e planner.Edge) bool { return e.To == first.Address.String() }) ||
				slices.ContainsFunc(n.Follows, func(e planner.KindEdge) bool { return e.Kind == first.Kind.Name && e.Leaving == first.Leaving })
		}
		for at, n := range got {
			until, bound := closes[n.Address.String()]
			for _, later := range got[at+1:] {
				if comesAfter(n, later) {
					t.Fatalf("%s comes before %s", n.Address, later.Address)
				}
				sooner, has := closes[later.Address.String()]
				free := !slices.ContainsFunc(got[at:], func(first *planner.Node) bool { return comesAfter(later, first) })
				if bound && has && free && sooner < until && !pulled(got[at+1:], n, comesAfter) {
					t.Fatalf("%s, which closes at %d, comes before %s, which closes at %d", n.Address, until, later.Address, sooner)
				}
			}
		}
	})
}

// pulled says whether a block may have come where it is because of one after it that needs it.
func pulled(rest []*planner.Node, n *planner.Node, comesAfter func(n, first *planner.Node) bool) bool {
	return slices.ContainsFunc(rest, func(later *planner.Node) bool { return comesAfter(later, n) })
}
