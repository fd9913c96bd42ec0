package lab

import "sync"

// Limits are the quotas of the simulated host that a rehearsal sets.
type Limits struct {
	// Operations is how many sessions may be at work at once; 0 is no limit. Windows counts polls for output, too
	// (MaxConcurrentOperationsPerUser): here a session counts from when it is given input until it answers, so that the limit
	// is one of cmdlets.
	Operations int `json:"operations,omitempty"`
}

// SetLimits replaces the quotas.
func (e *Estate) SetLimits(l Limits) {
	e.Limits = l
	e.changed(change{Limits: &l})
}

// operations counts the processes that are at work: that were given input, and have not answered it.
type operations struct {
	mu      sync.Mutex
	working map[*process]bool
}

// begin counts a process in, unless there are as many at work as are allowed; 0 allows any number.
func (o *operations) begin(p *process, allowed int) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if allowed > 0 && len(o.working) >= allowed && !o.working[p] {
		return false
	}
	if o.working == nil {
		o.working = map[*process]bool{}
	}
	o.working[p] = true
	return true
}

// end counts a process out that answers, or that has ended. It comes before the answer: whoever has got that may go on at once.
func (o *operations) end(p *process) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.working, p)
}
