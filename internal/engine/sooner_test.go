package engine_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hybrid/internal/engine"
	"hybrid/internal/event"
)

// gap is a short window within that night.
const gap = `
hybrid {
  window "night" {
    days     = ["sat"]
    start    = "22:00"
    duration = "6h"
    timezone = "Europe/Berlin"
  }
  window "gap" {
    days     = ["sun"]
    start    = "02:30"
    duration = "30m"
    timezone = "Europe/Berlin"
  }
  window "noon" {
    days     = ["wed"]
    start    = "12:00"
    duration = "1h"
    timezone = "Europe/Berlin"
  }
}
`

func in(window, label string, people ...string) string {
	var list []string
	for _, p := range people {
		list = append(list, "{ sip_address = \"sip:"+p+"@x.com\", identity = \""+p+"\" }")
	}
	return "home \"" + label + "\" {\n users = [" + strings.Join(list, ", ") + "]\n target = \"pool\"\n wave {\n parallel = 1\n window = \"" + window + "\"\n }\n}\n"
}

func withPeople(names ...string) *far {
	f := newFar()
	for _, name := range names {
		f.people["sip:"+name+"@x.com"] = "cloud"
	}
	return f
}

func planned(p *engine.Planned) []string {
	var list []string
	for _, c := range p.Plan.Changes {
		list = append(list, c.Address.String())
	}
	return list
}

// What may be begun for half an hour is not kept waiting by what may be for hours; the plan has that order as well, whenever it is made.
func TestAShortWindowDoesNotStarve(t *testing.T) {
	t.Parallel()
	tr := try(t, withPeople("a1", "a2", "a3", "b1", "b2"), in("night", "a", "a1", "a2", "a3")+in("gap", "b", "b1", "b2")+gap)
	for _, moment := range []string{"2026-11-26T12:00:00+01:00", "2026-11-28T23:00:00+01:00", "2026-11-29T02:31:00+01:00", "2026-11-29T03:30:00+01:00"} {
		tr.engine.Now = at(t, moment).now
		if d := cmp.Diff([]string{"home.b", "home.a"}, planned(tr.plan())); d != "" {
			t.Errorf("planned at %s:\n%s", moment, d)
		}
	}
	sum := tr.timed(at(t, "2026-11-29T02:31:00+01:00"), 10*time.Minute, time.Minute)
	if sum.Done != 5 || sum.Skipped != 0 || !slices.Equal(tr.far.order, []string{"move b1", "move b2", "move a1", "move a2", "move a3"}) {
		t.Errorf("summary %+v, order %v, told %+v", sum, tr.far.order, tr.events)
	}
}

// What depends on the long window comes after it all the same.
func TestAShortWindowComesAfterWhatItNeeds(t *testing.T) {
	t.Parallel()
	b := strings.Replace(in("gap", "b", "b1"), "target", "depends_on = [home.a]\n target", 1)
	tr := try(t, withPeople("a1", "b1"), in("night", "a", "a1")+b+gap)
	sum := tr.timed(at(t, "2026-11-29T02:31:00+01:00"), 40*time.Minute, time.Minute)
	if sum.Done != 1 || sum.Waiting != 1 || !tr.told(event.Skipped, `the window "gap" has closed`) {
		t.Errorf("summary %+v, order %v", sum, tr.far.order)
	}
}

// The windows of one block's instances are no different; and windows that are never all open do not stand in the way.
func TestInstancesInSeveralWindows(t *testing.T) {
	t.Parallel()
	each := `home "each" {
 for_each = { a = "night", b = "gap", c = "noon" }
 users = [{ sip_address = "sip:${each.key}1@x.com", identity = "${each.key}1" }]
 target = "pool"
 wave {
  window = each.value
 }
}
`
	tr := try(t, withPeople("a1", "b1", "c1"), each+gap)
	tr.engine.Now = at(t, "2026-11-29T02:31:00+01:00").now
	if d := cmp.Diff([]string{`home.each["b"]`, `home.each["a"]`, `home.each["c"]`}, planned(tr.plan())); d != "" {
		t.Error(d)
	}
}

// Where every window is open, or there is one only, the order is that of the configuration.
func TestWithoutSeveralWindowsTheOrderStays(t *testing.T) {
	t.Parallel()
	tr := try(t, withPeople("a1", "b1"), in("night", "a", "a1")+in("gap", "b", "b1")+gap)
	tr.engine.Now = nil
	if d := cmp.Diff([]string{"home.a", "home.b"}, planned(tr.plan())); d != "" {
		t.Error(d)
	}
}
