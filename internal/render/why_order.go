package render

import (
	"slices"

	"hybrid/planner"
)

// A Link is a block before or after the one that is explained.
type Link struct {
	Address string  `json:"address"`
	Action  string  `json:"action"` // what the plan does there: the action that weighs most of its objects
	Source  string  `json:"source,omitempty"`
	After   []Cause `json:"after,omitempty"` // what of the list comes right before it, and why
}

// A Cause is a reason for an order: a block, where the configuration says so, or all blocks of a kind.
type Cause struct {
	Of     string `json:"of"` // an address, or "every dns_record"
	Why    string `json:"why"`
	Source string `json:"source,omitempty"` // where the configuration says so
}

// order is the graph of a plan by address.
type order struct {
	sorted  []*planner.Node
	nodes   map[string]*planner.Node
	number  map[string]int     // in the order of the plan
	sides   map[kindSide][]int // by number
	actions map[string]planner.Action
	before  []numbers // of each node, everything that it comes after
	implied []numbers // of that, what comes before something else that the node comes after
}

// numbers is a set of small numbers.
type numbers []uint64

func (s numbers) has(n int) bool { return s[n/64]&(1<<(n%64)) != 0 }
func (s numbers) add(n int)      { s[n/64] |= 1 << (n % 64) }

func (s numbers) join(other numbers) {
	for n := range other {
		s[n] |= other[n]
	}
}

func newOrder(nodes []*planner.Node, p *planner.Plan) *order {
	o := &order{sorted: nodes, nodes: map[string]*planner.Node{}, number: map[string]int{}, sides: map[kindSide][]int{}, actions: map[string]planner.Action{}}
	for n, node := range nodes {
		o.nodes[node.Address.String()], o.number[node.Address.String()] = node, n
		side := kindSide{node.Address.Kind, node.Leaving}
		o.sides[side] = append(o.sides[side], n)
	}
	for i := range p.Changes {
		c := &p.Changes[i]
		if block := c.Address.Block().String(); o.actions[block] == "" || o.actions[block] == planner.NoOp {
			o.actions[block] = c.Action
		}
	}
	o.reach()
	return o
}

// reach says of each node what it comes after. Nodes are sorted: of what comes first that is known by then.
func (o *order) reach() {
	words := len(o.sorted)/64 + 1
	o.before, o.implied = make([]numbers, len(o.sorted)), make([]numbers, len(o.sorted))
	for n := range o.sorted {
		o.before[n], o.implied[n] = make(numbers, words), make(numbers, words)
		for _, first := range o.direct(n) {
			o.before[n].add(first)
			o.implied[n].join(o.before[first])
		}
		o.before[n].join(o.implied[n])
	}
}

// direct are the nodes that one comes after for a reason of its own.
func (o *order) direct(n int) []int {
	var all []int
	for _, e := range o.sorted[n].Needs {
		if first, ok := o.number[e.To]; ok && first < n {
			all = append(all, first)
		}
	}
	for _, e := range o.sorted[n].Follows {
		for _, first := range o.sides[kindSide{e.Kind, e.Leaving}] {
			if first < n {
				all = append(all, first)
			}
		}
	}
	return all
}

// explain fills in what comes before and after a block.
func (o *order) explain(why *Why, block string) {
	why.First, why.After, why.Then = []Link{}, []Cause{}, []Link{}
	at, ok := o.number[block]
	if !ok {
		return
	}
	for n := range at {
		if o.before[at].has(n) {
			link := o.link(n)
			link.After = o.causes(n)
			why.First = append(why.First, link)
		}
	}
	why.After = append(why.After, o.causes(at)...)
	o.later(why, at)
}

func (o *order) link(n int) Link {
	node := o.sorted[n]
	address := node.Address.String()
	action := o.actions[address]
	if node.Kind.Data {
		action = planner.NoOp
	}
	return Link{Address: address, Action: string(action), Source: place(node.Range)}
}

// causes say what a node comes right after. What the kinds' order demands of blocks that come before another of its causes
// is left out: it follows from that one.
func (o *order) causes(n int) []Cause {
	node := o.sorted[n]
	var all []Cause
	for _, e := range arrows(node) {
		all = append(all, Cause{Of: e.to, Why: e.why, Source: sourceOf(node, e.to)})
	}
	for _, e := range node.Follows {
		at := kindSide{e.Kind, e.Leaving}
		if o.follows(n, o.sides[at]) {
			continue
		}
		cause := Cause{Of: at.String(), Why: e.Why}
		if members := o.sides[at]; len(members) == 1 {
			cause.Of = o.sorted[members[0]].Address.String()
		}
		if !slices.ContainsFunc(all, func(c Cause) bool { return c.Of == cause.Of }) {
			all = append(all, cause)
		}
	}
	return all
}

// sourceOf is where a block's configuration first says that it comes after another.
func sourceOf(node *planner.Node, to string) string {
	for _, e := range node.Needs {
		if e.To == to {
			return place(e.Range)
		}
	}
	return ""
}

// follows says whether that a node comes after some blocks follows from what else it comes after.
func (o *order) follows(n int, members []int) bool {
	return !slices.ContainsFunc(members, func(first int) bool { return !o.implied[n].has(first) })
}

// later tells what comes right after a block because of it, and how many come after those.
func (o *order) later(why *Why, at int) {
	name := o.sorted[at].Address.String()
	side := kindSide{o.sorted[at].Address.Kind, o.sorted[at].Leaving}
	for n := at + 1; n < len(o.sorted); n++ {
		if !o.before[n].has(at) {
			continue
		}
		link := o.link(n)
		for _, cause := range o.causes(n) {
			if cause.Of == name || cause.Of == side.String() {
				link.After = append(link.After, cause)
			}
		}
		if link.After == nil {
			why.Later++
		} else {
			why.Then = append(why.Then, link)
		}
	}
}
