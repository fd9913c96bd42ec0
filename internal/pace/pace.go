// Package pace says how many calls may be under way at once: one more as long as all goes well, half as many when the far end
// is in trouble (additive increase, multiplicative decrease). A far end that takes so many and no more is no trouble: it says by
// its refusal how many it takes, and is only seldom asked for one more. It is pure: no clock, file or chance.
package pace

import (
	"slices"
	"time"
)

const (
	looked = 8           // so many calls are looked at before they are called slow
	kept   = 64          // so many calls say what is usual
	brisk  = time.Second // what takes no longer is never slow

	// One more than was refused is asked for after so many times the limit of calls that went well, and after twice as many
	// each time that it is refused again: the first so that passing trouble costs little, the last so that asking does.
	patient, mostPatient = 4, 64
)

// A Pace is a limit that adapts. It is not safe for concurrent use.
type Pace struct {
	most, limit int
	round       int             // begins anew with each step down
	clean       int             // calls of this round that went well since the last step
	refused     int             // the least that the far end was found not to take; 0: it has taken all
	patience    int             // how many times the limit of calls are to go well before that is tried again
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
	if p.clean++; p.clean >= p.limit*p.awaited() {
		p.more()
	}
	return false, 0, 0
}

// awaited is how many times the limit of calls are to go well before the next step up.
func (p *Pace) awaited() int {
	if p.limit+1 == p.refused {
		return p.patience
	}
	return 1
}

// more is a step up. What was refused once and is taken now was refused for something that has passed.
func (p *Pace) more() {
	p.clean = 0
	if p.refused > 0 && p.limit >= p.refused {
		p.refused, p.patience = 0, 0
	}
	p.limit = min(p.limit+1, p.most)
}

// Refused takes in that the far end did not take a call of a round beside so many others of which it has refused none yet: so
// many it takes, one more only later. What it refuses all alone is trouble.
func (p *Pace) Refused(round, beside int) {
	switch {
	case beside < 1:
		p.Trouble(round)
		return
	case beside >= p.limit:
		return // more were under way than are begun now
	case p.refused == beside+1:
		p.patience = min(2*p.patience, mostPatient)
	default:
		p.refused, p.patience = beside+1, patient
	}
	p.round++
	p.limit, p.clean = beside, 0
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
