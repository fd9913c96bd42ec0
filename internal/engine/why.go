package engine

import (
	"context"

	"hybrid/internal/roster"
	"hybrid/planner"
)

// Data gives what was read for data blocks, as changes that change nothing: they are no part of a plan.
func (p *Planned) Data(objects []planner.Object) []planner.Change {
	var found []planner.Change
	for i := range objects {
		if o := &objects[i]; o.Kind.Data {
			listing, read := p.live[planner.Source{Provider: o.Provider, Kind: o.Kind.Name}]
			if !read {
				continue
			}
			found = append(found, planner.Check(o, listing))
		}
	}
	return found
}

// Mirror reads how another side shows one user of a change; seen is false where nothing shows it. The listing has the user in
// Users, or not where the other side does not list the user.
func (e *Engine) Mirror(ctx context.Context, c *planner.Change, sip string) (listing planner.Listing, view string, seen bool) {
	rows := c.Kind.Rows
	if rows == nil || rows.Mirror == "" {
		return planner.Listing{}, "", false
	}
	table := roster.New("sip_address")
	table.Append(sip)
	listing, seen = e.seen(ctx, rows.Mirror, table, nil)
	return listing, rows.Mirror, seen
}
