package journal

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// clockAt sets the clock of a run.
func clockAt(moment *time.Time) system {
	sys := machine()
	sys.now = func() time.Time { return *moment }
	return sys
}

// What runs left open is found, the latest run first, as long ago as is asked for; who has been settled is not.
func TestUnderway(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Date(2026, 11, 28, 21, 0, 0, 0, time.UTC)
	for n, end := range []*Summary{nil, {Result: "done", Done: 1}, {Result: "failed", Doubt: 1}, nil} {
		j, err := begin(dir, Run{Command: "apply"}, clockAt(&now))
		if err != nil {
			t.Fatal(err)
		}
		name := string(rune('a' + n))
		keep(t, j.Intent(Entry{Address: name + ".done", Action: "move"}), j.Outcome(Entry{Address: name + ".done", Action: "move", Result: Done}))
		now = now.Add(time.Minute)
		if end == nil || end.Doubt > 0 {
			keep(t, j.Intent(Entry{Address: name + ".open", Action: "move"}))
		}
		now = now.Add(time.Hour)
		if end != nil {
			if end.Doubt > 0 {
				keep(t, j.Outcome(Entry{Address: name + ".open", Action: "move", Result: Doubt}))
			}
			keep(t, j.End(*end))
			continue
		}
		keep(t, j.file.Close(), j.lease.Release()) // cut off
	}
	if err := os.WriteFile(filepath.Join(dir, "20200101T000000Z-apply-0000.jsonl"), []byte("damaged\n"), 0o600); err != nil {
		t.Fatal(err) // long before what is asked for
	}
	for since, want := range map[time.Duration]string{5 * time.Hour: "d c a", 3 * time.Hour: "d c", 90 * time.Minute: "d", 0: ""} {
		open, err := UnderwaySince(dir, now.Add(-since))
		if since == 5*time.Hour { // goes back to the damaged one
			if err == nil {
				t.Error("a file that cannot be read counts as one that leaves nothing open")
			}
			keep(t, os.Remove(filepath.Join(dir, "20200101T000000Z-apply-0000.jsonl")))
			open, err = UnderwaySince(dir, now.Add(-since))
		}
		keep(t, err)
		var names []string
		for _, u := range open {
			names = append(names, strings.TrimSuffix(u.Address, ".open"))
			if !u.Here || u.CutOff != (u.Address != "c.open") || !strings.Contains(u.String(), map[bool]string{true: " was cut off", false: " ended"}[u.CutOff]) {
				t.Errorf("%+v: %s", u, u)
			}
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("since %s: %q, not %q", since, got, want)
		}
	}
	open, err := UnderwaySince(dir, now.Add(-90*time.Minute))
	keep(t, err)
	if want := now.Add(-time.Hour); len(open) != 1 || !open[0].Since.Equal(want) {
		t.Errorf("%+v, announced at %s", open, want)
	}
}

// Of a user whom it had not announced a run may find that an earlier call has stopped half way: that is found when it was, not sent.
func TestFoundBetweenTwoHomes(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Date(2026, 11, 28, 21, 0, 0, 0, time.UTC)
	j, err := begin(dir, Run{Command: "apply"}, clockAt(&now))
	keep(t, err)
	now = now.Add(time.Hour)
	keep(t, j.Outcome(Entry{Address: "a", Action: "move", Result: Doubt, Was: json.RawMessage(`{"Home":"cloud"}`)}),
		j.Outcome(Entry{Address: "b", Action: "move", Result: Doubt}), j.End(Summary{Result: Partial, Doubt: 2}))
	left, err := UnderwaySince(dir, now.Add(-time.Minute))
	keep(t, err)
	if len(left) != 1 || left[0].Address != "a" || left[0].Sent() || !left[0].Since.Equal(now) || string(left[0].Was) != `{"Home":"cloud"}` {
		t.Errorf("%+v", left)
	}
}

// Whom a run has done that was cut off before it read back may have been left half way, whichever block the user was of: until a run
// that came to its end has done the same.
func TestDoneAndNotReadBack(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Date(2026, 11, 28, 21, 0, 0, 0, time.UTC)
	run := func(block string, whole bool) {
		t.Helper()
		now = now.Add(time.Minute)
		j, err := begin(dir, Run{Command: "apply"}, clockAt(&now))
		keep(t, err)
		address := block + `["sip:a@x.com"]`
		keep(t, j.Intent(Entry{Address: address, Action: "move", Kind: "home", User: "sip:a@x.com", Was: json.RawMessage(`{"Home":"cloud"}`)}),
			j.Outcome(Entry{Address: address, Action: "move", Result: Done}))
		if whole {
			keep(t, j.End(Summary{Result: Done, Done: 1}))
			return
		}
		keep(t, j.file.Close(), j.lease.Release())
	}
	for n, want := range []int{1, 2, 0} {
		run(string(rune('a'+n)), n == 2)
		left, err := UnderwaySince(dir, now.Add(-time.Hour))
		keep(t, err)
		if len(left) != want {
			t.Errorf("after run %d: %+v", n, left)
		}
		for _, u := range left {
			if u.Unheard() || string(u.Was) != `{"Home":"cloud"}` {
				t.Errorf("%+v", u)
			}
		}
	}
	// What is damaged hides what came before it, and nothing that came after.
	run("d", false)
	keep(t, os.WriteFile(filepath.Join(dir, "20261128T200100Z-apply-0000.jsonl"), []byte("damaged\n"), 0o600))
	if left, err := UnderwaySince(dir, now.Add(-3*time.Hour)); err == nil || len(left) != 1 {
		t.Errorf("%+v, %v", left, err)
	}
}

// Who counts as failed because the answer was lost is under way, until a later run has done it; whoever was refused is not.
func TestUnderwayWhenAnAnswerWasLost(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Date(2026, 11, 28, 21, 0, 0, 0, time.UTC)
	run := func(outcomes ...Entry) {
		t.Helper()
		j, err := begin(dir, Run{Command: "apply"}, clockAt(&now))
		if err != nil {
			t.Fatal(err)
		}
		end := Summary{Result: "done"}
		for _, e := range outcomes {
			keep(t, j.Intent(Entry{Address: e.Address, Action: "move"}))
			now = now.Add(time.Minute)
			e.Action = "move"
			if e.Lost && e.Result != Doubt {
				keep(t, j.Outcome(Entry{Address: e.Address, Action: "move", Result: Doubt, Lost: true}))
				e.Lost = false // the first outcome has said it
			}
			keep(t, j.Outcome(e))
			end.Failed += map[string]int{Failed: 1}[e.Result]
			end.Doubt += map[string]int{Doubt: 1}[e.Result]
		}
		keep(t, j.End(end))
		now = now.Add(time.Second)
	}
	under := func() string {
		t.Helper()
		left, err := UnderwaySince(dir, now.Add(-time.Hour))
		keep(t, err)
		var names []string
		for _, u := range left {
			names = append(names, u.Address)
			if !u.Lost || u.CutOff {
				t.Errorf("%+v", u)
			}
		}
		return strings.Join(names, " ")
	}
	run(Entry{Address: "a", Result: Failed, Lost: true}, Entry{Address: "b", Result: Failed, Error: "refused"}, Entry{Address: "c", Result: Done, Lost: true},
		Entry{Address: "d", Result: Failed, Lost: true}, Entry{Address: "e", Result: Doubt, Lost: true})
	if got := under(); got != "a d e" {
		t.Errorf("under way are %q", got)
	}
	run(Entry{Address: "a", Result: Done})
	run(Entry{Address: "d", Result: Failed, Error: "refused"})
	if got := under(); got != "d e" {
		t.Errorf("under way are %q after later runs", got)
	}
}

func keep(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}
