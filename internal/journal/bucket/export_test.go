package bucket

import (
	"context"
	"time"

	"hybrid/internal/journal"
)

// Clock is what tests put in the place of the machine's.
type Clock = clock

// NewWithClock is a store with a clock of the test's own.
func NewWithClock(o Options, c Clock) *Store {
	s := New(o)
	s.clock = c
	return s
}

// Renew renews a run's lease now.
func Renew(ctx context.Context, l journal.Lease) error { return l.(*held).renew(ctx) }

// Probe asks a bucket whether it can keep two runs apart.
func Probe(ctx context.Context, o Objects) error { return probe(ctx, o, "probe") }

// Plain is an error of a bucket as it is told.
func Plain(err error) error { return plain(err) }

// A Candidate wants the lease, or has it, and does one thing after another.
type Candidate struct {
	Objects Objects
	Clock   Clock
	Term    time.Duration
	Holder  journal.Holder

	watch watch
	have  *tenure
}

// Has says whether it has taken the lease and has not given it back.
func (c *Candidate) Has() bool { return c.have != nil }

// May says whether it may begin something, as it sees it.
func (c *Candidate) May() bool { return c.have != nil && c.have.check() == nil }

// Fence is that of the lease that it has.
func (c *Candidate) Fence() int64 { return c.have.fence }

// Try takes the lease where it may be taken.
func (c *Candidate) Try(ctx context.Context) (took bool) {
	begun := c.Clock.Now()
	now, err := look(ctx, c.Objects)
	if err != nil {
		return false
	}
	if now.Holder != nil && c.watch.see(now.version, begun, c.Clock.Now()) < max(c.Term, now.term()) {
		return false
	}
	t, err := take(ctx, c.Objects, c.Clock, now, c.Holder, c.Term)
	if err != nil {
		return false
	}
	c.have = t
	return true
}

// Renew renews the lease.
func (c *Candidate) Renew(ctx context.Context) { _ = c.have.renew(ctx) }

// Release gives the lease back.
func (c *Candidate) Release(ctx context.Context) {
	t := c.have
	c.have = nil
	_ = t.release(ctx)
}

// Die forgets everything, as a machine does that is switched off.
func (c *Candidate) Die() { c.have, c.watch = nil, watch{} }
