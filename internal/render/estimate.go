package render

import (
	"fmt"
	"strings"
	"time"

	"hybrid/internal/estimate"
)

// estimated says how long carrying a plan out takes, and what that rests on, in sentences; "" where nothing is issued.
func estimated(e *estimate.Estimate) string {
	if e == nil || e.Calls == 0 {
		return ""
	}
	return "Applying issues " + quantity(e.Calls, "call") + ": " + span(e) + ", " + basis(e) + "." + waiting(e) + overruns(e)
}

// soon is how long something may take of which seconds are not told apart: nobody plans by them.
const soon = 30 * time.Second

func span(e *estimate.Estimate) string {
	switch {
	case e.Guessed > 0:
		return "about " + roughly(e.Likely)
	case e.High < soon:
		return "less than " + roughly(soon)
	}
	return fmt.Sprintf("about %s (%s to %s)", roughly(e.Likely), roughly(e.Low), roughly(e.High))
}

func basis(e *estimate.Estimate) string {
	lacking := "nothing like it has been timed here yet"
	if e.Unread {
		lacking = "the journal, which tells how long it took before, could not be read"
	}
	guess := fmt.Sprintf("a guess (%s: %s)", guessed(e), lacking)
	if e.Timed == 0 {
		return guess
	}
	text := fmt.Sprintf("from %s timed in %s", quantity(e.Timed, "change"), quantity(e.Runs, "run"))
	if e.Lab {
		text += " of this lab, not of real servers"
	}
	if e.Guessed > 0 {
		text = numbered(e.Guessed, "of the calls is", "of the calls are") + " " + guess + ", the rest is " + text
	}
	return text
}

// guessed says what a guess is added up from, so that a reader arrives at it as well.
func guessed(e *estimate.Estimate) string {
	each := fmt.Sprintf("%g s", estimate.CallGuess.Seconds())
	parts := []string{each + " a call"}
	switch {
	case e.Beside > 0 && e.Beside == e.Calls:
		parts[0] += fmt.Sprintf(", up to %d users at once", e.AtOnce)
	case e.Beside > 0:
		parts[0] += fmt.Sprintf(", %s of them for users, up to %d at once", count(e.Beside), e.AtOnce)
	}
	if e.Reads == 1 {
		parts = append(parts, each+" to read back what was done")
	} else if e.Reads > 1 {
		parts = append(parts, fmt.Sprintf("%s each of the %d times that what was done is read back", each, e.Reads))
	}
	if e.Pauses > 0 {
		parts = append(parts, roughly(e.Pauses)+" of pauses between batches")
	}
	return strings.Join(parts, "; ")
}

func waiting(e *estimate.Estimate) string {
	if e.Wait == 0 {
		return ""
	}
	return " It also waits until changes are in force everywhere, for " + roughly(e.Wait) + " at most."
}

// overruns says of each window that is too short how long it is open.
func overruns(e *estimate.Estimate) string {
	var b strings.Builder
	for _, o := range e.Overruns {
		open := "is open for " + roughly(o.Open)
		if !o.Closes.IsZero() {
			open = "closes at " + o.Closes.Format("15:04 MST") + ", in " + roughly(o.Open)
		}
		fmt.Fprintf(&b, " The window %q %s, and its users take about %s: who is not begun by then waits for the next one.", o.Window, open, roughly(o.Takes))
	}
	return b.String()
}

// roughly writes a duration of which no digit is sure: "40 s", "12 min", "2 h 30 min".
func roughly(d time.Duration) string {
	switch {
	case d < 20*time.Second:
		return fmt.Sprintf("%.0f s", max(1, d.Seconds()))
	case d < 90*time.Second:
		return fmt.Sprintf("%.0f s", d.Round(5*time.Second).Seconds())
	case d < 90*time.Minute:
		return fmt.Sprintf("%.0f min", d.Minutes())
	}
	d = d.Round(5 * time.Minute)
	if minutes := int(d.Minutes()) % 60; minutes > 0 {
		return fmt.Sprintf("%d h %d min", int(d.Hours()), minutes)
	}
	return fmt.Sprintf("%d h", int(d.Hours()))
}

// An estimateJSON is an estimate as a member of a document, in seconds.
type estimateJSON struct {
	Calls    int      `json:"calls"`
	Seconds  float64  `json:"seconds"`
	Low      *float64 `json:"low_seconds,omitempty"`  // 10th percentile; none for a guess
	High     *float64 `json:"high_seconds,omitempty"` // 90th percentile
	Timed    int      `json:"timed"`                  // past changes that it rests on
	Runs     int      `json:"runs"`
	Guessed  int      `json:"guessed_calls"`
	Wait     float64  `json:"wait_seconds,omitempty"` // at most, besides
	Lab      bool     `json:"lab,omitempty"`
	Sentence string   `json:"sentence"`

	Overruns []overrunJSON `json:"overruns,omitempty"` // windows that are too short for their users
}

type overrunJSON struct {
	Window  string  `json:"window"`
	Seconds float64 `json:"seconds"`      // that its users take
	Open    float64 `json:"open_seconds"` // that it is open
}

// estimateMember is nil where there is nothing to estimate.
func estimateMember(e *estimate.Estimate) *estimateJSON {
	if e == nil || e.Calls == 0 {
		return nil
	}
	m := &estimateJSON{
		Calls: e.Calls, Seconds: rounded(e.Likely), Timed: e.Timed, Runs: e.Runs, Guessed: e.Guessed,
		Wait: rounded(e.Wait), Lab: e.Lab, Sentence: estimated(e),
	}
	if e.Guessed == 0 {
		low, high := rounded(e.Low), rounded(e.High)
		m.Low, m.High = &low, &high
	}
	for _, o := range e.Overruns {
		m.Overruns = append(m.Overruns, overrunJSON{Window: o.Window, Seconds: rounded(o.Takes), Open: rounded(o.Open)})
	}
	return m
}

func rounded(d time.Duration) float64 { return d.Round(time.Second).Seconds() }
