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
