package render

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
)

func TestSourceLeavesSecretsOut(t *testing.T) {
	t.Parallel()
	n := &planner.Node{Kind: provider, Source: `hosting_provider "X" {
  password   = "a\"b${var.x}" # why
  proxy_fqdn = "x.contoso.com"
  proxy {
    host = "h"
    key  = <<-END
      many
      lines
    END
  }
  list = [sensitive("hush\n"), "seen"]
}
`}
	plan := &planner.Plan{Changes: []planner.Change{diffed(provider, null(provider), object(provider, vals{"proxy_fqdn": cty.StringVal("h").Mark("x"), "autodiscover_url": cty.StringVal("x.contoso.com").Mark("x")}), 1, "X")}}
	teller := newTeller(plan)
	want := `hosting_provider "X" {
  password   = (sensitive) # why
  proxy_fqdn = "(sensitive)"
  proxy {
    host = "h"
    key  = (sensitive)



  }
  list = [(sensitive), "seen"]
}`
	if diff := cmp.Diff(want, strings.Join(teller.source(n), "\n")); diff != "" {
		t.Error(diff)
	}
	for name, n := range map[string]*planner.Node{
		"no node": nil, "no text": {Kind: provider}, "no HCL": {Kind: provider, Source: `hosting_provider "X" { password = `},
	} {
		if lines := teller.source(n); lines != nil {
			t.Errorf("%s: %q", name, lines)
		}
	}
}
