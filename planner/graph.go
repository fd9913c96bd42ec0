package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// Sort puts nodes into an order in which everything comes after what it needs: first what the configuration says
// (references, depends_on), then, where that leaves a choice, the kinds' own order ([schema.Kind.After] and [schema.Kind.Before], and
// [schema.Kind.Leaving] for nodes that take hybrid back), then the order given. It sets [Node.Follows]. A cycle is an
// error that names every edge of it. An edge to a block that does not exist is passed over.
func Sort(nodes []*Node) ([]*Node, hcl.Diagnostics) {
	g := newGraph(nodes)
	if cycle := g.cycle(); cycle != nil {
		return nodes, hcl.Diagnostics{cycleError(cycle)}
	}
	g.orderKinds()
	return g.sorted(), nil
}

// A side is the blocks of a kind that lead into hybrid, or those that take it back.
type side struct {
	kind    string
	leaving bool
}

// graph holds nodes by number. Numbers from len(nodes) on stand for "all blocks of a side": so an order between two
// kinds costs an edge a block, not one a pair.
type graph struct {
	nodes   []*Node
	needs   [][]int
	sides   map[side]int
	members map[side][]int // numbers of the nodes of a side
}

func newGraph(nodes []*Node) *graph {
	g := &graph{nodes: nodes, needs: make([][]int, len(nodes)), sides: map[side]int{}, members: map[side][]int{}}
	byAddress := make(map[string]int, len(nodes))
	for n, node := range nodes {
		byAddress[node.Address.String()] = n
		node.Follows = nil
	}
	for n, node := range nodes {
		for _, edge := range node.Needs {
			if to, ok := byAddress[edge.To]; ok {
				g.needs[n] = append(g.needs[n], to)
			}
		}
		at := side{node.Address.Kind, node.Leaving}
		all, ok := g.sides[at]
		if !ok {
			all = len(g.needs)
			g.sides[at] = all
			g.needs = append(g.needs, nil)
		}
		g.needs[all] = append(g.needs[all], n)
		g.members[at] = append(g.members[at], n)
	}
	return g
}

// orderKinds adds the kinds' own order wherever what the configuration says does not contradict it. What leads into
// hybrid comes after what does so as well; what takes it back comes after both. So the two never make a circle.
func (g *graph) orderKinds() {
	seen := map[side]bool{}
	for _, node := range g.nodes {
		at := side{node.Address.Kind, node.Leaving}
		if node.Kind == nil || seen[at] {
			continue
		}
		seen[at] = true
		if !node.Leaving {
			for _, first := range node.Kind.After {
				g.after(at, side{first.Kind, false}, first.Why)
			}
			for _, later := range node.Kind.Before {
				g.after(side{later.Kind, false}, at, later.Why)
			}
			continue
		}
		for _, first := range node.Kind.Leaving {
			g.after(at, side{first.Kind, false}, first.Why)
			g.after(at, side{first.Kind, true}, first.Why)
		}
	}
}

// after makes the blocks of one side come after all of another, except those that the others themselves come after.
// Blocks of one side with the same order share one list of it.
func (g *graph) after(later, first side, why string) {
	all, ok := g.sides[first]
	if !ok || later == first {
		return
	}
	before := g.reach(all)
	edge := KindEdge{Kind: first.kind, Leaving: first.leaving, Why: why}
	var had, extended []KindEdge
	for _, n := range g.members[later] {
		if before[n] {
			continue
		}
		g.needs[n] = append(g.needs[n], all)
		node := g.nodes[n]
		if extended == nil || !sameList(had, node.Follows) {
			had, extended = node.Follows, append(slices.Clone(node.Follows), edge)
		}
		node.Follows = extended
	}
}

// sameList says whether two lists are one and the same.
func sameList(a, b []KindEdge) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// reach marks everything that a vertex comes after.
func (g *graph) reach(from int) []bool {
	marked := make([]bool, len(g.needs))
	stack := []int{from}
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if marked[at] {
			continue
		}
		marked[at] = true
		stack = append(stack, g.needs[at]...)
	}
	return marked
}

// sorted lists the nodes, each after what it needs, otherwise as they were.
func (g *graph) sorted() []*Node {
	order := make([]*Node, 0, len(g.nodes))
	done := make([]bool, len(g.needs))
	for n := range g.nodes {
		g.visit(n, done, &order)
	}
	return order
}

func (g *graph) visit(n int, done []bool, order *[]*Node) {
	if done[n] {
		return
	}
	done[n] = true
	for _, need := range g.needs[n] {
		g.visit(need, done, order)
	}
	if n < len(g.nodes) {
		*order = append(*order, g.nodes[n])
	}
}

// step is an edge of a cycle.
type step struct {
	from *Node
	edge Edge
}

// cycle finds one cycle among what the configuration says; nil where there is none.
func (g *graph) cycle() []step {
	byAddress := make(map[string]*Node, len(g.nodes))
	for _, node := range g.nodes {
		byAddress[node.Address.String()] = node
	}
	const open, closed = 1, 2
	state := make(map[*Node]int, len(g.nodes))
	var path []step
	var visit func(*Node) []step
	visit = func(node *Node) []step {
		state[node] = open
		for _, edge := range node.Needs {
			to := byAddress[edge.To]
			if to == nil {
				continue
			}
			path = append(path, step{node, edge})
			switch state[to] {
			case open:
				start := slices.IndexFunc(path, func(s step) bool { return s.from == to })
				return path[start:]
			case 0:
				if found := visit(to); found != nil {
					return found
				}
			}
			path = path[:len(path)-1]
		}
		state[node] = closed
		return nil
	}
	for _, node := range g.nodes {
		if state[node] == 0 {
			if found := visit(node); found != nil {
				return found
			}
		}
	}
	return nil
}

func cycleError(cycle []step) *hcl.Diagnostic {
	var b strings.Builder
	for _, s := range cycle {
		why := s.edge.Why
		if why == "" {
			why = "needs"
		}
		fmt.Fprintf(&b, "\n  %s → %s  (%s, %s:%d)", s.from.Address, s.edge.To, why, s.edge.Range.Filename, s.edge.Range.Start.Line)
	}
	r := cycle[0].edge.Range
	return &hcl.Diagnostic{
		Severity: hcl.DiagError,
		Summary:  "Blocks need one another in a circle",
		Detail:   "Nothing in this circle can come first:" + b.String() + "\nRemove one of these edges.",
		Subject:  &r,
	}
}

// Evaluate gives the objects of sorted nodes as far as they are known offline: what a block leaves unset is unknown to
// those who refer to it.
func Evaluate(nodes []*Node) ([]Object, hcl.Diagnostics) { return EvaluateWith(nodes, nil) }

// EvaluateWith is Evaluate where the values of some blocks are known, by address: what data has been found to be.
func EvaluateWith(nodes []*Node, known map[string]cty.Value) ([]Object, hcl.Diagnostics) {
	var all []Object
	var diags hcl.Diagnostics
	after := make(map[string]cty.Value, len(nodes))
	for _, node := range nodes {
		objects, more := node.Evaluate(after)
		diags = append(diags, more...)
		all = append(all, objects...)
		address := node.Address.String()
		if v, ok := known[address]; ok {
			after[address] = v
			continue
		}
		after[address] = blockValue(objects, func(o Object) cty.Value { return unsetUnknown(o.Want) })
	}
	return all, diags
}

// blockValue is what a reference to a block gives: the object's value, or, with for_each, an object of them by key.
func blockValue(objects []Object, value func(Object) cty.Value) cty.Value {
	if len(objects) == 1 && !objects[0].Address.Keyed {
		return value(objects[0])
	}
	if len(objects) == 0 {
		return cty.DynamicVal
	}
	byKey := make(map[string]cty.Value, len(objects))
	for _, o := range objects {
		byKey[o.Address.Key] = value(o)
	}
	return cty.ObjectVal(byKey)
}

// unsetUnknown replaces what is not set by unknown.
func unsetUnknown(v cty.Value) cty.Value {
	if v.IsNull() || !v.IsKnown() {
		return v
	}
	values := v.AsValueMap()
	for name, value := range values {
		if value.IsNull() {
			values[name] = cty.UnknownVal(value.Type())
		}
	}
	return schema.SharingType(v.Type(), cty.ObjectVal(values))
}
