package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// disk is a file whose writes and syncs can fail.
type disk struct {
	mu      sync.Mutex
	data    bytes.Buffer
	syncs   int
	writes  int
	onWrite func(b []byte) (int, error) // nil: all is well
	onSync  func() error
	closed  bool
}

func (d *disk) Write(b []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.writes++
	if d.onWrite != nil {
		n, err := d.onWrite(b)
		d.data.Write(b[:n])
		return n, err
	}
	return d.data.Write(b)
}

func (d *disk) Sync() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.syncs++
	if d.onSync != nil {
		return d.onSync()
	}
	return nil
}

func (d *disk) Close() error { d.closed = true; return nil }

// noon is when everything in these tests happens.
var noon = time.Date(2026, 11, 22, 6, 12, 0, 0, time.UTC)

func on(d *disk) system {
	s := machine()
	s.create = func(string) (file, error) { return d, nil }
	s.now = func() time.Time { return noon }
	return s
}

func sample() Run {
	return Run{ID: "r1", Command: "apply", Who: "ada", Host: "admin01", Reason: "wave 1", Config: "sha256:12", Version: "0.1.0"}
}

// recorded makes a run with everything in it and gives its file.
func recorded(t testing.TB, dir string) string {
	t.Helper()
	j, err := Begin(dir, sample())
	must(t, err)
	must(t, j.Intent(
		Entry{Address: "hosting_provider.A", Action: "create", Kind: "hosting_provider", Commands: []string{"New-CsHostingProvider <&>"}, After: json.RawMessage(`{"enabled": true}`)},
		Entry{Address: "user_homing.p[\"sip:ada@contoso.com\"]", Action: "move"},
		Entry{Address: "user_homing.p[\"sip:bob@contoso.com\"]", Action: "move"},
		Entry{Address: "user_homing.p[\"sip:cyd@contoso.com\"]", Action: "move"},
	))
	must(t, j.Outcome(Entry{Address: "hosting_provider.A", Action: "create", Result: Done, Millis: 312}))
	must(t, j.Outcome(
		Entry{Address: "user_homing.p[\"sip:ada@contoso.com\"]", Action: "move", Result: Failed, Error: "access denied"},
		Entry{Address: "user_homing.p[\"sip:bob@contoso.com\"]", Action: "move", Result: Doubt, Error: "answer lost"},
	))
	must(t, j.Note("the second Ctrl-C"))
	must(t, j.End(Summary{Result: "partial", Done: 1, Failed: 1, Doubt: 2}))
	return j.Path()
}

// unanswered leaves out when a call was answered, which is no part of what was written.
var unanswered = cmpopts.IgnoreFields(Entry{}, "Answered", "Begun")

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestReadGivesBackWhatWasWritten(t *testing.T) {
	t.Parallel()
	p, err := Read(recorded(t, t.TempDir()))
	must(t, err)
	wantRun := sample()
	wantRun.Started = p.Started
	if diff := cmp.Diff(wantRun, p.Run); diff != "" || p.Started.IsZero() {
		t.Errorf("run (-want +got):\n%s", diff)
	}
	want := []Entry{
		{Address: "hosting_provider.A", Action: "create", Kind: "hosting_provider", Commands: []string{"New-CsHostingProvider <&>"}, After: json.RawMessage(`{"enabled":true}`), Result: Done, Millis: 312},
		{Address: "user_homing.p[\"sip:ada@contoso.com\"]", Action: "move", Result: Failed, Error: "access denied"},
		{Address: "user_homing.p[\"sip:bob@contoso.com\"]", Action: "move", Result: Doubt, Error: "answer lost"},
		{Address: "user_homing.p[\"sip:cyd@contoso.com\"]", Action: "move"},
	}
	if diff := cmp.Diff(want, p.Entries, unanswered); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want[2:], p.Open(), unanswered); diff != "" {
		t.Errorf("open (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(&Summary{Result: "partial", Done: 1, Failed: 1, Doubt: 2}, p.End); diff != "" {
		t.Errorf("end (-want +got):\n%s", diff)
	}
	if len(p.Notes) != 1 || p.Notes[0].Text != "the second Ctrl-C" || p.Notes[0].Time.IsZero() {
		t.Errorf("notes: %+v", p.Notes)
	}
}

func TestOutcomeNeedsAResult(t *testing.T) {
	t.Parallel()
	d := &disk{}
	j, err := begin(t.TempDir(), sample(), on(d))
	must(t, err)
	before := d.data.String()
	err = j.Outcome(Entry{Address: "a", Result: Done}, Entry{Address: "b"})
	if err == nil || !strings.Contains(err.Error(), "outcome of b has no result") {
		t.Errorf("got %v", err)
	}
	if d.data.String() != before {
		t.Error("something was written all the same")
	}
}

func TestAnEntryThatIsNoJSONLeavesNoGap(t *testing.T) {
	t.Parallel()
	d := &disk{}
	j, err := begin(t.TempDir(), sample(), on(d))
	must(t, err)
	err = j.Intent(Entry{Address: "a"}, Entry{Address: "b", Before: json.RawMessage(`{"half`)})
	if err == nil || !strings.Contains(err.Error(), "intent of b") {
		t.Errorf("got %v", err)
	}
	must(t, j.Intent(Entry{Address: "c"}))
	p, err := read(bytes.NewReader(d.data.Bytes()), "x")
	must(t, err)
	if diff := cmp.Diff([]Entry{{Address: "c"}}, p.Entries, unanswered); diff != "" {
		t.Error(diff)
	}
}

func TestAfterAFailureNothingIsWritten(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		broken func(*disk)
		want   error
	}{
		{"disk full", func(d *disk) { d.onWrite = func(b []byte) (int, error) { return len(b) / 2, syscall.ENOSPC } }, syscall.ENOSPC},
		{"short write", func(d *disk) { d.onWrite = func(b []byte) (int, error) { return len(b) - 2, nil } }, io.ErrShortWrite},
		{"sync", func(d *disk) { d.onSync = func() error { return syscall.EIO } }, syscall.EIO},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir, d := t.TempDir(), &disk{}
			j, err := begin(dir, sample(), on(d))
			must(t, err)
			must(t, j.Intent(Entry{Address: "a", Action: "move"}))
			tt.broken(d)
			first := j.Outcome(Entry{Address: "a", Action: "move", Result: Done})
			if !errors.Is(first, tt.want) {
				t.Fatalf("got %v", first)
			}
			for _, part := range []string{"cannot write to", j.Path(), "this run stops here"} {
				if !strings.Contains(first.Error(), part) {
					t.Errorf("%q is missing in %q", part, first)
				}
			}
			d.onWrite, d.onSync = nil, nil // the disk is well again, the journal is not
			size, writes := d.data.Len(), d.writes
			for _, again := range []error{j.Intent(Entry{Address: "b"}), j.Note("x"), j.End(Summary{})} {
				if !errors.Is(again, tt.want) {
					t.Errorf("a later call returned %v", again)
				}
			}
			if d.data.Len() != size || d.writes != writes {
				t.Error("something was written after the failure")
			}
			if !d.closed {
				t.Error("the file was left open")
			}
			if _, err := os.Stat(filepath.Join(dir, lockName)); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the lock was kept: %v", err)
			}
			p, err := read(bytes.NewReader(d.data.Bytes()), "r")
			must(t, err)
			if tt.name != "sync" && len(p.Open()) != 1 {
				t.Errorf("the announced move is not open: %+v", p.Entries)
			}
		})
	}
}

func TestAFolderThatCannotBeSynced(t *testing.T) {
	t.Parallel()
	dir, d := t.TempDir(), &disk{}
	s := on(d)
	s.syncDir = func(string) error { return syscall.EIO }
	if _, err := begin(dir, sample(), s); !errors.Is(err, syscall.EIO) || !d.closed {
		t.Errorf("got %v, closed %v", err, d.closed)
	}
	if _, err := os.Stat(filepath.Join(dir, lockName)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the lock was kept: %v", err)
	}
}

// An intent is on disk before the call returns: after the line of each call there is a sync of its own or a shared one.
func TestOneSyncForAllGiven(t *testing.T) {
	t.Parallel()
	d := &disk{}
	j, err := begin(t.TempDir(), sample(), on(d))
	must(t, err)
	before, writes := d.syncs, d.writes
	must(t, j.Intent(make([]Entry, 100)...))
	if d.syncs-before != 1 || d.writes-writes != 1 {
		t.Errorf("%d syncs and %d writes for one call", d.syncs-before, d.writes-writes)
	}
	must(t, j.Intent())
	if d.syncs-before != 1 {
		t.Error("a sync for nothing")
	}
}

// What became of one entry and what is about to be done of the next are on disk by one fsync, in that order.
func TestATurnIsOneSync(t *testing.T) {
	t.Parallel()
	d := &disk{}
	j, err := begin(t.TempDir(), sample(), on(d))
	must(t, err)
	must(t, j.Intent(Entry{Address: "a"}))
	before := d.syncs
	must(t, j.Turn(Entry{Address: "a", Result: Done}, Entry{Address: "b"}))
	if d.syncs-before != 1 {
		t.Errorf("%d syncs", d.syncs-before)
	}
	if err := j.Turn(Entry{Address: "b"}, Entry{Address: "c"}); err == nil || !strings.Contains(err.Error(), "the outcome of b has no result") {
		t.Errorf("%v", err)
	}
	p, err := read(bytes.NewReader(d.data.Bytes()), "r")
	must(t, err)
	if len(p.Entries) != 2 || p.Entries[0].Result != Done || p.Entries[1].Result != "" {
		t.Errorf("%+v", p.Entries)
	}
}

// While the disk is busy, those who come share the next fsync.
func TestCallsShareAnFsync(t *testing.T) {
	t.Parallel()
	const goroutines = 64
	d := &disk{}
	j, err := begin(t.TempDir(), sample(), on(d))
	must(t, err)
	before, busy := d.syncs, make(chan struct{})
	d.onSync = func() error { // the first sync lasts until all others have handed in their lines
		if d.syncs == before+1 {
			close(busy)
			for gathered := 0; gathered < goroutines; runtime.Gosched() {
				j.mu.Lock()
				gathered = j.seq - 2 // besides the run and the first intent
				j.mu.Unlock()
			}
		}
		return nil
	}
	var wait sync.WaitGroup
	first := make(chan error, 1)
	go func() { first <- j.Intent(Entry{Address: "first"}) }()
	select {
	case <-busy:
	case err := <-first:
		t.Fatalf("an intent returned without an fsync: %v", err)
	}
	for n := range goroutines {
		wait.Go(func() { must(t, j.Intent(Entry{Address: fmt.Sprint(n)})) })
	}
	wait.Wait()
	must(t, <-first)
	if got := d.syncs - before; got != 2 {
		t.Errorf("%d intents took %d syncs, want 2", goroutines+1, got)
	}
	p, err := read(bytes.NewReader(d.data.Bytes()), "r")
	must(t, err)
	if len(p.Entries) != goroutines+1 {
		t.Errorf("%d entries", len(p.Entries))
	}
}

func TestManyAtOnceKeepTheirOrder(t *testing.T) {
	t.Parallel()
	const goroutines, each = 16, 25
	dir := t.TempDir()
	j, err := Begin(dir, sample())
	must(t, err)
	var wait sync.WaitGroup
	for g := range goroutines {
		wait.Go(func() {
			for n := range each {
				e := Entry{Address: fmt.Sprintf("%d/%d", g, n), Action: "move"}
				must(t, j.Intent(e))
				e.Result = Done
				must(t, j.Outcome(e))
			}
		})
	}
	wait.Wait()
	must(t, j.End(Summary{Result: "done"}))
	p, err := Read(j.Path()) // fails where lines are out of order or torn
	must(t, err)
	next := map[string]int{}
	for _, e := range p.Entries {
		g, n, _ := strings.Cut(e.Address, "/")
		if fmt.Sprint(next[g]) != n || e.Result != Done {
			t.Fatalf("%s (%q) where %d is due", e.Address, e.Result, next[g])
		}
		next[g]++
	}
	if len(p.Entries) != goroutines*each || len(p.Open()) != 0 {
		t.Errorf("%d entries, %d open", len(p.Entries), len(p.Open()))
	}
}

func TestNamesAndModes(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "journal")
	s := machine()
	s.now = func() time.Time { return noon.In(time.FixedZone("CET", 3600)) }
	j, err := begin(dir, Run{Command: "apply"}, s)
	must(t, err)
	name := filepath.Base(j.Path())
	if ok, _ := filepath.Match("20261122T061200Z-apply-????.jsonl", name); !ok {
		t.Errorf("the file is called %s", name)
	}
	if runtime.GOOS != "windows" {
		for path, want := range map[string]fs.FileMode{dir: 0o700, j.Path(): 0o600, filepath.Join(dir, lockName): 0o600} {
			info, err := os.Stat(path)
			must(t, err)
			if got := info.Mode().Perm(); got != want {
				t.Errorf("%s has mode %o, want %o", path, got, want)
			}
		}
	}
	must(t, j.End(Summary{Result: "done"}))
	p, err := Read(j.Path())
	must(t, err)
	if host, _ := os.Hostname(); p.Host != host || !p.Started.Equal(noon) || p.Started.Location() != time.UTC {
		t.Errorf("run: %+v", p.Run)
	}
}

func TestRunsThatCannotBegin(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	notAFolder := filepath.Join(dir, "file")
	must(t, os.WriteFile(notAFolder, nil, 0o600))
	taken := filepath.Join(dir, "taken")
	must(t, os.Mkdir(taken, 0o700))
	must(t, os.WriteFile(filepath.Join(taken, "r1.jsonl"), nil, 0o600))
	tests := []struct {
		name, dir string
		run       Run
		want      []string
	}{
		{"a file in its place", notAFolder, sample(), []string{"journal: no run can be recorded in " + notAFolder, "not a directory", "Nothing was done", `journal = "…"`}},
		{"the run's file exists", taken, sample(), []string{"a run of this name is recorded already", "Nothing was done"}},
		{"a path for an ID", dir, Run{ID: "../x"}, []string{`"../x" cannot be the ID of a run`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Begin(tt.dir, tt.run)
			if err == nil {
				t.Fatal("it began")
			}
			for _, part := range tt.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q is missing in %q", part, err)
				}
			}
			if _, err := os.Stat(filepath.Join(tt.dir, lockName)); err == nil {
				t.Error("a lock was left")
			}
		})
	}
}
