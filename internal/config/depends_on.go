package config

import (
	"slices"

	"github.com/hashicorp/hcl/v2"

	"hybrid/planner"
	"hybrid/schema"
)

// dependsOn resolves the blocks of depends_on.
func (l *loader) dependsOn(r *resource, expr hcl.Expression) {
	items, diags := hcl.ExprList(expr)
	if diags.HasErrors() {
		l.fail(expr.Range(), "depends_on is a list", "Write the blocks that come first in brackets: depends_on = [user.pilot].")
		return
	}
	for _, item := range items {
		t, diags := hcl.AbsTraversalForExpr(item)
		if !diags.HasErrors() && len(t) > 1 && l.kinds[t.RootName()] == nil && !slices.Contains([]string{"var", "local", "cloud", "each", "data"}, t.RootName()) {
			l.fail(item.Range(), "Unknown block type", "There is no block %q, so nothing can come after one.%s", t.RootName(), schema.DidYouMean(t.RootName(), l.managed()))
			continue
		}
		if diags.HasErrors() || l.kinds[t.RootName()] == nil {
			l.fail(item.Range(), "Not a block", "depends_on lists blocks as they are, without quotes or expressions: user.pilot, or dns_record[%q][%q].", "sip.contoso.com", "A")
			continue
		}
		l.dependOn(r, t)
	}
}

func (l *loader) dependOn(r *resource, t hcl.Traversal) {
	kind := l.kinds[t.RootName()]
	targets, _, missing := l.find(t)
	if missing != "" {
		l.lacking(t.SourceRange(), "No such "+words(kind.Name), "%s", missing)
	}
	for _, to := range targets {
		if to == r && len(targets) == 1 {
			l.fail(t.SourceRange(), "A block that depends on itself", "%s cannot come after itself. Remove it from depends_on.", r.address)
		}
		if to != r {
			r.needs = append(r.needs, planner.Edge{To: to.address.String(), Why: "depends_on", Range: t.SourceRange()})
		}
	}
}
