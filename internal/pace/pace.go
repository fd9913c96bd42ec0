// Package pace says how many calls may be under way at once: one more as long as all goes well, half as many when the far end
// is in trouble (additive increase, multiplicative decrease). It is pure: no clock, file or chance.
package pace

import (
	"slices"
	"time"
)

const (
	looked = 8           // so many calls are looked at before they are called slow
	kept   = 64          // so many calls say what is usual
	brisk  = time.Second // what takes no longer is never slow
)

// A Pace is a limit that adapts. It is not safe for concurrent use.
type Pace struct {
	most, limit int
	round       int             // begins anew with each step down
	clean       int             // calls of this round that went well since the last step
	usual       []time.Duration // of calls that went well, the latest last
	fresh       []time.Duration // the latest, which are not yet held against the usual
}

// New begins at half of the most that is allowed, which is at least 1.
func New(most int) *Pace {
	most = max(1, most)
	return &Pace{most: most, limit: (most + 1) / 2}
}

// Limit is how many calls may be under way at once, from 1 to the most allowed.
func (p *Pace) Limit() int { return p.limit }

// Round tells calls that are begun now from those that were begun before the latest step down, whose trouble says nothing new.
func (p *Pace) Round() int { return p.round }

// Clean takes in how long a call of a round took that went well. Slow says that calls have come to take more than twice what
// is usual, which it gives: that is trouble, too.
func (p *Pace) Clean(round int, took time.Duration) (slow bool, now, usual time.Duration) {
	p.fresh = append(p.fresh, took)
	if len(p.fresh) == looked {
		slow, now, usual = p.compare()
	}
	if slow {
		p.Trouble(round)
		return slow, now, usual
	}
	if round != p.round {
		return false, 0, 0
	}
	if p.clean++; p.clean >= p.limit {
		p.clean = 0
		p.limit = min(p.limit+1, p.most)
	}
	return false, 0, 0
}

// compare holds the latest calls against the usual ones, to which they belong from then on: what stays slow becomes usual.
func (p *Pace) compare() (slow bool, now, usual time.Duration) {
	now = median(p.fresh)
	if len(p.usual) >= looked {
		usual = median(p.usual)
		slow = now > brisk && now > 2*usual
	}
	p.usual = append(p.usual, p.fresh...)
	p.usual = slices.Clone(p.usual[max(0, len(p.usual)-kept):])
	p.fresh = p.fresh[:0]
	return slow, now, usual
}

// Trouble takes in that a call of a round was refused for now, or was lost. All that were under way together count once.
func (p *Pace) Trouble(round int) {
	if round != p.round {
		return
	}
	p.round++
	p.clean = 0
	p.limit = max(1, p.limit/2)
}

func median(of []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}
