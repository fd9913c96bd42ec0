package lab

import (
	"fmt"
	"strconv"
	"time"

	"hybrid/internal/clock"
)

// A Watch is the time of day in an estate that does not live by the clock on the wall. Between two programs that work on the
// estate it stands still.
type Watch struct {
	At    time.Time `json:"at,omitzero"`     // zero: the estate lives by the clock on the wall
	Skips bool      `json:"skips,omitempty"` // time in which nobody works is skipped
}

// SetWatch replaces the time of day.
func (e *Estate) SetWatch(w Watch) {
	e.Watch = w
	e.changed(change{Watch: &w})
}

// today is the time by which cycles, delays and faults go.
func (e *Estate) today() time.Time {
	switch {
	case e.clock != nil:
		return e.clock.Now()
	case !e.Watch.At.IsZero():
		return e.Watch.At
	}
	return time.Now()
}

// Now is the time in the estate, which [Lab.Clock] tells while a lab serves it.
func (e *Estate) Now() time.Time { return e.now() }

// wind starts the clock of an estate that has one of its own.
func (e *Estate) wind(skips bool) {
	if e.Watch.At.IsZero() {
		return
	}
	e.clock = clock.New(e.Watch.At)
	if skips && e.Watch.Skips {
		e.clock.Skip()
	}
}

// unwind keeps the time at which the next program goes on.
func (e *Estate) unwind() {
	if e.clock == nil {
		return
	}
	w := e.Watch
	w.At = e.clock.Now()
	e.clock = nil
	e.SetWatch(w)
}

// Clock is the estate's own clock; nil where it lives by the clock on the wall.
func (l *Lab) Clock() *clock.Clock { return l.clock }

// watchAt is the time of day in the estate.
func watchAt() Setting {
	return Setting{
		Name: "clock.at", Doc: "the time in the estate, such as 2026-11-28T22:00:00+01:00; empty for the clock on the wall",
		Get: func(e *Estate) string {
			if e.Watch.At.IsZero() {
				return ""
			}
			return e.Watch.At.Format(time.RFC3339)
		},
		Set: func(e *Estate, text string) error {
			w := e.Watch
			w.At = time.Time{}
			if text != "" {
				at, err := time.Parse(time.RFC3339, text)
				if err != nil {
					return fmt.Errorf("clock.at: %q is no time with its distance from UTC, such as 2026-11-28T22:00:00+01:00", text)
				}
				w.At = at
			}
			e.SetWatch(w)
			return nil
		},
	}
}

// watchSkips lets waiting take no time.
func watchSkips() Setting {
	return Setting{
		Name: "clock.skips", Doc: "with clock.at: time in which nobody works is skipped, so that waiting takes none: true, false",
		Get: func(e *Estate) string { return strconv.FormatBool(e.Watch.Skips) },
		Set: func(e *Estate, text string) error {
			w := e.Watch
			if err := parseSetting(&w.Skips, text); err != nil {
				return fmt.Errorf("clock.skips: %w", err)
			}
			e.SetWatch(w)
			return nil
		},
	}
}
