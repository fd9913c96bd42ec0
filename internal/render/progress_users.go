package render

import (
	"io"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"hybrid/internal/amount"
	"hybrid/internal/event"
)

// crowd is what has been told of a block's users while they are under way. Its owner guards it.
type crowd struct {
	last   event.Event // the latest Progress, or before it Start
	shares []share     // why users have failed so far
}

// failed counts a user's failure.
func (c *crowd) failed(cause string) {
	n := slices.IndexFunc(c.shares, func(s share) bool { return s.cause == cause })
	if n < 0 {
		n = len(c.shares)
		c.shares = append(c.shares, share{cause: cause})
	}
	c.shares[n].n++
	slices.SortStableFunc(c.shares, func(a, b share) int { return b.n - a.n })
}

// whyFailed is " (9 Error 507, 3 Error 506)", or " (Error 507)" where all failed of the same; "" where nothing is known of causes.
func (c *crowd) whyFailed() string {
	switch {
	case len(c.shares) == 0 || c.last.Failed == 0:
		return ""
	case len(c.shares) == 1:
		return " (" + shortly(c.shares[0].cause) + ")"
	}
	return " (" + brief(c.shares) + ")"
}

// taken is how many users have been taken, whatever came of it.
func taken(e event.Event) int { return e.Done + e.Failed + e.Doubt }

// far is how far the users of a block are, as a line for where there is no terminal.
func (p paint) far(c *crowd) string {
	e := c.last
	text := count(e.Done) + " of " + quantity(e.Total, "user") + " " + words(e).done + after(" in ", e.Millis)
	if e.Failed > 0 {
		text += ", " + count(e.Failed) + " failed" + c.whyFailed()
	}
	if e.Doubt > 0 {
		text += ", " + count(e.Doubt) + " in doubt"
	}
	if parts := pace(e); len(parts) > 0 {
		text += "; " + strings.Join(parts, ", ")
	}
	return text
}

// pace is how fast users go, and how long it takes yet; nothing once all were taken.
func pace(e event.Event) []string {
	if taken(e) >= e.Total {
		return nil
	}
	var parts []string
	if e.Rate > 0 {
		parts = append(parts, speed(e, " a minute", " an hour"))
	}
	if e.InFlight > 0 {
		parts = append(parts, count(e.InFlight)+" under way")
	}
	if e.LeftMillis > 0 {
		parts = append(parts, "about "+remaining(e)+" left")
	}
	if !e.Closes.IsZero() {
		parts = append(parts, "the window closes at "+e.Closes.Format("15:04 MST"))
	}
	return parts
}

// slow is a rate of which rounding to whole users a minute would take or add too much.
const slow = 5

// speed is the rate, where it is slow by the hour: 24 an hour are not 1 a minute.
func speed(e event.Event, aMinute, anHour string) string {
	if e.Rate < slow {
		return count(max(1, int64(e.Rate*60+0.5))) + anHour
	}
	return count(int64(e.Rate+0.5)) + aMinute
}

// remaining is how long the rest takes, no more exact than it can be known.
func remaining(e event.Event) string {
	left := time.Duration(e.LeftMillis) * time.Millisecond
	if left >= time.Minute && left < time.Hour {
		return count(int(left.Minutes()+0.5)) + " min"
	}
	if left < 10*time.Second {
		return "10 s"
	}
	return amount.Lasting(left)
}

// A part of a bar's line; those of the least weight are left out first where there is no room.
type part struct {
	text   string
	weight int
}

// parts of a bar's line in their order; a cause is one with the number of those that failed.
func (c *crowd) parts(elapsed time.Duration) []part {
	e := c.last
	list := []part{{count(e.Done) + " of " + count(e.Total), 9}}
	if e.Failed > 0 {
		failed := part{count(e.Failed) + " failed", 8}
		list = append(list, failed, part{c.whyFailed(), 2})
	}
	if e.Doubt > 0 {
		list = append(list, part{count(e.Doubt) + " in doubt", 4})
	}
	if taken(e) >= e.Total {
		return append(list, part{"to be read back", 7})
	}
	if e.Rate > 0 {
		list = append(list, part{speed(e, "/min", "/h"), 6})
	}
	if e.InFlight > 0 {
		list = append(list, part{count(e.InFlight) + " under way", 3})
	}
	if e.LeftMillis > 0 {
		list = append(list, part{remaining(e) + " left", 7})
	}
	if !e.Closes.IsZero() {
		list = append(list, part{"window to " + e.Closes.Format("15:04"), 5})
	}
	return append(list, part{"for " + amount.Lasting(elapsed), 1})
}

const (
	leastBar = 6 // columns of a bar within its brackets, where the line has room for one at all
	mostBar  = 40
	kept     = 5  // the least weight of a part that is worth more than the whole name
	forABar  = 60 // columns that a line must have to hold a bar
)

// barLine is a bar's line, no wider than so many columns: what matters less is left out rather than wrapped.
func (c *crowd) barLine(name string, width int, elapsed time.Duration) string {
	bar := 0
	if width >= forABar {
		bar = leastBar
	}
	list := c.parts(elapsed)
	if important := slices.DeleteFunc(slices.Clone(list), func(one part) bool { return one.weight < kept }); columnsOf(name, bar, important) > width {
		name = briefer(name, width)
	}
	for columnsOf(name, bar, list) > width && len(list) > 1 {
		list = withoutLeast(list)
	}
	if bar > 0 {
		bar = min(mostBar, bar+max(0, width-columnsOf(name, bar, list)))
	}
	line := fitted(name, max(1, width-columnsOf("", bar, list))) // rather the name is cut than a number
	if bar > 0 {
		line += "  " + filled(c.last, bar)
	}
	for _, one := range list {
		line += gap(one) + one.text
	}
	return fitted(line, width)
}

// briefer is the name of a block on a narrow line: without its kind, and cut at a third of the line.
func briefer(name string, width int) string {
	if sign, address, found := strings.Cut(name, " "); found {
		if _, label, found := strings.Cut(address, "."); found {
			name = sign + " " + label
		}
	}
	return fitted(name, width/3)
}

// gap is what stands before a part; causes bring their own.
func gap(one part) string {
	if strings.HasPrefix(one.text, " ") {
		return ""
	}
	return "  "
}

func columnsOf(name string, bar int, list []part) int {
	n := wide(name)
	if bar > 0 {
		n += bar + 4
	}
	for _, one := range list {
		n += len(gap(one)) + wide(one.text)
	}
	return n
}

func withoutLeast(list []part) []part {
	least := slices.MinFunc(list, func(a, b part) int { return a.weight - b.weight })
	return slices.DeleteFunc(slices.Clone(list), func(one part) bool { return one == least })
}

// filled is "[====>    ]", of so many columns within.
func filled(e event.Event, columns int) string {
	full := 0
	if e.Total > 0 {
		full = min(columns, columns*taken(e)/e.Total)
	}
	if full == columns {
		return "[" + strings.Repeat("=", columns) + "]"
	}
	return "[" + strings.Repeat("=", full) + ">" + strings.Repeat(" ", columns-full-1) + "]"
}

// wide is how many columns a text takes, colours left out.
func wide(text string) int { return runewidth.StringWidth(escape.ReplaceAllString(text, "")) }

// fitted is a text of at most so many columns; one that is cut loses its colours.
func fitted(text string, width int) string {
	if wide(text) <= width {
		return text
	}
	return runewidth.Truncate(escape.ReplaceAllString(text, ""), width, "…")
}

// bar puts the users of a block on the screen.
func (p *Progress) bar(e event.Event, l *live) *mpb.Bar {
	name := p.paint.name(e)
	l.users.last = e
	line := func(w io.Writer, s decor.Statistics) error {
		l.mu.Lock()
		defer l.mu.Unlock()
		_, err := io.WriteString(w, l.users.barLine(name, s.AvailableWidth, p.o.Now().Sub(l.started)))
		return err
	}
	return p.bars.New(int64(e.Total), filler(line), mpb.BarFillerTrim(), mpb.BarRemoveOnComplete())
}

// A filler draws a whole line of mpb's by itself.
type filler func(io.Writer, decor.Statistics) error

// Build is for mpb.
func (f filler) Build() mpb.BarFiller { return mpb.BarFillerFunc(f) }
