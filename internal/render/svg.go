package render

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"strings"

	"github.com/mattn/go-runewidth"

	"hybrid/planner"
)

// SVG draws the graph of a configuration as a picture of its own: nothing is loaded from anywhere. Blocks stand below what
// comes before them, so that apply goes from above to below; an arrow leads from a block to one that comes after it, dashed where
// nothing but the kinds' own order asks for it. Links of that order that follow from others are left out. Each box and each arrow
// has a title that says where the block stands, and why it comes after what. Of many blocks, those of a kind that stand in the
// same place are one box; what is still too much to be read is an error. Equal graphs give equal bytes.
func SVG(w io.Writer, nodes []*planner.Node) error {
	d, err := drawn(nodes, func(*planner.Node) mark { return mark{} })
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	d.write(out, plain, true)
	return out.Flush()
}

const (
	letterWidth = 6.7 // pixels of a letter of a box, which are all equally wide
	lineHeight  = 15  // pixels from one line of a box to the next
	padding     = 9   // between the text of a box and its border
	mostWide    = 30  // letters of a line; what is longer ends with …
)

// pictureStyle is what a picture looks like, alone or in a page. No colour tells what the words do not.
const pictureStyle = `svg.graph{--ink:#1b1f24;--line:#6b7480;--box:#f6f8fa;--quiet:#59636e;--create:#116329;--update:#7d4e00;--replace:#b3261e;--delete:#b3261e;--move:#0b5cad;--run:#0b5cad;--unknown:#7c3a9e;--paper:#fff}
@media (prefers-color-scheme:dark){svg.graph{--ink:#e6edf3;--line:#8b949e;--box:#1c232b;--quiet:#9aa4af;--create:#56d364;--update:#e3b341;--replace:#ff8f86;--delete:#ff8f86;--move:#79b8ff;--run:#79b8ff;--unknown:#d8a8f5;--paper:#0f141a}}
@media print{svg.graph{--ink:#000;--line:#555;--box:#fff;--quiet:#444;--create:#116329;--update:#7d4e00;--replace:#b3261e;--delete:#b3261e;--move:#0b5cad;--run:#0b5cad;--unknown:#7c3a9e;--paper:#fff}}
svg.graph text{font:11px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:var(--ink)}
svg.graph .kind{fill:var(--quiet)}
svg.graph rect{fill:var(--box);stroke:var(--line)}
svg.graph .all rect{fill:none;stroke:none}
svg.graph .all text{fill:var(--quiet);font-style:italic}
svg.graph path{fill:none;stroke:var(--line)}
svg.graph .own path{stroke-dasharray:5 4}
svg.graph .head{fill:var(--line);stroke:none}
svg.graph g.link:hover path{stroke:var(--ink);stroke-width:2}
svg.graph .create rect{stroke:var(--create)}svg.graph .create .deed{fill:var(--create)}
svg.graph .update rect{stroke:var(--update)}svg.graph .update .deed{fill:var(--update)}
svg.graph .replace rect{stroke:var(--replace)}svg.graph .replace .deed{fill:var(--replace)}
svg.graph .delete rect{stroke:var(--delete)}svg.graph .delete .deed{fill:var(--delete)}
svg.graph .move rect{stroke:var(--move)}svg.graph .move .deed{fill:var(--move)}
svg.graph .run rect{stroke:var(--run)}svg.graph .run .deed{fill:var(--run)}
svg.graph .unknown rect{stroke:var(--unknown)}svg.graph .unknown .deed{fill:var(--unknown)}
svg.graph .deed{font-weight:600}
svg.graph .careful rect{stroke-width:2.5}
svg.graph .quiet text{fill:var(--quiet)}
svg.graph a:hover rect,svg.graph a:focus rect{stroke:var(--ink);stroke-width:2.5}
`

// write writes the drawing, alone as a file or as a part of a page that has [pictureStyle] already. What others made goes through a
// function.
func (d *drawing) write(w *bufio.Writer, foreign func(string) string, alone bool) {
	boxes := make([][]string, len(d.vertices))
	widths, heights := make([]int, len(boxes)), make([]int, len(boxes))
	for v := range d.vertices {
		boxes[v] = d.vertices[v].lines()
		widths[v], heights[v] = boxSize(boxes[v])
	}
	l := layered(d, widths, heights)
	width, height := l.size()
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" class="graph" role="group" aria-label="The order of the blocks" width="%d" height="%d" viewBox="0 0 %d %d">`+"\n", width, height, width, height)
	if alone {
		fmt.Fprintf(w, "<title>The order of the blocks</title>\n<style>%s</style>\n<rect width=\"%d\" height=\"%d\" style=\"fill:var(--paper);stroke:none\"/>\n", pictureStyle, width, height)
	}
	for n := range d.links {
		d.writeLink(w, l, foreign, n)
	}
	for v := range d.vertices {
		x, y := l.corner(v)
		d.writeVertex(w, v, boxes[v], foreign(d.vertices[v].title()), x, y)
	}
	fmt.Fprintln(w, "</svg>")
}

// corner is where the box of a vertex begins.
func (l *layers) corner(v int) (x, y int) {
	return int(l.stops[v].centre) - l.stops[v].width/2, l.top(l.row[v])
}

// lines is what stands in the box of a vertex: its kind, its labels, and what happens to it.
func (v *vertex) lines() []string {
	if len(v.nodes) == 0 {
		return []string{plain(v.side.String())}
	}
	lines := []string{shortened(plain(v.side.kind))}
	switch {
	case len(v.nodes) > 1:
		lines = []string{shortened(count(len(v.nodes)) + " × " + plain(v.side.kind))}
	case len(v.nodes[0].Address.Labels) > 0:
		lines = append(lines, shortened(oneLine(strings.Join(v.nodes[0].Address.Labels, " "))))
	}
	if v.mark.action != "" {
		lines = append(lines, shortened(v.mark.line()))
	}
	return lines
}

// line is what a mark says in a box: "+ create", "- delete: high risk".
func (m mark) line() string {
	text := m.sign + " " + m.words
	if m.risk >= planner.RiskAttention {
		text += ": " + riskWords(m.risk)
	}
	return strings.TrimSpace(text)
}

func shortened(text string) string { return runewidth.Truncate(text, mostWide, "…") }

func boxSize(lines []string) (width, height int) {
	letters := 0
	for _, text := range lines {
		letters = max(letters, runewidth.StringWidth(text))
	}
	return int(float64(letters)*letterWidth) + 2*padding, len(lines)*lineHeight + padding
}

func (d *drawing) writeVertex(w *bufio.Writer, n int, lines []string, title string, x, y int) {
	v := &d.vertices[n]
	width, height := boxSize(lines)
	fmt.Fprintf(w, `<g class="%s"><title>%s</title>`, v.class(), html.EscapeString(title))
	if v.mark.href != "" {
		fmt.Fprintf(w, `<a href="%s">`, html.EscapeString(v.mark.href))
	}
	fmt.Fprintf(w, `<rect x="%d" y="%d" width="%d" height="%d" rx="5"/>`, x, y, width, height)
	for n, text := range lines {
		fmt.Fprintf(w, `<text x="%d" y="%d" class="%s">%s</text>`, x+padding, y+padding/2+11+n*lineHeight, v.classOf(n, len(lines)), html.EscapeString(text))
	}
	if v.mark.href != "" {
		fmt.Fprint(w, "</a>")
	}
	fmt.Fprintln(w, "</g>")
}

// class says how a box looks.
func (v *vertex) class() string {
	switch {
	case len(v.nodes) == 0:
		return "all"
	case v.mark.action == "":
		return "block"
	case v.mark.action == planner.NoOp && v.mark.risk == planner.RiskNone:
		return "block quiet"
	}
	class := "block " + string(v.mark.action)
	if v.mark.action == planner.NoOp {
		class = "block unknown"
	}
	if v.mark.risk >= planner.RiskAttention {
		class += " careful"
	}
	return class
}

// classOf says how a line of a box looks.
func (v *vertex) classOf(n, lines int) string {
	switch {
	case n == lines-1 && v.mark.action != "":
		return "deed"
	case n == 0 && len(v.nodes) == 1 && len(v.nodes[0].Address.Labels) > 0:
		return "kind"
	}
	return "name"
}

// titled is how many blocks of one box its title names.
const titled = 20

// title is all that there is to say of a vertex: where it stands, and what it comes after.
func (v *vertex) title() string {
	if len(v.nodes) == 0 {
		return v.side.String() + ": all blocks of the kind, before what comes after them"
	}
	var lines []string
	for n, node := range v.nodes {
		if n == titled {
			lines = append(lines, "… "+count(len(v.nodes)-n)+" more")
			break
		}
		text := oneLine(node.Address.String())
		if at := place(node.Range); at != "" {
			text += "   " + at
		}
		lines = append(lines, text)
	}
	if v.mark.action != "" {
		lines = append(lines, v.mark.line())
	}
	for _, r := range v.nodes[0].Reasons() {
		lines = append(lines, "after "+afterWhat(r))
	}
	return strings.Join(lines, "\n")
}

// afterWhat is a reason for an order: "oauth_server["microsoft.sts"] (refers to it, trust.hcl:37)".
func afterWhat(r planner.Reason) string {
	if r.Block == "" {
		return oneLine(kindSide{r.Kind, r.Leaving}.String() + ": " + clause(r.Why))
	}
	at := place(r.Range)
	if at != "" {
		at = ", " + at
	}
	return oneLine(r.Block + " (" + r.Why + at + ")")
}

// clause is the reason of a kind's own order without the names of the two kinds before it.
func clause(why string) string {
	if _, after, found := strings.Cut(why, ": "); found {
		return after
	}
	return why
}

// writeLink draws a link from row to row: down where it passes a row, in a curve between two.
func (d *drawing) writeLink(w *bufio.Writer, l *layers, foreign func(string) string, n int) {
	e, path := d.links[n], l.paths[n]
	class := "link"
	if e.dashed {
		class = "link own"
	}
	first := l.row[e.first]
	x, y := int(l.stops[path[0]].centre), l.top(first)+l.stops[e.first].height
	var b strings.Builder
	fmt.Fprintf(&b, "M%d %d", x, y)
	for k, s := range path[1:] {
		row := first + 1 + k
		x, y = curve(&b, x, y, int(l.stops[s].centre), l.top(row), k == len(path)-2)
		if l.stops[s].vertex < 0 {
			y = l.top(row) + l.heights[row]
			fmt.Fprintf(&b, "V%d", y)
		}
	}
	fmt.Fprintf(w, `<g class="%s"><title>%s</title><path d="%s"/><path class="head" d="M%d %dl-4 -7h8z"/></g>`+"\n", class, html.EscapeString(foreign(d.linkTitle(e))), b.String(), x, y+arrowHead)
}

const arrowHead = 6 // pixels by which a line ends above its box

// curve goes on from one place to another further down, and says where that is.
func curve(b *strings.Builder, x, y, toX, toY int, last bool) (int, int) {
	if last {
		toY -= arrowHead
	}
	half := (y + toY) / 2
	fmt.Fprintf(b, "C%d %d %d %d %d %d", x, half, toX, half, toX, toY)
	return toX, toY
}

func (d *drawing) linkTitle(e link) string {
	title := d.vertices[e.first].name() + ", then " + d.vertices[e.then].name()
	if e.why != "" {
		title += ": " + oneLine(e.why)
	}
	return title
}

// name is a vertex in a line.
func (v *vertex) name() string {
	switch len(v.nodes) {
	case 0:
		return v.side.String()
	case 1:
		return oneLine(v.nodes[0].Address.String())
	}
	return quantity(len(v.nodes), "block") + " of " + v.side.kind
}
