package render

import (
	"strings"
	"testing"
	"time"

	"hybrid/internal/estimate"
)

// timedEstimate is one that rests on past runs.
func timedEstimate() *estimate.Estimate {
	return &estimate.Estimate{Calls: 61, Likely: 12 * time.Minute, Low: 9 * time.Minute, High: 18 * time.Minute, Timed: 340, Runs: 3}
}

func TestWhatAnEstimateSays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		e    *estimate.Estimate
		want string
	}{
		"timed": {timedEstimate(), "Applying issues 61 calls: about 12 min (9 min to 18 min), from 340 changes timed in 3 runs."},
		"nothing timed": {
			&estimate.Estimate{Calls: 1, Guessed: 1, Reads: 1, Likely: 4 * time.Second},
			"Applying issues 1 call: about 4 s, a guess (2 s a call; 2 s to read back what was done: nothing like it has been timed here yet).",
		},
		"users side by side": {
			&estimate.Estimate{Calls: 62, Guessed: 62, Beside: 50, AtOnce: 8, Reads: 11, Likely: 70 * time.Second},
			"Applying issues 62 calls: about 70 s, a guess (2 s a call, 50 of them for users, up to 8 at once; 2 s each of the 11 times that what was done is read back: nothing like it has been timed here yet).",
		},
		"users alone, in batches": {
			&estimate.Estimate{Calls: 200, Guessed: 200, Beside: 200, AtOnce: 8, Reads: 1, Pauses: 10 * time.Minute, Likely: 11 * time.Minute},
			"Applying issues 200 calls: about 11 min, a guess (2 s a call, up to 8 users at once; 2 s to read back what was done; 10 min of pauses between batches: nothing like it has been timed here yet).",
		},
		"in part": {
			&estimate.Estimate{Calls: 61, Guessed: 3, Reads: 2, Likely: 3 * time.Hour, Timed: 1, Runs: 1, Lab: true},
			"Applying issues 61 calls: about 3 h, 3 of the calls are a guess (2 s a call; 2 s each of the 2 times that what was done is read back: nothing like it has been timed here yet), the rest is from 1 change timed in 1 run of this lab, not of real servers.",
		},
		"unread": {
			&estimate.Estimate{Calls: 2, Guessed: 2, Likely: 4 * time.Second, Unread: true},
			"Applying issues 2 calls: about 4 s, a guess (2 s a call: the journal, which tells how long it took before, could not be read).",
		},
		"waiting": {
			&estimate.Estimate{Calls: 2, Likely: time.Second, High: 2 * time.Second, Timed: 9, Runs: 2, Wait: 15 * time.Minute},
			"Applying issues 2 calls: less than 30 s, from 9 changes timed in 2 runs. It also waits until changes are in force everywhere, for 15 min at most.",
		},
		"windows that are too short": {
			&estimate.Estimate{Calls: 9000, Likely: 9 * time.Hour, Low: 8 * time.Hour, High: 10 * time.Hour, Timed: 9, Runs: 2, Overruns: []estimate.Overrun{
				{Window: "saturday-night", Takes: 8*time.Hour + 58*time.Minute, Open: 6 * time.Hour},
				{Window: "tonight", Takes: 30 * time.Minute, Open: 9 * time.Minute, Closes: time.Date(2026, 11, 28, 4, 0, 0, 0, time.UTC)},
			}},
			`Applying issues 9,000 calls: about 9 h (8 h to 10 h), from 9 changes timed in 2 runs. The window "saturday-night" is open for 6 h, and its users take about 9 h: who is not begun by then waits for the next one.` +
				` The window "tonight" closes at 04:00 UTC, in 9 min, and its users take about 30 min: who is not begun by then waits for the next one.`,
		},
		"nothing to issue": {&estimate.Estimate{}, ""},
		"none":             {nil, ""},
	} {
		if got := estimated(c.e); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestDurationsNobodyIsSureOf(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "1 s", 19 * time.Second: "19 s", 42 * time.Second: "40 s", 100 * time.Second: "2 min",
		89 * time.Minute: "89 min", 150 * time.Minute: "2 h 30 min", 28*time.Hour + 61*time.Minute: "29 h",
	} {
		if got := roughly(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}

func TestAnEstimateIsAMemberOfTheDocument(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := JSON(&b, estate(), Options{Estimate: timedEstimate()}); err != nil {
		t.Fatal(err)
	}
	if want := `"estimate":{"calls":61,"seconds":720,"low_seconds":540,"high_seconds":1080,"timed":340,"runs":3,"guessed_calls":0,`; !strings.Contains(b.String(), want) {
		t.Errorf("%s is not in %s", want, b.String())
	}
}
