package engine_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"hybrid/internal/engine"
	"hybrid/internal/event"
	"hybrid/internal/journal"
)

// recall has the next run know what the runs of a trial have left.
func (t *trial) recall() []journal.Underway {
	t.Helper()
	left, err := journal.UnderwaySince(filepath.Join(t.dir, "journal"), t.engine.Clock.Now().Add(-engine.LookBack))
	if err != nil {
		t.Fatal(err)
	}
	t.engine.Underway = left
	return left
}

// An answer is lost, reading shows at once that nothing was done, and the run ends with a failure. The far end may still be at work:
// the next run sends nothing before that shows or a call's longest time is over, and the one after has nothing left to do.
func TestWhatLostItsAnswerMayStillBeUnderWay(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]struct {
		hcl, whom, address string
		arrives            bool
	}{
		"a user who arrives":   {"", "u01", `home.all["sip:u01@x.com"]`, true},
		"a user who does not":  {"", "u01", `home.all["sip:u01@x.com"]`, false},
		"an object that shows": {"thing \"b\" { size = 1 }\n", "b", "thing.b", true},
		"one that does not":    {"thing \"b\" { size = 1 }\n", "b", "thing.b", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, hcl := movers(4, "wave {\n parallel = 1\n max_failures = 1\n }")
			if of.hcl != "" {
				f, hcl = newFar(), of.hcl
			}
			f.missed[of.whom] = true
			tr := flying(t, f, hcl, 0)
			began := tr.engine.Clock.Now()
			if sum, results := tr.apply(); sum.Failed != 1 || !slices.Contains(results, "failed "+of.address) {
				t.Fatalf("summary %+v, in the journal %v", sum, results)
			}
			left := tr.recall()
			if len(left) != 1 || left[0].Address != of.address || !left[0].Lost || left[0].CutOff || left[0].Result != journal.Failed {
				t.Fatalf("under way is %+v", left)
			}
			tr.engine.Clock.Sleep(t.Context(), 2*time.Second) // of runs that begin in one second nobody could tell which was first
			sent, again := len(f.order), time.Duration(0)
			f.missed = map[string]bool{}
			f.during = func(string) { again = tr.engine.Clock.Since(began) }
			tr.heard = func(e event.Event) {
				if of.arrives && e.Type == event.Waiting {
					f.mu.Lock()
					defer f.mu.Unlock()
					f.people["sip:u01@x.com"], f.things["b"] = "pool", 1
				}
			}
			sum, _ := tr.apply()
			if sum.Done != 1 || sum.Err() != nil || !tr.told(event.Waiting, "it may still be going on, until 21:32:00 UTC at the latest") {
				t.Errorf("summary %+v, told %+v", sum, tr.events)
			}
			if n := len(f.order) - sent; of.arrives && n != 0 || !of.arrives && (n != 1 || again < 12*time.Minute || again > 13*time.Minute) {
				t.Errorf("sent %v, again after %s", f.order, again)
			}
			tr.recall()
			if p := tr.plan(); p.Plan.Count().Changes() != 0 || !of.arrives && len(tr.engine.Underway) != 0 {
				t.Errorf("left is %+v, under way %+v", p.Plan.Count(), tr.engine.Underway)
			}
		})
	}
}

// After the second Ctrl-C nobody waits for what is under way: reading decides who is done, and of nobody that nothing was done.
func TestWhatIsGivenUpStaysInDoubt(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]struct{ hcl, whom, address string }{
		"users":     {"", "u01", `home.all["sip:u01@x.com"]`},
		"an object": {"thing \"b\" { size = 1 }\n", "b", "thing.b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, hcl := movers(4, "wave {\n parallel = 1\n max_failures = 1\n }")
			if of.hcl != "" {
				f, hcl = newFar(), of.hcl
			}
			f.missed[of.whom] = true
			tr := flying(t, f, hcl, 0)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			tr.ctx = ctx
			f.during = func(identity string) {
				if identity == of.whom {
					cancel()
				}
			}
			sum, results := tr.apply()
			if sum.Doubt != 1 || sum.Failed != 0 || !slices.Contains(results, "doubt "+of.address) {
				t.Errorf("summary %+v, in the journal %v", sum, results)
			}
			if !tr.told(event.Doubt, "reading does not show it yet, and it may still be going on") {
				t.Errorf("told %+v", tr.events)
			}
			if verdict := tr.verdicts()["u01"]; of.hcl == "" && verdict != event.InDoubt {
				t.Errorf("verdict %q", verdict)
			}
			if left := tr.recall(); len(left) != 1 || left[0].Address != of.address || !left[0].Lost {
				t.Errorf("under way is %+v", left)
			}
		})
	}
}

// A far end that does not answer keeps nobody who has pressed Ctrl-C twice for minutes.
func TestReadingBackEndsSoonAfterTheSecondCtrlC(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]time.Duration{"pressed before reading": 0, "pressed while reading": time.Minute} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f, hcl := movers(2, "wave {\n parallel = 1\n }")
				tr := try(t, f, hcl+"thing \"b\" { size = 1 }\n")
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				tr.ctx = ctx
				f.during = func(identity string) {
					if identity == "u01" {
						f.hangs = true
						time.AfterFunc(before, cancel)
						if before == 0 {
							cancel()
						}
					}
				}
				began := time.Now()
				sum, _ := tr.apply()
				if took := time.Since(began) - before; took != 15*time.Second || sum.Doubt+sum.NotShown < 2 || sum.Failed != 0 {
					t.Errorf("it took %s, summary %+v", took, sum)
				}
			})
		})
	}
}
