package main

import (
	"hybrid/internal/engine"
	"hybrid/internal/estimate"
	"hybrid/internal/journal"
	"hybrid/planner"
)

// mostAtOnce is how many users at once the command line may ask for; a wave may say as many.
const mostAtOnce = 100

// estimate says how long applying a plan takes, from the journal of the configuration; nil where the plan is not to be carried
// out. Where the journal cannot be read the estimate says so: it is no reason to hold up a plan. Windows are left out where users are
// taken at any time.
func (a *app) estimate(s *session, p *planner.Plan, parallel int, anyTime bool) *estimate.Estimate {
	if p.Incomplete {
		return nil
	}
	if parallel <= 0 {
		parallel = engine.UsersAtOnce
	}
	past, err := a.past(s)
	e := s.engine.Estimate(p, parallel, past)
	e.Lab, e.Unread = s.lab != nil, err != nil
	if !anyTime {
		e.Overruns = s.engine.Overruns(p, parallel, past)
	}
	return &e
}

// past is how long changes took in past runs; none where the journal cannot be read, which is logged.
func (a *app) past(s *session) ([]estimate.Timing, error) {
	timings, err := journal.Timings(journalFolder(s))
	if err != nil {
		a.log().Warn("the journal tells nothing of how long past runs took", "error", err)
	}
	past := make([]estimate.Timing, len(timings))
	for n, t := range timings {
		past[n] = estimate.Timing(t)
	}
	return past, err
}
