package estimate

import (
	"math"
	"slices"
)

// history is what past runs tell, by kind, action and how many were under way at once.
type history struct{ by map[what]map[int]*samples }

type what struct{ kind, action string }

// samples are how long changes took that were alike.
type samples struct {
	seconds  []float64
	mean     float64
	variance float64 // from change to change
	drift    float64 // standard deviation from run to run, as a part of the mean
	runs     []int
	counted  bool // into what an estimate rests on

	byRun map[int]*total
}

type total struct {
	n   int
	sum float64
}

func newHistory(past []Timing) *history {
	h := &history{by: map[what]map[int]*samples{}}
	for _, t := range past {
		key := what{t.Kind, t.Action}
		if h.by[key] == nil {
			h.by[key] = map[int]*samples{}
		}
		s := h.by[key][t.Parallel]
		if s == nil {
			s = &samples{byRun: map[int]*total{}}
			h.by[key][t.Parallel] = s
		}
		s.add(t)
	}
	for _, byParallel := range h.by {
		for _, s := range byParallel {
			s.settle()
		}
	}
	return h
}

// of finds the samples of a kind and an action that were taken with nearly as many under way at once; nil where there are
// none.
func (h *history) of(kind, action string, parallel int) *samples {
	var best *samples
	nearest := 0
	for at, s := range h.by[what{kind, action}] {
		apart := max(at-parallel, parallel-at)
		if best == nil || apart < nearest || apart == nearest && at > parallel {
			best, nearest = s, apart
		}
	}
	return best
}

func (s *samples) add(t Timing) {
	took := t.Took.Seconds()
	s.seconds = append(s.seconds, took)
	if s.byRun[t.Run] == nil {
		s.byRun[t.Run] = &total{}
		s.runs = append(s.runs, t.Run)
	}
	s.byRun[t.Run].n++
	s.byRun[t.Run].sum += took
}

// driftGuess is how much runs are taken to differ from one another where there is only one to go by.
const driftGuess = 0.2

func (s *samples) settle() {
	slices.Sort(s.seconds) // so that the order of a history does not matter
	slices.Sort(s.runs)
	s.mean, s.variance = moments(s.seconds)
	s.drift = driftGuess
	if len(s.runs) > 1 && s.mean > 0 {
		means := make([]float64, len(s.runs))
		for n, run := range s.runs {
			means[n] = s.byRun[run].sum / float64(s.byRun[run].n)
		}
		_, variance := moments(means)
		s.drift = math.Sqrt(variance) / s.mean
	}
}

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
