package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"hybrid/internal/journal"
)

// named NAME DIR sets a variable to the ID of the latest run in a folder of journals.
func named(ts *testscript.TestScript, neg bool, args []string) {
	only(ts, neg, args, 2, "named NAME DIR")
	runs, _ := journal.List(ts.MkAbs(args[1])) // files that are damaged on purpose may lie beside them
	if len(runs) == 0 {
		ts.Fatalf("there is no run in %s", args[1])
	}
	ts.Setenv(args[0], runs[0].ID)
}

// damage FILE changes a byte of a file.
func damage(ts *testscript.TestScript, neg bool, args []string) {
	only(ts, neg, args, 1, "damage FILE")
	content := []byte(ts.ReadFile(args[0]))
	content[len(`{"crc":"00000000","`)]++
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), content, 0o600))
}

// TestRunsSayWhoseTheLockIs: what is known of a run without an end depends on who holds the lock, and from where.
func TestRunsSayWhoseTheLockIs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	book, err := journal.Begin(dir, journal.Run{ID: "r1", Command: "apply", Who: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	defer book.End(journal.Summary{})
	if err := book.Intent(journal.Entry{Address: "a", Action: "create"}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ lock, want string }{
		{"", "r1   did not come to its end: 1 in doubt\n"},
		{`{"who":"ada","host":"far.example.com","pid":7,"run":"r1"}`, "r1   is under way on far.example.com (process 7), or was cut off there: the lock is still its own: 1 in doubt\n"},
		{`{"who":"eve","host":"far.example.com","pid":7,"run":"r2"}`, "\nThe journal is locked by run r2 by eve on far.example.com (process 7).\n"},
		{`{`, "\nThe journal is locked by a run that is starting, or that was cut off while it started.\n"},
	} {
		path := filepath.Join(dir, "lock.json")
		if err := os.WriteFile(path, []byte(tt.lock), 0o600); err != nil {
			t.Fatal(err)
		}
		if tt.lock == "" {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
		list, err := listRuns(t.Context(), journal.In(dir), 0)
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		list.write(&out)
		if !strings.Contains(out.String(), tt.want) {
			t.Errorf("%s: %q is not in\n%s", tt.lock, tt.want, out.String())
		}
	}
}

// TestWhatIsUnderWayIsNotInDoubt: while a run is at work here, what it has announced is being done.
func TestWhatIsUnderWayIsNotInDoubt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	book, err := journal.Begin(dir, journal.Run{ID: "r1", Command: "apply", Who: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	defer book.End(journal.Summary{})
	entries := []journal.Entry{{Address: "a", Action: "create"}, {Address: "b", Action: "create"}, {Address: "c", Action: "create"}}
	if err := book.Intent(entries...); err != nil {
		t.Fatal(err)
	}
	entries[0].Result, entries[1].Result = journal.Done, journal.Doubt
	if err := book.Outcome(entries[:2]...); err != nil {
		t.Fatal(err)
	}
	list, err := listRuns(t.Context(), journal.In(dir), 0)
	if err != nil {
		t.Fatal(err)
	}
	var told strings.Builder
	list.write(&told)
	want := fmt.Sprintf("r1   is under way (process %d): 1 done, 1 in doubt, 1 under way\n", os.Getpid())
	if !strings.HasPrefix(told.String(), want) || list.Runs[0].Counts.Doubt != 1 || list.Runs[0].UnderWay != 1 {
		t.Errorf("%+v:\n%s", list.Runs[0], told.String())
	}
}
