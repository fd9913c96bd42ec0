package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"hybrid/internal/lab"
)

// faultTimes are from when until when something goes wrong, as they are written: "22:30", or a whole time.
type faultTimes struct{ from, until string }

// set puts the times into a fault, in an estate where it is now so late, and says what is wrong with the fault then.
func (t faultTimes) set(f *lab.Fault, now time.Time) (err error) {
	if f.Kind == "" {
		return nil
	}
	if t.from != "" {
		if f.From, err = momentAfter(t.from, now); err != nil {
			return fmt.Errorf("--from: %w", err)
		}
	}
	if t.until != "" {
		after := now
		if t.from != "" {
			after = f.From
		}
		if f.Until, err = momentAfter(t.until, after); err != nil {
			return fmt.Errorf("--until: %w", err)
		}
	}
	return f.Check()
}

// momentAfter reads a time of day, the next from a moment on, or a whole time.
func momentAfter(text string, now time.Time) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	day, err := time.Parse("15:04", text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no time: write 22:30, or 2026-11-28T22:30:00+01:00", text)
	}
	at := time.Date(now.Year(), now.Month(), now.Day(), day.Hour(), day.Minute(), 0, 0, now.Location())
	if at.Before(now) {
		at = at.AddDate(0, 0, 1)
	}
	return at, nil
}

// shareOf reads "2%" or "0.02"; 0 where nothing is said.
func shareOf(text string) (float64, error) {
	number, percent := strings.CutSuffix(text, "%")
	share, err := strconv.ParseFloat(cmp.Or(number, "0"), 64)
	if percent {
		share /= 100
	}
	if err != nil || share < 0 || share > 1 || text != "" && share == 0 {
		return 0, fmt.Errorf("--share: %q is no share of the users: write 2%% or 0.02", text)
	}
	return share, nil
}
