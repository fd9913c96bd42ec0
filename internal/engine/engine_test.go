package engine_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hybrid/internal/engine"
	"hybrid/internal/event"
	"hybrid/internal/journal"
	"hybrid/planner"
	"hybrid/schema"
)

const chain = `
thing "a" { size = 1 }
thing "b" {
  size = 2
  note = thing.a.made
  depends_on = [thing.a]
}
thing "c" { size = 3 }
`

func TestApplyConverges(t *testing.T) {
	t.Parallel()
	tr := try(t, newFar(), strings.Replace(chain, "note = thing.a.made", "", 1))
	sum, _ := tr.apply()
	if sum.Done != 3 || sum.Err() != nil {
		t.Errorf("summary %+v", sum)
	}
	if tr.plan().Plan.Count().Changes() != 0 {
		t.Error("a second plan still has changes")
	}
	if n := tr.far.reads["thing"]; n != 4 { // the plan; before b, which needs a; at the end; and the second plan
		t.Errorf("read %d times", n)
	}
}

func TestUnknownBecomesKnown(t *testing.T) {
	t.Parallel()
	tr := try(t, newFar(), chain)
	if after := tr.plan().Plan.Changes[1].After.GetAttr("note"); after.IsKnown() {
		t.Errorf("known at plan: %#v", after)
	}
	if sum, _ := tr.apply(); sum.Done != 3 || tr.far.notes["b"].AsString() != "by far" {
		t.Errorf("summary %+v, notes %#v", sum, tr.far.notes)
	}
}

func TestFailureHoldsBackWhatDepends(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.fail["a"] = errors.New("access denied")
	tr := try(t, f, chain)
	sum, results := tr.apply()
	if d := cmp.Diff([]string{"create a", "create c"}, f.order); d != "" {
		t.Error(d)
	}
	if sum.Done != 1 || sum.Failed != 1 || sum.Skipped != 1 {
		t.Errorf("summary %+v", sum)
	}
	if d := cmp.Diff([]string{"failed thing.a", "done thing.c"}, results); d != "" {
		t.Error(d)
	}
	var partial *engine.Partial
	if err := sum.Err(); !errors.As(err, &partial) || err.Error() != "1 done, 1 failed, 1 not started" {
		t.Errorf("error %v", err)
	}
}

// What holds a block back because of its kind is what the sorted node says, with the reason; the other way round where
// the block takes hybrid back.
func TestFailureHoldsBackKindsThatFollow(t *testing.T) {
	t.Parallel()
	for _, leaving := range []bool{false, true} {
		f := newFar()
		f.fail["a"] = errors.New("access denied")
		tr := try(t, f, `
thing "a" { size = 1 }
thing "b" { size = 2 }
home "all" {
  users  = [{ sip_address = "sip:ada@x.com" }]
  target = "pool"
}
`)
		f.people["sip:ada@x.com"] = "cloud"
		nodes := tr.engine.Config.Nodes
		for _, node := range nodes { // as kinds of the servers say it
			node.Leaving = leaving && node.Address.Labels[0] == "a"
			if node.Kind.Name == "home" {
				k := *node.Kind
				k.After = []schema.First{{Kind: "thing", Why: "things come first"}}
				node.Kind = &k
			}
		}
		tr.engine.Config.Nodes, _ = planner.Sort(nodes)
		sum, _ := tr.apply()
		const why = "thing.a comes first, and it failed (home comes after thing: things come first)"
		if held := tr.told(event.Skipped, why); held == leaving || sum.Failed != 1 {
			t.Errorf("leaving %v: held %v, %+v: %+v", leaving, held, sum, tr.events)
		}
	}
}

func TestWhatTheEstateDoesNotShow(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.silent["a"] = true
	tr := try(t, f, chain)
	sum, results := tr.apply()
	if sum.NotShown != 1 || sum.Skipped != 1 || sum.Done != 1 {
		t.Errorf("summary %+v", sum)
	}
	if !slices.Contains(results, "not-shown thing.a") {
		t.Errorf("journal: %v", results)
	}
	if !tr.told(event.Failed, "the estate does not show it: it is not there") {
		t.Errorf("events: %+v", tr.events)
	}
}

func TestDoubtIsSettledByReading(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.lost["a"], f.missed["c"] = true, true
	tr := try(t, f, chain)
	sum, results := tr.apply()
	if d := cmp.Diff([]string{"done thing.a", "failed thing.c", "done thing.b"}, sorted(results, "done thing.a", "failed thing.c", "done thing.b")); d != "" {
		t.Error(d, results)
	}
	if sum.Done != 2 || sum.Failed != 1 || sum.Doubt != 0 {
		t.Errorf("summary %+v", sum)
	}
	if n := slices.Index(f.order, "create c"); slices.Contains(f.order[n+1:], "create c") {
		t.Error("what was in doubt was tried again in the same run")
	}
}

// What a lost answer has left behind is told as it is: gone is not "not done".
func TestDoubtThatWasDoneInPart(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.things["a"], f.torn["a"] = 1, true
	tr := try(t, f, "thing \"a\" { size = 2 }\n")
	sum, _ := tr.apply()
	if sum.Failed != 1 || sum.Halfway != 1 || !tr.told(event.Failed, "reading shows that it was done in part, or that somebody else has changed it: it is not there") {
		t.Errorf("summary %+v, events %+v", sum, tr.events)
	}
	if partial := (*engine.Partial)(nil); !errors.As(sum.Err(), &partial) {
		t.Errorf("said to have done nothing: %v", sum.Err())
	}
}

// sorted orders results as wanted, so that Diff shows what is missing.
func sorted(results []string, want ...string) []string {
	slices.SortFunc(results, func(a, b string) int { return slices.Index(want, a) - slices.Index(want, b) })
	return results
}

func TestDoubtStaysDoubtWhenReadingFails(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.lost["a"] = true
	f.during = func(string) {
		f.mu.Lock()
		f.unread["thing"] = errors.New("the server does not answer")
		f.mu.Unlock()
	}
	tr := try(t, f, `thing "a" { size = 1 }`)
	sum, results := tr.apply()
	if sum.Doubt != 1 || sum.Done+sum.Failed != 0 || !slices.Equal(results, []string{"doubt thing.a"}) {
		t.Errorf("summary %+v, journal %v", sum, results)
	}
}

func TestNothingFromAFailedRead(t *testing.T) {
	t.Parallel()
	f := newFar()
	f.unread["thing"] = errors.New("the server does not answer")
	tr := try(t, f, chain)
	p, diags := tr.engine.Plan(t.Context(), engine.Scope{})
	if !diags.HasErrors() || !strings.Contains(diags.Error(), "the server does not answer") {
		t.Errorf("diagnostics %v", diags)
	}
	if n := p.Plan.Count(); n.Unknown != 3 || n.Changes() != 0 {
		t.Errorf("counted %+v", n)
	}
}

func TestUnapprovedIsNotDone(t *testing.T) {
	t.Parallel()
	f := newFar()
	tr := try(t, f, `thing "a" { size = 1 }`)
	p := tr.plan()
	book, err := journal.Begin(filepath.Join(tr.dir, "journal"), journal.Run{Command: "apply"})
	if err != nil {
		t.Fatal(err)
	}
	sum, err := tr.engine.Apply(t.Context(), p, engine.ApplyOptions{Journal: book, Events: func(event.Event) {}})
	if err != nil || sum.Skipped != 1 || len(f.order) != 0 {
		t.Errorf("summary %+v, error %v, applied %v", sum, err, f.order)
	}
}
