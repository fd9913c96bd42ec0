package planner

import (
	"fmt"
	"slices"
	"strings"
)

// back is why a block comes after another on the way back, given why it came before it.
func back(why string) string { return "what needs it goes back first (" + why + ")" }

// A returnGraph is the graph of the configuration, and of blocks that it no longer has, as far as a rollback goes.
type returnGraph struct {
	*graph
	at map[string]int // blocks by address
}

// graph is that of the configuration with the blocks of the run that it does not have. It is made of copies.
func (b *wayBack) graph() returnGraph {
	g := returnGraph{at: map[string]int{}}
	var nodes []*Node
	for _, node := range b.Taking.Nodes {
		one := *node
		g.at[node.Address.String()] = len(nodes)
		nodes = append(nodes, &one)
	}
	for _, block := range b.order {
		if _, known := g.at[block.address.String()]; !known {
			g.at[block.address.String()] = len(nodes)
			nodes = append(nodes, &Node{Address: block.address, Kind: block.kind})
		}
	}
	g.graph = newGraph(nodes)
	g.orderKinds()
	return g
}

// hold does not take away what others rest on that are left as they are: what they refer to or depend on, be it by way of others,
// and what their kind comes after itself. Where users rest on it whom later runs moved, no change of it is taken back, be it by way
// of others: the value of before may cut them off as well as a deletion.
func (b *wayBack) hold() {
	g := b.graph()
	for _, above := range b.order {
		if above.resting == nil {
			continue
		}
		reached := g.reach(g.at[above.address.String()])
		for _, block := range b.order {
			if block != above && reached[g.at[block.address.String()]] {
				b.holdBlock(block, above.resting.String(), func(a Action) bool { return a != NoOp })
			}
		}
	}
	for _, above := range b.order {
		if above.left == 0 {
			continue
		}
		rests := g.restsOn(above.address.String())
		for _, block := range b.order {
			if block != above && rests[block.address.String()] {
				b.holdBlock(block, fmt.Sprintf("it is needed by what is left as it is: %s", above.address), func(a Action) bool { return a == Delete || a == Replace })
			}
		}
	}
}

// restsOn is what a block refers to or depends on, and the blocks of the kinds that its own comes after.
func (g returnGraph) restsOn(address string) map[string]bool {
	rests := map[string]bool{}
	open := []string{address}
	for len(open) > 0 {
		n, known := g.at[open[0]]
		open = open[1:]
		if !known {
			continue
		}
		for _, edge := range g.nodes[n].Needs {
			if !rests[edge.To] {
				rests[edge.To] = true
				open = append(open, edge.To)
			}
		}
	}
	for _, edge := range g.nodes[g.at[address]].Follows {
		for _, m := range g.members[side{edge.Kind, edge.Leaving}] {
			rests[g.nodes[m].Address.String()] = true
		}
	}
	return rests
}

// holdBlock keeps of a block what would be changed by one of some actions, and says why.
func (b *wayBack) holdBlock(block *returning, why string, by func(Action) bool) {
	block.objects = slices.DeleteFunc(block.objects, func(o Object) bool {
		if o.Kind.Rows != nil {
			return false // of users it was decided one by one
		}
		c := Check(&o, b.live[Source{o.Provider, o.Kind.Name}])
		if !by(c.Action) {
			return false
		}
		b.told.Kept = append(b.told.Kept, Leftover{Address: o.Address.String(), Text: why})
		b.told.Lost = slices.DeleteFunc(b.told.Lost, func(l Leftover) bool { return l.Address == o.Address.String() })
		return true
	})
}

// nodes are the blocks on their way back: last first, and each after those that needed it.
func (b *wayBack) nodes() []*Node {
	g := b.graph()
	back := map[int]*Node{}
	var order []*Node
	for _, block := range b.order {
		if len(block.objects) == 0 {
			continue
		}
		n := g.at[block.address.String()]
		back[n] = block.node(g.nodes[n])
		order = append(order, back[n])
	}
	for _, node := range order {
		n := g.at[node.Address.String()]
		reached := g.reach(n)
		for _, other := range order {
			if m := g.at[other.Address.String()]; m != n && reached[m] {
				other.follow(node, g.nodes[n], g.nodes[m])
			}
		}
	}
	return order
}

// follow makes a block on its way back come after another, n, that came after it, m, on the way there.
func (node *Node) follow(first, n, m *Node) {
	for _, edge := range n.Needs {
		if edge.To == m.Address.String() {
			node.Needs = append(node.Needs, Edge{To: first.Address.String(), Why: back(edge.Why), Range: edge.Range})
			return
		}
	}
	if n.Address.Kind == m.Address.Kind && n.Leaving == m.Leaving {
		node.Needs = append(node.Needs, Edge{To: first.Address.String(), Why: back("by way of other blocks")})
		return
	}
	why := "by way of other blocks"
	for _, edge := range n.Follows {
		if edge.Kind == m.Address.Kind && edge.Leaving == m.Leaving {
			why = strings.TrimSuffix(edge.Why, ".")
		}
	}
	edge := KindEdge{Kind: n.Address.Kind, Leaving: n.Leaving, Why: back(why)}
	if !slices.ContainsFunc(node.Follows, func(e KindEdge) bool { return e.Kind == edge.Kind && e.Leaving == edge.Leaving }) {
		node.Follows = append(node.Follows, edge)
	}
}
