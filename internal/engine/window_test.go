package engine_test

import (
	"testing"
	"time"

	"hybrid/internal/estimate"
	"hybrid/internal/event"
)

// A window that closes while something before is waited for is closed for the first users, too.
func TestAWindowThatClosesBeforeTheFirstUsers(t *testing.T) {
	t.Parallel()
	f, hcl := movers(3, "wave {\n canary = 1\n window = \"night\"\n }\n depends_on = [thing.a]")
	tr := try(t, f, hcl+"\nthing \"a\" { size = 1 }\n"+night)
	moment := time.Date(2026, 10, 24, 23, 0, 0, 0, time.UTC)
	tr.engine.Now = func() time.Time { return moment }
	f.during = func(identity string) { moment = moment.Add(12 * time.Hour) }
	sum, _ := tr.apply()
	if sum.Done != 1 || sum.Skipped != 3 || len(f.order) != 1 || !tr.told(event.Skipped, `the window "night" has closed`) {
		t.Errorf("summary %+v, order %v", sum, f.order)
	}
}

func TestWindows(t *testing.T) {
	t.Parallel()
	f, hcl := movers(1, "wave { window = \"night\" }")
	tr := try(t, f, hcl+night)
	p := tr.plan().Plan
	for at, open := range map[string]bool{
		"2026-10-24T21:59:00+02:00": false, "2026-10-24T22:00:00+02:00": true,
		"2026-10-25T02:59:00+01:00": true, // six hours of absolute time, though clocks went back in between
		"2026-10-25T03:00:00+01:00": false,
		"2026-03-29T04:59:00+02:00": true, // and forward
		"2026-03-29T05:00:00+02:00": false,
		"2026-10-23T23:00:00+02:00": false,
	} {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		tr.engine.Now = func() time.Time { return moment }
		err = tr.engine.CheckWindows(p)
		if (err == nil) != open {
			t.Errorf("at %s: %v, want open %v", at, err, open)
		}
	}
	tr.engine.Now = func() time.Time { return time.Date(2026, 10, 24, 23, 0, 0, 0, time.UTC) }
	if sum, _ := tr.apply(); sum.Done != 1 {
		t.Errorf("inside the window: %+v", sum)
	}
	f.people["sip:u00@x.com"] = "cloud"
	tr.engine.Now = func() time.Time { return time.Date(2026, 10, 25, 12, 0, 0, 0, time.UTC) }
	if sum, _ := tr.apply(); sum.Skipped != 1 || !tr.told(event.Skipped, `the window "night" has closed`) {
		t.Errorf("once it has closed: %+v", sum)
	}
	moment := time.Date(2026, 10, 21, 12, 0, 0, 0, time.UTC)
	tr.engine.Now = func() time.Time { return moment }
	want := `home.all may only be begun in the window "night", which opens Sat 24 Oct 2026 22:00 CEST. Come back then, or say --now --reason TEXT.`
	if err := tr.engine.CheckWindows(p); err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

// A window that is too short for its users is told, by how long it is open the next time or from now on.
func TestWindowsThatAreTooShort(t *testing.T) {
	t.Parallel()
	var past []estimate.Timing
	for range 9 {
		past = append(past, estimate.Timing{Run: 1, Kind: "home", Action: "move", Parallel: 1, Took: 10 * time.Minute})
	}
	closes := time.Date(2026, 11, 29, 3, 0, 0, 0, time.UTC)
	for name, of := range map[string]struct {
		users int
		now   time.Time
		open  time.Duration
	}{
		"before it opens, too many":     {37, time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC), 6 * time.Hour},
		"before it opens, so many":      {34, time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC), 0},
		"while it is open, so many":     {5, closes.Add(-time.Hour), 0},
		"while it is open, too many":    {7, closes.Add(-time.Hour), time.Hour},
		"without a clock there is none": {37, time.Time{}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, hcl := movers(of.users, "wave {\n parallel = 1\n window = \"night\"\n }")
			tr := try(t, f, hcl+night)
			tr.engine.Now = nil
			if !of.now.IsZero() {
				tr.engine.Now = func() time.Time { return of.now }
			}
			over := tr.engine.Overruns(tr.plan().Plan, 4, past)
			if of.open == 0 {
				if len(over) > 0 {
					t.Errorf("%+v", over)
				}
				return
			}
			open := of.open < 6*time.Hour
			if len(over) != 1 || over[0].Window != "night" || over[0].Open != of.open || over[0].Takes < time.Duration(of.users)*10*time.Minute || over[0].Closes.Equal(closes) != open {
				t.Errorf("%+v", over)
			}
		})
	}
}
