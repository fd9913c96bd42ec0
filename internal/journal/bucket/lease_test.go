package bucket_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hybrid/internal/journal"
	"hybrid/internal/journal/bucket"
	"hybrid/internal/journal/bucket/buckettest"
)

// A pace is a clock that shows another time than that of the world, and may be fast or slow.
type pace struct {
	world  *time.Time
	offset time.Duration
	rate   float64
}

func (p pace) Now() time.Time {
	since := p.world.Sub(time.Time{}.AddDate(2025, 0, 0))
	return time.Time{}.AddDate(2025, 0, 0).Add(p.offset + time.Duration(float64(since)*p.rate))
}

func (p pace) Sleep(context.Context, time.Duration) error { panic("nobody waits here") }

// leaseWorld is several who want one lease, each doing a step at any moment, also while requests of others are on their way.
type leaseWorld struct {
	*rapid.T
	now     time.Time
	memory  *buckettest.Memory
	all     []*bucket.Candidate
	runs    int
	busy    []bool // in the midst of a step
	depth   int
	fences  map[int64]string
	working int
}

const leaseTerm = time.Minute

func newLeaseWorld(t *rapid.T) *leaseWorld {
	w := &leaseWorld{T: t, now: time.Time{}.AddDate(2025, 0, 0), memory: &buckettest.Memory{}, fences: map[int64]string{}}
	w.memory.Around = w.around
	n := rapid.IntRange(2, 3).Draw(t, "candidates")
	for range n {
		p := pace{&w.now, time.Duration(rapid.IntRange(-3600, 3600).Draw(t, "offset")) * time.Second, rapid.SampledFrom([]float64{0.8, 1, 1.2}).Draw(t, "rate")}
		w.all = append(w.all, &bucket.Candidate{Objects: w.memory, Clock: p, Term: leaseTerm})
	}
	w.busy = make([]bool, n)
	return w
}

// around is a request on its way, there or back: time goes by, others do things, and it may get lost.
func (w *leaseWorld) around(_ string, after bool) error {
	w.pass(0, 0, 0, 0, 0, 0, 100*time.Millisecond, time.Second, 5*time.Second, 40*time.Second)
	if w.depth < 2 && rapid.IntRange(0, 3).Draw(w.T, "meanwhile") == 3 {
		w.step()
	}
	if rapid.IntRange(0, 11).Draw(w.T, "lost") == 11 {
		return errors.New("lost on the way")
	}
	return nil
}

func (w *leaseWorld) pass(any ...time.Duration) {
	w.now = w.now.Add(rapid.SampledFrom(any).Draw(w.T, "goes by"))
	w.check()
}

// step lets somebody who is not in the midst of something do something.
func (w *leaseWorld) step() {
	n := rapid.IntRange(0, len(w.all)-1).Draw(w.T, "who")
	if w.busy[n] {
		return
	}
	w.busy[n] = true
	w.depth++
	w.act(w.all[n])
	w.depth--
	w.busy[n] = false
	w.check()
}

func (w *leaseWorld) act(c *bucket.Candidate) {
	ctx := context.Background()
	switch do := rapid.IntRange(0, 9).Draw(w.T, "what"); {
	case do == 0 && rapid.Bool().Draw(w.T, "dies"):
		c.Die()
	case !c.Has():
		w.runs++
		c.Holder = journal.Holder{Run: fmt.Sprint("run ", w.runs), PID: 1}
		if c.Try(ctx) {
			if other := w.fences[c.Fence()]; other != "" {
				w.Fatalf("%s and %s both have the fence %d", other, c.Holder.Run, c.Fence())
			}
			w.fences[c.Fence()] = c.Holder.Run
		}
	case do == 1:
		c.Release(ctx)
	default:
		c.Renew(ctx)
	}
}

// check is what must hold at every moment.
func (w *leaseWorld) check() {
	may := 0
	for _, c := range w.all {
		if c.May() {
			may++
		}
	}
	w.working += may
	if may > 1 {
		w.Fatalf("%d may write at once", may)
	}
}

// TestNeverTwoHoldTheLease: whatever gets lost or late, whatever clocks show, and whoever dies.
func TestNeverTwoHoldTheLease(t *testing.T) {
	t.Parallel()
	taken, over, working := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		w := newLeaseWorld(t)
		for range rapid.IntRange(10, 120).Draw(t, "steps") {
			w.pass(0, time.Second, 5*time.Second, 10*time.Second, 20*time.Second, 45*time.Second)
			w.step()
		}
		taken, working = taken+len(w.fences), working+w.working
		if len(w.fences) > 1 {
			over++
		}
	})
	if over < 2 || working < 50 {
		t.Errorf("the lease was taken %d times, in %d worlds by several, who could work at %d moments: nothing was tried", taken, over, working)
	}
	t.Logf("the lease was taken %d times, in %d worlds by several, who could work at %d moments", taken, over, working)
}

func TestABucketIsAskedBeforeItIsTrusted(t *testing.T) {
	t.Parallel()
	if err := bucket.Probe(t.Context(), &buckettest.Memory{}); err != nil {
		t.Errorf("a bucket that keeps its conditions: %v", err)
	}
	for want, o := range map[string]bucket.Objects{
		"If-None-Match": &buckettest.Memory{CarelessCreate: true},
		"If-Match":      &buckettest.Memory{CarelessReplace: true},
	} {
		s := bucket.New(bucket.Options{Name: "mem://", Dir: t.TempDir(), Open: func(context.Context) (bucket.Objects, error) { return o, nil }})
		_, err := s.Take(t.Context(), journal.Holder{Run: "r", PID: 1})
		if err == nil {
			t.Fatalf("%s: it is taken", want)
		}
		mustSay(t, err, "it cannot keep two runs apart", want)
		if hold, err := s.Held(t.Context()); err != nil || hold != nil {
			t.Errorf("%s: it is held by %+v, %v", want, hold, err)
		}
	}
}
