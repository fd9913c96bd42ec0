package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// writePair writes what was measured in turns, each as a ratio to the first.
func (r *run) writePair(heading, note string, subjects []subject, all []figures) {
	fmt.Fprintf(r.out, "\n### %s\n\n%s\n\n", heading, note)
	fmt.Fprintln(r.out, "| | time, the median | least to most | of the first | processor time | of the first | memory at most | of the first |")
	fmt.Fprintln(r.out, "|---|---|---|---|---|---|---|---|")
	first := all[0]
	for n, f := range all {
		fmt.Fprintf(r.out, "| %s | %s | %s to %s | %s | %s | %s | %s | %s |\n", subjects[n].name,
			seconds(median(f.wall)), seconds(slices.Min(f.wall)), seconds(slices.Max(f.wall)), ratio(float64(median(f.wall)), float64(median(first.wall))),
			seconds(median(f.cpu)), ratio(float64(median(f.cpu)), float64(median(first.cpu))),
			megabytes(f.peak), ratio(float64(f.peak), float64(first.peak)))
	}
}

// A growth is what one step took for ten times as many each time.
type growth struct {
	name  string
	sizes []int
	of    []figures
}

// add notes what so many took.
func (g *growth) add(size int, f figures) {
	g.sizes, g.of = append(g.sizes, size), append(g.of, f)
}

// writeGrowth writes a line for each size of each step. What each further one takes is the difference to the size before, so that
// what starting the program takes is not in it; beside it stands how it compares with what it was a decade before: 1 is level.
func (r *run) writeGrowth(heading, note, one string, all []*growth) {
	fmt.Fprintf(r.out, "\n### %s\n\n%s\n\n", heading, note)
	fmt.Fprintf(r.out, "| | %ss | time | processor time | each further %s | of the decade before | memory at most | each thousand further |\n", one, one)
	fmt.Fprintln(r.out, "|---|---|---|---|---|---|---|---|")
	for _, g := range all {
		for n, f := range g.of {
			fmt.Fprintf(r.out, "| %s | %s | %s | %s | %s | %s | %s | %s |\n", g.name, thousands(g.sizes[n]), seconds(median(f.wall)), seconds(median(f.cpu)),
				micros(g.further(n)), ratio(float64(g.further(n)), float64(g.further(n-1))), megabytes(f.peak), g.memory(n))
		}
	}
}

// further is the processor time of each one that a size has more than the size before it; 0 where none is known.
func (g *growth) further(n int) time.Duration {
	if n < 1 {
		return 0
	}
	return max(0, median(g.of[n].cpu)-median(g.of[n-1].cpu)) / time.Duration(g.sizes[n]-g.sizes[n-1])
}

// memory is what each further thousand takes.
func (g *growth) memory(n int) string {
	if n < 1 || g.of[n].peak == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f MB", float64(max(0, g.of[n].peak-g.of[n-1].peak))/1e6/float64(g.sizes[n]-g.sizes[n-1])*1000)
}

// writeSkipped ends the report with what it does not have.
func (r *run) writeSkipped() {
	fmt.Fprintf(r.out, "\nAll of it took %s; the load was %s when it ended. ", time.Since(r.began).Round(time.Second), load())
	if len(r.skipped) == 0 {
		fmt.Fprintln(r.out, "Nothing was left out.")
		return
	}
	fmt.Fprintf(r.out, "Left out:\n\n- %s\n", strings.Join(r.skipped, "\n- "))
}

func seconds(d time.Duration) string {
	if d < 100*time.Millisecond {
		return fmt.Sprintf("%.3f s", d.Seconds())
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}

func micros(d time.Duration) string {
	if d <= 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f µs", float64(d.Nanoseconds())/1e3)
}

func megabytes(bytes int64) string {
	if bytes == 0 {
		return "–"
	}
	return fmt.Sprintf("%d MB", (bytes+500_000)/1_000_000)
}

// ratio is one as a multiple of another; a dash where there is nothing to compare.
func ratio(one, other float64) string {
	if one <= 0 || other <= 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f", one/other)
}

// thousands writes 1000000 as 1,000,000.
func thousands(n int) string {
	text := fmt.Sprint(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
