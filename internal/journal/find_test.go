package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for n := range 7 {
		must(t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("20261122T22000%dZ-apply-00aa.jsonl", n)), []byte("names are enough"), 0o600))
	}
	must(t, os.WriteFile(filepath.Join(dir, "20261122T220006Z-apply-00aab.jsonl"), nil, 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "lock.json"), nil, 0o600))
	for _, tt := range []struct{ id, want string }{
		{"20261122T220003Z-apply-00aa", "20261122T220003Z-apply-00aa.jsonl"},
		{"20261122T220003", "20261122T220003Z-apply-00aa.jsonl"},
		{"20261122T220006Z-apply-00aa", "20261122T220006Z-apply-00aa.jsonl"}, // whole, though another begins with it
		{"20261122T220006Z-apply-00aab", "20261122T220006Z-apply-00aab.jsonl"},
		{"20261122T220006", "is the beginning of 2 runs in "},
		{"2026", "20261122T220006Z-apply-00aab, 20261122T220006Z-apply-00aa, 20261122T220005Z-apply-00aa, 20261122T220004Z-apply-00aa, 20261122T220003Z-apply-00aa and 3 more"},
		{"2027", `there is no run "2027" in `},
		{"", `there is no run "" in `},
		{"lock", `there is no run "lock" in `},
	} {
		path, err := Find(dir, tt.id)
		if err == nil && filepath.Base(path) != tt.want || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %q, %v", tt.id, path, err)
		}
	}
	if _, err := Find(filepath.Join(dir, "none"), "2026"); err == nil {
		t.Error("a run was found in a folder that is not there")
	}
}

func TestHeld(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if h, err := held(dir, machine()); h != nil || err != nil {
		t.Errorf("nobody holds it: %+v, %v", h, err)
	}
	run := sample()
	run.Host = ""
	j, err := Begin(dir, run)
	must(t, err)
	h, err := held(dir, machine())
	must(t, err)
	if h.State != Alive || h.Run != "r1" || h.PID != os.Getpid() {
		t.Errorf("%+v", h)
	}
	gone := machine()
	gone.alive = func(int) bool { return false }
	if h, err = held(dir, gone); err != nil || h.State != Gone {
		t.Errorf("%+v, %v", h, err)
	}
	must(t, j.End(Summary{Result: Done}))
	if h, err := held(dir, machine()); h != nil || err != nil {
		t.Errorf("it was given back: %+v, %v", h, err)
	}
	must(t, os.WriteFile(filepath.Join(dir, lockName), []byte(`{"who":"eve","host":"elsewhere.example.com","pid":7,"run":"r2"}`), 0o600))
	if h, err = held(dir, machine()); err != nil || h.State != Elsewhere || h.Who != "eve" {
		t.Errorf("%+v, %v", h, err)
	}
	must(t, os.WriteFile(filepath.Join(dir, lockName), []byte(`{"who`), 0o600))
	if h, err = held(dir, machine()); err != nil || h.State != "" {
		t.Errorf("a lock that is cut off: %+v, %v", h, err)
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	p, err := Read(recorded(t, t.TempDir()))
	must(t, err)
	if p.Ended.IsZero() || !cmp.Equal(*p.End, p.Count()) {
		t.Errorf("ended %v: %+v", p.Ended, p.Count())
	}
	p.End = nil // as if it had been cut off
	got := p.Count()
	if diff := cmp.Diff(Summary{Done: 1, Failed: 1, Doubt: 2}, got); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}
