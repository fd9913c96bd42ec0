package engine

import (
	"math"
	"testing"
	"time"
)

// The rate is that of the last minute, pauses left out, and comes down when nobody is finished any more.
func TestPulse(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	p := pulse{began: now}
	pass := func(seconds, each int) {
		for range seconds {
			now = now.Add(time.Second)
			for range each {
				p.beat(now)
			}
		}
	}
	near := func(when string, want float64) {
		t.Helper()
		if got := p.rate(now); math.Abs(got-want) > want/10+1 {
			t.Errorf("%s: %.1f a minute, want about %.1f", when, got, want)
		}
	}
	pass(1, 5)
	near("after a second", 0)
	pass(29, 5)
	near("after half a minute", 300)
	pass(600, 5)
	near("after ten minutes", 300)
	pass(120, 1)
	near("two minutes after it went slower", 60)
	since := now
	now = now.Add(time.Hour)
	p.rest(func() time.Time { return now }, since)
	near("after a pause", 60)
	pass(90, 0)
	near("when nobody is finished any more", 0)
}
