package engine

import "time"

// A pulse is how many users are finished a minute: over the last minute, or as long as it takes for enough of them to be finished, where
// that is longer. Those finished within a few seconds are counted together, so that it costs the same however many there are,
// and it goes by a clock that stands while a block pauses.
type pulse struct {
	began  time.Time
	paused time.Duration
	enough int // so many who are finished are a rate
	beats  []beat
	sum    int           // of the beats
	since  time.Duration // after began: who was finished by then is counted no more
}

// A beat is users who were finished one soon after the other; times are after the beginning, pauses left out.
type beat struct {
	first, last time.Duration
	users       int
}

const (
	together = 10 * time.Second // so much lies between the first and the last of a beat at most
	lately   = time.Minute      // a rate is over no less
	// surely is how long users must have been taken before there is a rate to speak of.
	surely = 2 * time.Second
)

// enoughOf is how many users must be finished of so many at once before how long that took is a rate: those at once may all be
// finished at the same moment, so that it matters whether the count begins before it or after.
func enoughOf(atOnce int) int { return max(10, 3*atOnce) }

// beat counts a user.
func (p *pulse) beat(now time.Time) {
	at := p.active(now)
	p.sum++
	if n := len(p.beats); n > 0 && at-p.beats[n-1].first < together {
		p.beats[n-1].last = at
		p.beats[n-1].users++
		return
	}
	p.forget(at)
	p.beats = append(p.beats, beat{at, at, 1})
}

// rest leaves out of the count what has passed since a moment.
func (p *pulse) rest(now func() time.Time, since time.Time) { p.paused += now().Sub(since) }

// active is how long users have been taken, pauses left out.
func (p *pulse) active(now time.Time) time.Duration { return max(0, now.Sub(p.began)-p.paused) }

// forget leaves out the first as long as what comes after them is enough.
func (p *pulse) forget(at time.Duration) {
	for len(p.beats) > 0 && at-p.beats[0].last >= lately && p.sum-p.beats[0].users >= p.enough {
		p.sum -= p.beats[0].users
		p.since, p.beats = p.beats[0].last, p.beats[1:]
	}
}

// rate is users a minute; 0 where it is too early to tell.
func (p *pulse) rate(now time.Time) float64 {
	at := p.active(now)
	if at < surely {
		return 0
	}
	p.forget(at)
	return float64(p.sum) / (at - p.since).Minutes()
}

// steady is the rate where enough users have been finished for going on at it to be expected; 0 where not.
func (p *pulse) steady(now time.Time) float64 {
	if p.sum < p.enough {
		return 0
	}
	return p.rate(now)
}
