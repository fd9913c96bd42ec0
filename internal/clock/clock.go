// Package clock tells the time and waits: by the clock of the machine, or by one of a rehearsal's own, which begins when the
// rehearsal wants it to and may skip the time in which nobody works.
package clock

import (
	"context"
	"sync"
	"time"
)

// How long nothing may have happened, by the clock of the machine, before time is skipped. While somebody is at work that is
// long: whoever waits for him without saying so is not waited for for ever.
const (
	quiet  = time.Millisecond
	atWork = 250 * time.Millisecond
)

// A Clock is a clock of its own. Nil is the clock of the machine. It is safe for concurrent use.
type Clock struct {
	mu       sync.Mutex
	ahead    time.Duration // of the machine's clock
	zone     *time.Location
	skips    bool
	working  int // calls of Work that are not over, less those for which somebody sleeps
	sleepers map[*sleeper]bool
	settled  time.Time // by the machine's clock: when time may be skipped
	timer    *time.Timer
}

// A sleeper waits for a moment.
type sleeper struct {
	until time.Time
	awake chan struct{}
}

// New makes a clock that begins at a moment, in its time zone, and goes on as the machine's does.
func New(at time.Time) *Clock {
	now := time.Now()
	return &Clock{ahead: at.Sub(now), zone: at.Location(), sleepers: map[*sleeper]bool{}}
}

// Skip lets a clock skip, from now on, the time in which everybody sleeps: the first who would wake up wakes up at once, and
// it is as late as he wanted it to be.
func (c *Clock) Skip() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skips = true
	c.settle()
}

// Now is the time.
func (c *Clock) Now() time.Time {
	if c == nil {
		return time.Now()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time { return time.Now().Add(c.ahead).In(c.zone) }

// Since is how long ago a moment of this clock was.
func (c *Clock) Since(moment time.Time) time.Duration { return c.Now().Sub(moment) }

// Sleep waits; false means that the context ended meanwhile.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) bool {
	awake, cancel := c.after(d)
	defer cancel()
	select {
	case <-awake:
		return true
	case <-ctx.Done():
		return false
	}
}

// Work says that somebody is at work until the function that it returns is called, so that no time is skipped; what waits for
// somebody who sleeps by this clock is not held against it: one who sleeps stands for one who works.
func (c *Clock) Work() (done func()) {
	if c == nil {
		return func() {}
	}
	c.work(1)
	return sync.OnceFunc(func() { c.work(-1) })
}

// Rest is the contrary of Work: somebody who is taken to be at work waits for nothing that this clock knows of.
func (c *Clock) Rest() (done func()) {
	if c == nil {
		return func() {}
	}
	c.work(-1)
	return sync.OnceFunc(func() { c.work(1) })
}

func (c *Clock) work(more int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.working += more
	c.settle()
}

// After gives a channel that is closed when so much time has passed, and a function that ends the waiting before.
func (c *Clock) After(d time.Duration) (<-chan struct{}, func()) { return c.after(d) }

func (c *Clock) after(d time.Duration) (<-chan struct{}, func()) {
	s := &sleeper{awake: make(chan struct{})}
	if c == nil {
		timer := time.AfterFunc(d, func() { close(s.awake) })
		return s.awake, func() { timer.Stop() }
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s.until = c.now().Add(d)
	c.sleepers[s] = true
	c.working--
	timer := time.AfterFunc(d, func() { c.wake(s) })
	c.settle()
	return s.awake, func() { timer.Stop(); c.wake(s) }
}

// wake ends the sleep of one who still sleeps.
func (c *Clock) wake(s *sleeper) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rouse(s)
	c.settle()
}

func (c *Clock) rouse(s *sleeper) {
	if c.sleepers[s] {
		delete(c.sleepers, s)
		close(s.awake)
		c.working++
	}
}

// settle notes that something has happened: time is skipped once nothing more happens.
func (c *Clock) settle() {
	if !c.skips || len(c.sleepers) == 0 {
		return
	}
	pause := quiet
	if c.working > 0 {
		pause = atWork
	}
	c.settled = time.Now().Add(pause)
	if c.timer == nil {
		c.timer = time.AfterFunc(pause, c.skip)
	} else {
		c.timer.Reset(pause)
	}
}

// skip goes to the moment at which the first sleeper wants to be woken.
func (c *Clock) skip() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.sleepers) == 0 || time.Now().Before(c.settled) {
		return // the timer has been set anew
	}
	var first time.Time
	for s := range c.sleepers {
		if first.IsZero() || s.until.Before(first) {
			first = s.until
		}
	}
	if left := first.Sub(c.now()); left > 0 {
		c.ahead += left
	}
	for s := range c.sleepers {
		if !s.until.After(first) {
			c.rouse(s)
		}
	}
	c.settle()
}
