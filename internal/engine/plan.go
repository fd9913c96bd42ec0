package engine

import (
	"context"
	"maps"
	"time"

	"github.com/hashicorp/hcl/v2"

	"hybrid/internal/config"
	"hybrid/planner"
)

// Scope restricts a plan: Only says which addresses it is about; nil means all.
type Scope struct{ Only func(planner.Address) bool }

// Planned is a plan with what it was computed from and what it cost.
type Planned struct {
	Plan       *planner.Plan
	RoundTrips int64
	Elapsed    time.Duration

	// Refusals are the guards that the plan does not pass, whether or not they are set aside.
	Refusals []planner.Refusal

	// Later is the plan ahead of which this one is carried out; nil for any but those of [Engine.Ahead].
	Later *planner.Plan

	nodes    []*planner.Node
	live     planner.Live
	readings []*reading
	landings landings // what of it earlier runs had sent, and may still be going on
	options  planner.Options
}

// whole says whether the plan is of everything that the configuration declares.
func (p *Planned) whole() bool {
	return p.options.Only == nil && p.Later == nil && p.Plan.Rollback == nil
}

// Nodes is the graph of a plan that has one of its own, which is not the configuration's; nil for any other.
func (p *Planned) Nodes() []*planner.Node {
	if p.Plan.Rollback == nil {
		return nil
	}
	return p.nodes
}

// A Read is what a plan rests on of one source.
type Read struct {
	planner.Source
	Objects  int  `json:"objects"`            // live objects or users
	Complete bool `json:"complete,omitempty"` // whether all were listed, not only those that the configuration names
}

// Read lists what was read without an error, by kind and provider.
func (p *Planned) Read() []Read {
	var all []Read
	for _, source := range sources(p.live) {
		if l := p.live[source]; l.Err == nil {
			all = append(all, Read{source, len(l.Objects) + l.Users.Len(), l.Complete})
		}
	}
	return all
}

// Listed is the reading of all objects of a kind behind a provider block that the plan rests on; false where not all were read.
func (p *Planned) Listed(provider, kind string) (planner.Listing, bool) {
	l, read := p.live[planner.Source{Provider: provider, Kind: kind}]
	return l, read && l.Err == nil && l.Complete
}

// bySource says which reading shows a source.
func (p *Planned) bySource() map[planner.Source]*reading {
	by := map[planner.Source]*reading{}
	for _, reading := range p.readings {
		for _, source := range reading.sources {
			by[source] = reading
		}
	}
	return by
}

// Plan reads what the configuration speaks of and compares. With error diagnostics the plan shows what could be
// computed and is not to be carried out.
func (e *Engine) Plan(ctx context.Context, scope Scope) (*Planned, hcl.Diagnostics) {
	started, trips := e.Clock.Now(), e.RoundTrips()
	live, data, diags := e.data(ctx)
	objects, doubled := e.known(data)
	exclusives := e.Config.Exclusives
	if scope.Only != nil {
		objects, exclusives = only(objects, func(o planner.Object) bool { return scope.Only(o.Address) }), nil
	}
	diags = append(diags, doubled...)
	list := append(e.readings(managed(objects), exclusives), e.mirrors(managed(objects))...)
	more, unread := e.read(ctx, list)
	maps.Copy(live, more)
	diags = append(append(diags, unread...), remarks(live)...)
	e.renamed(ctx, list, live)
	closes := e.closings(objects)
	nodes := closes.sorted(e.Config.Nodes, objects)
	options := planner.Options{Only: scope.Only, Exclusives: e.exclusives(exclusives), Instances: closes.instances(), Secrets: e.Config.Secrets()}
	plan, refused := planner.New(nodes, live, options)
	diags = append(append(diags, refused...), e.contested(ctx, plan, live)...)
	diags = append(append(diags, e.homeless(ctx, plan)...), e.between(plan)...)
	e.advise(plan)
	open := e.underway(plan, started)
	diags = append(diags, e.classify(ctx, plan, live)...)
	diags = append(diags, e.phases(ctx, plan, live, scope)...)
	diags = append(append(hindered(plan, diags), e.shrinkAccepted()...), e.ending(plan)...)
	plan.Incomplete, plan.Secrets = diags.HasErrors(), e.Config.Secrets()
	refusals, unruly := e.guard(plan)
	diags = append(diags, unruly...)
	plan.Warnings = append(plan.Warnings, warnings(diags)...)
	return &Planned{
		Plan: plan, Refusals: refusals, RoundTrips: e.RoundTrips() - trips, Elapsed: e.Clock.Since(started),
		nodes: nodes, live: live, readings: list, options: options, landings: open,
	}, diags
}

// contested reads what else may hold the values that a plan takes, and refuses those that are taken. It reads one after
// another: these lists are short, and the session that is open by now is quicker than another one.
func (e *Engine) contested(ctx context.Context, plan *planner.Plan, live planner.Live) hcl.Diagnostics {
	kinds, all := e.kinds(), maps.Clone(live)
	for _, source := range planner.Contested(plan, live, kinds) {
		more, diags := e.read(ctx, []*reading{{kind: e.kind(source.Kind), sources: []planner.Source{source}, all: true}})
		if diags.HasErrors() {
			return diags
		}
		maps.Copy(all, more)
	}
	return planner.CheckClaims(plan, all, kinds)
}

// managed leaves out what is only read, and has been.
func managed(objects []planner.Object) []planner.Object {
	return only(objects, func(o planner.Object) bool { return !o.Kind.Data })
}

func only(objects []planner.Object, holds func(planner.Object) bool) []planner.Object {
	var kept []planner.Object
	for _, o := range objects {
		if holds(o) {
			kept = append(kept, o)
		}
	}
	return kept
}

func (e *Engine) exclusives(list []config.Exclusive) []planner.Exclusive {
	var all []planner.Exclusive
	for _, x := range list {
		all = append(all, planner.Exclusive{Kind: e.kind(x.Kind), Provider: x.Provider, Ignore: x.Ignore, Range: x.Range})
	}
	return all
}

// warnings are the diagnostics that stop nothing, which whoever reviews the plan has to see.
// remarks tell how something was read where that is worth knowing, each once.
func remarks(live planner.Live) (diags hcl.Diagnostics) {
	told := map[string]bool{}
	for _, source := range sources(live) {
		if text := live[source].Remark; text != "" && !told[text] {
			told[text] = true
			diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: "How provider " + source.Provider + " was read", Detail: text})
		}
	}
	return diags
}

func warnings(diags hcl.Diagnostics) hcl.Diagnostics {
	var some hcl.Diagnostics
	for _, d := range diags {
		if d.Severity == hcl.DiagWarning {
			some = append(some, d)
		}
	}
	return some
}
