package estimate

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"
)

// history is what past runs tell, by kind, action and how many were under way at once.
type history struct {
	by   map[what]map[int][]Timing
	seen map[asked]*samples
}

type what struct{ kind, action string }

type asked struct {
	what
	parallel int
}

// samples are how long changes took that were alike.
type samples struct {
	seconds  []float64
	mean     float64
	variance float64 // from change to change
	drift    float64 // standard deviation from run to run, as a part of the mean
	byRun    map[int][]float64
}

func newHistory(past []Timing) *history {
	h := &history{by: map[what]map[int][]Timing{}, seen: map[asked]*samples{}}
	for _, t := range past {
		key := what{t.Kind, t.Action}
		if h.by[key] == nil {
			h.by[key] = map[int][]Timing{}
		}
		h.by[key][t.Parallel] = append(h.by[key][t.Parallel], t)
	}
	return h
}

// enough is how many samples are taken without looking further.
const enough = 20

// of gives the samples of a kind and an action; nil where there are none. Changes side by side hold one another up: those come
// first that were taken with as many under way at once, and where they are few, those with nearly as many.
func (h *history) of(kind, action string, parallel int) *samples {
	key := asked{what{kind, action}, parallel}
	if s, ok := h.seen[key]; ok {
		return s
	}
	groups := h.by[key.what]
	nearest := slices.SortedFunc(maps.Keys(groups), func(a, b int) int {
		return cmp.Or(cmp.Compare(max(a-parallel, parallel-a), max(b-parallel, parallel-b)), cmp.Compare(b, a))
	})
	var taken []Timing
	for _, at := range nearest {
		if len(taken) < enough {
			taken = append(taken, groups[at]...)
		}
	}
	h.seen[key] = sampled(taken)
	return h.seen[key]
}

// sampled is nil for no timings.
func sampled(list []Timing) *samples {
	if len(list) == 0 {
		return nil
	}
	s := &samples{byRun: map[int][]float64{}, drift: driftGuess}
	for _, t := range list {
		s.seconds = append(s.seconds, t.Took.Seconds())
		s.byRun[t.Run] = append(s.byRun[t.Run], t.Took.Seconds())
	}
	slices.Sort(s.seconds) // so that the order of a history does not matter
	s.mean, s.variance = moments(s.seconds)
	if len(s.byRun) > 1 && s.mean > 0 {
		_, variance := moments(s.means())
		s.drift = math.Sqrt(variance) / s.mean
	}
	return s
}

// means are those of the runs.
func (s *samples) means() []float64 {
	var means []float64
	for _, of := range s.byRun {
		slices.Sort(of)
		mean, _ := moments(of)
		means = append(means, mean)
	}
	slices.Sort(means)
	return means
}

// driftGuess is how much runs are taken to differ from one another where there is only one to go by.
const driftGuess = 0.2

// moments are the mean and the variance of some values.
func moments(values []float64) (mean, variance float64) {
	for _, v := range values {
		mean += v
	}
	mean /= float64(len(values))
	if len(values) < 2 {
		return mean, 0
	}
	for _, v := range values {
		variance += (v - mean) * (v - mean)
	}
	return mean, variance / float64(len(values)-1)
}

// Most is how long a change of a kind takes at most, nine times of ten, with so many under way at once; false where past
// runs tell nothing of it.
func Most(kind, action string, parallel int, past []Timing) (time.Duration, bool) {
	samples := newHistory(past).of(kind, action, parallel)
	if samples == nil {
		return 0, false
	}
	return seconds(samples.seconds[tenthOf(len(samples.seconds))]), true
}

// Tenth is how long nine of ten took at most. There must be some.
func Tenth(took []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(took))
	return sorted[tenthOf(len(sorted))]
}

// tenthOf is the place of the 90th percentile among so many sorted values.
func tenthOf(n int) int { return max(0, (9*n+9)/10-1) }
