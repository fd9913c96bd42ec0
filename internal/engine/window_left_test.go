package engine_test

import (
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"hybrid/internal/engine"
	"hybrid/internal/estimate"
	"hybrid/internal/event"
	"hybrid/internal/journal"
	"hybrid/planner"
)

// night is a window in which clocks change twice a year.
const night = `
hybrid {
  window "night" {
    days     = ["sat"]
    start    = "22:00"
    duration = "6h"
    timezone = "Europe/Berlin"
  }
}
`

// A clock goes only when it is told to.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func at(t *testing.T, text string) *clock {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return &clock{at: moment}
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// timed carries out by a clock on which each move takes so long, after past runs in which moves took another time.
func (t *trial) timed(c *clock, takes, took time.Duration) engine.Summary {
	t.Helper()
	t.events = nil
	t.engine.Now = c.now
	t.far.during = func(string) { c.pass(takes) }
	p := t.plan()
	book, err := journal.Begin(filepath.Join(t.dir, "journal"), journal.Run{Command: "apply"})
	if err != nil {
		t.Fatal(err)
	}
	sum, err := t.engine.Apply(t.Context(), p, engine.ApplyOptions{
		Journal: book, Approval: planner.Approve(p.Plan), Stop: t.stop,
		Past:   []estimate.Timing{{Kind: "home", Action: "move", Parallel: 1, Took: took}},
		Events: func(e event.Event) { t.events = append(t.events, e) },
	})
	if err := errors.Join(err, book.End(journal.Summary{Result: "done"})); err != nil {
		t.Fatal(err)
	}
	t.tallied(sum, t.events)
	return sum
}

// Nobody is begun who by the forecast does not end inside the window, which in the nights when clocks change closes at
// another hour. What is left waits for the next one, and the same command goes on there.
func TestNobodyIsBegunWhoCannotEndInside(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		from  string
		done  int
		next  string
		later string
	}{
		"an ordinary night": {"2026-11-22T03:50:00+01:00", 3, "2026-11-28T22:00:00+01:00", "Sat 28 Nov 2026 22:00 CET"},
		"in spring":         {"2026-03-29T04:50:00+02:00", 3, "2026-04-04T22:00:00+02:00", "Sat 4 Apr 2026 22:00 CEST"},
		"before spring":     {"2026-03-22T03:56:30+01:00", 1, "2026-03-28T22:00:00+01:00", "Sat 28 Mar 2026 22:00 CET"},
		"in autumn":         {"2026-10-25T02:50:00+01:00", 3, "2026-10-31T22:00:00+01:00", "Sat 31 Oct 2026 22:00 CET"},
		"before autumn":     {"2026-10-18T03:57:30+02:00", 0, "2026-10-24T22:00:00+02:00", "Sat 24 Oct 2026 22:00 CEST"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, hcl := movers(5, "wave {\n parallel = 1\n window = \"night\"\n }")
			tr := try(t, f, hcl+night)
			sum := tr.timed(at(t, one.from), 3*time.Minute, 3*time.Minute)
			if sum.Done != one.done || sum.Skipped != 5-one.done || sum.Waiting != sum.Skipped {
				t.Fatalf("summary %+v", sum)
			}
			if !tr.told(event.Later, "the next window, which opens "+one.later+": run the same command then") {
				t.Errorf("told %+v", tr.events)
			}
			var partial *engine.Partial
			if err := sum.Err(); !errors.As(err, &partial) || !partial.Waits {
				t.Errorf("%v", err)
			}
			if sum := tr.timed(at(t, one.next), time.Minute, time.Minute); sum.Done != 5-one.done || sum.Err() != nil || len(f.order) != 5 {
				t.Errorf("in the next window: %+v, %d calls", sum, len(f.order))
			}
		})
	}
}

// Timings of this run overrule those of past runs as soon as there are enough of them.
func TestForecastOfThisRun(t *testing.T) {
	t.Parallel()
	f, hcl := movers(20, "wave {\n parallel = 1\n window = \"night\"\n }")
	tr := try(t, f, hcl+night)
	if sum := tr.timed(at(t, "2026-11-22T03:38:00+01:00"), 4*time.Minute, time.Second); sum.Done != 5 || sum.Waiting != 15 {
		t.Errorf("moves take longer than they did: %+v", sum)
	}
	if !tr.told(event.Skipped, `the window "night" closes at 04:00:00 CET, and a user takes up to 4 min`) {
		t.Errorf("told %+v", tr.events)
	}
	if sum := tr.timed(at(t, "2026-11-22T03:00:00+01:00"), time.Second, 11*time.Minute); sum.Done != 15 {
		t.Errorf("moves are quicker than they were: %+v", sum)
	}
}

// A block begins with what the blocks before it have shown: it does not start users who cannot end inside the window.
func TestForecastOfBlocksBefore(t *testing.T) {
	t.Parallel()
	f, hcl := movers(6, "wave {\n parallel = 1\n window = \"night\"\n }")
	f.people["sip:later@x.com"] = "cloud"
	hcl += "home \"rest\" {\n users = [{ sip_address = \"sip:later@x.com\", identity = \"later\" }]\n target = \"pool\"\n depends_on = [home.all]\n wave {\n parallel = 1\n window = \"night\"\n }\n}\n"
	tr := try(t, f, hcl+night)
	if sum := tr.timed(at(t, "2026-11-22T03:34:00+01:00"), 4*time.Minute, time.Second); sum.Done != 6 || sum.Waiting != 1 {
		t.Errorf("with two minutes left for a user who takes four: %+v", sum)
	}
	if !tr.told(event.Skipped, `the window "night" closes at 04:00:00 CET, and a user takes up to 4 min`) {
		t.Errorf("told %+v", tr.events)
	}
}

// What depends on a block whose rest waits for its window waits as well: nothing has failed. Without a window it goes on.
func TestWhatDependsOnALateBlockWaits(t *testing.T) {
	t.Parallel()
	f, hcl := movers(3, "wave {\n parallel = 1\n window = \"night\"\n }")
	tr := try(t, f, hcl+"thing \"after\" {\n size = 1\n depends_on = [home.all]\n}\nthing \"apart\" { size = 1 }\n"+night)
	sum := tr.timed(at(t, "2026-11-22T03:55:30+01:00"), 3*time.Minute, 3*time.Minute)
	if sum.Done != 2 || sum.Skipped != 3 || sum.Waiting != 3 || f.things["apart"] != 1 {
		t.Errorf("summary %+v", sum)
	}
	if !tr.told(event.Skipped, "home.all comes first, and what is left of it waits for its window") {
		t.Errorf("told %+v", tr.events)
	}
}

// One who failed is a failure, whatever waits beside it.
func TestFailureBesideWhatWaits(t *testing.T) {
	t.Parallel()
	f, hcl := movers(5, "wave {\n parallel = 1\n max_failures = 1\n window = \"night\"\n }")
	f.fail["u00"] = errors.New("no licence")
	sum := try(t, f, hcl+night).timed(at(t, "2026-11-22T03:55:30+01:00"), 3*time.Minute, 3*time.Minute)
	var partial *engine.Partial
	if err := sum.Err(); sum.Failed != 1 || sum.Waiting != 4 || errors.As(err, &partial) {
		t.Errorf("summary %+v: %v", sum, err)
	}
}

// A window that opens again as it closes does not close.
func TestAWindowThatOpensAgainAsItCloses(t *testing.T) {
	t.Parallel()
	f, hcl := movers(3, "wave {\n parallel = 1\n window = \"always\"\n }")
	always := `
hybrid {
  window "always" {
    days     = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    start    = "04:00"
    duration = "24h"
    timezone = "UTC"
  }
}
`
	if sum := try(t, f, hcl+always).timed(at(t, "2026-11-22T03:58:00Z"), 3*time.Minute, 3*time.Minute); sum.Done != 3 {
		t.Errorf("summary %+v", sum)
	}
}

// --now takes no notice of windows, and neither does the lab, which has no clock.
func TestAWindowThatDoesNotMatter(t *testing.T) {
	t.Parallel()
	f, hcl := movers(3, "wave {\n window = \"night\"\n }")
	tr := try(t, f, hcl+night)
	tr.engine.Now = nil
	if sum, _ := tr.apply(); sum.Done != 3 {
		t.Errorf("summary %+v", sum)
	}
}
