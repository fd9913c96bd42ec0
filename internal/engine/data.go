package engine

import (
	"context"
	"maps"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
)

// known are the configuration's objects, as far as they are known once data has been read. What is wrong with them is said
// when they are planned.
func (e *Engine) known(data map[string]cty.Value) ([]planner.Object, hcl.Diagnostics) {
	if len(data) == 0 {
		return e.Config.Objects, nil
	}
	objects, _ := planner.EvaluateWith(e.Config.Nodes, data)
	return objects, e.Config.Check(objects)
}

// data reads the data blocks, one after the other, since one may be asked through a provider that another gives an
// argument. Provider blocks that refer to them are evaluated with what was found.
func (e *Engine) data(ctx context.Context) (planner.Live, map[string]cty.Value, hcl.Diagnostics) {
	live := planner.Live{}
	e.unfound = map[string]string{}
	after := map[string]cty.Value{}
	var diags hcl.Diagnostics
	for _, node := range e.Config.Nodes {
		if !node.Kind.Data {
			continue
		}
		objects, wrong := node.Evaluate(after)
		found, unread := e.read(ctx, e.readings(objects, nil))
		diags = append(append(diags, wrong...), unread...)
		e.missing(objects, found)
		merge(live, found)
		walk := planner.Begin(nil, live, planner.Options{})
		walk.Next(node)
		after[node.Address.String()] = walk.Value(node.Address)
		diags = append(diags, e.Config.Resolve(after)...)
	}
	return live, after, diags
}

// missing remembers which data could not be read, for the provider blocks that need it.
func (e *Engine) missing(objects []planner.Object, found planner.Live) {
	for i := range objects {
		o := &objects[i]
		if err := found[planner.Source{Provider: o.Provider, Kind: o.Kind.Name}].Err; err != nil {
			e.unfound[o.Address.Block().String()] = cause(o.Provider, err)
		}
	}
}

// merge adds listings, object by object where there is one of the same source already.
func merge(live, more planner.Live) {
	for source, listing := range more {
		if earlier, ok := live[source]; ok && earlier.Err == nil && listing.Err == nil {
			maps.Copy(listing.Objects, earlier.Objects)
		}
		live[source] = listing
	}
}
