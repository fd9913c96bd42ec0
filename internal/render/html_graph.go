package render

import (
	"bufio"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"hybrid/planner"
	"hybrid/schema"
)

// GraphHTML writes the graph of a configuration as a page like that of [HTML], with a block in the place of each change.
func GraphHTML(w io.Writer, nodes []*planner.Node) error {
	m := newPageMaker(&planner.Plan{}, Options{})
	page := &page{Title: "The order of the blocks"}
	for n, node := range nodes {
		m.ids[node.Address.String()] = fmt.Sprintf("block-%d", n)
	}
	for _, node := range nodes {
		page.add(m.block(node))
	}
	m.draw(page, nodes, func(node *planner.Node) mark { return mark{href: "#" + m.ids[node.Address.String()]} })
	return page.write(w)
}

// draw puts the graph into the page, or why there is none.
func (m *pageMaker) draw(page *page, nodes []*planner.Node, marks func(*planner.Node) mark) {
	if len(nodes) == 0 {
		return
	}
	d, err := drawn(nodes, marks)
	if err != nil {
		page.NoPicture = "There is no drawing: " + err.Error() + "."
		return
	}
	var b strings.Builder
	out := bufio.NewWriter(&b)
	d.write(out, m.foreign, false)
	out.Flush() // a builder takes everything
	page.Picture = template.HTML(b.String())
	page.LeftOut = d.leftOut()
}

// leftOut says what the drawing does not show.
func (d *drawing) leftOut() string {
	var sentences []string
	if d.left > 0 {
		sentences = append(sentences, numbered(d.left, "arrow that follows from others is", "arrows that follow from others are")+" left out: each block says below what it comes after.")
	}
	for _, v := range d.vertices {
		if len(v.nodes) > 1 {
			sentences = append(sentences, "Blocks of a kind that stand as deep are one box where there are many.")
			break
		}
	}
	return strings.Join(sentences, " ")
}

// mark says in the drawing what happens to a block.
func (m *pageMaker) mark(n *planner.Node) mark {
	block := n.Address.String()
	changes := m.of[block]
	if len(changes) == 0 {
		return absent(n.Kind)
	}
	worst := slices.MaxFunc(changes, func(a, b *planner.Change) int { return int(m.risk[a] - m.risk[b]) })
	sign, deed := deedOf(worst)
	marked := mark{action: worst.Action, sign: sign, words: deed, risk: m.risk[worst]}
	if id := m.ids[block]; id != "" {
		marked.href = "#" + id
	}
	switch {
	case worst.Users != nil && worst.Users.Len() > 0:
		marked.words = deed + " " + quantity(worst.Users.Len(), "user")
	case len(changes) > 1:
		marked.words = deed + ", " + quantity(len(changes), "object")
	}
	return marked
}

// absent is the mark of a block of which the plan says nothing: it is only read, or the plan is restricted to others.
func absent(k *schema.Kind) mark {
	if k != nil && k.Data {
		return mark{action: planner.NoOp, words: "only read"}
	}
	return mark{action: planner.NoOp, words: "not in this plan"}
}
