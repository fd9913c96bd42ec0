package engine

import "time"

// A pulse is how many users are finished a minute. It counts in buckets, so that it costs the same however many there are,
// and by a clock that stands while a block pauses.
type pulse struct {
	began   time.Time
	paused  time.Duration
	buckets [6]int
	at      int // number of the latest bucket, since began
}

// bucket is how long a bucket is; all together are a minute.
const bucket = 10 * time.Second

// surely is how long users must have been taken before there is a rate to speak of.
const surely = 2 * time.Second

// beat counts a user.
func (p *pulse) beat(now time.Time) {
	p.turn(now)
	p.buckets[p.at%len(p.buckets)]++
}

// rest leaves out of the count what has passed since a moment.
func (p *pulse) rest(now func() time.Time, since time.Time) { p.paused += now().Sub(since) }

// active is how long users have been taken, pauses left out.
func (p *pulse) active(now time.Time) time.Duration { return max(0, now.Sub(p.began)-p.paused) }

// turn empties the buckets that have come round since the last beat.
func (p *pulse) turn(now time.Time) {
	latest := int(p.active(now) / bucket)
	for n := max(p.at+1, latest-len(p.buckets)+1); n <= latest; n++ {
		p.buckets[n%len(p.buckets)] = 0
	}
	p.at = max(p.at, latest)
}

// rate is users a minute, over the last minute; 0 where it is too early to tell.
func (p *pulse) rate(now time.Time) float64 {
	p.turn(now)
	active := p.active(now)
	if active < surely {
		return 0
	}
	sum := 0
	for _, n := range p.buckets {
		sum += n
	}
	over := min(active, time.Duration(len(p.buckets)-1)*bucket+active%bucket)
	return float64(sum) / over.Minutes()
}
