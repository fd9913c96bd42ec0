package engine_test

import (
	"testing"
	"testing/synctest"

	"hybrid/internal/engine"
	"hybrid/internal/event"
	"hybrid/planner"
)

// What is not in force everywhere is waited for, and what comes after it is not begun before.
func TestWaitingUntilInForce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFar()
		f.pending["a"] = 2
		tr := try(t, f, `
thing "a" {
  size     = 1
  patience = 60000
}
thing "b" {
  size       = 2
  depends_on = [thing.a]
}
`)
		f.during = func(identity string) {
			if identity == "b" && f.pending["a"] > 0 {
				t.Error("b was begun before a was in force")
			}
		}
		sum, _ := tr.apply()
		if sum.Done != 2 || sum.Err() != nil || !tr.told(event.Waiting, "one server still shows the old one") {
			t.Errorf("summary %+v, events %+v", sum, tr.events)
		}
	})
}

func TestWaitingInVain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFar()
		f.pending["a"] = 1 << 20
		tr := try(t, f, `
thing "a" {
  size     = 1
  patience = 60000
}
thing "b" {
  size       = 2
  depends_on = [thing.a]
}
`)
		sum, results := tr.apply()
		if sum.NotShown != 1 || sum.Skipped != 1 || len(f.order) != 1 || len(results) == 0 {
			t.Errorf("summary %+v, order %v, journal %v", sum, f.order, results)
		}
		plan := tr.plan().Plan
		if c := plan.Changes[0]; c.Action != planner.Run || c.Reason != "one server still shows the old one" {
			t.Errorf("planned %s %q", c.Action, c.Reason)
		}
		f.pending["a"] = 1
		if sum, _ := tr.apply(); sum.Done != 2 || sum.Err() != nil {
			t.Errorf("going on: %+v", sum)
		}
		if f.order[1] != "run a" {
			t.Errorf("order %v", f.order)
		}
	})
}

func TestStoppedWhileWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFar()
		f.pending["a"] = 1 << 20
		tr := try(t, f, "thing \"a\" {\n size = 1\n patience = 3600000\n}\n")
		f.during = func(string) { close(tr.stop) }
		if sum, _ := tr.apply(); sum.NotShown != 1 {
			t.Errorf("summary %+v", sum)
		}
	})
}

const carried = `
person "all" { users = [{ sip_address = "sip:ada@x.com" }] }
carry "on" { depends_on = [person.all] }
home "all" {
  users  = [{ sip_address = "sip:ada@x.com" }]
  target = "pool"
}
`

// A task runs when what it depends on changes, waits until it has arrived, and runs again only while it has not.
func TestTaskRunsWhenWhatItDependsOnChanges(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFar()
		f.lag, f.behind = 2, 1
		tr := try(t, f, carried+"provider \"near\" {}\n")
		plan := tr.plan().Plan
		if c := plan.Changes[1]; c.Action != planner.Run || c.Reason != "person.all changes" {
			t.Errorf("planned %s %q", c.Action, c.Reason)
		}
		f.during = func(identity string) {
			if identity == "sip:ada@x.com" && f.people["sip:ada@x.com"] != "" && f.shadows["sip:ada@x.com"] == "" {
				t.Error("moved before it had arrived")
			}
		}
		if sum, _ := tr.apply(); sum.Done != 3 || sum.Err() != nil {
			t.Errorf("summary %+v, events %+v", sum, tr.events)
		}
		if !tr.told(event.Waiting, "sip:ada@x.com has not arrived") || !tr.told(event.Waiting, "not every server has the latest changes yet: edge.x.com") {
			t.Errorf("events %+v", tr.events)
		}
		if n := tr.plan().Plan.Count().Changes(); n != 0 {
			t.Errorf("%d changes are left", n)
		}
	})
}

// A run that ended between the change and the task: nothing changes any more, and yet the task is due.
func TestTaskIsDueWhileSomethingHasNotArrived(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFar()
		f.people["sip:ada@x.com"] = "cloud"
		tr := try(t, f, carried+"provider \"near\" {}\n")
		if c := tr.plan().Plan.Changes[1]; c.Action != planner.Run || c.Reason != "sip:ada@x.com has not arrived" {
			t.Errorf("planned %s %q", c.Action, c.Reason)
		}
		f.lag = 1 << 20
		if sum, _ := tr.apply(); sum.NotShown != 1 || sum.Skipped != 1 || f.people["sip:ada@x.com"] != "cloud" {
			t.Errorf("summary %+v", sum)
		}
	})
}

func TestTaskWithoutAMirrorSaysSo(t *testing.T) {
	t.Parallel()
	f := newFar()
	tr := try(t, f, carried)
	if c := tr.plan().Plan.Changes[1]; len(c.Notes) != 1 || c.Notes[0] != "nobody sees what arrives" {
		t.Errorf("notes %q", c.Notes)
	}
	if sum, _ := tr.apply(); sum.Done != 3 || !f.carried {
		t.Errorf("summary %+v", sum)
	}
	if n := tr.plan().Plan.Count().Changes(); n != 0 {
		t.Errorf("%d changes are left", n)
	}
}

// Users are not moved while servers are behind.
func TestServersThatStayBehind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, hcl := movers(3, "")
		f.behind = 1 << 20
		tr := try(t, f, hcl)
		sum, _ := tr.apply()
		if sum.Skipped != 3 || len(f.order) != 0 || !tr.told(event.Skipped, "not every server has the latest changes yet: edge.x.com") {
			t.Errorf("summary %+v, order %v, events %+v", sum, f.order, tr.events)
		}
	})
}

// A task that is planned alone has nobody to wait for, and the other side is not asked for everybody there.
func TestTaskAloneAsksForNobody(t *testing.T) {
	t.Parallel()
	f := newFar()
	tr := try(t, f, carried+"provider \"near\" {}\n")
	only := func(a planner.Address) bool { return a.Kind == "carry" }
	if _, diags := tr.engine.Plan(t.Context(), engine.Scope{Only: only}); diags.HasErrors() || f.reads["shadow"] != 1 || f.everybody {
		t.Errorf("read %d times, everybody %v: %v", f.reads["shadow"], f.everybody, diags)
	}
}
