package render

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"hybrid/internal/amount"
	"hybrid/internal/event"
)

// A column of the table after a run; those that are 0 in every row are left out.
type reportColumn struct {
	head  string
	of    func(event.Block) int
	width int // columns, once it is known what is in it
}

var reportColumns = []reportColumn{
	{head: "done", of: func(b event.Block) int { return b.Done }},
	{head: "failed", of: func(b event.Block) int { return b.Failed }},
	{head: "not shown", of: func(b event.Block) int { return b.NotShown }},
	{head: "in doubt", of: func(b event.Block) int { return b.Doubt }},
	{head: "not started", of: func(b event.Block) int { return b.Skipped }},
}

const (
	tableWidth = 80 // columns of the table, on whatever it is shown
	mostBlocks = 20 // objects that went well are one row together where there are more
	spareTime  = 11 // columns of a time: 59 min 59 s
)

// table is what became of each block, and of users and objects as a whole.
func (p paint) table(blocks []event.Block) string {
	rows, folded := foldWell(blocks)
	var shown []reportColumn
	room := tableWidth - spareTime - 2
	for n, c := range reportColumns {
		if all := inAll(blocks, c.of); n == 0 || all > 0 {
			c.width = max(len(c.head), len(count(all)))
			shown = append(shown, c)
			room -= c.width + 2
		}
	}
	var b strings.Builder
	b.WriteString(p.in(bold, tableRow("", room, heads(shown), timeHead(append(slices.Clone(rows), folded)))))
	for _, block := range rows {
		b.WriteString(tableRow(plain(block.Address), room, numbersOf(block, shown), lastingMillis(block.Millis)))
	}
	if folded.Done > 0 {
		b.WriteString(tableRow(folded.Address, room, numbersOf(folded, shown), lastingMillis(folded.Millis)))
	}
	return b.String() + becameOfAll(blocks)
}

// timeHead heads the column of times, which is empty where everything was done at once.
func timeHead(rows []event.Block) string {
	for _, b := range rows {
		if lastingMillis(b.Millis) != "" {
			return "time"
		}
	}
	return ""
}

func inAll(blocks []event.Block, of func(event.Block) int) int {
	n := 0
	for _, b := range blocks {
		n += of(b)
	}
	return n
}

func heads(shown []reportColumn) []string {
	var cells []string
	for _, c := range shown {
		cells = append(cells, fmt.Sprintf("%*s", c.width, c.head))
	}
	return cells
}

func numbersOf(b event.Block, shown []reportColumn) []string {
	var cells []string
	for _, c := range shown {
		cell := ""
		if n := c.of(b); n > 0 {
			cell = count(n)
		}
		cells = append(cells, fmt.Sprintf("%*s", c.width, cell))
	}
	return cells
}

// tableRow is a line; a name that is too long for its column has a line of its own.
func tableRow(name string, room int, cells []string, took string) string {
	before := ""
	if wide := runewidth.StringWidth(name); wide > room {
		before, name = name+"\n", ""
	}
	name += strings.Repeat(" ", room-runewidth.StringWidth(name))
	return before + strings.TrimRight(name+"  "+strings.Join(cells, "  ")+"  "+fmt.Sprintf("%*s", spareTime, took), " ") + "\n"
}

func lastingMillis(millis int64) string {
	if millis < 50 {
		return ""
	}
	return amount.Lasting(time.Duration(millis) * time.Millisecond)
}

// foldWell takes the objects that went well together where there are many blocks.
func foldWell(blocks []event.Block) (rows []event.Block, well event.Block) {
	if len(blocks) <= mostBlocks {
		return blocks, event.Block{}
	}
	n := 0
	for _, b := range blocks {
		if b.Users || b.Bad()+b.Skipped > 0 {
			rows = append(rows, b)
			continue
		}
		n++
		well.Done += b.Done
		well.Millis += b.Millis
	}
	well.Address = quantity(n, "block") + " without failures"
	return rows, well
}

// becameOfAll is what became of users and objects as a whole: "Users: 4,999 moved, 1 not moved. Objects: 3 done."
func becameOfAll(blocks []event.Block) string {
	var sentences []string
	var objects event.Block
	users := map[actionWords]*event.Block{}
	var order []actionWords
	for _, b := range blocks {
		if !b.Users {
			objects = plus(objects, b)
			continue
		}
		w := words(event.Event{Type: event.Done, Action: b.Action, Update: b.Update, Total: 2})
		if users[w] == nil {
			users[w] = &event.Block{}
			order = append(order, w)
		}
		*users[w] = plus(*users[w], b)
	}
	var of []string
	for _, w := range order {
		of = append(of, becameOf(*users[w], w.done))
	}
	if len(of) > 0 {
		sentences = append(sentences, "Users: "+strings.Join(of, "; ")+".")
	}
	if objects != (event.Block{}) {
		sentences = append(sentences, "Objects: "+becameOf(objects, "done")+".")
	}
	return fold(strings.Join(sentences, "\n"), tableWidth) + "\n"
}

func plus(a, b event.Block) event.Block {
	a.Done += b.Done
	a.Failed += b.Failed
	a.NotShown += b.NotShown
	a.Doubt += b.Doubt
	a.Skipped += b.Skipped
	return a
}

// becameOf says how many it came to, with the verdicts on users.
func becameOf(b event.Block, done string) string {
	failed := "not " + done
	if done == "done" {
		failed = "failed"
	}
	var parts []string
	for _, one := range []struct {
		n    int
		text string
	}{{b.Done, done}, {b.Failed, failed}, {b.NotShown, "carried out but not shown"}, {b.Doubt, "in doubt"}, {b.Skipped, "not started"}} {
		if one.n > 0 {
			parts = append(parts, count(one.n)+" "+one.text)
		}
	}
	if len(parts) == 0 {
		return "none " + done
	}
	return strings.Join(parts, ", ")
}
