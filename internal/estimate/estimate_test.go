package estimate

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestWithoutAHistoryItIsAGuess(t *testing.T) {
	t.Parallel()
	e := Of([]Step{
		{Kind: "oauth_server", Action: "create", Count: 1, Calls: 1},
		{Kind: "dns_record", Action: "replace", Count: 1, Calls: 2, Patience: 15 * time.Minute},
		{Kind: "user_homing", Action: "move", Count: 8, Calls: 8, Waves: Waves{Batch: 100, Parallel: 4}},
	}, nil)
	// 1 and 2 calls, two rounds of four moves, and three readings back.
	want := Estimate{Calls: 11, Guessed: 11, Beside: 8, AtOnce: 4, Reads: 3, Likely: (1 + 2 + 2 + 3) * CallGuess, Wait: 15 * time.Minute}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Error(diff)
	}
}

func TestAGuessSaysWhatItIsAddedUpFrom(t *testing.T) {
	t.Parallel()
	moves := func(n int, w Waves) Step {
		return Step{Kind: "user_homing", Action: "move", Count: n, Calls: n, Waves: w}
	}
	for name, c := range map[string]struct {
		step Step
		want Estimate
	}{
		"no more at once than there are":     {moves(3, Waves{Batch: 100, Parallel: 8}), Estimate{Beside: 3, AtOnce: 3}},
		"no more at once than a batch holds": {moves(6, Waves{Batch: 2, Parallel: 8, Pause: time.Minute}), Estimate{Beside: 6, AtOnce: 2, Pauses: 2 * time.Minute}},
		"one by one":                         {moves(6, Waves{Batch: 1, Parallel: 8}), Estimate{}},
		"one user":                           {moves(1, Waves{Batch: 100, Parallel: 8}), Estimate{}},
	} {
		e := Of([]Step{c.step}, nil)
		if e.Beside != c.want.Beside || e.AtOnce != c.want.AtOnce || e.Pauses != c.want.Pauses || e.Reads != 1 {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

func TestWhatHasBeenTimedIsNoGuess(t *testing.T) {
	t.Parallel()
	step := Step{Kind: "user_homing", Action: "move", Count: 100, Calls: 100, Waves: Waves{Batch: 50, Parallel: 5}}
	e := Of([]Step{step}, append(alike(10*time.Second, 40, 5), Timing{Kind: "user_homing", Parallel: 1, Took: 20 * time.Second}))
	if want := 220 * time.Second; e.Likely != want || e.Guessed != 0 || e.Timed != 40 || e.Runs != 1 {
		t.Errorf("%+v, want %s from 40 moves of 1 run", e, want)
	}
	if e.Low >= e.Likely || e.High <= e.Likely || e.Low < 100*time.Second || e.High > 300*time.Second {
		t.Errorf("from %s to %s around %s", e.Low, e.High, e.Likely)
	}
}

func TestAPartOfAGuessIsAGuess(t *testing.T) {
	t.Parallel()
	e := Of([]Step{
		{Kind: "user_homing", Action: "move", Count: 1, Calls: 1, Waves: Waves{Batch: 50, Parallel: 5}},
		{Kind: "user", Action: "create", Count: 3, Calls: 6},
	}, alike(time.Second, 10, 5))
	if e.Guessed != 6 || e.Low != 0 || e.High != 0 || e.Timed != 10 {
		t.Errorf("%+v", e)
	}
}

// Moves side by side hold one another up: what is known of as many at once counts, else of nearly as many.
func TestHowManyWereUnderWayCounts(t *testing.T) {
	t.Parallel()
	past := append(append(alike(2*time.Second, 20, 1), alike(4*time.Second, 20, 4)...), alike(9*time.Second, 20, 16)...)
	for parallel, each := range map[int]time.Duration{1: 2, 3: 4, 4: 4, 8: 4, 12: 9, 32: 9} {
		e := Of([]Step{{Kind: "user_homing", Action: "move", Count: 1, Calls: 1, Waves: Waves{Batch: 1, Parallel: parallel}}}, past)
		if want := each*time.Second + CallGuess; e.Likely != want {
			t.Errorf("%d at once: %s, want %s", parallel, e.Likely, want)
		}
	}
}

// Where few were timed with as many at once, those timed otherwise are better than nothing.
func TestFewTimingsAreNotGoneByAlone(t *testing.T) {
	t.Parallel()
	past := append(alike(2*time.Second, 1, 4), alike(4*time.Second, 3, 1)...)
	e := Of([]Step{{Kind: "user_homing", Action: "move", Count: 1, Calls: 1, Waves: Waves{Batch: 1, Parallel: 4}}}, past)
	if e.Timed != 4 || e.Likely != 4*time.Second+CallGuess {
		t.Errorf("%+v", e)
	}
}

func TestCanariesAreReadBackBeforeTheOthers(t *testing.T) {
	t.Parallel()
	step := Step{Kind: "user_homing", Action: "move", Count: 10, Calls: 10, Waves: Waves{Canary: 2, Batch: 4, Parallel: 4}}
	past := append(alike(3*time.Second, 5, 4), Timing{Kind: "user_homing", Parallel: 1, Took: 7 * time.Second})
	if e := Of([]Step{step}, past); e.Likely != (3+7+3+3+7)*time.Second {
		t.Errorf("%s", e.Likely)
	}
}

func TestTheOrderOfTheHistoryDoesNotMatter(t *testing.T) {
	t.Parallel()
	night := rand.New(rand.NewPCG(1, 2))
	past := moves(night, 3, 60, 4)
	steps := []Step{{Kind: "user_homing", Action: "move", Count: 333, Calls: 333, Waves: Waves{Canary: 3, Batch: 100, Parallel: 4}}}
	first := Of(steps, past)
	for range 20 {
		night.Shuffle(len(past), func(i, j int) { past[i], past[j] = past[j], past[i] })
		if again := Of(steps, past); !reflect.DeepEqual(first, again) {
			t.Fatalf("%+v and %+v", first, again)
		}
	}
}

// Of plans whose nights are like those of the history, four of five take a time between the 10th and the 90th percentile.
func TestTheSpreadHolds(t *testing.T) {
	t.Parallel()
	night := rand.New(rand.NewPCG(7, 11))
	step := Step{Kind: "user_homing", Action: "move", Count: 230, Calls: 230, Waves: Waves{Batch: 100, Parallel: 8}}
	within, tries := 0, 400
	for range tries {
		e := Of([]Step{step}, append(moves(night, 8, 80, 8), Timing{Kind: "user_homing", Parallel: 1}))
		if took := act(night, step); took >= e.Low && took <= e.High {
			within++
		}
	}
	if share := float64(within) / float64(tries); math.Abs(share-0.8) > 0.1 {
		t.Errorf("%.2f of the runs took a time within the spread", share)
	}
}

func TestManyUsersAreQuick(t *testing.T) {
	t.Parallel()
	step := Step{Kind: "user_homing", Action: "move", Count: 1_000_000, Calls: 1_000_000, Waves: Waves{Batch: 500_000, Parallel: 100}}
	e := Of([]Step{step}, alike(time.Second, 1000, 100))
	if hours := e.Likely.Hours(); hours < 2.7 || hours > 2.9 {
		t.Errorf("%s", e.Likely)
	}
}

// alike are moves of one run that all took as long, as many at once.
func alike(took time.Duration, n, parallel int) []Timing {
	var past []Timing
	for range n {
		past = append(past, Timing{Kind: "user_homing", Action: "move", Parallel: parallel, Took: took})
	}
	return past
}

// pace is how slow the servers are in one night.
func pace(night *rand.Rand) float64 { return math.Exp(0.2 * night.NormFloat64()) }

func one(night *rand.Rand, pace float64) time.Duration {
	return time.Duration(pace * 6 * math.Exp(0.5*night.NormFloat64()) * float64(time.Second))
}

func moves(night *rand.Rand, runs, each, parallel int) []Timing {
	var past []Timing
	for run := range runs {
		tonight := pace(night)
		for range each {
			past = append(past, Timing{Run: run, Kind: "user_homing", Action: "move", Parallel: parallel, Took: one(night, tonight)})
		}
	}
	return past
}

// act is how long a run takes whose moves last as chance has it.
func act(night *rand.Rand, step Step) time.Duration {
	tonight, total := pace(night), time.Duration(0)
	for left := step.Count; left > 0; left -= step.Waves.Batch {
		free := make([]time.Duration, step.Waves.Parallel)
		for range min(left, step.Waves.Batch) {
			first := 0
			for n := range free {
				if free[n] < free[first] {
					first = n
				}
			}
			free[first] += one(night, tonight)
		}
		longest := time.Duration(0)
		for _, at := range free {
			longest = max(longest, at)
		}
		total += longest
	}
	return total
}

// Pauses are between batches and after the canaries, and cost what they say.
func TestPauses(t *testing.T) {
	t.Parallel()
	for _, one := range []struct{ count, canary, batch, pauses int }{
		{10, 0, 10, 0}, {11, 0, 10, 1}, {20, 0, 10, 1}, {21, 1, 10, 2}, {5, 5, 10, 0}, {1, 0, 1, 0}, {0, 0, 10, 0},
	} {
		step := Step{Kind: "home", Action: "move", Count: one.count, Calls: one.count, Waves: Waves{Canary: one.canary, Batch: one.batch, Parallel: 2}}
		without := Of([]Step{step}, nil).Likely
		step.Waves.Pause = time.Hour
		if with := Of([]Step{step}, nil).Likely; with != without+time.Duration(one.pauses)*time.Hour {
			t.Errorf("%+v: %s and %s", one, without, with)
		}
	}
}

// Nine of ten took no longer.
func TestMost(t *testing.T) {
	t.Parallel()
	var past []Timing
	for n := 20; n > 0; n-- {
		past = append(past, Timing{Kind: "home", Action: "move", Parallel: 1, Took: time.Duration(n) * time.Second})
	}
	if most, known := Most("home", "move", 1, past); !known || most != 18*time.Second {
		t.Errorf("%s, %v", most, known)
	}
	if most, known := Most("home", "create", 1, past); known {
		t.Errorf("%s of what was never timed", most)
	}
	if most := Tenth([]time.Duration{5}); most != 5 {
		t.Errorf("%s of one", most)
	}
}
