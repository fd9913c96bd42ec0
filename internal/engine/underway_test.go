package engine_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	own "hybrid/internal/clock"
	"hybrid/internal/engine"
	"hybrid/internal/event"
	"hybrid/internal/journal"
)

// flying is a trial by a clock that skips, at whose far end calls take up to ten minutes, and something was under way so long ago.
func flying(t *testing.T, f *far, hcl string, ago time.Duration, open ...journal.Underway) *trial {
	t.Helper()
	f.longest = 10 * time.Minute
	tr := try(t, f, hcl)
	tr.engine.Now, tr.engine.Clock = nil, own.New(time.Date(2026, 11, 28, 21, 20, 0, 0, time.UTC))
	tr.engine.Clock.Skip()
	for _, u := range open {
		u.Run, u.CutOff, u.Since = "before", true, tr.engine.Clock.Now().Add(-ago)
		tr.engine.Underway = append(tr.engine.Underway, u)
	}
	return tr
}

// mover is a user who was being moved, by a run on this machine.
func mover(n int) journal.Underway {
	return journal.Underway{Here: true, Entry: journal.Entry{Address: fmt.Sprintf("home.all[%q]", fmt.Sprintf("sip:u%02d@x.com", n)), User: fmt.Sprintf("sip:u%02d@x.com", n), Commands: []string{"move"}}}
}

// Two users were being moved when a run was cut off. One of them shows after a while, and is sent nothing; the other was never
// sent, and is when the longest that a call may take is over. All others are taken at once.
func TestWhoIsUnderWayIsNotMovedASecondTime(t *testing.T) {
	t.Parallel()
	f, hcl := movers(6, "wave {\n canary = 2\n parallel = 1\n }")
	tr := flying(t, f, hcl, time.Minute, mover(0), mover(3))
	began := tr.engine.Clock.Now()
	var taken []time.Duration
	f.during = func(string) {
		taken = append(taken, tr.engine.Clock.Since(began))
		if len(taken) == 4 { // the call of before comes to its end, a little after the others have been begun
			f.mu.Lock()
			f.people["sip:u00@x.com"] = "pool"
			f.mu.Unlock()
		}
	}
	sum, results := tr.apply()
	if want := []string{"move u01", "move u02", "move u04", "move u05", "move u03"}; !slices.Equal(f.order, want) {
		t.Errorf("sent %v, not %v", f.order, want)
	}
	if want := (engine.Summary{Begun: 6, Done: 6}); sum != want || len(results) != 5 {
		t.Errorf("summary %+v, in the journal %v", sum, results)
	}
	if taken[3] > time.Minute || taken[4] < 11*time.Minute || taken[4] > 12*time.Minute {
		t.Errorf("users were taken after %v", taken)
	}
	for what, text := range map[event.Type]string{
		event.Waiting: "under way when run before was cut off (sent at 21:19:00 UTC); it may still be going on, until 21:31:00 UTC at the latest",
		event.Note:    "it was under way when run before was cut off; reading shows that it was done",
	} {
		if !tr.told(what, text) {
			t.Errorf("%q is not told: %+v", text, tr.events)
		}
	}
}

// What is over when the plan is read is not waited for, and nothing is where it is not known how long a call takes.
func TestWhatIsOverIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]struct {
		ago, longest, waits time.Duration
		far                 bool // the run was of another machine
	}{
		"over":                             {12 * time.Minute, 10 * time.Minute, 0, false},
		"going on":                         {11 * time.Minute, 10 * time.Minute, time.Minute, false},
		"another clock":                    {12 * time.Minute, 10 * time.Minute, 5 * time.Minute, true},
		"another clock, which is fast":     {-time.Hour, 10 * time.Minute, 17 * time.Minute, true},
		"this clock was fast then":         {-time.Hour, 10 * time.Minute, 12 * time.Minute, false},
		"how long a call takes is unknown": {time.Second, 0, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, hcl := movers(1, "")
			u := mover(0)
			u.Here = !of.far
			tr := flying(t, f, hcl, of.ago, u)
			f.longest = of.longest
			began, after := tr.engine.Clock.Now(), time.Duration(-1)
			f.during = func(string) { after = tr.engine.Clock.Since(began) }
			sum, _ := tr.apply()
			if sum.Done != 1 || after < of.waits || after > of.waits+20*time.Second {
				t.Errorf("sent after %s, summary %+v", after, sum)
			}
		})
	}
}

// Who is found between two homes when nothing can be going on any more is left in doubt, and sent nothing.
func TestACallThatStoppedHalfWay(t *testing.T) {
	t.Parallel()
	f, hcl := movers(2, "")
	tr := flying(t, f, hcl, time.Minute, mover(0))
	f.during = func(string) {
		f.mu.Lock()
		f.people["sip:u00@x.com"] = "neither"
		f.mu.Unlock()
	}
	sum, results := tr.apply()
	if want := (engine.Summary{Begun: 2, Done: 1, Doubt: 1, Between: 1}); sum != want || !slices.Equal(f.order, []string{"move u01"}) {
		t.Errorf("sent %v, summary %+v, in the journal %v", f.order, sum, results)
	}
	if !tr.told(event.Doubt, "it was under way when run before was cut off, and the user is between the old home and the new one") {
		t.Errorf("told %+v", tr.events)
	}
	left := tr.recall() // the run has found that, and sent nothing
	if len(left) != 1 || left[0].Sent() || left[0].Kind != "home" || left[0].User != "sip:u00@x.com" || !strings.Contains(string(left[0].Was), `"Home":"cloud"`) {
		t.Errorf("the journal leaves %+v", left)
	}
}

// Who was between two homes when the plan was made is moved when nothing can be going on any more, as the plan says.
func TestWhoWasBetweenTwoHomesAsPlanned(t *testing.T) {
	t.Parallel()
	f, hcl := movers(1, "")
	f.people["sip:u00@x.com"] = "nowhere"
	tr := flying(t, f, hcl, time.Minute, mover(0))
	between := mover(0)
	between.Run, between.Kind, between.After, between.Was = "before", "home", json.RawMessage(`{"target":"\"pool\""}`), json.RawMessage(`{"SipAddress":"sip:u00@x.com","Home":"cloud"}`)
	tr.engine.Between = []journal.Underway{between}
	began, after := tr.engine.Clock.Now(), time.Duration(-1)
	f.during = func(string) { after = tr.engine.Clock.Since(began) }
	if sum, _ := tr.apply(); sum != (engine.Summary{Begun: 1, Done: 1}) || after < 11*time.Minute {
		t.Errorf("sent after %s, summary %+v", after, sum)
	}
}

// A run that is stopped while it waits leaves those alone for whom it waits.
func TestStoppedWhileSomethingIsUnderWay(t *testing.T) {
	t.Parallel()
	f, hcl := movers(3, "")
	tr := flying(t, f, hcl, time.Minute, mover(1))
	tr.engine.Clock = nil // waits in earnest
	tr.engine.Underway[0].Since = time.Now()
	tr.heard = func(e event.Event) {
		if e.Type == event.Waiting {
			close(tr.stop)
		}
	}
	sum, _ := tr.apply()
	if want := (engine.Summary{Begun: 2, Done: 2, Skipped: 1, Stopped: true}); sum != want || len(f.order) != 2 {
		t.Errorf("sent %v, summary %+v", f.order, sum)
	}
}

// An object that was being made is looked for as well, behind the others of its block; what shows is not made again.
func TestAnObjectThatWasBeingMade(t *testing.T) {
	t.Parallel()
	for name, arrives := range map[string]bool{"it shows": true, "it was never sent": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFar()
			tr := flying(t, f, "thing \"all\" {\n for_each = toset([\"a\", \"b\"])\n identity = each.key\n size = 1\n}\n", time.Minute,
				journal.Underway{Here: true, Entry: journal.Entry{Address: `thing.all["a"]`, Commands: []string{"create"}}})
			began, last := tr.engine.Clock.Now(), time.Duration(0)
			f.during = func(string) {
				last = tr.engine.Clock.Since(began)
				f.mu.Lock()
				defer f.mu.Unlock()
				if arrives {
					f.things["a"] = 1
				}
			}
			sum, _ := tr.apply()
			want := []string{"create b", "create a"}
			if arrives {
				want = want[:1]
			}
			if !slices.Equal(f.order, want) || sum.Done != 2 || sum.Err() != nil || f.things["a"] != 1 {
				t.Errorf("sent %v, summary %+v, events %+v", f.order, sum, tr.events)
			}
			if !arrives && (last < 11*time.Minute || last > 12*time.Minute) {
				t.Errorf("it was sent after %s", last)
			}
		})
	}
}

// The plan says who is under way.
func TestThePlanSaysWhoIsUnderWay(t *testing.T) {
	t.Parallel()
	f, hcl := movers(6, "")
	tr := flying(t, f, hcl, time.Minute, mover(0), mover(3), mover(77))
	p := tr.plan()
	const want = "under way when run before was cut off (sent at 21:19:00 UTC); it may still be going on, so nothing is sent again before reading shows what became of it, or before 21:31:00 UTC"
	notes := p.Plan.Changes[0].UserNotes
	if len(notes) != 1 || notes[0].Users != 2 || notes[0].Text != want {
		t.Errorf("notes %+v", notes)
	}
}
