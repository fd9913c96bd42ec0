package engine

import (
	"context"

	"github.com/hashicorp/hcl/v2"

	"hybrid/planner"
	"hybrid/providers"
)

// Ahead is the plan of what can be done some time before a plan is carried out, so that it takes effect sooner: of the
// objects that change or go, what their kinds say. Nothing is read for it.
func (e *Engine) Ahead(p *Planned) (*Planned, hcl.Diagnostics) {
	nodes := planner.Ahead(p.Plan)
	objects, diags := planner.Evaluate(nodes)
	plan, refused := planner.New(nodes, p.live, planner.Options{Secrets: e.Config.Secrets()})
	plan.Secrets, plan.Incomplete = p.Plan.Secrets, p.Plan.Incomplete || diags.HasErrors() || refused.HasErrors()
	e.advise(plan)
	refusals, unruly := e.guard(plan)
	plan.Warnings = append(plan.Warnings, warnings(unruly)...)
	return &Planned{
		Plan: plan, Refusals: refusals, Later: p.Plan, RoundTrips: p.RoundTrips, Elapsed: p.Elapsed,
		nodes: nodes, live: p.live, readings: e.readings(objects, nil),
	}, append(append(diags, refused...), unruly...)
}

// PlanAhead reads and compares as [Engine.Plan] does, and plans what can be done ahead.
func (e *Engine) PlanAhead(ctx context.Context, scope Scope) (*Planned, hcl.Diagnostics) {
	planned, diags := e.Plan(ctx, scope)
	if diags.HasErrors() {
		return planned, diags
	}
	sooner, more := e.Ahead(planned)
	return sooner, append(diags, more...)
}

// advise adds to the notes of changes what their providers know from reading.
func (e *Engine) advise(p *planner.Plan) {
	for i := range p.Changes {
		c := &p.Changes[i]
		if c.Action == planner.NoOp || c.Action == planner.Unknown {
			continue
		}
		if provider, err := e.provider(c.Provider); err == nil {
			if a, ok := provider.(providers.Advisor); ok {
				c.Notes = append(c.Notes, a.Advise(*c)...)
			}
		}
	}
}
