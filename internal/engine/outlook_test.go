package engine

import (
	"fmt"
	"math"
	"testing"
	"time"
)

// A night is users of whom each takes so long, so many at once, on a clock of its own: what is told whenever one of them is finished.
type night struct {
	users, atOnce int
	takes         func(n int) time.Duration
}

// told calls back for each who is finished, with what an outlook promises, the rate, and how long the rest really takes.
func (n night) told(tell func(done int, left, truth time.Duration, rate float64)) {
	var ends []time.Time
	begun := time.Unix(1_800_000_000, 0)
	p, f := pulse{began: begun, enough: enoughOf(n.atOnce)}, forecast{}
	since := map[int]time.Time{}
	end := func(user int) time.Time { return since[user].Add(n.takes(user)) }
	now, next := begun, 0
	var step []func(over time.Time)
	for done := 1; done <= n.users; done++ {
		for ; len(since) < n.atOnce && next < n.users; next++ {
			since[next] = now
		}
		first := -1
		for user := range since {
			if first < 0 || end(user).Before(end(first)) || end(user).Equal(end(first)) && user < first {
				first = user
			}
		}
		now = end(first)
		delete(since, first)
		f.add(n.takes(first))
		p.beat(now)
		var running []time.Duration
		for user := range since {
			running = append(running, now.Sub(since[user]))
		}
		left := outlook{n.users - done, n.atOnce, p.steady(now), f.each(running), running}.left()
		at, rate := now, p.rate(now)
		ends = append(ends, now)
		step = append(step, func(over time.Time) { tell(done, left, over.Sub(at), rate) })
	}
	for _, one := range step {
		one(ends[len(ends)-1])
	}
}

// However slow users are, and however many at once: from the first on, nobody is promised that it takes much less than it does, or
// told that it takes much longer.
func TestWhatIsLeftOfANight(t *testing.T) {
	t.Parallel()
	for _, atOnce := range []int{1, 2, 3, 8, 12} {
		for _, takes := range []time.Duration{time.Second, 7 * time.Second, time.Minute, 5 * time.Minute, 20 * time.Minute} {
			t.Run(fmt.Sprintf("%d at once, %s each", atOnce, takes), func(t *testing.T) {
				t.Parallel()
				night{200, atOnce, func(int) time.Duration { return takes }}.told(func(done int, left, truth time.Duration, rate float64) {
					if least, most := truth*9/10, truth*5/4+2*takes; left < least-time.Second || left > most {
						t.Errorf("after %d: %s left, truth %s", done, left, truth)
					}
					// Those at once are finished at the same moment, of whom this may be the first.
					if want := float64(atOnce) / takes.Minutes(); done > 3*atOnce && math.Abs(rate-want) > want*0.4 {
						t.Errorf("after %d: %.2f a minute, truth %.2f", done, rate, want)
					}
				})
			})
		}
	}
}

// One who takes much longer than the others is not promised to be through before.
func TestOneWhoTakesLongerThanAll(t *testing.T) {
	t.Parallel()
	takes := func(n int) time.Duration {
		if n == 3 {
			return 2 * time.Hour
		}
		return time.Duration(3+n%3) * time.Minute
	}
	night{26, 2, takes}.told(func(done int, left, truth time.Duration, _ float64) {
		if since := time.Duration(done-3) * 3 * time.Minute; done < 26 && left < min(since, truth) {
			t.Errorf("after %d: %s left, and one has taken %s", done, left, since)
		}
	})
}

// Before anybody is finished past runs tell, and where there are none nobody guesses.
func TestNothingIsPromisedThatNothingTells(t *testing.T) {
	t.Parallel()
	guess, past := forecast{other: 2 * time.Second}, forecast{other: 3 * time.Minute, known: true}
	running := []time.Duration{time.Minute, 4 * time.Minute}
	if left := (outlook{users: 26, atOnce: 2, each: guess.each(running), running: running}).left(); left != 0 {
		t.Errorf("%s by a guess", left)
	}
	if left := (outlook{users: 26, atOnce: 2, each: past.each(nil)}).left(); left != 39*time.Minute {
		t.Errorf("%s by past runs", left)
	}
	if left := (outlook{users: 26, atOnce: 2, each: past.each(running), running: running}).left(); left != 52*time.Minute {
		t.Errorf("%s where somebody has taken longer than in past runs", left)
	}
	if left := (outlook{atOnce: 2, rate: 4, each: time.Minute}).left(); left != 0 {
		t.Errorf("%s of nobody", left)
	}
}

// The last one, begun a moment ago, takes as long as any other, though by the rate somebody would be finished every minute.
func TestTheLastOne(t *testing.T) {
	t.Parallel()
	o := outlook{users: 1, atOnce: 8, rate: 0.4, each: 20 * time.Minute, running: []time.Duration{time.Second}}
	if left := o.left(); left < 19*time.Minute || left > 20*time.Minute {
		t.Errorf("%s", left)
	}
	o.running = []time.Duration{time.Hour}
	if left := o.left(); left != time.Hour {
		t.Errorf("%s, where it has taken an hour", left)
	}
}
