package engine

import (
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/hcl/v2"

	"hybrid/planner"
	"hybrid/providers"
)

// usualNight is how long a run is taken to go on that waits for no window.
const usualNight = 4 * time.Hour

// ending warns of providers that can no longer sign in before the run has ended that a plan is for.
func (e *Engine) ending(plan *planner.Plan) hcl.Diagnostics {
	until, why := e.until(plan)
	var diags hcl.Diagnostics
	for i := range e.Config.Providers {
		p := &e.Config.Providers[i]
		e.mu.Lock()
		passing, is := e.open[p.Name].(providers.Passing)
		e.mu.Unlock()
		if !is || !slices.ContainsFunc(plan.Changes, func(c planner.Change) bool { return c.Action != planner.NoOp && c.Provider == p.Name }) {
			continue
		}
		if who, at, ends := passing.Ends(); ends && at.Before(until) {
			where := p.Range
			diags = append(diags, &hcl.Diagnostic{
				Severity: hcl.DiagWarning, Summary: "The ticket ends before the run may have", Subject: &where,
				Detail: fmt.Sprintf("Provider %q signs in with the ticket of %s in a credential cache, which ends %s; %s. After that no session can be opened. Run kinit again before you apply, or give a keytab, from which tickets are got anew.",
					p.Name, who, at.In(until.Location()).Format("Mon 2 Jan 2006 15:04 MST"), why),
			})
		}
	}
	return diags
}

// until is by when a run of the plan has ended: when the last of its windows closes, this time or the next.
func (e *Engine) until(plan *planner.Plan) (until time.Time, why string) {
	now := e.now()
	for i := range plan.Changes {
		name := Window(plan.Changes[i])
		if name == "" || plan.Changes[i].Action == planner.NoOp {
			continue
		}
		closes := closesNext(e.Config.Settings.Windows[name], now)
		if closes.After(until) {
			until, why = closes, fmt.Sprintf("the window %q closes %s", name, closes.Format("Mon 2 Jan 2006 15:04 MST"))
		}
	}
	if until.IsZero() {
		return now.Add(usualNight), "a run may take hours"
	}
	return until, why
}
