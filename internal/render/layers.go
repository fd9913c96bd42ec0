package render

import (
	"cmp"
	"slices"
)

// Sizes of a drawing, in pixels.
const (
	rowGap     = 46 // between two rows, for the lines
	boxGap     = 18 // between two boxes of a row
	lineGap    = 10 // between a line that passes a row and what is beside it
	margins    = 12 // around the drawing
	mostBeside = 5  // boxes in a row; of more, several rows are made
	sweeps     = 12 // over all rows, for crossings and for places
)

// A stop is what stands in a row of a drawing: a vertex, or a line that passes on its way to a later row. Lines from one vertex
// go together as far as they can.
type stop struct {
	vertex   int // -1 for a line
	width    int
	height   int // of a vertex
	centre   float64
	up, down []int // stops of the row above and below that it is connected with
}

// layers is a drawing with places.
type layers struct {
	rows    [][]int // stops, from left to right
	stops   []stop
	row     []int   // of each vertex; its stop has its number
	paths   [][]int // of each link, the stops that it passes, both ends among them
	heights []int   // of each row
}

// layered gives every vertex a row below all that comes before it, and places in the rows such that few lines cross and boxes
// stand near what they are connected with. The sizes are those of the vertices' boxes.
func layered(d *drawing, widths, heights []int) *layers {
	l := &layers{row: rowsOf(d)}
	l.heights = make([]int, 1+slices.Max(append(l.row, 0)))
	l.rows = make([][]int, len(l.heights))
	for v := range d.vertices {
		l.stops = append(l.stops, stop{vertex: v, width: widths[v], height: heights[v]})
		l.rows[l.row[v]] = append(l.rows[l.row[v]], v)
		l.heights[l.row[v]] = max(l.heights[l.row[v]], heights[v])
	}
	l.connect(d)
	l.uncross()
	l.place()
	return l
}

// rowsOf numbers the rows from above: a vertex stands below all that comes before it, and what nothing comes before stands
// right above what needs it first. A row that would be too wide becomes several.
func rowsOf(d *drawing) []int {
	depth := d.depths()
	lower(d, depth)
	order := d.order()
	var at, inRow, last int
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Or(depth[a]-depth[b], a-b) })
	rows := make([]int, len(depth))
	for n, v := range order {
		if n > 0 && (depth[v] != last || inRow == mostBeside) {
			at++
			inRow = 0
		}
		rows[v], last = at, depth[v]
		inRow++
	}
	return rows
}

// lower brings vertices that nothing comes before down to what needs them.
func lower(d *drawing, depth []int) {
	ends := d.ends()
	nearest := make([]int, len(depth))
	for _, e := range d.links {
		if at := depth[e.then]; nearest[e.first] == 0 || at < nearest[e.first] {
			nearest[e.first] = at
		}
	}
	for v := range depth {
		if len(ends[v]) == 0 && nearest[v] > 0 {
			depth[v] = nearest[v] - 1
		}
	}
}

// connect lays the links from row to row. A line that leaves a vertex is one as far as it goes, wherever it ends.
func (l *layers) connect(d *drawing) {
	type trunk struct {
		first, row int
		dashed     bool
	}
	passing := map[trunk]int{}
	joined := map[[2]int]bool{}
	for _, e := range d.links {
		path := []int{e.first}
		for row := l.row[e.first] + 1; row < l.row[e.then]; row++ {
			at := trunk{e.first, row, e.dashed}
			s, there := passing[at]
			if !there {
				s = len(l.stops)
				passing[at] = s
				l.stops = append(l.stops, stop{vertex: -1, width: 2})
				l.rows[row] = append(l.rows[row], s)
			}
			path = append(path, s)
		}
		path = append(path, e.then)
		for n, s := range path[1:] {
			if pair := [2]int{path[n], s}; !joined[pair] {
				joined[pair] = true
				l.stops[path[n]].down = append(l.stops[path[n]].down, s)
				l.stops[s].up = append(l.stops[s].up, path[n])
			}
		}
		l.paths = append(l.paths, path)
	}
}

// uncross orders each row by the mean place of what its stops are connected with, downwards and upwards in turn, and keeps the
// order with the fewest crossings.
func (l *layers) uncross() {
	best, fewest := l.copyRows(), l.crossings()
	for n := 0; n < sweeps && fewest > 0; n++ {
		for i := range l.rows {
			if n%2 == 0 {
				l.orderBy(l.rows[i], func(s *stop) []int { return s.up })
			} else {
				l.orderBy(l.rows[len(l.rows)-1-i], func(s *stop) []int { return s.down })
			}
		}
		if now := l.crossings(); now < fewest {
			best, fewest = l.copyRows(), now
		}
	}
	l.rows = best
}

func (l *layers) copyRows() [][]int {
	rows := make([][]int, len(l.rows))
	for i := range rows {
		rows[i] = slices.Clone(l.rows[i])
	}
	return rows
}

// positions says which place each stop has in its row.
func (l *layers) positions() []int {
	at := make([]int, len(l.stops))
	for _, row := range l.rows {
		for n, s := range row {
			at[s] = n
		}
	}
	return at
}

func (l *layers) orderBy(row []int, side func(*stop) []int) {
	at := l.positions()
	mean := map[int]float64{}
	for n, s := range row {
		mean[s] = float64(n)
		if beside := side(&l.stops[s]); len(beside) > 0 {
			sum := 0
			for _, other := range beside {
				sum += at[other]
			}
			mean[s] = float64(sum) / float64(len(beside))
		}
	}
	slices.SortStableFunc(row, func(a, b int) int { return cmp.Compare(mean[a], mean[b]) })
}

// crossings counts how often lines cross between rows.
func (l *layers) crossings() (n int) {
	at := l.positions()
	for _, row := range l.rows {
		var ends []int // places below, in the order of the places above
		for _, s := range row {
			below := make([]int, 0, len(l.stops[s].down))
			for _, other := range l.stops[s].down {
				below = append(below, at[other])
			}
			slices.Sort(below)
			ends = append(ends, below...)
		}
		n += inversions(ends)
	}
	return n
}

// inversions counts the pairs that are in the wrong order.
func inversions(numbers []int) (n int) {
	if len(numbers) == 0 {
		return 0
	}
	seen := make([]int, slices.Max(numbers)+2) // a Fenwick tree of how many numbers up to each have come
	for k, number := range numbers {
		notGreater := 0
		for i := number + 1; i > 0; i -= i & -i {
			notGreater += seen[i]
		}
		n += k - notGreater
		for i := number + 1; i < len(seen); i += i & -i {
			seen[i]++
		}
	}
	return n
}
