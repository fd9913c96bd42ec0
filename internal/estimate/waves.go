package estimate

import (
	"math/bits"
	"slices"
	"time"
)

// mostPlayed is how many users of a batch are played through. Larger batches are as many of these as they are times as large.
const mostPlayed = 1000

// makespan is how long a step takes, in seconds, whose changes last as long as those of sorted samples did: batch after
// batch, each as long as the last of those takes who work side by side.
func makespan(sorted []float64, step Step) float64 {
	w := step.Waves
	if w.Batch <= 0 {
		return play(sorted, step.Count, max(1, w.Parallel))
	}
	canary := w.Canary
	if canary >= step.Count {
		canary = 0
	}
	rest := step.Count - canary
	whole := float64(rest / w.Batch)
	seconds := play(sorted, canary, w.Parallel) + play(sorted, rest%w.Batch, w.Parallel)
	if whole > 0 {
		seconds += whole * play(sorted, w.Batch, w.Parallel)
	}
	return seconds
}

// pauses is how long is waited between the batches of a step.
func (s Step) pauses() time.Duration {
	w := s.Waves
	if w.Batch <= 0 {
		return 0
	}
	rest, after := s.Count, -1 // there is none after the last
	if w.Canary > 0 && w.Canary < s.Count {
		rest, after = s.Count-w.Canary, 0
	}
	return w.Pause * time.Duration(max(0, (rest+w.Batch-1)/w.Batch+after))
}

// play hands n changes to so many at work, each taking the next one when it is done, and says when the last is. How long
// they last is spread evenly over the samples, in an order that mixes short and long ones and is always the same.
func play(sorted []float64, n, parallel int) float64 {
	if n > mostPlayed {
		return play(sorted, mostPlayed, parallel) * float64(n) / mostPlayed
	}
	if n == 0 {
		return 0
	}
	free := make([]float64, min(max(1, parallel), n))
	for i := range n {
		first := slices.Index(free, slices.Min(free))
		free[first] += sorted[pick(i, n, len(sorted))]
	}
	return slices.Max(free)
}

// pick is which of so many samples the ith of n changes lasts as long as: the numbers from 0 to n-1 with their bits in
// reverse (van der Corput's sequence), so that every part of the changes is spread over all samples.
func pick(i, n, samples int) int {
	if n == 1 {
		return samples / 2
	}
	reversed := float64(bits.Reverse32(uint32(i))) / (1 << 32)
	return min(int((reversed+0.5/float64(n))*float64(samples)), samples-1)
}
