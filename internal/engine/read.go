package engine

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/hcl/v2"

	"hybrid/internal/config"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/schema"
)

// A reading is one call of a provider's Read. Kinds that hold users of the same noun share one: their tables would be
// the same.
type reading struct {
	kind    *schema.Kind
	sources []planner.Source
	objects []planner.Object
	all     bool // list everything, not only what is wanted
}

// readings groups objects into as few reads as there are sources.
func (e *Engine) readings(objects []planner.Object, exclusives []config.Exclusive) []*reading {
	var list []*reading
	byKey := map[string]*reading{}
	add := func(provider string, k *schema.Kind) *reading {
		key := provider + "\x00" + shared(k)
		r := byKey[key]
		if r == nil {
			r = &reading{kind: k}
			byKey[key] = r
			list = append(list, r)
		}
		if source := (planner.Source{Provider: provider, Kind: k.Name}); !slices.Contains(r.sources, source) {
			r.sources = append(r.sources, source)
		}
		return r
	}
	for _, o := range objects {
		r := add(o.Provider, o.Kind)
		r.objects = append(r.objects, o)
	}
	for _, x := range exclusives {
		add(x.Provider, e.kind(x.Kind)).all = true
	}
	return list
}

// reading tells that a reading begins, and gives what tells that it is over.
func (e *Engine) reading(provider, what string) func() {
	if e.Reading == nil {
		return func() {}
	}
	return e.Reading(provider, what)
}

// shared is what readings are grouped by within a provider.
func shared(k *schema.Kind) string {
	if cmdlet, ok := k.Remote.(schema.Cmdlet); ok && k.Rows != nil {
		return cmdlet.Noun + " " + strings.Join(k.Rows.Columns, ",")
	}
	return k.Name
}

// read performs readings side by side. What could not be read is an error there and a diagnostic here, once for each
// cause, pointing to the provider block. A list that has shrunk since the last run was not read.
func (e *Engine) read(ctx context.Context, list []*reading) (planner.Live, hcl.Diagnostics) {
	live := e.readAll(ctx, list)
	e.complete(live)
	return live, e.unread(live)
}

// readAll performs readings side by side.
func (e *Engine) readAll(ctx context.Context, list []*reading) planner.Live {
	listings := make([]planner.Listing, len(list))
	var wait sync.WaitGroup
	for n, r := range list {
		wait.Go(func() { listings[n] = e.readOne(ctx, r) })
	}
	wait.Wait()
	live := planner.Live{}
	for n, r := range list {
		for _, source := range r.sources {
			live[source] = listings[n]
		}
	}
	return live
}

func (e *Engine) readOne(ctx context.Context, r *reading) planner.Listing {
	p, err := e.provider(r.sources[0].Provider)
	if err != nil {
		return planner.Listing{Err: err}
	}
	want := r.objects
	if r.all {
		want = nil
	}
	defer e.reading(r.sources[0].Provider, r.kind.Name)()
	e.Log.Debug("reading", "kind", r.kind.Name, "provider", r.sources[0].Provider, "wanted", len(want))
	listing := p.Read(ctx, r.kind, want)
	if v, ok := p.(providers.Verifier); ok && listing.Err == nil {
		v.Verify(ctx, r.kind, r.objects, listing)
	}
	shareType(r.kind, listing.Objects)
	listing.Users.Index() // once, before anything looks users up side by side
	return listing
}

// shareType gives all objects of a listing one and the same type.
func shareType(k *schema.Kind, objects map[string]planner.Found) {
	t := k.Type()
	for id, found := range objects {
		found.Value = schema.SharingType(t, found.Value)
		objects[id] = found
	}
}
