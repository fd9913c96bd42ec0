package render

import (
	"bytes"
	"os/exec"
	"slices"
	"testing"

	"hybrid/planner"
	"hybrid/schema"
)

func graph() []*planner.Node {
	partner := &schema.Kind{Name: "partner_application", After: []schema.First{{Kind: "oauth_server", Why: "it is needed"}, {Kind: "hosting_provider", Why: "it is needed"}}}
	oauth := &schema.Kind{Name: "oauth_server"}
	node := func(k *schema.Kind, label string, line int, needs ...planner.Edge) *planner.Node {
		return &planner.Node{Address: planner.Address{Kind: k.Name, Labels: []string{label}}, Kind: k, Range: at("trust.hcl", line), Needs: needs}
	}
	nodes, _ := planner.Sort([]*planner.Node{
		node(provider, "A", 1), node(provider, "B", 2), node(oauth, "microsoft.sts", 3),
		node(partner, `odd "name" \N`, 4, planner.Edge{To: `oauth_server["microsoft.sts"]`, Why: "depends_on", Range: at("trust.hcl", 5)}),
		node(partner, "y", 6, planner.Edge{To: "hosting_provider.A", Why: "refers to it", Refers: true, Range: at("trust.hcl", 7)},
			planner.Edge{To: "hosting_provider.A", Why: "depends_on", Range: at("trust.hcl", 8)}, planner.Edge{To: "hosting_provider.A", Why: "refers to it", Refers: true, Range: at("trust.hcl", 9)}),
	})
	return nodes
}

func TestDOT(t *testing.T) {
	t.Parallel()
	got := rendered(t, func(b *bytes.Buffer) error { return DOT(b, graph()) })
	golden(t, "graph.dot", got)
	nodes := graph()
	slices.Reverse(nodes)
	if again := rendered(t, func(b *bytes.Buffer) error { return DOT(b, nodes) }); !bytes.Equal(got, again) {
		t.Errorf("the order of the nodes makes a difference:\n%s\n%s", got, again)
	}
}

func TestGraphvizDrawsIt(t *testing.T) {
	t.Parallel()
	dot, err := exec.LookPath("dot")
	if err != nil {
		t.Skip("NOT TESTED: no Graphviz (dot) on PATH")
	}
	cmd := exec.Command(dot, "-Tplain")
	cmd.Stdin = bytes.NewReader(rendered(t, func(b *bytes.Buffer) error { return DOT(b, graph()) }))
	out, err := cmd.CombinedOutput()
	if err != nil || bytes.Count(out, []byte("\nnode ")) != 6 {
		t.Errorf("%v: %s", err, out)
	}
}
