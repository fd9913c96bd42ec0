package engine

import (
	"context"
	"fmt"
	"time"

	"hybrid/internal/event"
	"hybrid/internal/roster"
	"hybrid/planner"
)

// object is the block with some of its users alone.
func (g *crowd) object(users []int) planner.Object {
	table := roster.New(g.change.Users.Want.Columns()...)
	for _, n := range users {
		table.Append(g.change.Users.Want.Row(int(g.change.Users.Pick[n]))...)
	}
	table.Index()
	return g.change.About(table)
}

// read reads some of the users, again where that fails, and plans them alone: what they still lack.
func (g *crowd) read(ctx context.Context, users []int) planner.Change {
	o := g.object(users)
	p, err := g.engine.provider(g.change.Provider)
	if err != nil {
		return planner.Check(&o, planner.Listing{Err: err})
	}
	reading, cancel := context.WithTimeout(g.looking, readBackPatience)
	defer cancel()
	tries, listing := g.reread(), p.Read(reading, g.change.Kind, []planner.Object{o})
	for tries.again(ctx, g.change, listing.Err) {
		listing = p.Read(reading, g.change.Kind, []planner.Object{o})
	}
	return planner.Check(&o, listing)
}

// shown reads the first users back, for as long as the provider has patience, and says whether the estate shows every one
// of them as wanted.
func (g *crowd) shown(ctx context.Context, first []int) bool {
	users := first
	began, patience := g.engine.Clock.Now(), g.patience(g.change)
	var left planner.Change
	for range g.looks(ctx) {
		if left = g.read(ctx, users); left.Action == planner.Unknown {
			break
		}
		if users = g.amiss(users, left.Users.Live, stillOpen(left)); len(users) == 0 {
			return true
		}
		if g.engine.Clock.Since(began) >= patience {
			break
		}
		g.tellWaiting(g.change, atMost(someNotShown, patience))
	}
	message := fmt.Sprintf("the first %d users were carried out, but the estate does not show %d of them as wanted", len(first), len(users))
	if left.Action == planner.Unknown {
		message = "the first users were carried out, but could not be read back: " + left.Reason
	}
	g.Events(event.Event{Type: event.Warning, Address: g.change.Address.String(), Message: message})
	return false
}

// someNotShown is what is waited for after users of a block have been carried out.
const someNotShown = "some users were carried out, and the estate does not show them as wanted yet"

// missing says that users are waited for, and how long, given what the block would still change, "" where none are.
func (g *crowd) missing(left planner.Change, patience time.Duration) string {
	if left.Action == planner.Unknown || len(g.lagging(left)) == 0 {
		return ""
	}
	return atMost(someNotShown, patience)
}

// lagging are those users who should show as wanted and do not: who were carried out, and who have been seen in between.
func (g *crowd) lagging(left planner.Change) []int {
	live, open := g.live(), stillOpen(left)
	return append(g.amiss(g.outcomes.done, live, open), g.amiss(g.outcomes.torn, live, open)...)
}

// live are the users as they were read last.
func (g *crowd) live() *roster.Table {
	return g.walk.Live()[planner.Source{Provider: g.change.Provider, Kind: g.change.Kind.Name}].Users
}

// amiss picks the users who are not to be seen as wanted in a table.
func (g *crowd) amiss(users []int, live *roster.Table, open map[string]string) []int {
	var list []int
	for _, n := range users {
		if !g.find(n, live, open).shown {
			list = append(list, n)
		}
	}
	return list
}

// lookAgainForUsers reads those users of a reading by name who do not show as wanted, and lets the walk learn of them. What
// cannot be read leaves what was known.
func (r *run) lookAgainForUsers(reading *reading) {
	var objects []planner.Object
	left := r.leftover()
	for _, b := range r.unconfirmed[reading].blocks {
		still := left(b)
		for _, c := range b.changes {
			if users := r.crowds[c.Address.String()].lagging(still[c.Address.String()]); len(users) > 0 {
				objects = append(objects, r.crowds[c.Address.String()].object(users))
			}
		}
	}
	p, err := r.engine.provider(reading.sources[0].Provider)
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(r.looking, readBackPatience)
	defer cancel()
	fresh := p.Read(ctx, reading.kind, objects)
	if fresh.Err != nil {
		r.engine.Log.Warn("users could not be read again", "kind", reading.kind.Name, "error", r.Redact(fresh.Err.Error()))
		return
	}
	r.refresh(reading, objects, fresh.Users)
}

// refresh lets the walk learn of those users of a reading who were read again.
func (r *run) refresh(reading *reading, asked []planner.Object, fresh *roster.Table) {
	listing := r.walk.Live()[reading.sources[0]]
	for _, o := range asked {
		listing.Users = listing.Users.Refreshed(o.Users, fresh)
	}
	listing.Users.Index()
	for _, source := range reading.sources {
		r.walk.Learn(source, listing)
	}
}
