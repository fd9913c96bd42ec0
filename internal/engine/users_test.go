package engine_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hybrid/internal/engine"
	"hybrid/internal/event"
	"hybrid/internal/journal"
	"hybrid/planner"
)

// Users who follow from data that does not tell are not nobody: nothing is done about them, what depends on them waits, and
// the run is not a success.
func TestUsersWhoAreNotKnownHoldBackWhatDepends(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.people["sip:ada@x.com"] = "cloud"
	tr := try(t, f, `
data "fact" "a" { about = "secret" }
home "late" {
  users  = [for text in [data.fact.a.text] : { sip_address = "sip:ada@x.com" } if text == "yes"]
  target = "pool"
}
thing "last" { depends_on = [home.late] }
thing "other" { size = 1 }
`)
	sum, results := tr.apply()
	if want := (engine.Summary{Begun: 1, Done: 1, Skipped: 2}); sum != want || sum.Err() == nil {
		t.Errorf("summary %+v, journal %v", sum, results)
	}
	if !slices.Equal(f.order, []string{"create other"}) || !tr.told(event.Skipped, "nothing is done where live state is not known") {
		t.Errorf("order %v, events %+v", f.order, tr.events)
	}
}

func users(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "    { sip_address = \"sip:u%02d@x.com\", identity = \"u%02d\" },\n", i, i)
	}
	return "[\n" + b.String() + "  ]"
}

func movers(n int, wave string) (*far, string) {
	f := newFar()
	for i := range n {
		f.people[fmt.Sprintf("sip:u%02d@x.com", i)] = "cloud"
	}
	return f, "home \"all\" {\n  users = " + users(n) + "\n  target = \"pool\"\n" + wave + "\n}\n"
}

func TestWaves(t *testing.T) {
	t.Parallel()
	f, hcl := movers(20, "wave {\n canary = 2\n batch = 5\n parallel = 3\n }")
	f.during = func(string) { time.Sleep(time.Millisecond) }
	tr := try(t, f, hcl)
	sum, results := tr.apply()
	if sum.Done != 20 || sum.Err() != nil || len(results) != 20 {
		t.Errorf("summary %+v, %d in the journal", sum, len(results))
	}
	if first := sorted(slices.Clone(f.order[:2])); !slices.Contains(first, "move u00") || !slices.Contains(first, "move u01") {
		t.Errorf("the first were %v", first)
	}
	if f.most > 3 {
		t.Errorf("%d at once, where 3 are allowed", f.most)
	}
	if f.reads["home"] != 3 { // plan, canary, end
		t.Errorf("%d reads", f.reads["home"])
	}
}

func TestCanaryStopsTheRest(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(*far){
		"fails":        func(f *far) { f.fail["u01"] = errors.New("Error=(510)") },
		"is not shown": func(f *far) { f.silent["u01"] = true },
		"cannot be read": func(f *far) {
			f.during = func(string) {
				f.mu.Lock()
				f.unread["home"] = errors.New("gone")
				f.mu.Unlock()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, hcl := movers(10, "wave {\n canary = 2\n max_failures = \"50%\"\n }")
			harm(f)
			sum, _ := try(t, f, hcl).apply()
			if len(f.order) != 2 || sum.Skipped != 8 {
				t.Errorf("%d were begun, summary %+v", len(f.order), sum)
			}
		})
	}
}

func TestMaxFailures(t *testing.T) {
	t.Parallel()
	f, hcl := movers(10, "wave {\n parallel = 1\n max_failures = \"10%\"\n }")
	for _, u := range []string{"u02", "u04", "u06"} {
		f.fail[u] = errors.New("no licence")
	}
	sum, _ := try(t, f, hcl).apply()
	if want := (engine.Summary{Begun: 5, Done: 3, Failed: 2, Skipped: 5}); sum != want {
		t.Errorf("summary %+v, want %+v", sum, want)
	}
}

func TestEnabledThenMoved(t *testing.T) {
	t.Parallel()
	f := newFar()
	tr := try(t, f, "person \"all\" { users = "+users(2)+" }\nhome \"all\" {\n users = "+users(2)+"\n target = \"pool\"\n}\n")
	if n := tr.plan().Plan.Count(); n.Enabled != 2 || n.Moved != 2 || n.Blocked != 0 {
		t.Errorf("planned %+v", n)
	}
	sum, _ := tr.apply()
	if sum.Done != 4 || f.people["sip:u01@x.com"] != "pool" {
		t.Errorf("summary %+v, people %v", sum, f.people)
	}
	if f.reads["person"]+f.reads["home"] != f.reads["person"] {
		t.Errorf("two kinds of one table were read apart: %v", f.reads)
	}
}

func TestDoubtfulUsers(t *testing.T) {
	t.Parallel()
	f, hcl := movers(4, "wave { max_failures = 4 }")
	f.lost["u00"], f.missed["u01"] = true, true
	sum, results := try(t, f, hcl).apply()
	if want := (engine.Summary{Begun: 4, Done: 3, Failed: 1}); sum != want {
		t.Errorf("summary %+v, want %+v", sum, want)
	}
	if !slices.Contains(results, `done home.all["sip:u00@x.com"]`) || !slices.Contains(results, `failed home.all["sip:u01@x.com"]`) {
		t.Error(results)
	}
}

// Users who were moved and cannot be read back are in doubt, and the journal says so of each.
func TestUsersThatCannotBeReadBackAreInDoubt(t *testing.T) {
	t.Parallel()
	f, hcl := movers(2, "")
	f.during = func(string) {
		f.mu.Lock()
		f.unread["home"] = errors.New("gone")
		f.mu.Unlock()
	}
	sum, results := try(t, f, hcl).apply()
	if want := (engine.Summary{Begun: 2, Doubt: 2}); sum != want {
		t.Errorf("summary %+v, want %+v", sum, want)
	}
	if want := []string{`doubt home.all["sip:u00@x.com"]`, `doubt home.all["sip:u01@x.com"]`}; !slices.Equal(sorted(results, want...), want) {
		t.Error(results)
	}
}

func TestStop(t *testing.T) {
	t.Parallel()
	f, hcl := movers(30, "wave { parallel = 2 }")
	tr := try(t, f, hcl)
	var once sync.Once
	f.during = func(string) { once.Do(func() { close(tr.stop) }) }
	sum, _ := tr.apply()
	if !sum.Stopped || sum.Done == 0 || sum.Skipped == 0 || sum.Done+sum.Skipped != 30 {
		t.Errorf("summary %+v", sum)
	}
	if len(f.order) > 4 {
		t.Errorf("%d were begun after the stop", len(f.order))
	}
}

// A journal that breaks in the middle: nothing more is begun, and what was done is read back and counted.
func TestJournalThatBreaks(t *testing.T) {
	t.Parallel()
	f, hcl := movers(30, "wave { parallel = 2 }")
	tr := try(t, f, hcl+"thing \"after\" { size = 1 }")
	p := tr.plan()
	book, err := journal.Begin(filepath.Join(tr.dir, "journal"), journal.Run{Command: "apply"})
	if err != nil {
		t.Fatal(err)
	}
	var calls atomic.Int32
	f.during = func(string) {
		if calls.Add(1) == 5 {
			_ = book.End(journal.Summary{}) // as good as a full disk: nothing can be written after it
		}
	}
	sum, err := tr.engine.Apply(t.Context(), p, engine.ApplyOptions{
		Journal: book, Approval: planner.Approve(p.Plan),
		Events: func(e event.Event) { tr.events = append(tr.events, e) },
	})
	if err == nil {
		t.Error("a journal that cannot be written is no error")
	}
	if sum.Begun == 30 || sum.Done != sum.Begun || sum.Done+sum.Skipped != 31 {
		t.Errorf("summary %+v", sum)
	}
	if !tr.told(event.Skipped, "the journal cannot be written") {
		t.Errorf("events %+v", tr.events)
	}
}
