package engine

import (
	"fmt"
	"time"

	"hybrid/internal/config"
	"hybrid/planner"
)

// A window opens on certain days at a time of day in its own time zone, and stays open for a span of absolute time: a
// night on which clocks change is as long as any other.

// opening is when a window opens on the day that is so many days after a moment.
func opening(w config.Window, at time.Time, days int) time.Time {
	local := at.In(w.Location)
	return time.Date(local.Year(), local.Month(), local.Day()+days, w.Hour, w.Minute, 0, 0, w.Location)
}

func opens(w config.Window, day time.Weekday) bool {
	for _, d := range w.Days {
		if d == day {
			return true
		}
	}
	return false
}

// closing is when a window closes that is open at a moment; not open where it is closed. One that opens again at the moment
// when it closes, or before, stays open.
func closing(w config.Window, at time.Time) (closes time.Time, open bool) {
	back := int(w.Duration/(24*time.Hour)) + 1
	for days := -back; days <= 8; days++ {
		start := opening(w, at, days)
		end := start.Add(w.Duration)
		switch {
		case !opens(w, start.Weekday()):
		case !open && !at.Before(start) && at.Before(end):
			closes, open = end, true
		case open && !start.After(closes) && end.After(closes):
			closes = end
		}
	}
	return closes, open
}

// nextOpening is when a window opens next after a moment.
func nextOpening(w config.Window, at time.Time) time.Time {
	for days := range 8 {
		if start := opening(w, at, days); opens(w, start.Weekday()) && start.After(at) {
			return start
		}
	}
	return time.Time{} // a window without days, which the configuration does not allow
}

func (e *Engine) isOpen(name string) bool {
	_, open := closing(e.Config.Settings.Windows[name], e.Now())
	return open
}

// windowOpen says whether a window is open now; without a name or a clock it is.
func (e *Engine) windowOpen(name string) bool {
	return name == "" || e.Now == nil || e.isOpen(name)
}

// nextOpening is when a window opens next, in its own time zone: "Sat 28 Nov 2026 22:00 CET".
func (e *Engine) nextOpening(name string) string {
	return nextOpening(e.Config.Settings.Windows[name], e.Now()).Format("Mon 2 Jan 2006 15:04 MST")
}

// now is the time by the clock that windows are compared with.
func (e *Engine) now() time.Time {
	if e.Now == nil {
		return e.Clock.Now()
	}
	return e.Now()
}

func (e *Engine) since(moment time.Time) time.Duration { return e.now().Sub(moment) }

// CheckWindows refuses a plan of which some block must wait for its window. Without a clock every window is open: in
// the lab, time stands where it is wanted.
func (e *Engine) CheckWindows(p *planner.Plan) error {
	if e.Now == nil {
		return nil
	}
	var reasons []string
	for i := range p.Changes {
		c := &p.Changes[i]
		name := Window(*c)
		if name == "" || c.Action == planner.NoOp || c.Users.Len() == 0 {
			continue
		}
		if !e.windowOpen(name) {
			reasons = append(reasons, fmt.Sprintf("%s may only be begun in the window %q, which opens %s. Come back then, or say --now --reason TEXT.",
				c.Address, name, e.nextOpening(name)))
		}
	}
	if reasons == nil {
		return nil
	}
	return &Refused{Reasons: reasons}
}
