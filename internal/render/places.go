package render

import "math"

// place gives the stops their places from left to right: in the order of their row, as near to what they are connected with as
// the others let them.
func (l *layers) place() {
	for _, row := range l.rows {
		l.settle(row, func(int) float64 { return 0 })
	}
	for n := range sweeps {
		for i := range l.rows {
			if n%2 == 0 {
				l.settle(l.rows[i], l.above)
			} else {
				l.settle(l.rows[len(l.rows)-1-i], l.below)
			}
		}
	}
	l.shift()
}

func (l *layers) above(s int) float64 { return l.meanOf(s, l.stops[s].up) }

func (l *layers) below(s int) float64 { return l.meanOf(s, l.stops[s].down) }

// meanOf is the mean place of some stops, or the stop's own where there are none.
func (l *layers) meanOf(s int, others []int) float64 {
	if len(others) == 0 {
		return l.stops[s].centre
	}
	sum := 0.0
	for _, other := range others {
		sum += l.stops[other].centre
	}
	return sum / float64(len(others))
}

// settle places a row such that the squares of the distances from the wanted places add up to the least: stops that would
// overlap become a cluster that stands at the mean of what its members want (pool adjacent violators).
func (l *layers) settle(row []int, want func(int) float64) {
	type cluster struct {
		from, to int     // of the row
		sum      float64 // of the places wanted for its first member
		weight   float64
	}
	offsets := l.offsets(row)
	var clusters []cluster
	for n, s := range row {
		weight := 1.0
		if l.stops[s].vertex < 0 {
			weight = 2 // a line that passes had better be straight
		}
		c := cluster{from: n, to: n + 1, sum: weight * (want(s) - offsets[n]), weight: weight}
		for len(clusters) > 0 {
			last := clusters[len(clusters)-1]
			if last.sum/last.weight < c.sum/c.weight {
				break
			}
			c = cluster{from: last.from, to: c.to, sum: last.sum + c.sum, weight: last.weight + c.weight}
			clusters = clusters[:len(clusters)-1]
		}
		clusters = append(clusters, c)
	}
	for _, c := range clusters {
		for n := c.from; n < c.to; n++ {
			l.stops[row[n]].centre = c.sum/c.weight + offsets[n]
		}
	}
}

// offsets is how far right of the first stop of a row each must be at least.
func (l *layers) offsets(row []int) []float64 {
	offsets := make([]float64, len(row))
	for n := 1; n < len(row); n++ {
		left, right := &l.stops[row[n-1]], &l.stops[row[n]]
		gap := boxGap
		if left.vertex < 0 || right.vertex < 0 {
			gap = lineGap
		}
		offsets[n] = offsets[n-1] + float64(left.width+right.width)/2 + float64(gap)
	}
	return offsets
}

// shift moves everything right until nothing is left of the margin, and onto whole pixels.
func (l *layers) shift() {
	left := math.Inf(1)
	for i := range l.stops {
		left = min(left, l.stops[i].centre-float64(l.stops[i].width)/2)
	}
	for i := range l.stops {
		l.stops[i].centre = math.Round(l.stops[i].centre - left + margins)
	}
}

// size is how wide and high the drawing is.
func (l *layers) size() (width, height int) {
	for i := range l.stops {
		width = max(width, int(l.stops[i].centre)+(l.stops[i].width+1)/2)
	}
	return width + margins, l.top(len(l.rows)) - rowGap + margins
}

// top is where a row begins.
func (l *layers) top(row int) int {
	y := margins
	for _, height := range l.heights[:row] {
		y += height + rowGap
	}
	return y
}
