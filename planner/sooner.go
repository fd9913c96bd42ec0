package planner

import (
	"cmp"
	"slices"
)

// Sooner changes the order of sorted nodes where windows close: whenever one is due that may be begun until some moment, those come
// before it that may be begun until an earlier one only, with what these need themselves. Nothing comes before what it needs, and all
// else is as it was. Blocks are given by address with when their windows close, in any unit: the smaller number is the earlier moment.
func Sooner(nodes []*Node, closes map[string]int64) []*Node {
	q := newQueue(nodes, closes)
	for n := range nodes {
		for !q.placed[n] {
			q.place(q.next(n))
		}
	}
	return q.order
}

// A queue is nodes by number, as far as they have found their place.
type queue struct {
	nodes  []*Node
	closes []int64 // 0 of those that may be begun at any time
	soon   []int   // the others, what closes first first
	at     map[string]int
	sides  map[side][]int
	placed []bool
	order  []*Node
}

func newQueue(nodes []*Node, closes map[string]int64) *queue {
	q := &queue{nodes: nodes, at: map[string]int{}, sides: map[side][]int{}, placed: make([]bool, len(nodes))}
	for n, node := range nodes {
		until := closes[node.Address.String()]
		q.closes = append(q.closes, until)
		if until != 0 {
			q.soon = append(q.soon, n)
		}
		at := side{node.Address.Kind, node.Leaving}
		q.at[node.Address.String()], q.sides[at] = n, append(q.sides[at], n)
	}
	slices.SortStableFunc(q.soon, func(a, b int) int { return cmp.Compare(q.closes[a], q.closes[b]) })
	return q
}

func (q *queue) place(numbers []int) {
	for _, n := range numbers {
		q.placed[n], q.order = true, append(q.order, q.nodes[n])
	}
}

// next is what comes next where a node is due: what closes before it, or itself.
func (q *queue) next(due int) []int {
	for _, m := range q.soon {
		if q.closes[m] >= q.closes[due] {
			break
		}
		if q.placed[m] {
			continue
		}
		if list := q.with(m); !slices.ContainsFunc(list, func(n int) bool { return n == due || q.closes[n] >= q.closes[due] }) {
			return list
		}
	}
	return []int{due}
}

// with is a node with everything that it comes after and that has no place yet, in order.
func (q *queue) with(n int) []int {
	seen, list := map[int]bool{n: true}, []int{n}
	for from := 0; from < len(list); from++ {
		for _, first := range q.needs(list[from]) {
			if !q.placed[first] && !seen[first] {
				seen[first], list = true, append(list, first)
			}
		}
	}
	slices.Sort(list)
	return list
}

// needs are the nodes that one comes after, by what the configuration says and by its kind.
func (q *queue) needs(n int) []int {
	var list []int
	for _, edge := range q.nodes[n].Needs {
		if to, known := q.at[edge.To]; known {
			list = append(list, to)
		}
	}
	for _, edge := range q.nodes[n].Follows {
		list = append(list, q.sides[side{edge.Kind, edge.Leaving}]...)
	}
	return list
}
