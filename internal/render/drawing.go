package render

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hybrid/planner"
)

// Limits of a drawing that somebody can still read.
const (
	mostApart = 40  // vertices; of more, blocks of a kind are drawn as one
	mostDrawn = 250 // vertices, after that; more are not drawn at all
	fewJoined = 3   // blocks that are drawn as one: not fewer
)

// A drawing is the graph of a configuration as vertices and links between them, by number. Equal graphs give equal drawings, in
// whatever order the nodes come.
type drawing struct {
	vertices []vertex
	links    []link
	left     int // links that are not drawn, since others lead the same way
}

// A vertex is a block, several blocks that stand in the same place, or all blocks of a kind ([kindSide]).
type vertex struct {
	nodes []*planner.Node // none for all blocks of a kind
	side  kindSide
	mark  mark
}

// A mark is what a plan does to a block. The zero mark is that of a graph without a plan.
type mark struct {
	action planner.Action // "" where nothing is said of it
	sign   string
	words  string // "add", "25 users move"
	risk   planner.Risk
	href   string // where more is said of it, "" for nowhere
}

// A link says that one vertex comes before another.
type link struct {
	first, then int
	why         string
	dashed      bool // nothing in the configuration asks for it
}

// drawn makes a drawing of nodes that [planner.Sort] has ordered. What cannot be drawn so that it could be read is an error.
func drawn(nodes []*planner.Node, marks func(*planner.Node) mark) (*drawing, error) {
	d := apart(nodes, marks)
	if len(d.vertices) > mostApart {
		d = d.joined(d.places())
	}
	if len(d.vertices) > mostApart {
		d = d.joined(d.levels())
	}
	if len(d.vertices) > mostDrawn {
		return nil, fmt.Errorf("the graph has %s, which make %s: too many for a drawing that could be read. `hybrid graph --format dot` gives them all",
			quantity(len(nodes), "block"), numbered(len(d.vertices), "box", "boxes"))
	}
	d.reduce()
	return d, nil
}

// apart draws every block by itself.
func apart(nodes []*planner.Node, marks func(*planner.Node) mark) *drawing {
	sorted := slices.SortedFunc(slices.Values(nodes), func(a, b *planner.Node) int { return a.Address.Compare(b.Address) })
	sides := bySide(sorted)
	d := &drawing{vertices: make([]vertex, 0, len(sorted))}
	numbers := make(map[string]int, len(sorted))
	add := func(name string, v vertex) {
		numbers[name] = len(d.vertices)
		d.vertices = append(d.vertices, v)
	}
	for _, node := range sorted {
		add(node.Address.String(), vertex{nodes: []*planner.Node{node}, side: kindSide{node.Address.Kind, node.Leaving}, mark: marks(node)})
	}
	together := crowded(sorted, sides)
	for _, at := range together {
		add(at.String(), vertex{side: at})
	}
	for n, node := range sorted {
		for _, a := range append(arrows(node), kindOrder(node, sides)...) {
			if first, there := numbers[a.to]; there {
				d.links = append(d.links, link{first, n, a.why, a.dashed})
			}
		}
	}
	for _, at := range together {
		for _, node := range sides[at] {
			d.links = append(d.links, link{first: numbers[node.Address.String()], then: numbers[at.String()], dashed: true})
		}
	}
	return d
}

// joined draws vertices as one that have the same key.
func (d *drawing) joined(keys []string) *drawing {
	groups := map[string][]int{}
	for v, key := range keys {
		groups[key] = append(groups[key], v)
	}
	one := &drawing{}
	numbers := make([]int, len(d.vertices))
	for _, members := range slices.SortedFunc(maps.Values(groups), func(a, b []int) int { return a[0] - b[0] }) {
		if len(members) < fewJoined {
			for _, v := range members {
				numbers[v] = len(one.vertices)
				one.vertices = append(one.vertices, d.vertices[v])
			}
			continue
		}
		all := d.vertices[members[0]]
		all.nodes = nil
		for _, v := range members {
			numbers[v] = len(one.vertices)
			all.nodes = append(all.nodes, d.vertices[v].nodes...)
		}
		one.vertices = append(one.vertices, all)
	}
	one.join(d.links, numbers)
	return one
}

// join takes links over between vertices that have other numbers now. What the configuration asks for once, it asks for.
func (d *drawing) join(links []link, numbers []int) {
	known := map[[2]int]int{}
	for _, e := range links {
		at := [2]int{numbers[e.first], numbers[e.then]}
		n, there := known[at]
		switch {
		case !there:
			known[at] = len(d.links)
			d.links = append(d.links, link{at[0], at[1], e.why, e.dashed})
		case d.links[n].dashed && !e.dashed:
			d.links[n] = link{at[0], at[1], e.why, false}
		}
	}
}

// kindred is what vertices that are drawn as one have in common at least: the kind, and what happens to them.
func (v *vertex) kindred() string {
	return fmt.Sprintf("%s %t %s %s %d", v.side, len(v.nodes) == 0, v.mark.action, v.mark.words, v.mark.risk)
}

// levels gives the same key to blocks of a kind that stand as deep in the order. Links go on leading downwards, so that there is
// no circle; which of these needs which of those, the drawing no longer tells.
func (d *drawing) levels() []string {
	depth := d.depths()
	keys := make([]string, len(d.vertices))
	for v := range d.vertices {
		keys[v] = fmt.Sprintf("%s, %d deep", d.vertices[v].kindred(), depth[v])
	}
	return keys
}

// depths is how many vertices come one after another before each.
func (d *drawing) depths() []int {
	depth := make([]int, len(d.vertices))
	ends := d.ends()
	for _, v := range d.order() {
		for _, e := range ends[v] {
			depth[v] = max(depth[v], depth[d.links[e].first]+1)
		}
	}
	return depth
}

// places gives the same key to blocks of a kind that come before and after the very same.
func (d *drawing) places() []string {
	ends := make([][]string, len(d.vertices))
	for _, e := range d.links {
		ends[e.then] = append(ends[e.then], fmt.Sprintf("<%d %t", e.first, e.dashed))
		ends[e.first] = append(ends[e.first], fmt.Sprintf(">%d %t", e.then, e.dashed))
	}
	keys := make([]string, len(d.vertices))
	for v := range d.vertices {
		slices.Sort(ends[v])
		keys[v] = d.vertices[v].kindred() + strings.Join(ends[v], " ")
	}
	return keys
}

// reduce leaves out the links of the kinds' own order that say nothing new: others lead the same way.
func (d *drawing) reduce() {
	order := d.order()
	before := make([]bitset, len(d.vertices)) // all that comes before a vertex
	ends := d.ends()
	redundant := make([]bool, len(d.links))
	for _, v := range order {
		before[v] = newBits(len(d.vertices))
		nearest := slices.SortedFunc(slices.Values(ends[v]), func(a, b int) int { // the latest first: it brings the others with it
			return cmp.Or(rankOf(before, d.links[b].first)-rankOf(before, d.links[a].first), a-b)
		})
		for _, e := range nearest {
			first := d.links[e].first
			redundant[e] = d.links[e].dashed && before[v].has(first)
			before[v].add(before[first])
			before[v].set(first)
		}
	}
	kept := d.links[:0:0]
	for e := range d.links {
		if redundant[e] {
			d.left++
		} else {
			kept = append(kept, d.links[e])
		}
	}
	d.links = kept
}

// rankOf is how much comes before a vertex: more than before anything that comes before it.
func rankOf(before []bitset, v int) int { return before[v].count() }

// ends lists for each vertex the links that lead to it.
func (d *drawing) ends() [][]int {
	ends := make([][]int, len(d.vertices))
	for e := range d.links {
		ends[d.links[e].then] = append(ends[d.links[e].then], e)
	}
	return ends
}

// order lists the vertices, each after what comes before it.
func (d *drawing) order() []int {
	ends := d.ends()
	done := make([]bool, len(d.vertices))
	order := make([]int, 0, len(d.vertices))
	var visit func(int)
	visit = func(v int) {
		if done[v] {
			return
		}
		done[v] = true
		for _, e := range ends[v] {
			visit(d.links[e].first)
		}
		order = append(order, v)
	}
	for v := range d.vertices {
		visit(v)
	}
	return order
}
