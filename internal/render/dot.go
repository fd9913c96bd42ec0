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
// leads from a block to what comes before it and says why. The nodes are those that [planner.Sort] has ordered: where the
// kinds' own order puts a block after all blocks of a kind, a dashed arrow says so and why. Equal graphs give equal
// bytes, in whatever order the nodes come.
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
	sides := bySide(sorted)
	for _, node := range sorted {
		for _, a := range append(arrows(node), kindOrder(node, sides)...) {
			a.write(out, node.Address.String())
		}
	}
	for _, at := range crowded(sorted, sides) {
		all := at.String()
		fmt.Fprintf(out, "  %s [label = %s, shape = plaintext]\n", quoted(all), quoted(all))
		for _, node := range sides[at] {
			arrow{to: node.Address.String(), dashed: true}.write(out, all)
		}
	}
	fmt.Fprintln(out, "}")
	return out.Flush()
}

// An arrow is all edges from one block to another.
type arrow struct {
	to, why string
	dashed  bool // nothing in the configuration asks for it
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

// A kindSide is the blocks of a kind that lead into hybrid, or those that take it back.
type kindSide struct {
	kind    string
	leaving bool
}

// String names the vertex that stands for all blocks of a side.
func (s kindSide) String() string {
	if s.leaving {
		return "every " + s.kind + " that takes hybrid back"
	}
	return "every " + s.kind
}

func bySide(nodes []*planner.Node) map[kindSide][]*planner.Node {
	sides := map[kindSide][]*planner.Node{}
	for _, node := range nodes {
		at := kindSide{node.Address.Kind, node.Leaving}
		sides[at] = append(sides[at], node)
	}
	return sides
}

// kindOrder draws what only the kinds' order demands: an arrow to the one block of a kind, or to a vertex that stands
// for all of them, so that many blocks cost an arrow each and not one a pair.
func kindOrder(node *planner.Node, sides map[kindSide][]*planner.Node) []arrow {
	var all []arrow
	for _, e := range node.Follows {
		at := kindSide{e.Kind, e.Leaving}
		a := arrow{to: at.String(), why: e.Why, dashed: true}
		if len(sides[at]) == 1 {
			a.to = sides[at][0].Address.String()
		}
		if !needs(node, a.to) {
			all = append(all, a)
		}
	}
	return all
}

func needs(node *planner.Node, to string) bool {
	return slices.ContainsFunc(node.Needs, func(e planner.Edge) bool { return e.To == to })
}

// crowded lists the sides that arrows lead to as a whole, by name.
func crowded(nodes []*planner.Node, sides map[kindSide][]*planner.Node) []kindSide {
	found := map[kindSide]bool{}
	for _, node := range nodes {
		for _, e := range node.Follows {
			if at := (kindSide{e.Kind, e.Leaving}); len(sides[at]) > 1 {
				found[at] = true
			}
		}
	}
	return slices.SortedFunc(maps.Keys(found), func(a, b kindSide) int { return strings.Compare(a.String(), b.String()) })
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
