package bucket

import (
	"context"
	"fmt"
	"os"
	"sync"

	"hybrid/internal/journal"
)

// held is a lease that is renewed while its run is at work, and where the run's lines go.
type held struct {
	*tenure
	name string // of the store
	from *journal.Holder
	note []string
	run  *writer
	mark string // the file that says that not all of the run may be in the bucket

	lost chan struct{}
	stop context.CancelFunc
	over sync.WaitGroup
}

// hold keeps a lease that has just been taken.
func (s *Store) hold(t *tenure, seen sight) (*held, error) {
	l := &held{tenure: t, name: s.Name, mark: markOf(s.Dir(), t.holder.Run), lost: make(chan struct{})}
	l.run = &writer{objects: t.objects, clock: t.clock, run: t.holder.Run, patience: t.term / 2}
	if seen.Holder != nil {
		l.from = seen.Holder
		l.note = append(l.note, fmt.Sprintf("took over the lease of run %s on %s: its process %d on %s has not renewed it for %s",
			seen.Holder.Run, s.Name, seen.Holder.PID, seen.Holder.Host, max(s.Term, seen.term())))
	}
	for _, u := range seen.Unlocked {
		l.note = append(l.note, u.String())
	}
	if err := os.MkdirAll(s.Dir(), 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(l.mark, nil, 0o600); err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	l.stop = stop
	l.over.Go(func() { l.keep(ctx) })
	return l, nil
}

// keep renews the lease until the run is over, also when the run may not begin anything any more: what it has begun goes on.
func (l *held) keep(ctx context.Context) {
	every := l.term / 6
	told := false
	for wait := every; l.clock.Sleep(ctx, wait) == nil; {
		wait = every
		attempt, done := context.WithTimeout(ctx, l.term/4)
		if l.renew(attempt) != nil {
			wait = every / 4
		}
		done()
		if l.check() != nil && !told {
			told = true
			close(l.lost)
		}
	}
}

func (l *held) From() *journal.Holder { return l.from }
func (l *held) Notes() []string       { return l.note }
func (l *held) Fence() int64          { return l.fence }
func (l *held) Lost() <-chan struct{} { return l.lost }

// Noted takes out of the lease who took it away.
func (l *held) Noted() error {
	l.noted()
	return nil
}

// Append puts lines into the bucket. They stay the run's own, so that they are put there also where the lease is lost: what became of
// what was begun is to be known.
func (l *held) Append(lines []byte) error {
	if err := l.run.write(context.Background(), lines); err != nil {
		return fmt.Errorf("journal: the run cannot be written to %s: %w.\n"+
			"Nothing is begun that is not in the bucket: this run stops here. What it did is in %s on this machine, and is put into the bucket "+
			"by the next run from here", l.name, err, l.holder.Run)
	}
	if l.run.sealed {
		l.lose(errSealed)
	}
	return nil
}

// Check says why nothing new may be begun.
func (l *held) Check() error {
	if err := l.check(); err != nil {
		return fmt.Errorf("journal: %s is not safely this run's any more: %w.\n"+
			"Nothing new is begun; what was under way is finished and read back. Apply again once the bucket answers", l.name, err)
	}
	return nil
}

// Release gives the lease back, and says so where lines are missing in the bucket.
func (l *held) Release() error {
	l.stop()
	l.over.Wait()
	ctx, done := context.WithTimeout(context.Background(), l.term/2)
	defer done()
	unsent := l.run.flush(ctx)
	if unsent == nil {
		unsent = os.Remove(l.mark)
	}
	if err := l.release(ctx); err != nil {
		return fmt.Errorf("journal: %s: %w", l.name, err)
	}
	if unsent != nil {
		return fmt.Errorf("journal: not all of the run is in %s: %w. The next run from this machine puts it there", l.name, unsent)
	}
	return nil
}
