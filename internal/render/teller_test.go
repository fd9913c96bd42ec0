package render

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
)

// What a plan knows for a secret is taken out of the text of a block; where it is written out, config has covered it.
func TestSource(t *testing.T) {
	t.Parallel()
	n := &planner.Node{Kind: provider, Source: "hosting_provider \"X\" {\n  proxy_fqdn = \"x.contoso.com\"\n}\n"}
	plan := &planner.Plan{Changes: []planner.Change{diffed(provider, null(provider), object(provider, vals{"autodiscover_url": cty.StringVal("x.contoso.com").Mark("x")}), 1, "X")}}
	teller := newTeller(plan)
	if diff := cmp.Diff("hosting_provider \"X\" {\n  proxy_fqdn = \"(sensitive)\"\n}", strings.Join(teller.source(n), "\n")); diff != "" {
		t.Error(diff)
	}
	for name, n := range map[string]*planner.Node{"no node": nil, "no text": {Kind: provider}} {
		if lines := teller.source(n); lines != nil {
			t.Errorf("%s: %q", name, lines)
		}
	}
}
