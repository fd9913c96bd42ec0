package engine

import (
	"context"
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"hybrid/internal/roster"
	"hybrid/planner"
)

// classify says of the users who change where they come from, as another side shows them. Where that side cannot be read,
// the plan stands, and says so.
func (e *Engine) classify(ctx context.Context, plan *planner.Plan, live planner.Live) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, view := range userMirrors(e.Config.Objects) {
		users := planner.Newcomers(plan, view)
		if users == nil {
			continue
		}
		listing, seen := e.seen(ctx, view, users, live)
		switch {
		case !seen:
		case listing.Err != nil:
			diags = append(diags, unseen(plan, view, listing.Err))
		default:
			diags = append(diags, origins(plan, view, listing.Users)...)
		}
	}
	return diags
}

// seen reads users as a view shows them, unless that has been done.
func (e *Engine) seen(ctx context.Context, view string, users *roster.Table, live planner.Live) (planner.Listing, bool) {
	kind, provider := e.view(view)
	if provider == "" {
		return planner.Listing{}, false
	}
	source := planner.Source{Provider: provider, Kind: view}
	if listing, ok := live[source]; ok {
		return listing, true
	}
	asked := &reading{kind: kind, sources: []planner.Source{source}, objects: []planner.Object{{Kind: kind, Provider: provider, Users: users}}}
	return e.readOne(ctx, asked), true
}

// origins classifies every change of users that is held against a view.
func origins(plan *planner.Plan, view string, users *roster.Table) hcl.Diagnostics {
	var diags hcl.Diagnostics
	ahead := false
	for i := range plan.Changes {
		c := &plan.Changes[i]
		ahead = ahead || c.Action == planner.Run && c.Kind.Task != nil
		if c.Users != nil && c.Kind.Rows.Mirror == view {
			diags = append(diags, planner.Classify(c, users, ahead)...)
		}
	}
	return diags
}

// unseen says that where users come from is not known.
func unseen(plan *planner.Plan, view string, err error) *hcl.Diagnostic {
	d := &hcl.Diagnostic{
		Severity: hcl.DiagWarning, Summary: "Where users come from is not known",
		Detail: fmt.Sprintf("Whether those who change were born online or on the servers could not be looked up: %s", err),
	}
	for i := range plan.Changes {
		if c := &plan.Changes[i]; c.Users.Len() > 0 && c.Kind.Rows.Mirror == view {
			d.Subject = c.Range.Ptr()
			break
		}
	}
	return d
}
