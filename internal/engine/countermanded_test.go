package engine_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hybrid/internal/event"
)

// Between its announcement and its call a change may wait for long: for a session, for a host that takes no more. If nothing may
// be begun by then, it is not sent, and is left for the next run.
func TestWhatWaitedTooLongIsNotSent(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		harm func(tr *trial, c *clock)
		told string
	}{
		"stopped":           {func(tr *trial, _ *clock) { close(tr.stop) }, "the run was stopped"},
		"the window closed": {func(_ *trial, c *clock) { c.pass(6 * time.Hour) }, `the window "night" has closed`},
	} {
		f, hcl := movers(10, "wave {\n parallel = 1\n window = \"night\"\n }")
		tr, c := try(t, f, hcl+night), at(t, "2026-10-24T22:00:00+02:00")
		tr.engine.Now = c.now
		f.waits = func(identity string) {
			if identity == "u03" {
				one.harm(tr, c)
			}
		}
		sum, results := tr.apply()
		if len(f.order) != 3 || sum.Done != 3 || sum.Skipped != 7 || sum.Failed != 0 || sum.Begun != 3 {
			t.Errorf("%s: sent %q, summary %+v", name, f.order, sum)
		}
		if !tr.told(event.Skipped, one.told) || len(results) != 4 || !strings.HasPrefix(results[3], "failed ") {
			t.Errorf("%s: the journal has %q, told %+v", name, results, tr.events)
		}
	}
}

// So is an object, and what comes after it is held back.
func TestAnObjectThatWaitedTooLongIsNotSent(t *testing.T) {
	t.Parallel()
	f := newFar()
	tr := try(t, f, chain)
	f.waits = func(identity string) {
		if identity == "a" {
			close(tr.stop)
		}
	}
	sum, results := tr.apply()
	if sent := slices.ContainsFunc(f.order, func(s string) bool { return strings.HasSuffix(s, " a") }); sent || sum.Skipped == 0 || sum.Failed != 0 || sum.Begun != len(f.order) {
		t.Errorf("sent %q, summary %+v", f.order, sum)
	}
	if !slices.Contains(results, "failed thing.a") || !tr.told(event.Skipped, "not begun: the run was stopped") {
		t.Errorf("the journal has %q, told %+v", results, tr.events)
	}
}
