package render

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hybrid/planner"
	"hybrid/schema"
)

func unmarked(*planner.Node) mark { return mark{} }

func TestSVG(t *testing.T) {
	t.Parallel()
	got := rendered(t, func(b *bytes.Buffer) error { return SVG(b, graph()) })
	golden(t, "graph.svg", got)
	nodes := graph()
	slices.Reverse(nodes)
	if again := rendered(t, func(b *bytes.Buffer) error { return SVG(b, nodes) }); !bytes.Equal(got, again) {
		t.Error("the order of the nodes makes a difference")
	}
	wellFormed(t, got)
	if got := rendered(t, func(b *bytes.Buffer) error { return SVG(b, nil) }); !bytes.Contains(got, []byte("</svg>")) {
		t.Errorf("nothing: %s", got)
	}
}

// wellFormed reads a document as the XML that it says it is.
func wellFormed(t *testing.T, document []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(document))
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// anyGraph draws nodes of some kinds, with some kinds after others, and what the configuration asks for.
func anyGraph(t *rapid.T) []*planner.Node {
	kinds := make([]*schema.Kind, rapid.IntRange(1, 6).Draw(t, "kinds"))
	for i := range kinds {
		kinds[i] = &schema.Kind{Name: fmt.Sprintf("kind%d", i)}
		for j := range i {
			if rapid.Bool().Draw(t, "after") {
				kinds[i].After = append(kinds[i].After, schema.First{Kind: kinds[j].Name, Why: "it does"})
			}
		}
	}
	var nodes []*planner.Node
	for i := range rapid.IntRange(0, 90).Draw(t, "nodes") {
		k := rapid.SampledFrom(kinds).Draw(t, "kind")
		n := &planner.Node{Address: planner.Address{Kind: k.Name, Labels: []string{fmt.Sprint("b", i)}}, Kind: k, Range: at("a.hcl", i)}
		for range rapid.IntRange(0, 2).Draw(t, "needs") {
			if i > 0 {
				n.Needs = append(n.Needs, planner.Edge{To: nodes[rapid.IntRange(0, i-1).Draw(t, "to")].Address.String(), Why: "depends_on"})
			}
		}
		nodes = append(nodes, n)
	}
	sorted, diags := planner.Sort(nodes)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return sorted
}

// Whatever the graph: nothing is lost, everything stands below what comes before it, nothing overlaps, equal graphs look the same.
func TestAnyGraphCanBeDrawn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		nodes := anyGraph(t)
		d, err := drawn(nodes, unmarked)
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		for _, v := range d.vertices {
			seen += len(v.nodes)
		}
		if seen != len(nodes) {
			t.Fatalf("%d of %d blocks are drawn", seen, len(nodes))
		}
		sizes := make([]int, len(d.vertices))
		for v := range sizes {
			sizes[v] = 100
		}
		l := layered(d, sizes, sizes)
		for n, e := range d.links {
			if l.row[e.first] >= l.row[e.then] || l.paths[n][0] != e.first || l.paths[n][len(l.paths[n])-1] != e.then {
				t.Fatalf("%s is not above %s", d.vertices[e.first].name(), d.vertices[e.then].name())
			}
		}
		for _, row := range l.rows {
			for n := 1; n < len(row); n++ {
				left, right := &l.stops[row[n-1]], &l.stops[row[n]]
				if left.centre+float64(left.width)/2 > right.centre-float64(right.width)/2 {
					t.Fatal("two overlap")
				}
			}
		}
		var once, again bytes.Buffer
		if err := SVG(&once, nodes); err != nil {
			t.Fatal(err)
		}
		shuffled := slices.Clone(nodes)
		slices.Reverse(shuffled)
		if err := SVG(&again, shuffled); err != nil || !bytes.Equal(once.Bytes(), again.Bytes()) {
			t.Fatal("the order of the nodes makes a difference", err)
		}
	})
}

// What is left out of a drawing follows from what is in it, and what the configuration asks for is never left out.
func TestWhatIsLeftOutFollows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		nodes := anyGraph(t)
		all, reduced := apart(nodes, unmarked), apart(nodes, unmarked)
		reduced.reduce()
		if reduced.left != len(all.links)-len(reduced.links) {
			t.Fatal("what is left out is not counted")
		}
		kept := map[link]bool{}
		for _, e := range reduced.links {
			kept[e] = true
		}
		for _, e := range all.links {
			if !kept[e] && !e.dashed {
				t.Fatal("left out though it is asked for:", e)
			}
			if !kept[e] && !leads(reduced, e.first, e.then) {
				t.Fatal("left out though nothing else says so:", e)
			}
		}
	})
}

func leads(d *drawing, from, to int) bool {
	if from == to {
		return true
	}
	return slices.ContainsFunc(d.links, func(e link) bool { return e.first == from && leads(d, e.then, to) })
}

// many is a graph with n blocks of two kinds, each of the second needing one of the first.
func many(n int) []*planner.Node {
	domain := &schema.Kind{Name: "sip_domain"}
	record := &schema.Kind{Name: "dns_record", After: []schema.First{{Kind: "sip_domain", Why: "it does"}}}
	var nodes []*planner.Node
	for i := range n / 2 {
		first := &planner.Node{Address: planner.Address{Kind: domain.Name, Labels: []string{fmt.Sprintf("d%d.contoso.com", i)}}, Kind: domain}
		second := &planner.Node{
			Address: planner.Address{Kind: record.Name, Labels: []string{fmt.Sprintf("sip.d%d.contoso.com", i)}}, Kind: record,
			Needs: []planner.Edge{{To: first.Address.String(), Why: "depends_on"}},
		}
		nodes = append(nodes, first, second)
	}
	sorted, _ := planner.Sort(nodes)
	return sorted
}

func TestManyBlocksAreDrawnTogether(t *testing.T) {
	t.Parallel()
	got := string(rendered(t, func(b *bytes.Buffer) error { return SVG(b, many(300)) }))
	for _, text := range []string{">150 × sip_domain<", ">150 × dns_record<", "\n… 130 more", "150 blocks of sip_domain, then 150 blocks of dns_record: depends_on"} {
		if !strings.Contains(got, text) {
			t.Errorf("no %q in it", text)
		}
	}
	if strings.Count(got, "<rect") > 6 {
		t.Error("too much to be read")
	}
	few := string(rendered(t, func(b *bytes.Buffer) error { return SVG(b, many(20)) }))
	if strings.Contains(few, "×") || strings.Count(few, "sip_domain</text>") != 11 { // each, and "every sip_domain"
		t.Errorf("few are not drawn each by itself:\n%s", few)
	}
	began := time.Now()
	_ = rendered(t, func(b *bytes.Buffer) error { return SVG(b, many(20_000)) })
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("20,000 blocks take %v", took)
	}
}

func TestWhatCannotBeReadIsNotDrawn(t *testing.T) {
	t.Parallel()
	var nodes []*planner.Node
	for i := range mostDrawn + 1 {
		k := &schema.Kind{Name: fmt.Sprintf("kind%d", i)}
		nodes = append(nodes, &planner.Node{Address: planner.Address{Kind: k.Name}, Kind: k})
	}
	err := SVG(io.Discard, nodes)
	if err == nil || err.Error() != "the graph has 251 blocks, which make 251 boxes: too many for a drawing that could be read. `hybrid graph --format dot` gives them all" {
		t.Error(err)
	}
	page := string(rendered(t, func(b *bytes.Buffer) error { return GraphHTML(b, nodes) }))
	if !strings.Contains(page, "There is no drawing: the graph has 251 blocks") || !strings.Contains(page, "kind250") {
		t.Error("the page does not say so, or leaves blocks out")
	}
}

func TestInversions(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		numbers []int
		want    int
	}{{nil, 0}, {[]int{0, 1, 1, 2}, 0}, {[]int{2, 1, 0}, 3}, {[]int{1, 1, 0}, 2}, {[]int{3, 0, 2, 1}, 4}} {
		if got := inversions(tt.numbers); got != tt.want {
			t.Errorf("%v: %d, want %d", tt.numbers, got, tt.want)
		}
	}
}

func TestGraphFormats(t *testing.T) {
	t.Parallel()
	for _, name := range GraphFormats() {
		if got := rendered(t, func(b *bytes.Buffer) error { return Graph(b, name, graph()) }); !bytes.Contains(got, []byte("microsoft.sts")) {
			t.Errorf("%s:\n%s", name, got)
		}
	}
	if err := Graph(io.Discard, "png", nil); err == nil || err.Error() != `--format "png": there are dot, svg and html.` {
		t.Error(err)
	}
}
