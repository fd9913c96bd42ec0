package bucket

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"hybrid/internal/amount"
	"hybrid/internal/journal"
)

// A tenure is a lease as its holder has it. It is safe for one goroutine that renews and many that ask.
//
// The holder begins nothing once half a term has gone by since the latest renewal that it knows of was begun; others wait until
// they have seen the lease stand still for a whole term. So their clocks may even run at different speeds.
type tenure struct {
	objects Objects
	clock   clock
	holder  journal.Holder
	term    time.Duration
	fence   int64

	mu       sync.Mutex
	unlocked []journal.Unlocking // who took the lease away since a run last wrote that down; kept in the lease until one has
	seen     sight               // as last written or read
	begun    time.Time           // when the write was begun that is known to have renewed it last
	gone     error               // why it is not this run's any more
}

// take takes a lease that was seen free, or seen to have stood still for its term. The error is [ErrRefused] where somebody was
// quicker.
func take(ctx context.Context, o Objects, c clock, seen sight, h journal.Holder, term time.Duration) (*tenure, error) {
	t := &tenure{objects: o, clock: c, holder: h, term: term, fence: seen.Fence + 1, seen: seen, unlocked: seen.Unlocked}
	if err := t.write(ctx); err != nil {
		return nil, err
	}
	return t, nil
}

// renew says once more that the holder is at work. Where that fails, it may be tried again.
func (t *tenure) renew(ctx context.Context) error {
	t.mu.Lock()
	gone := t.gone
	t.mu.Unlock()
	if gone != nil {
		return gone
	}
	return t.write(ctx)
}

// write puts the lease there, and looks what is there then: the write may have failed and been done all the same, and only what is
// read has a version.
func (t *tenure) write(ctx context.Context) error {
	was, next, begun := t.next()
	failed := put(ctx, t.objects, was, next)
	if errors.Is(failed, context.Canceled) {
		return failed
	}
	now, err := look(ctx, t.objects)
	if err != nil {
		return errors.Join(failed, err)
	}
	return t.learn(was, now, begun, failed)
}

// next is the lease as this run writes it now, over what was last seen.
func (t *tenure) next() (was sight, next lease, begun time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	begun = t.clock.Now()
	return t.seen, lease{
		Holder: &t.holder, Fence: t.fence, Seconds: t.term.Seconds(), Expires: begun.Add(t.term).UTC().Truncate(time.Second), Unlocked: t.unlocked,
	}, begun
}

// learn takes in what is there after a write, which was begun then and may have failed, and says whether the lease is renewed.
func (t *tenure) learn(was, now sight, begun time.Time, failed error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	first := t.begun.IsZero()
	switch {
	case now.of(t.holder.Run) && now.Fence == t.fence: // nobody else writes this, and once it is gone it does not come back
		t.seen = now
		if failed != nil && !first {
			return failed // an earlier write may have been it: tried again soon
		}
		t.begun = begun // also of a first that failed: it was not there before this was begun
		return nil
	case failed != nil && now.version == was.version:
		return failed // not written, so far
	case first:
		return ErrRefused
	}
	t.gone = lostTo(now)
	return t.gone
}

// lostTo is why a run has no lease any more.
func lostTo(now sight) error {
	if now.Holder == nil {
		if n := len(now.Unlocked); n > 0 {
			u := now.Unlocked[n-1]
			return fmt.Errorf("%s on %s has taken the lease away: %s", u.Who, u.Host, u.Reason)
		}
		return errors.New("the lease was given away by somebody else")
	}
	return fmt.Errorf("%s on %s has taken the lease over (run %s)", now.Holder.Who, now.Holder.Host, now.Holder.Run)
}

// lose notes why the lease is not this run's any more, whatever is known of it.
func (t *tenure) lose(why error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.gone == nil {
		t.gone = why
	}
}

// check says why nothing may be begun, nil where it may.
func (t *tenure) check() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.gone != nil {
		return t.gone
	}
	if since := longest(t.begun, t.clock.Now()); since >= t.term/2 {
		return fmt.Errorf("the lease was last renewed %s ago, and after %s another machine may take it over", amount.Lasting(since.Round(time.Second)), amount.Lasting(t.term))
	}
	return nil
}

// release gives the lease back. Nobody may ask it anything afterwards.
func (t *tenure) release(ctx context.Context) error {
	t.mu.Lock()
	seen, gone, unlocked := t.seen, t.gone, t.unlocked
	t.mu.Unlock()
	if gone != nil {
		return nil // it is somebody else's, and that has been told
	}
	failed := put(ctx, t.objects, seen, lease{Fence: t.fence, Seconds: t.term.Seconds(), Expires: t.clock.Now().UTC().Truncate(time.Second), Unlocked: unlocked})
	if failed == nil {
		return nil
	}
	if now, err := look(ctx, t.objects); err == nil && !now.of(t.holder.Run) {
		return nil
	}
	return fmt.Errorf("the lease could not be given back: %w. Others can take it over in %s", failed, t.term)
}

// noted says that the journal has who took the lease away before this run.
func (t *tenure) noted() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.unlocked = nil
}
