package engine

import (
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/hcl/v2"

	"hybrid/internal/phase"
	"hybrid/planner"
)

// phases holds a plan against the phases that SIP domains state, and adds to its changes what must be known of them. It
// reads what that takes and the plan did not need: every user of the servers, the hosting providers, the tenant's
// federation settings. A restricted plan that touches nothing of it is let through.
func (e *Engine) phases(ctx context.Context, plan *planner.Plan, live planner.Live, scope Scope) hcl.Diagnostics {
	domains := phase.Stated(e.Config.Objects, phase.In(e.Config.Cloud, e.Config.Clouds))
	if len(domains) == 0 || scope.Only != nil && !phase.Touched(plan) {
		return nil
	}
	phase.Annotate(domains, plan)
	known := maps.Clone(live)
	if scope.Only != nil {
		known = planner.Live{} // of a source the plan may have read a part only
	}
	for _, s := range phase.Sources(domains, e.tenant()) {
		if listing, ok := known[s.Source]; ok && (s.Objects != nil || listing.Complete || listing.Err != nil) {
			continue
		}
		if diags := e.learn(ctx, &reading{sources: []planner.Source{s.Source}, objects: s.Objects, all: s.Objects == nil}, known); diags.HasErrors() {
			return diags
		}
	}
	for _, d := range domains {
		e.endpoints(ctx, d, known)
		if diags := e.everyone(ctx, d, known, live); diags.HasErrors() {
			return diags
		}
	}
	return phase.Judge(domains, plan, known)
}

// everyone reads every user of the servers, where the phase of a domain depends on them.
func (e *Engine) everyone(ctx context.Context, d phase.Domain, known, live planner.Live) hcl.Diagnostics {
	everyone := phase.Everyone(d)
	if known[everyone].Complete || !phase.NeedsUsers(d, known) {
		return nil
	}
	if diags := e.learn(ctx, &reading{sources: []planner.Source{everyone}, all: true}, known); diags.HasErrors() {
		return diags
	}
	return cutShort(d, known[everyone], live)
}

// endpoints reads the hybrid application endpoints of a domain that leaves the servers. What it means that they cannot be read
// is said with the phase.
func (e *Engine) endpoints(ctx context.Context, d phase.Domain, known planner.Live) {
	source, asked := phase.Endpoints(d)
	if listing, ok := known[source]; !asked || ok && (listing.Complete || listing.Err != nil) {
		return
	}
	more, _ := e.read(ctx, []*reading{{kind: e.kind(source.Kind), sources: []planner.Source{source}, all: true}})
	maps.Copy(known, more)
}

// learn adds one reading to what is known.
func (e *Engine) learn(ctx context.Context, r *reading, known planner.Live) hcl.Diagnostics {
	r.kind = e.kind(r.sources[0].Kind)
	more, diags := e.read(ctx, []*reading{r})
	maps.Copy(known, more)
	return diags
}

// cutShort refuses a list of all users that lacks somebody whom the plan has read.
func cutShort(d phase.Domain, all planner.Listing, live planner.Live) hcl.Diagnostics {
	for _, source := range sources(live) {
		if source.Provider != d.Object.Provider || live[source].Users == nil || live[source].Err != nil {
			continue
		}
		if who := phase.Short(all.Users, live[source].Users); who != "" {
			where := d.Where()
			return hcl.Diagnostics{{
				Severity: hcl.DiagError, Summary: "The phase the estate is in is not known", Subject: &where,
				Detail: fmt.Sprintf("The server listed %d users and left out %s, who exists: the list is not complete, so who would be left behind is not known. Try again.", all.Users.Len(), who),
			}}
		}
	}
	return nil
}

// tenant is the first provider block that leads to the tenant, "" without one.
func (e *Engine) tenant() string {
	kind := e.kind("tenant_federation")
	for _, p := range e.Config.Providers {
		if kind != nil && p.System.Name == kind.System {
			return p.Name
		}
	}
	return ""
}
