package engine_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hybrid/internal/engine"
	"hybrid/internal/journal"
	"hybrid/planner"
)

// remembering is a configuration of one thing, at a far end that lists so many, after a run that saw others.
func remembering(t *testing.T, now, was int) *trial {
	t.Helper()
	f := newFar()
	for n := range now {
		f.things[fmt.Sprintf("t%02d", n)] = 1
	}
	tr := try(t, f, `thing "t00" { size = 1 }`)
	tr.engine.Remembered = engine.Remembered{Counts: map[string]int{"far thing": was}, Run: "r1", Ended: true}
	return tr
}

func TestAListThatHasShrunkIsNotKnown(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		was, now int
		limit    float64
		unknown  bool
	}{
		{10, 9, 0.1, true},
		{11, 10, 0.1, false},
		{20, 18, 0.1, true},
		{20, 19, 0.1, false},
		{9, 1, 0.1, false},
		{10, 10, 0, false},
		{10, 12, 0.1, false},
		{10, 9, 0, true},
		{10, 1, 1, false},
		{10, 0, 1, true},
		{0, 0, 0, false},
	} {
		tr := remembering(t, tt.now, tt.was)
		tr.engine.Config.Settings.Guard.MaxShrink = tt.limit
		p, diags := tr.engine.Plan(t.Context(), engine.Scope{})
		if got := p.Plan.Changes[0].Action == planner.Unknown; got != tt.unknown || diags.HasErrors() != tt.unknown {
			t.Errorf("%+v: unknown is %v, %v", tt, got, diags)
		}
	}
}

func TestAShrunkListIsAcceptedAsLongAsItWasThen(t *testing.T) {
	t.Parallel()
	tr := remembering(t, 15, 20)
	tr.engine.AcceptShrink = true
	if _, diags := tr.engine.Plan(t.Context(), engine.Scope{}); diags.HasErrors() || len(diags) != 1 || !strings.Contains(diags[0].Detail, "far thing lists 15, and listed 20 when run r1") {
		t.Errorf("%v", diags)
	}
	if diff := cmp.Diff([]engine.Shrunk{{List: "far thing", Was: 20, Now: 15}}, tr.engine.Accepted); diff != "" {
		t.Error(diff)
	}
	if n := tr.engine.Seen()["far thing"]; n != 15 {
		t.Errorf("seen %d", n)
	}
	for _, name := range []string{"t14", "t13"} {
		delete(tr.far.things, name)
	}
	if _, diags := tr.engine.Plan(t.Context(), engine.Scope{}); !diags.HasErrors() {
		t.Error("a list that is shorter still was taken for what had been accepted")
	}
}

// What a run creates and deletes is counted for every kind that the list shows, and what came to nothing is not.
func TestARunCountsWhatItDoes(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.things["gone"], f.things["stays"] = 1, 1
	f.people["sip:old@x.com"] = "cloud"
	f.silent["mute"], f.fail["refused"], f.lost["unheard"] = true, fmt.Errorf("no"), true
	tr := try(t, f, `
thing "new" { size = 1 }
thing "gone" { ensure = "absent" }
thing "mute" { size = 1 }
thing "refused" { size = 1 }
thing "unheard" { size = 1 }
person "staff" { users = [{ sip_address = "sip:a@x.com" }, { sip_address = "sip:b@x.com" }] }
home "staff" {
  users  = [{ sip_address = "sip:a@x.com" }, { sip_address = "sip:b@x.com" }]
  target = "cloud"
}
`)
	tr.engine.Remembered.Counts = map[string]int{"far other": 7}
	tr.plan()
	before := map[string]int{"far other": 7, "far thing": 2, "far person": 1, "far home": 1}
	if diff := cmp.Diff(before, tr.engine.Seen()); diff != "" {
		t.Error("before", diff)
	}
	tr.apply()
	after := map[string]int{"far other": 7, "far thing": 3, "far person": 3, "far home": 3}
	if diff := cmp.Diff(after, tr.engine.Seen()); diff != "" {
		t.Error("after", diff)
	}
	if n := len(f.things); n != 3 {
		t.Errorf("the far end has %d things", n)
	}
}

func TestRemember(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	begun := map[string]int{"far thing": 20, "far person": 4}
	book, err := journal.Begin(dir, journal.Run{ID: "r1", Command: "apply", Seen: begun, Started: time.Date(2026, 11, 22, 22, 0, 0, 0, time.UTC)})
	if err == nil {
		err = book.Intent(journal.Entry{Address: "thing.a", Kind: "thing", Action: "delete"}, journal.Entry{Address: "thing.b", Kind: "thing", Action: "create"})
	}
	if err != nil {
		t.Fatal(err)
	}
	recall := func() engine.Remembered {
		last, err := journal.Latest(dir)
		if err != nil {
			t.Fatal(err)
		}
		r, err := engine.Remember(last)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	cut := recall()
	if diff := cmp.Diff(map[string]int{"far thing": 19, "far person": 4}, cut.Counts); diff != "" || cut.Ended {
		t.Error("cut off", diff)
	}
	if got := cut.String(); got != "run r1 of 2026-11-22 22:00 UTC began, which was cut off" {
		t.Error(got)
	}
	if err := book.End(journal.Summary{Result: "done", Seen: map[string]int{"far thing": 30}}); err != nil {
		t.Fatal(err)
	}
	if r := recall(); !r.Ended || r.Counts["far thing"] != 30 {
		t.Errorf("ended: %+v", r)
	}
	if r, err := engine.Remember(nil); err != nil || r.Counts != nil {
		t.Errorf("no run yet: %+v, %v", r, err)
	}
	if _, err := engine.Remember(&journal.Past{Run: journal.Run{Seen: begun}, Path: filepath.Join(dir, "none")}); err == nil {
		t.Error("a run that cannot be read is no run without deletions")
	}
}
