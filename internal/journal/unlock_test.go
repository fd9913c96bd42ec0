package journal

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func unlocking() Unlocking {
	return Unlocking{Who: "ada", Host: "fe09", Reason: "the laptop was stolen", Time: time.Date(2026, 11, 21, 23, 4, 5, 0, time.UTC)}
}

// lockedBy is a folder that a process of another machine holds.
func lockedBy(t *testing.T, h Holder) Folder {
	t.Helper()
	dir := t.TempDir()
	content, err := json.Marshal(h)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, lockName), content, 0o600))
	return In(dir)
}

func TestUnlockingAFolderIsInTheNextJournal(t *testing.T) {
	t.Parallel()
	f := lockedBy(t, Holder{Who: "eve", Host: "elsewhere", PID: 7, Run: "hers"})
	_, err := BeginIn(context.Background(), f, Run{Command: "apply"})
	var locked *LockedError
	if !errors.As(err, &locked) {
		t.Fatalf("got %v", err)
	}
	hold, err := f.Unlock(context.Background(), unlocking())
	if err != nil || hold.Run != "hers" || hold.State != Elsewhere {
		t.Fatalf("got %+v, %v", hold, err)
	}
	if _, err := f.Unlock(context.Background(), unlocking()); !errors.Is(err, ErrFree) {
		t.Errorf("a second time: %v", err)
	}
	for n, want := range []int{1, 0} { // the run after the next does not say it again
		j, err := BeginIn(context.Background(), f, Run{ID: []string{"a", "b"}[n], Command: "apply"})
		must(t, err)
		must(t, j.End(Summary{Result: Done}))
		past, err := Read(j.Path())
		must(t, err)
		if len(past.Notes) != want {
			t.Fatalf("run %d has notes %v", n, past.Notes)
		}
		if want == 1 && past.Notes[0].Text != "the lock of run hers (process 7 on elsewhere) was taken away by ada on fe09 at 2026-11-21 23:04:05 UTC: the laptop was stolen" {
			t.Errorf("it says %q", past.Notes[0].Text)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(f.Dir(), "*.json")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestALockOfWhoIsAliveIsNotTakenAway(t *testing.T) {
	t.Parallel()
	f := In(t.TempDir())
	j, err := BeginIn(context.Background(), f, Run{Command: "apply"})
	must(t, err)
	var alive *AliveError
	if _, err := f.Unlock(context.Background(), unlocking()); !errors.As(err, &alive) || !strings.Contains(err.Error(), "is at work on this machine") {
		t.Errorf("got %v", err)
	}
	must(t, j.End(Summary{Result: Done})) // the lock is still its own
}

func TestATornLockCanBeTakenAway(t *testing.T) {
	t.Parallel()
	f := lockedBy(t, Holder{})
	hold, err := f.Unlock(context.Background(), unlocking())
	if err != nil || hold.State != "" {
		t.Fatalf("got %+v, %v", hold, err)
	}
	j, err := BeginIn(context.Background(), f, Run{Command: "apply"})
	must(t, err)
	must(t, j.End(Summary{Result: Done}))
}

func TestUnlockingGivesWayToATakeOver(t *testing.T) {
	t.Parallel()
	f := lockedBy(t, Holder{Host: "elsewhere", PID: 7, Run: "hers"})
	must(t, os.WriteFile(filepath.Join(f.Dir(), takeOverName), nil, 0o600))
	var locked *LockedError
	if _, err := f.Unlock(context.Background(), unlocking()); !errors.As(err, &locked) {
		t.Errorf("got %v", err)
	}
	if hold, err := f.Held(context.Background()); err != nil || hold == nil || hold.Run != "hers" {
		t.Errorf("held by %+v, %v", hold, err)
	}
}

// Whoever unlocks a folder on another machine cannot know that its run is no more. If it is at work all the same, it stops.
func TestARunWhoseLockWasTakenAwayBeginsNothing(t *testing.T) {
	t.Parallel()
	for name, take := range map[string]func(path string) error{
		"deleted": os.Remove,
		"taken over": func(path string) error {
			return os.WriteFile(path, []byte(`{"who":"eve","host":"fe02","pid":7,"run":"r2"}`), 0o600)
		},
	} {
		dir := t.TempDir()
		j, err := Begin(dir, Run{ID: "r1", Command: "apply"})
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Intent(Entry{Address: "a", Action: "move"}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := take(filepath.Join(dir, lockName)); err != nil {
			t.Fatal(err)
		}
		if err := j.Turn(Entry{Address: "a", Action: "move", Result: Done}, Entry{Address: "b", Action: "move"}); err == nil || !strings.Contains(err.Error(), "is not this run's any more") {
			t.Errorf("%s: the next is begun: %v", name, err)
		}
		if err := j.Intent(Entry{Address: "c", Action: "move"}); err == nil || !strings.Contains(err.Error(), "was deleted while this run was at work") {
			t.Errorf("%s: another is begun: %v", name, err)
		}
		_ = j.End(Summary{Result: Failed}) // says once more that the lock is gone
		past, err := Read(j.Path())
		if err != nil {
			t.Fatal(err)
		}
		if len(past.Entries) != 1 || past.Entries[0].Result != Done || past.End == nil {
			t.Errorf("%s: the journal has %+v, end %v", name, past.Entries, past.End)
		}
		if now, err := os.ReadFile(filepath.Join(dir, lockName)); name == "taken over" && (err != nil || !strings.Contains(string(now), "eve")) {
			t.Errorf("the lock of another run was removed: %s, %v", now, err)
		}
	}
}
