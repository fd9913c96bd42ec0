package engine

import (
	"strings"
	"time"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/estimate"
	"hybrid/planner"
)

// Estimate says how long carrying out a plan takes, from how long past runs did; users are taken so many at once where
// their block does not say.
func (e *Engine) Estimate(p *planner.Plan, parallel int, past []estimate.Timing) estimate.Estimate {
	var steps []estimate.Step
	for i := range p.Changes {
		switch c := &p.Changes[i]; {
		case c.Action == planner.NoOp || c.Action == planner.Unknown:
		case c.Users != nil:
			steps = append(steps, e.crowdSteps(*c, parallel)...)
		default:
			steps = append(steps, estimate.Step{
				Kind: c.Kind.Name, Action: string(c.Action), Count: 1, Calls: e.calls(*c), Patience: patience(c),
			})
		}
	}
	return estimate.Of(steps, past)
}

// Overruns are the windows that are too short for the users of a plan who may be begun in them alone, in the order of the plan. Without
// a clock there are none.
func (e *Engine) Overruns(p *planner.Plan, parallel int, past []estimate.Timing) (all []estimate.Overrun) {
	if e.Now == nil {
		return nil
	}
	var windows []string
	steps := map[string][]estimate.Step{} // by window
	for i := range p.Changes {
		c := &p.Changes[i]
		name := Window(*c)
		if name == "" || c.Action == planner.NoOp || c.Action == planner.Unknown || c.Users.Len() == 0 {
			continue
		}
		if steps[name] == nil {
			windows = append(windows, name)
		}
		steps[name] = append(steps[name], e.crowdSteps(*c, parallel)...)
	}
	for _, name := range windows {
		o := e.opening(name)
		if o.Takes = estimate.Of(steps[name], past).Likely; o.Takes > o.Open {
			all = append(all, o)
		}
	}
	return all
}

// opening says how long a window is open.
func (e *Engine) opening(name string) estimate.Overrun {
	w, now := e.Config.Settings.Windows[name], e.Now()
	if closes, open := closing(w, now); open {
		return estimate.Overrun{Window: name, Open: closes.Sub(now), Closes: closes.In(w.Location)}
	}
	next := nextOpening(w, now)
	return estimate.Overrun{Window: name, Open: closesNext(w, now).Sub(next)}
}

// calls is how many commands a change of one object or user issues.
func (e *Engine) calls(c planner.Change) int {
	do, _ := e.commands(c) // where a change has no commands, Apply says why
	return len(do)
}

// patience is how long a change may be waited for: until every server has what came before, and until it is in force.
func patience(c *planner.Change) time.Duration {
	most := time.Duration(0)
	for _, waits := range []func(map[string]cty.Value) time.Duration{c.Kind.Patience, c.Kind.Replicated} {
		if waits != nil {
			most += waits(attributes(c.After))
		}
	}
	return most
}

// crowdSteps are the users of a block by what happens to them.
func (e *Engine) crowdSteps(c planner.Change, parallel int) []estimate.Step {
	w, err := waveOf(c, parallel)
	if err != nil {
		w = wave{batch: c.Users.Len(), parallel: parallel}
	}
	if p, err := e.provider(c.Provider); err == nil {
		w = w.bounded(p)
	}
	var steps []estimate.Step
	at := map[string]int{}    // of an action among the steps
	calls := map[string]int{} // of users to whom the same happens
	for n := range c.Users.Len() {
		action := string(c.ActionOf(n))
		group := alike(c, n)
		if _, known := calls[group]; !known {
			calls[group] = e.calls(c.User(n))
		}
		i, known := at[action]
		if !known {
			i = len(steps)
			at[action] = i
			steps = append(steps, estimate.Step{Kind: c.Kind.Name, Action: action, Patience: patience(&c)})
		}
		steps[i].Count++
		steps[i].Calls += calls[group]
	}
	for i := range steps {
		steps[i].Waves = estimate.Waves{Batch: w.batch, Parallel: w.parallel, Pause: w.pause}
	}
	if len(steps) > 0 {
		steps[0].Waves.Canary = w.canary
	}
	return steps
}

// alike is the same text for users of a block of whom the same attributes change in the same way: they take as many calls.
func alike(c planner.Change, n int) string {
	var b strings.Builder
	b.WriteString(string(c.ActionOf(n)))
	for _, d := range c.Users.Differences(n) {
		b.WriteString(" " + d.Name)
		if d.Bool || d.Before == "" {
			b.WriteString("=" + d.Before)
		}
	}
	return b.String()
}
