package bucket

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"hybrid/internal/amount"
	"hybrid/internal/journal"
)

// Term is how long a lease holds that is not renewed, unless somebody says otherwise.
const Term = 2 * time.Minute

// Options is what a [Store] needs.
type Options struct {
	Name string // for people
	Dir  string // the folder of this machine that holds a copy
	Open func(context.Context) (Objects, error)
	Term time.Duration // 0 means Term
	Tell func(string)  // what is waited for; nil tells nobody
}

// A Store is a journal in a bucket. Nothing is contacted before a method needs it.
type Store struct {
	Options
	clock clock

	mu      sync.Mutex
	objects Objects // nil until it has been opened
	watch   watch
}

// New is the journal in a bucket.
func New(o Options) *Store {
	if o.Term == 0 {
		o.Term = Term
	}
	if o.Tell == nil {
		o.Tell = func(string) {}
	}
	return &Store{Options: o, clock: machineClock{}}
}

func (s *Store) String() string { return s.Name }

// Dir is the folder with the copy. What this machine's runs write is there first.
func (s *Store) Dir() string { return s.Options.Dir }

func (s *Store) open(ctx context.Context) (Objects, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.objects != nil {
		return s.objects, nil
	}
	o, err := s.Open(ctx)
	if err == nil {
		s.objects = o
	}
	return o, s.unusable(err)
}

// unusable is an error of the bucket, with what to do.
func (s *Store) unusable(err error) error {
	var locked *journal.LockedError
	if err == nil || errors.As(err, &locked) {
		return err
	}
	return fmt.Errorf("journal: %s: %w.\nLook whether the bucket is there and whether you may read and write in it, "+
		"and at what the environment says of how to sign in", s.Name, err)
}

// Held reads the lease.
func (s *Store) Held(ctx context.Context) (*journal.Hold, error) {
	o, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	now, err := look(ctx, o)
	if err != nil || now.Holder == nil {
		return nil, s.unusable(err)
	}
	return now.Holder.Hold(), nil
}

// Free waits until it is known of whoever holds the lease whether they are at work. Whoever renews it is.
func (s *Store) Free(ctx context.Context) error {
	o, err := s.open(ctx)
	if err == nil {
		_, err = s.free(ctx, o)
	}
	return s.unusable(err)
}

// free gives the lease as it was seen last: without a holder, or with one that has not renewed it for a term.
func (s *Store) free(ctx context.Context, o Objects) (sight, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.watch.version
	for told := false; ; {
		begun := s.clock.Now()
		now, err := look(ctx, o)
		if err != nil || now.Holder == nil {
			return now, err
		}
		still := s.watch.see(now.version, begun, s.clock.Now())
		term := max(s.Term, now.term())
		if still >= term {
			return now, nil
		}
		if known != "" && known != now.version {
			return now, &journal.LockedError{Holder: *now.Holder, Path: s.Name, Term: term}
		}
		known = now.version
		if !told {
			told = true
			s.Tell(fmt.Sprintf("%s on %s holds the lease on %s since %s (process %d, run %s). Waiting for up to %s to see whether that run is still at work.",
				now.Holder.Who, now.Holder.Host, s.Name, now.Holder.Since.UTC().Format("2006-01-02 15:04:05 UTC"), now.Holder.PID, now.Holder.Run, amount.Lasting((term - max(0, still)).Round(time.Second))))
		}
		if err := s.clock.Sleep(ctx, min(term-still, max(term/40, minPoll))); err != nil {
			return now, err
		}
	}
}

// minPoll bounds how often a lease is looked at.
const minPoll = 20 * time.Millisecond

// Take asks the bucket first whether it can keep two runs apart.
func (s *Store) Take(ctx context.Context, h journal.Holder) (journal.Lease, error) {
	o, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	if err := probe(ctx, o, "probe-"+rand.Text()); err != nil {
		return nil, s.unusable(err)
	}
	l, err := s.take(ctx, o, h)
	if err != nil {
		return nil, s.unusable(err)
	}
	return l, nil
}

func (s *Store) take(ctx context.Context, o Objects, h journal.Holder) (*held, error) {
	seen, err := s.free(ctx, o)
	if err != nil {
		return nil, err
	}
	t, err := take(ctx, o, s.clock, seen, h, s.Term)
	if errors.Is(err, ErrRefused) {
		return nil, s.overtaken(ctx, o)
	}
	if err != nil {
		return nil, err
	}
	if err := errors.Join(seen.seal(ctx, o), s.deliver(ctx, o)); err != nil {
		return nil, errors.Join(err, t.release(context.WithoutCancel(ctx)))
	}
	l, err := s.hold(t, seen)
	if err != nil {
		return nil, errors.Join(err, t.release(context.WithoutCancel(ctx)))
	}
	return l, nil
}

// overtaken is the error of a run that was not quick enough.
func (s *Store) overtaken(ctx context.Context, o Objects) error {
	now, err := look(ctx, o)
	if err != nil {
		return err
	}
	if now.Holder == nil {
		return errors.New("another run has just been at work; try again")
	}
	return &journal.LockedError{Holder: *now.Holder, Path: s.Name, Term: max(s.Term, now.term())}
}

// Unlock frees the lease and leaves in it who did so.
func (s *Store) Unlock(ctx context.Context, u journal.Unlocking) (*journal.Hold, error) {
	o, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	now, err := look(ctx, o)
	if err != nil {
		return nil, s.unusable(err)
	}
	if now.Holder == nil {
		return nil, journal.ErrFree
	}
	hold := now.Holder.Hold()
	if hold.State == journal.Alive {
		return hold, &journal.AliveError{Holder: hold.Holder}
	}
	u.From = hold.Holder
	next := now.lease
	next.Holder, next.Unlocked = nil, append(next.Unlocked, u)
	if err := put(ctx, o, now, next); err != nil {
		return hold, fmt.Errorf("the lease could not be taken away: it has been renewed just now, or the bucket does not answer. "+
			"Look with `hybrid runs` whose it is: %w", err)
	}
	return hold, nil
}
