package engine_test

import (
	"testing"
	"testing/synctest"
	"time"

	"hybrid/internal/event"
)

// Moves that take minutes: what is told of the rate and of the rest holds from the first one on.
func TestSlowMovesAreNotPromisedToBeQuick(t *testing.T) {
	t.Parallel()
	for _, takes := range []time.Duration{5 * time.Minute, 20 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			f, hcl := movers(26, "wave {\n parallel = 2\n }")
			f.during = func(string) { time.Sleep(takes) }
			tr := try(t, f, hcl)
			if sum, _ := tr.apply(); sum.Done != 26 {
				t.Fatalf("summary %+v", sum)
			}
			truth := 14 * takes // one is taken first, and then two at once
			for _, e := range tr.events {
				if e.Type != event.Progress || e.Done+e.Failed+e.Doubt == e.Total {
					continue
				}
				left, rest := time.Duration(e.LeftMillis)*time.Millisecond, truth-time.Duration(e.Millis)*time.Millisecond
				if left < rest*9/10-time.Second || left > rest*5/4+takes+time.Second {
					t.Errorf("%s each: after %d %s left, truth %s", takes, e.Done, left, rest)
				}
				if most := 2 / takes.Minutes() * 1.1; e.Rate > most || e.Rate < most/3 {
					t.Errorf("%s each: after %d %.2f a minute", takes, e.Done, e.Rate)
				}
			}
		})
	}
}
