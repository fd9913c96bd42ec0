package engine

import (
	"slices"
	"time"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/config"
	"hybrid/planner"
)

// Where several windows close at different times, what closes first is carried out first: in another order the users of a short window
// would wait for those of a long one until theirs has closed. Plans have that order, so that apply has it as well.

// closings says when the windows of the objects close by which blocks are carried out.
type closings map[string]time.Time // by window

// closings are those of the windows of some objects; nil where there are not two of them, or no clock.
func (e *Engine) closings(objects []planner.Object) closings {
	var names []string
	for i := range objects {
		if name := windowOf(objects[i].Want); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if e.Now == nil || len(names) < 2 {
		return nil
	}
	var windows []config.Window
	for _, name := range names {
		windows = append(windows, e.Config.Settings.Windows[name])
	}
	at, c := allOpen(windows, e.Now()), closings{}
	for n, name := range names {
		c[name] = closesNext(windows[n], at)
	}
	return c
}

// allOpen is the first moment from one on at which all windows are open: only then a plan may be begun that needs all of them, so
// that one that is made days before has the order of the night. Where they never are all open, it is the moment itself.
func allOpen(windows []config.Window, from time.Time) time.Time {
	moments := []time.Time{from}
	for _, w := range windows {
		for days := range 9 {
			if start := opening(w, from, days); opens(w, start.Weekday()) && start.After(from) {
				moments = append(moments, start)
			}
		}
	}
	slices.SortFunc(moments, time.Time.Compare)
	for _, at := range moments {
		if !slices.ContainsFunc(windows, func(w config.Window) bool { _, open := closing(w, at); return !open }) {
			return at
		}
	}
	return from
}

// closesNext is when a window closes that is open at a moment, or opens after it.
func closesNext(w config.Window, at time.Time) time.Time {
	closes, open := closing(w, at)
	if !open {
		closes, _ = closing(w, nextOpening(w, at))
	}
	return closes
}

// of is when what an object stands for can be begun no more; zero where it can at any time.
func (c closings) of(o planner.Object) time.Time { return c[windowOf(o.Want)] }

// sorted are nodes in the order in which they are carried out, of which those are the objects.
func (c closings) sorted(nodes []*planner.Node, objects []planner.Object) []*planner.Node {
	if len(c) == 0 {
		return nodes
	}
	blocks := map[string]int64{}
	for i := range objects {
		block, closes := objects[i].Address.Block().String(), c.of(objects[i])
		if had, known := blocks[block]; !closes.IsZero() && (!known || closes.Unix() < had) {
			blocks[block] = closes.Unix()
		}
	}
	return planner.Sooner(nodes, blocks)
}

// instances puts those of one block that have windows into the places of one another; nil does nothing.
func (c closings) instances() func([]planner.Object) {
	if len(c) == 0 {
		return nil
	}
	return func(objects []planner.Object) {
		var places []int
		var due []planner.Object
		for n, o := range objects {
			if !c.of(o).IsZero() {
				places, due = append(places, n), append(due, o)
			}
		}
		slices.SortStableFunc(due, func(a, b planner.Object) int { return c.of(a).Compare(c.of(b)) })
		for n, place := range places {
			objects[place] = due[n]
		}
	}
}

// windowOf names the window in which what has such attributes may be begun; "" where it may at any time.
func windowOf(attributes cty.Value) string {
	if attributes == cty.NilVal || attributes.IsNull() || !attributes.Type().HasAttribute("wave") {
		return ""
	}
	block, _ := attributes.GetAttr("wave").UnmarkDeep()
	if block.IsNull() || !block.IsKnown() || block.GetAttr("window").IsNull() || !block.GetAttr("window").IsKnown() {
		return ""
	}
	return block.GetAttr("window").AsString()
}
