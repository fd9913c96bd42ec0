package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hybrid/internal/journal"
	"hybrid/planner"
	"hybrid/schema"
)

// PlanRollback plans the way back from a run: of what its journal says that it changed, what was before, as far as live state is
// still as the run left it. The plan is one like any other; what is left as it is and what nothing brings back is in
// [planner.Plan.Rollback].
func (e *Engine) PlanRollback(ctx context.Context, run *journal.Past) (*Planned, hcl.Diagnostics) {
	started, trips := e.Clock.Now(), e.RoundTrips()
	deeds, strange := e.deeds(run)
	since, err := e.movedSince(run, deeds)
	taking := planner.Taking{Run: run.ID, About: takes(run), Deeds: deeds, Nodes: e.Config.Nodes, Since: since, Able: e.able}
	e.behind(&taking)
	live, data, diags := e.data(ctx)
	objects, doubled := e.known(data)
	diags = append(diags, doubled...)
	if err != nil {
		diags = append(diags, unreadable(err))
	}
	left, err := standing(run)
	if err != nil {
		diags = append(diags, unreadable(err))
	}
	for n := range deeds {
		deeds[n].Left = left[deeds[n].Address.String()]
	}
	taking.Objects = objects
	list := e.readings(taking.Sought(), nil)
	more, unread := e.read(ctx, list)
	maps.Copy(live, more)
	e.renamed(ctx, list, live)
	nodes, told := taking.Back(live)
	told.Kept = append(strange, told.Kept...)
	back, wrong := planner.Evaluate(nodes)
	closes := e.closings(back)
	nodes = closes.sorted(nodes, back)
	options := planner.Options{Instances: closes.instances()}
	plan, refused := planner.New(nodes, live, options)
	plan.Rollback = told
	diags = slices.Concat(diags, unread, wrong, refused, e.contested(ctx, plan, live), e.between(plan))
	e.advise(plan)
	open := e.underway(plan, started)
	diags = hindered(plan, slices.Concat(diags, e.classify(ctx, plan, live), e.shrinkAccepted()))
	plan.Incomplete, plan.Secrets = diags.HasErrors(), e.Config.Secrets()
	refusals, unruly := e.guard(plan)
	diags = append(diags, unruly...)
	plan.Warnings = slices.Concat(told.Warnings(), plan.Warnings, warnings(diags))
	return &Planned{
		Plan: plan, Refusals: refusals, RoundTrips: e.RoundTrips() - trips, Elapsed: e.Clock.Since(started),
		nodes: nodes, live: live, readings: e.readings(back, nil), options: options, landings: open,
	}, diags
}

// takes says which run is taken back.
func takes(run *journal.Past) string {
	text := fmt.Sprintf("Takes back run %s, begun %s", run.ID, run.Started.UTC().Format("2006-01-02 15:04 UTC"))
	if run.Who != "" {
		text += " by " + run.Who
	}
	if run.Reason != "" {
		text += ": " + strings.TrimRight(run.Reason, ".")
	}
	if run.End == nil {
		text += ". It did not come to its end: only what its journal tells is known"
	}
	return text + "."
}

// able says why a change of one object or user cannot be carried out.
func (e *Engine) able(c planner.Change) error {
	_, err := e.commands(c)
	return err
}

// behind makes providers ready for what a rollback reads, even if the configuration has it no more. It is called before they are
// opened.
func (e *Engine) behind(t *planner.Taking) {
	e.touched = map[string][]string{}
	for d := range t.Touched() {
		if kinds := e.touched[d.Provider]; !slices.Contains(kinds, d.Kind.Name) {
			e.touched[d.Provider] = append(kinds, d.Kind.Name)
		}
	}
}

// deeds are what a run did, and what of it this program does not know.
func (e *Engine) deeds(run *journal.Past) ([]planner.Deed, []planner.Leftover) {
	var all []planner.Deed
	var strange []planner.Leftover
	for _, entry := range run.Entries {
		if !entry.Sent() {
			continue // it only found what an earlier run had left
		}
		d, err := e.deed(entry)
		if err != nil {
			strange = append(strange, planner.Leftover{Address: entry.Address, Text: err.Error()})
			continue
		}
		all = append(all, d)
	}
	return all, strange
}

func (e *Engine) deed(entry journal.Entry) (planner.Deed, error) {
	kind := e.kind(entry.Kind)
	if kind == nil {
		return planner.Deed{}, fmt.Errorf("this version does not know the kind %q", entry.Kind)
	}
	address, err := planner.ParseAddress(entry.Address, kind, entry.User)
	if err != nil {
		return planner.Deed{}, errors.New("this version cannot read its address")
	}
	d := planner.Deed{
		Address: address, Kind: kind, Provider: entry.Provider, Identity: entry.Identity, Action: planner.Action(entry.Action),
		Changed: entry.Changed, Outcome: outcomeOf(entry.Result),
	}
	if d.Provider == "" { // of a journal that does not tell
		d.Provider = e.providerOf(address, kind)
	}
	for side, text := range map[*map[string]string]json.RawMessage{&d.Before: entry.Before, &d.After: entry.After} {
		if len(text) == 0 {
			continue
		}
		if err := json.Unmarshal(text, side); err != nil {
			return planner.Deed{}, errors.New("this version cannot read what the journal says of it")
		}
	}
	return d, nil
}

func outcomeOf(result string) planner.Outcome {
	switch result {
	case journal.Done:
		return planner.CarriedOut
	case journal.Failed:
		return planner.Declined
	}
	return planner.Doubtful
}

// providerOf is the provider block of an object or a block of users in the configuration, "" where it has none of the kind.
func (e *Engine) providerOf(address planner.Address, kind *schema.Kind) string {
	address.User = ""
	for i := range e.Config.Objects {
		if o := &e.Config.Objects[i]; o.Kind.Name == kind.Name && o.Address.Compare(address) == 0 {
			return o.Provider
		}
	}
	return ""
}

// standing is how the objects of a run stood when it ended, by address; nothing of one that recorded nothing.
func standing(run *journal.Past) (map[string]map[string]string, error) {
	left := map[string]map[string]string{}
	err := journal.ReadBaseline(run.Path, func(part journal.Baseline) error {
		for _, s := range part.Objects {
			left[s.Address] = s.Values
		}
		return nil
	})
	return left, err
}

func unreadable(err error) *hcl.Diagnostic {
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "The run cannot be taken back", Detail: err.Error()}
}
