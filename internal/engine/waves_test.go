package engine_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hybrid/internal/engine"
	"hybrid/internal/event"
	"hybrid/providers"
)

// outage is an error that is not about what was asked.
type outage struct{}

func (outage) Error() string { return "no session can be opened" }
func (outage) Outage()       {}

// What everybody would meet ends a block at once, however many may fail; what is one user's does not.
func TestWhatEverybodyWouldMeetEndsTheBlock(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		failure error
		begun   int
	}{
		"the tenant": {&providers.CommonError{Err: errors.New("Error=(510)\nShare the address space.")}, 4},
		"an outage":  {fmt.Errorf("moving: %w", outage{}), 4},
		"one user":   {errors.New("Error=(507)"), 20},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, hcl := movers(20, "wave {\n parallel = 1\n max_failures = 20\n }")
			f.fail["u03"] = one.failure
			tr := try(t, f, hcl)
			sum, _ := tr.apply()
			if len(f.order) != one.begun || sum.Failed != 1 || sum.Skipped != 20-one.begun {
				t.Errorf("%d were begun, summary %+v", len(f.order), sum)
			}
			if one.begun < 20 && !tr.told(event.Skipped, "everybody else would meet the same: ") || tr.told(event.Skipped, "Share") {
				t.Errorf("told %+v", tr.events)
			}
		})
	}
}

// A canary that meets what everybody would meet says so.
func TestCanaryThatMeetsWhatEverybodyWould(t *testing.T) {
	t.Parallel()
	f, hcl := movers(10, "wave {\n canary = 2\n parallel = 1\n }")
	f.fail["u00"] = &providers.CommonError{Err: errors.New("Error=(510)")}
	tr := try(t, f, hcl)
	tr.apply()
	if len(f.order) != 1 || !tr.told(event.Skipped, "everybody else would meet the same: Error=(510)") {
		t.Errorf("%d were begun, told %+v", len(f.order), tr.events)
	}
}

// busyFor makes the far end take nothing for so many calls, from the nth on.
func busyFor(f *far, after, calls int) {
	var n int
	f.during = func(identity string) {
		f.mu.Lock()
		defer f.mu.Unlock()
		n++
		delete(f.fail, identity)
		if n > after && n <= after+calls {
			f.fail[identity] = &providers.BusyError{Err: errors.New("too many shells")}
		}
	}
}

// Nobody is lost of those whom a busy far end did not take: they are asked for again, fewer at once.
func TestABusyFarEndIsAskedAgain(t *testing.T) {
	t.Parallel()
	f, hcl := movers(30, "wave {\n canary = 2\n parallel = 8\n }")
	busyFor(f, 1, 12)
	tr := try(t, f, hcl)
	sum, results := tr.apply()
	if want := (engine.Summary{Begun: 30, Done: 30}); sum != want {
		t.Errorf("summary %+v", sum)
	}
	if len(f.order) != 42 {
		t.Errorf("%d calls, want 30 and the 12 that were not taken", len(f.order))
	}
	done := 0
	for _, r := range results {
		if strings.HasPrefix(r, "done ") {
			done++
		}
	}
	if len(results) != 42 || done != 30 {
		t.Errorf("the journal has %d entries, %d of them done", len(results), done)
	}
	if !tr.told(event.Note, " at once from here on, no longer 4: the far end takes no more for now because of its quotas, and is asked again") {
		t.Errorf("told %+v", tr.events)
	}
}

// For a quarter of an hour nobody is taken, half a minute a time: that is told each five minutes, and anew the next time.
func TestALongRefusalIsTold(t *testing.T) {
	t.Parallel()
	f, hcl := movers(4, "wave {\n parallel = 1\n }")
	busyFor(f, 1, 30)
	tr := try(t, f, hcl)
	c, busy := at(t, "2026-11-28T22:00:00+01:00"), f.during
	tr.engine.Now = c.now
	f.during = func(identity string) { busy(identity); c.pass(30 * time.Second) }
	if sum, _ := tr.apply(); sum.Done != 4 {
		t.Errorf("summary %+v", sum)
	}
	for _, want := range []string{"nobody has been taken for 5 min because of the far end's quotas; it is asked again, 29 times at most", "nobody has been taken for 10 min"} {
		if !tr.told(event.Note, want) {
			t.Errorf("%q is not told: %+v", want, tr.events)
		}
	}
	if notes := len(slices.DeleteFunc(slices.Clone(tr.events), func(e event.Event) bool { return !strings.Contains(e.Message, "nobody has been taken") })); notes != 2 {
		t.Errorf("told %d times", notes)
	}
	if !tr.told(event.Note, "users are taken again, after 15 min in which nobody was") {
		t.Errorf("the end of it is not told: %+v", tr.events)
	}
	for _, e := range tr.events {
		if e.Type == event.Progress && e.Done > 1 && e.LeftMillis != 0 {
			t.Errorf("right after it nobody can tell how long the rest takes: %+v", e)
		}
	}
}

// What a provider waited for by itself is trouble as well, though every user succeeds.
func TestAFarEndThatWasWaitedFor(t *testing.T) {
	t.Parallel()
	f, hcl := movers(20, "wave {\n parallel = 8\n }")
	f.during = func(identity string) {
		if identity == "u05" {
			f.strains.Add(1)
		}
	}
	tr := try(t, f, hcl)
	if sum, _ := tr.apply(); sum.Done != 20 || !tr.told(event.Note, "because of its quotas") {
		t.Errorf("summary %+v, told %+v", sum, tr.events)
	}
}

// A far end that takes nobody for long has an outage: nothing was begun, and nobody is in doubt.
func TestAFarEndThatStaysBusy(t *testing.T) {
	t.Parallel()
	f, hcl := movers(10, "")
	busyFor(f, 0, 1000)
	tr := try(t, f, hcl)
	sum, _ := tr.apply()
	if want := (engine.Summary{Begun: 1, Failed: 1, Skipped: 9}); sum != want || len(f.order) > 60 {
		t.Errorf("summary %+v after %d calls", sum, len(f.order))
	}
	if !tr.told(event.Skipped, "nothing was taken 40 times in a row") {
		t.Errorf("told %+v", tr.events)
	}
}

// With the first calls half as many are under way as are allowed, and all of these once enough have gone well.
func TestUsersAtOnceGoUpAsAllGoesWell(t *testing.T) {
	t.Parallel()
	f, hcl := movers(60, "wave {\n parallel = 4\n }")
	var mu sync.Mutex
	var calls, first, most int
	full := make(chan struct{})
	f.during = func(string) {
		f.mu.Lock()
		running := f.running
		f.mu.Unlock()
		mu.Lock()
		calls++
		number := calls
		if number <= 3 {
			first = max(first, running)
		}
		if running >= 4 && most < 4 {
			close(full)
		}
		most = max(most, running)
		mu.Unlock()
		if number > 20 { // by then four are allowed: they wait for one another
			select {
			case <-full:
			case <-time.After(10 * time.Second):
			}
		}
	}
	if sum, _ := try(t, f, hcl).apply(); sum.Done != 60 {
		t.Errorf("summary %+v", sum)
	}
	if first > 2 || most != 4 {
		t.Errorf("%d at first, %d at most", first, most)
	}
}

// While one is in doubt nobody else is begun; once it has been read, the rest of the batch is taken up again.
func TestDoubtThatIsSettledLosesNobodyOfTheBatch(t *testing.T) {
	t.Parallel()
	f, hcl := movers(10, "wave {\n parallel = 1\n max_failures = 0\n }")
	f.lost["u02"], f.lost["u05"] = true, true
	tr := try(t, f, hcl)
	sum, _ := tr.apply()
	if want := (engine.Summary{Begun: 10, Done: 10}); sum != want || len(f.order) != 10 {
		t.Errorf("summary %+v, %d calls", sum, len(f.order))
	}
	var doubts []int // in each account of how far the users are
	for _, e := range tr.events {
		if e.Type == event.Progress {
			doubts = append(doubts, e.Doubt)
		}
	}
	if want := []int{0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0}; !slices.Equal(doubts, want) {
		t.Errorf("in doubt %v, want %v", doubts, want)
	}
	if f.reads["home"] != 4 { // plan, two doubts, end
		t.Errorf("%d reads", f.reads["home"])
	}
}

// Between two batches there is a pause, also after the canaries, and none after the last.
func TestPauseBetweenBatches(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const pause = 30 * time.Second
		f, hcl := movers(5, "wave {\n canary = 1\n batch = 2\n parallel = 1\n pause = \"30s\"\n }")
		var began []time.Time
		f.during = func(string) { began = append(began, time.Now()) }
		if sum, _ := try(t, f, hcl).apply(); sum.Done != 5 {
			t.Fatalf("summary %+v", sum)
		}
		if began[1].Sub(began[0]) < pause || began[3].Sub(began[2]) < pause {
			t.Errorf("begun at %v", began)
		}
	})
}

func TestAPauseEndsWithTheRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, hcl := movers(4, "wave {\n batch = 2\n parallel = 1\n pause = \"24h\"\n }")
		tr := try(t, f, hcl)
		var calls int
		f.during = func(string) {
			if calls++; calls == 2 {
				time.AfterFunc(time.Hour, func() { close(tr.stop) })
			}
		}
		sum, _ := tr.apply()
		if sum.Done != 2 || sum.Skipped != 2 || !sum.Stopped || !tr.told(event.Skipped, "the run was stopped") {
			t.Errorf("summary %+v, told %+v", sum, tr.events)
		}
	})
}
