package engine_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"hybrid/internal/engine"
	"hybrid/internal/event"
)

// verdicts are the verdicts on users by name, the last one holding.
func (t *trial) verdicts() map[string]string {
	all := map[string]string{}
	for _, e := range t.events {
		if e.Verdict != "" {
			_, name, _ := strings.Cut(e.Address, `"sip:`)
			name, _, _ = strings.Cut(name, "@")
			all[name] = e.Verdict
		}
	}
	return all
}

// lasting is a trial on a clock of its own, and how long it took by that.
func lasting(t *testing.T, f *far, hcl string) (tr *trial, sum engine.Summary, results []string, took time.Duration) {
	t.Helper()
	began := time.Now()
	tr = try(t, f, hcl)
	sum, results = tr.apply()
	return tr, sum, results, time.Since(began)
}

const afterwards = `
thing "a" { size = 1 }
thing "b" {
  size       = 2
  depends_on = [thing.a]
}
`

// A server that is behind costs time and nothing else, no more than it is behind; what depends on the change waits.
func TestAServerThatIsBehindCostsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFar()
		f.readBack, f.lateBy = 5*time.Minute, time.Minute
		var second time.Duration
		began := time.Now()
		f.during = func(identity string) {
			if identity == "b" {
				second = time.Since(began)
			}
		}
		tr, sum, _, took := lasting(t, f, afterwards)
		if sum.Done != 2 || sum.Err() != nil || second < time.Minute || took < 2*time.Minute || took > 2*time.Minute+10*time.Second {
			t.Errorf("summary %+v, b begun after %s, took %s", sum, second, took)
		}
		if !tr.told(event.Waiting, "carried out, and the estate does not show it yet: it is not there (waited for ") {
			t.Errorf("told %+v", tr.events)
		}
	})
}

// What shows at once is not waited for, and patience ends.
func TestPatienceWithServersThatAreBehind(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		readBack, lateBy, took time.Duration
		done                   int
	}{
		"all shows at once":     {5 * time.Minute, 0, 0, 2},
		"behind for too long":   {5 * time.Minute, time.Hour, 5 * time.Minute, 0},
		"nobody is waited for":  {0, time.Minute, 0, 0},
		"behind for an instant": {time.Minute, time.Millisecond, 200 * time.Millisecond, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newFar()
				f.readBack, f.lateBy = c.readBack, c.lateBy
				_, sum, _, took := lasting(t, f, afterwards)
				if sum.Done != c.done || sum.NotShown != (2-c.done)/2 || took < c.took || took > c.took+10*time.Second {
					t.Errorf("summary %+v after %s", sum, took)
				}
			})
		})
	}
}

// Only who does not show yet is read again, and a user who shows late has moved like any other.
func TestOnlyWhoDoesNotShowIsReadAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, hcl := movers(5, "wave {\n parallel = 1\n }")
		f.readBack, f.lateBy = 5*time.Minute, time.Minute
		f.during = func(identity string) {
			if identity == "u03" || identity == "u04" {
				time.Sleep(55 * time.Second) // so that those before show at the first look
			}
		}
		tr, sum, results, took := lasting(t, f, hcl)
		if sum.Done != 5 || sum.Err() != nil || took < 2*time.Minute || took > 4*time.Minute {
			t.Errorf("summary %+v after %s", sum, took)
		}
		again := f.asked[2:] // after those of the plan and of the first look
		if len(again) == 0 || !slices.Equal(again[0], []string{"sip:u03@x.com", "sip:u04@x.com"}) || !slices.Equal(again[len(again)-1], []string{"sip:u04@x.com"}) {
			t.Errorf("read again: %v", f.asked)
		}
		if !tr.told(event.Waiting, "some users were carried out, and the estate does not show them as wanted yet (waited for 5 min at most)") {
			t.Errorf("told %+v", tr.events)
		}
		want := map[string]string{"u00": event.Moved, "u01": event.Moved, "u02": event.Moved, "u03": event.Moved, "u04": event.Moved}
		if diff := cmp.Diff(want, tr.verdicts()); diff != "" || len(results) != 5 {
			t.Errorf("%v\n%s", results, diff)
		}
	})
}

// The first users are waited for before the others are begun.
func TestCanariesBehindALaggingServer(t *testing.T) {
	t.Parallel()
	for _, late := range []time.Duration{time.Minute, time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			f, hcl := movers(6, "wave {\n canary = 2\n }")
			f.readBack, f.lateBy = 5*time.Minute, late
			tr, sum, _, took := lasting(t, f, hcl)
			if late < f.readBack && (sum.Done != 6 || sum.Err() != nil) || late > f.readBack && (sum.NotShown != 2 || sum.Skipped != 4 || len(f.order) != 2) {
				t.Errorf("%s behind: summary %+v after %s, told %+v", late, sum, took, tr.events)
			}
			waiting := slices.IndexFunc(tr.events, func(e event.Event) bool { return e.Type == event.Waiting })
			after := slices.IndexFunc(tr.events, func(e event.Event) bool { return e.Type == event.Warning || e.Done > 2 })
			if waiting < 0 || after < waiting {
				t.Errorf("%s behind: that the first are waited for is not told at once: %+v", late, tr.events)
			}
		})
	}
}

// Ctrl-C ends the wait.
func TestStoppedWhileWaitingForWhatDoesNotShow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, hcl := movers(2, "")
		f.readBack, f.lateBy = time.Hour, 2*time.Hour
		tr := try(t, f, hcl)
		began := time.Now()
		time.AfterFunc(time.Minute, func() { close(tr.stop) })
		sum, _ := tr.apply()
		if took := time.Since(began); sum.NotShown != 2 || took > 2*time.Minute {
			t.Errorf("summary %+v after %s", sum, took)
		}
	})
}

// Every user who was begun is judged, whatever the far end has said: done, refused, lost before and after.
func TestVerdictOnEveryUserWhoWasBegun(t *testing.T) {
	t.Parallel()
	f, hcl := movers(9, "wave {\n parallel = 1\n max_failures = 9\n }")
	f.silent["u01"] = true
	f.between["sip:u02@x.com"] = "nowhere"
	f.fail["u03"] = errors.New("Error=(507)")
	f.lost["u04"], f.missed["u05"] = true, true
	f.lost["u06"], f.between["sip:u06@x.com"] = true, "nowhere"
	f.fail["u07"] = errors.New("it broke off")
	f.during = func(identity string) {
		if identity == "u07" {
			f.people["sip:u07@x.com"] = "nowhere"
		}
	}
	tr := try(t, f, hcl)
	sum, results := tr.apply()
	want := map[string]string{
		"u00": event.Moved, "u01": event.NotMoved, "u02": event.InDoubt, "u03": event.NotMoved, "u04": event.Moved,
		"u05": event.NotMoved, "u06": event.InDoubt, "u07": event.InDoubt, "u08": event.Moved,
	}
	if diff := cmp.Diff(want, tr.verdicts()); diff != "" {
		t.Error(diff)
	}
	if sum.Done != 3 || sum.NotShown != 1 || sum.Failed != 2 || sum.Doubt != 3 {
		t.Errorf("summary %+v", sum)
	}
	if sum.Between != 3 || !strings.HasPrefix(sum.Next(), "Look first at the 3 users who are between the old home and the new one, ") || strings.Contains(sum.Next(), "Run the same command again") {
		t.Errorf("%d are in between, and next is %s", sum.Between, sum.Next())
	}
	for n, result := range []string{"done", "not-shown", "doubt", "failed", "done", "failed", "doubt", "doubt", "done"} {
		if entry := fmt.Sprintf("%s home.all[\"sip:u%02d@x.com\"]", result, n); !slices.Contains(results, entry) {
			t.Errorf("the journal does not say %s: %v", entry, results)
		}
	}
	for kind, text := range map[event.Type]string{
		event.Failed: "carried out without an error, but the estate does not show it: Home is cloud",
		event.Doubt:  "carried out without an error, but the user is between the old home and the new one, so look before anything else is done: Home is nowhere",
	} {
		if !tr.told(kind, text) {
			t.Errorf("not told: %s", text)
		}
	}
}

// A far end that went on after its answer was lost is believed in the end.
func TestDoneAfterReadingDidNotShowIt(t *testing.T) {
	t.Parallel()
	f, hcl := movers(3, "wave {\n parallel = 1\n batch = 1\n max_failures = 1\n }")
	f.missed["u01"] = true
	f.during = func(identity string) {
		if identity == "u02" {
			f.people["sip:u01@x.com"] = "pool"
		}
	}
	tr := try(t, f, hcl)
	sum, results := tr.apply()
	if sum.Done != 3 || sum.Failed != 0 || sum.Err() != nil || tr.verdicts()["u01"] != event.Moved || !slices.Contains(results, `done home.all["sip:u01@x.com"]`) {
		t.Errorf("summary %+v, %v, told %+v", sum, results, tr.events)
	}
}

// One reading that fails does not leave in doubt what it would have shown: it is read again, and told once.
func TestReadingBackThatFailsIsDoneAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		failing, done, doubt int
		wave                 string
	}{
		"at the end, twice":            {2, 3, 0, ""},
		"of the first users, thrice":   {3, 3, 0, "wave {\n canary = 1\n }"},
		"of the first users, for good": {1000, 0, 1, "wave {\n canary = 1\n }"},
		"at the end, for good":         {1000, 0, 3, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f, hcl := movers(3, c.wave)
				f.readBack = 5 * time.Minute
				f.during = func(string) { f.unreadable = c.failing }
				if c.wave != "" {
					f.during = func(identity string) {
						if identity == "u00" {
							f.unreadable = c.failing
						}
					}
				}
				tr, sum, _, took := lasting(t, f, hcl)
				if sum.Done != c.done || sum.Doubt != c.doubt || took > time.Minute || len(f.order) != max(c.done, c.doubt) {
					t.Errorf("summary %+v after %s, moved %v", sum, took, f.order)
				}
				if !tr.told(event.Waiting, "it could not be read back, and is read again: the connection was lost") {
					t.Errorf("told %+v", tr.events)
				}
			})
		})
	}
}

// A provider whose read_back is no time at all is asked once.
func TestReadingBackIsNotDoneAgainWithoutPatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, hcl := movers(2, "")
		f.during = func(string) { f.unreadable = 1000 }
		tr, sum, _, took := lasting(t, f, hcl)
		if sum.Doubt != 2 || took > 0 || f.reads["home"] != 2 || tr.told(event.Waiting, "read again") {
			t.Errorf("summary %+v after %s, %v", sum, took, f.reads)
		}
	})
}
