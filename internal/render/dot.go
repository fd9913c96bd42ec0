package render

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"hybrid/planner"
)

// DOT writes the graph of a configuration in Graphviz's language (https://graphviz.org/doc/info/lang.html). An arrow
// leads from a block to what comes before it and says why. The nodes come in the order that [planner.Sort] gives them:
// where the kinds' own order puts a block after all blocks of a kind, a dashed arrow says so. Apart from that, equal
// graphs give equal bytes, in whatever order the nodes come.
func DOT(w io.Writer, nodes []*planner.Node) error {
	out := bufio.NewWriter(w)
	fmt.Fprint(out, "digraph hybrid {\n  rankdir = LR\n  node [shape = box, fontname = \"sans-serif\"]\n  edge [fontname = \"sans-serif\", fontsize = 10]\n")
	sorted := slices.SortedFunc(slices.Values(nodes), func(a, b *planner.Node) int {
		return a.Address.Compare(b.Address)
	})
	for _, node := range sorted {
		name := node.Address.String()
		fmt.Fprintf(out, "  %s [label = %s, tooltip = %s]\n", quoted(name), quoted(name), quoted(place(node.Range)))
	}
	ofKind := kindOrder(nodes)
	for _, node := range sorted {
		for _, a := range append(arrows(node), ofKind[node]...) {
			a.write(out, node.Address.String())
		}
	}
	for _, kind := range crowded(ofKind) {
		all := everyKind(kind)
		fmt.Fprintf(out, "  %s [label = %s, shape = plaintext]\n", quoted(all), quoted(all))
		for _, node := range sorted {
			if node.Address.Kind == kind {
				arrow{to: node.Address.String(), dashed: true}.write(out, all)
			}
		}
	}
	fmt.Fprintln(out, "}")
	return out.Flush()
}

// An arrow is all edges from one block to another.
type arrow struct {
	to, why string
	dashed  bool   // nothing in the configuration asks for it
	kind    string // for an arrow to all blocks of a kind
}

func (a arrow) write(w io.Writer, from string) {
	var attributes []string
	if a.why != "" {
		attributes = append(attributes, "label = "+quoted(a.why))
	}
	if a.dashed {
		attributes = append(attributes, "style = dashed")
	}
	fmt.Fprintf(w, "  %s -> %s [%s]\n", quoted(from), quoted(a.to), strings.Join(attributes, ", "))
}

// kindOrder draws what only the kinds' order demands: an arrow to the one block of a kind, or to a vertex that stands
// for all of them, so that many blocks cost an arrow each and not one a pair.
func kindOrder(nodes []*planner.Node) map[*planner.Node][]arrow {
	last, number := map[string]int{}, map[string]int{}
	for i, node := range nodes {
		last[node.Address.Kind] = i
		number[node.Address.Kind]++
	}
	all := map[*planner.Node][]arrow{}
	for i, node := range nodes {
		if node.Kind == nil {
			continue
		}
		for _, kind := range node.Kind.After {
			if number[kind] == 0 || last[kind] >= i || kind == node.Address.Kind {
				continue
			}
			a := arrow{to: nodes[last[kind]].Address.String(), why: "kind order", dashed: true}
			if number[kind] > 1 {
				a.to, a.kind = everyKind(kind), kind
			}
			if !needs(node, a.to) {
				all[node] = append(all[node], a)
			}
		}
	}
	return all
}

func everyKind(kind string) string { return "every " + kind }

func needs(node *planner.Node, to string) bool {
	return slices.ContainsFunc(node.Needs, func(e planner.Edge) bool { return e.To == to })
}

// crowded lists the kinds that arrows lead to as a whole.
func crowded(arrows map[*planner.Node][]arrow) []string {
	kinds := map[string]bool{}
	for _, list := range arrows {
		for _, a := range list {
			if a.kind != "" {
				kinds[a.kind] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(kinds))
}

// arrows draws several reasons for one order as one arrow.
func arrows(node *planner.Node) []arrow {
	edges := slices.SortedFunc(slices.Values(node.Needs), func(a, b planner.Edge) int {
		return cmp.Or(strings.Compare(a.To, b.To), strings.Compare(a.Why, b.Why))
	})
	var all []arrow
	for _, e := range edges {
		last := len(all) - 1
		switch {
		case last < 0 || all[last].to != e.To:
			all = append(all, arrow{to: e.To, why: e.Why})
		case !slices.Contains(strings.Split(all[last].why, ", "), e.Why):
			all[last].why += ", " + e.Why
		}
	}
	return all
}

// quoted is a text as an ID and as a label. A backslash starts an escape in both, and is escaped itself.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(plain(text)) + `"`
}
