package engine

import (
	"context"

	"github.com/hashicorp/hcl/v2"

	"hybrid/planner"
	"hybrid/providers"
	"hybrid/schema"
)

// A Listed is all that there is of one kind behind one provider block.
type Listed struct {
	Provider string // the provider block: "skype", "dns.external"
	Kind     *schema.Kind
	// Listing has every object, or every user with all attributes of theirs; kinds of users that are the same table at the far
	// end have the same one. Its Err says why nothing is known.
	Listing planner.Listing
}

// ListEverything lists what lives behind every provider block, whether or not the configuration declares any of it: the kinds
// that wanted accepts, and the views, in the order of the blocks and of their systems' kinds. It needs [Engine.Surveys]. Kinds
// that are run, or are data, are no live objects and are left out; what was found for the data blocks, which provider blocks may
// take values from, is given beside.
func (e *Engine) ListEverything(ctx context.Context, wanted func(provider string, k *schema.Kind) bool) (all []Listed, data planner.Live) {
	data, _, _ = e.data(ctx) // provider blocks that need what was not found say so
	for i := range e.Config.Providers {
		p := &e.Config.Providers[i]
		system := e.system(p.System.Name)
		for _, k := range append(listable(system.Kinds), system.Views...) {
			if wanted(p.Name, k) {
				all = append(all, Listed{Provider: p.Name, Kind: k})
			}
		}
	}
	list := e.surveying(all)
	live := e.readAll(ctx, list)
	for n, one := range all {
		all[n].Listing = live[planner.Source{Provider: one.Provider, Kind: one.Kind.Name}]
	}
	return all, data
}

// Unlisted reports what of everything could not be read, once for each cause, pointing to the provider block.
func (e *Engine) Unlisted(all []Listed) hcl.Diagnostics {
	var diags hcl.Diagnostics
	kinds := map[*hcl.Diagnostic][]string{}
	first := map[string]*hcl.Diagnostic{}
	for _, one := range all {
		if one.Listing.Err == nil {
			continue
		}
		key := cause(one.Provider, one.Listing.Err)
		if first[key] == nil {
			source := planner.Source{Provider: one.Provider, Kind: one.Kind.Name}
			first[key] = e.unread(planner.Live{source: one.Listing})[0]
			diags = append(diags, first[key])
		}
		kinds[first[key]] = append(kinds[first[key]], one.Kind.Name)
	}
	for _, d := range diags {
		d.Detail += inTheWay(kinds[d])
	}
	return diags
}

// listable are the kinds of which there are live objects or users.
func listable(kinds []*schema.Kind) []*schema.Kind {
	var live []*schema.Kind
	for _, k := range kinds {
		if !k.Data && k.Task == nil {
			live = append(live, k)
		}
	}
	return live
}

// surveying are the readings of everything, one for kinds of users that share a table. The kind that tells most of users is
// read for all of them.
func (e *Engine) surveying(all []Listed) []*reading {
	var list []*reading
	byKey := map[string]*reading{}
	for _, one := range all {
		key := one.Provider + "\x00" + shared(one.Kind)
		r := byKey[key]
		if r == nil {
			r = &reading{kind: one.Kind, all: one.Kind.Rows == nil && one.Kind.Known == nil}
			byKey[key] = r
			list = append(list, r)
		}
		if len(one.Kind.OfUsers()) > len(r.kind.OfUsers()) {
			r.kind = one.Kind
		}
		r.sources = append(r.sources, planner.Source{Provider: one.Provider, Kind: one.Kind.Name})
	}
	for _, r := range list {
		r.objects = everything(r.kind, r.sources[0].Provider)
	}
	return list
}

// everything asks for all users, or for the objects that are known by name; nil where all can be listed.
func everything(k *schema.Kind, provider string) []planner.Object {
	if k.Rows != nil {
		return []planner.Object{{Kind: k, Provider: provider, Everybody: true}}
	}
	var objects []planner.Object
	for _, identity := range k.Known {
		objects = append(objects, planner.Object{Kind: k, Provider: provider, Identity: identity})
	}
	return objects
}

// surveyed names the kinds of a system that a survey reads.
func (e *Engine) surveyed(system *providers.System) []string {
	if !e.Surveys {
		return nil
	}
	var names []string
	for _, k := range append(listable(system.Kinds), system.Views...) {
		names = append(names, k.Name)
	}
	return names
}
