package pace_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"hybrid/internal/pace"
)

// Whatever happens, the limit stays within its bounds, goes up by one at most and down to half at most, and what was under
// way together brings it down once.
func TestLimitWithinBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(-1, 100).Draw(t, "most")
		p := pace.New(most)
		most = max(1, most)
		rounds := []int{p.Round()}
		for range rapid.IntRange(0, 300).Draw(t, "calls") {
			before, round := p.Limit(), rapid.SampledFrom(rounds).Draw(t, "round")
			current := round == p.Round()
			if rapid.Bool().Draw(t, "trouble") {
				p.Trouble(round)
				if want := max(1, before/2); current && p.Limit() != want || !current && p.Limit() != before {
					t.Fatalf("trouble of a current (%v) round takes %d to %d", current, before, p.Limit())
				}
			} else {
				took := time.Duration(rapid.IntRange(0, 100).Draw(t, "took")) * time.Second
				slow, now, usual := p.Clean(round, took)
				if slow && now <= 2*usual {
					t.Fatalf("slow is %v with %s, and usual is %s", slow, now, usual)
				}
				if got := p.Limit(); got > before+1 || !slow && got < before || slow && got > before {
					t.Fatalf("a call that went well (slow: %v) takes %d to %d", slow, before, got)
				}
			}
			if p.Limit() < 1 || p.Limit() > most {
				t.Fatalf("limit %d, allowed are 1 to %d", p.Limit(), most)
			}
			rounds = append(rounds, p.Round())
		}
	})
}

// However far down it is, a far end that is well again gets back to the most.
func TestLimitRecovers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(1, 32).Draw(t, "most")
		p := pace.New(most)
		for range rapid.IntRange(0, 10).Draw(t, "troubles") {
			p.Trouble(p.Round())
		}
		calls := 0
		for ; p.Limit() < most; calls++ {
			p.Clean(p.Round(), 3*time.Second)
		}
		if allowed := most * (most + 1) / 2; calls > allowed {
			t.Fatalf("%d calls until the most of %d, where %d suffice", calls, most, allowed)
		}
	})
}

// steady lets so many calls go well.
func steady(p *pace.Pace, calls int, took time.Duration) (slow int) {
	for range calls {
		if is, _, _ := p.Clean(p.Round(), took); is {
			slow++
		}
	}
	return slow
}

func TestRisingLatencyIsTrouble(t *testing.T) {
	t.Parallel()
	p := pace.New(8)
	if slow := steady(p, 64, 2*time.Second); slow > 0 || p.Limit() != 8 {
		t.Errorf("%d steps down in a steady night, limit %d", slow, p.Limit())
	}
	if slow := steady(p, 8, 4*time.Second); slow > 0 || p.Limit() != 8 {
		t.Errorf("twice as long is no trouble yet: limit %d", p.Limit())
	}
	if slow := steady(p, 8, 5*time.Second); slow != 1 || p.Limit() != 4 {
		t.Errorf("%d steps down, limit %d, want 4", slow, p.Limit())
	}
	if steady(p, 500, 5*time.Second); p.Limit() != 8 {
		t.Errorf("what stays slow is usual in the end, but the limit is %d", p.Limit())
	}
}

// One slow call among quick ones is no trouble, nor is what takes less than a second.
func TestWhatIsNotSlow(t *testing.T) {
	t.Parallel()
	p := pace.New(8)
	for range 20 {
		steady(p, 7, 2*time.Second)
		steady(p, 1, time.Minute)
	}
	if p.Limit() != 8 {
		t.Errorf("limit %d with one slow call in eight", p.Limit())
	}
	steady(p, 64, time.Millisecond)
	if slow := steady(p, 8, 900*time.Millisecond); slow > 0 {
		t.Error("less than a second is called slow")
	}
}

// A host takes so many calls at once, each for as long as any other, and refuses the others at once: a night of calls in ticks.
type host struct {
	takes, lasts  int
	under         []int // when those under way will be done
	rounds        []int // in which they were begun
	done, refused int
}

// tick lets those end whose time has come, and begins as many as the pace allows.
func (h *host) tick(p *pace.Pace, now int) {
	for len(h.under) > 0 && h.under[0] <= now {
		p.Clean(h.rounds[0], time.Millisecond)
		h.under, h.rounds = h.under[1:], h.rounds[1:]
		h.done++
	}
	asked := 0
	for len(h.under)+asked < p.Limit() { // what one tick begins is under way together
		asked++
	}
	round := p.Round()
	for ; asked > 0; asked-- {
		if len(h.under) < h.takes {
			h.under, h.rounds = append(h.under, now+h.lasts), append(h.rounds, round)
			continue
		}
		p.Refused(round, len(h.under)+asked-1)
		h.refused++
	}
}

// However many a host takes, and however many the wave asks for, nine tenths of what it takes are used, hardly anything is
// refused, and the limit stays beside what is taken.
func TestAHostThatRefusesIsUsedInFull(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := &host{takes: rapid.IntRange(1, 40).Draw(t, "takes"), lasts: rapid.IntRange(1, 30).Draw(t, "lasts")}
		most := rapid.IntRange(h.takes, 64).Draw(t, "most")
		p, ticks := pace.New(most), 0
		for ; h.done < 100*h.takes; ticks++ {
			h.tick(p, ticks)
			if half := h.done > 50*h.takes; half && (p.Limit() < h.takes-1 || p.Limit() > h.takes+1) {
				t.Fatalf("limit %d after %d calls", p.Limit(), h.done)
			}
		}
		if ideal := 100 * h.lasts; ticks > ideal*10/9+h.lasts {
			t.Fatalf("%d ticks, where %d would do", ticks, ideal)
		}
		if h.refused > most+h.done/10 {
			t.Fatalf("%d refused, %d done", h.refused, h.done)
		}
	})
}

// What was refused for something that has passed is taken again.
func TestAHostThatTakesMoreAgain(t *testing.T) {
	t.Parallel()
	p := pace.New(16)
	h := &host{takes: 3, lasts: 4}
	now := 0
	for ; h.done < 2_000; now++ {
		h.tick(p, now)
	}
	if p.Limit() > 4 {
		t.Fatalf("limit %d of a host that takes 3", p.Limit())
	}
	h.takes, h.done = 16, 0
	for ; p.Limit() < 16; now++ {
		if h.tick(p, now); h.done > 1_000 {
			t.Fatalf("limit %d after %d calls", p.Limit(), h.done)
		}
	}
}

// A far end that takes not even one is in trouble.
func TestRefusedAllAlone(t *testing.T) {
	t.Parallel()
	p := pace.New(16)
	p.Refused(p.Round(), 0)
	if p.Limit() != 4 {
		t.Errorf("limit %d, want half of 8", p.Limit())
	}
}
