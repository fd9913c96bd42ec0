package render

import (
	"cmp"
	"strings"

	"hybrid/internal/event"
)

// report is what became of a run: why things failed, and a table of its blocks. It is "" where the lines before have said
// all: after one or two objects without failures.
func (p paint) report(r *event.Report, columns int) string {
	if r == nil {
		return ""
	}
	var parts []string
	if bad(r.Blocks) > 1 {
		for _, c := range r.Causes {
			parts = append(parts, p.cause(c, columns))
		}
	}
	if r.List != "" {
		parts = append(parts, fold("All that failed: "+plain(r.List), columns)+"\n")
	}
	if worthATable(r.Blocks) {
		parts = append(parts, p.table(r.Blocks))
	}
	if len(parts) == 0 {
		return ""
	}
	return "\n" + strings.Join(parts, "\n") + "\n"
}

func bad(blocks []event.Block) int {
	n := 0
	for _, b := range blocks {
		n += b.Bad()
	}
	return n
}

// worthATable says whether a run has more to tell than its lines did.
func worthATable(blocks []event.Block) bool {
	things := 0
	for _, b := range blocks {
		things += b.Done + b.Bad() + b.Skipped
	}
	return things > 2 || bad(blocks) > 0 && things > 1
}

// cause is a group of what failed alike: how many, why, who first, and what helps.
func (p paint) cause(c event.Cause, columns int) string {
	var of []string
	if c.Users > 0 {
		of = append(of, quantity(c.Users, "user"))
	}
	if c.Others > 0 {
		of = append(of, quantity(c.Others, "object"))
	}
	lines := []string{p.in(red, "!") + " " + strings.Join(of, ", ") + ": " + plain(cmp.Or(c.Text, c.Cause))}
	who := strings.Join(c.First, ", ")
	if more := c.Count() - len(c.First); more > 0 {
		who += " and " + count(more) + " more"
	}
	lines = append(lines, "  "+plain(who))
	if c.Remedy != "" {
		lines = append(lines, "  "+plain(c.Remedy))
	}
	return fold(strings.Join(lines, "\n"), columns) + "\n"
}
