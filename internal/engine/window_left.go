package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"hybrid/internal/amount"
	"hybrid/internal/estimate"
	"hybrid/internal/event"
	"hybrid/planner"
)

// What begins in a window has to end in it: no user is begun of whom it is not to be expected.

// A forecast says how long one user of a block takes.
type forecast struct {
	own   []time.Duration // of this run, the latest last
	other time.Duration   // from past runs, or a guess
	known bool            // other is no guess
}

const (
	ownEnough = 5  // so many users of this run tell more than past runs do
	ownKept   = 64 // the latest
)

// forecast is what past runs tell of the users of a block; a guess where they tell nothing.
func (e *Engine) forecast(c planner.Change, w wave, past []estimate.Timing) forecast {
	other, known := estimate.Most(c.Kind.Name, string(c.ActionOf(0)), w.parallel, past)
	if !known {
		other = estimate.CallGuess * time.Duration(max(1, e.calls(c.User(0))))
	}
	return forecast{other: other, known: known}
}

// forecast is what blocks of the same kind have shown in this run, and past runs where none has.
func (r *run) forecast(c planner.Change, w wave) forecast {
	f := r.engine.forecast(c, w, r.Past)
	var latest time.Time
	for _, g := range r.crowds {
		if g.change.Kind == c.Kind && g.began.After(latest) && len(g.forecast.own) >= ownEnough {
			latest, f.own = g.began, slices.Clone(g.forecast.own)
		}
	}
	return f
}

func (f *forecast) add(took time.Duration) {
	f.own = append(f.own, took)
	if len(f.own) > ownKept {
		f.own = slices.Delete(f.own, 0, len(f.own)-ownKept)
	}
}

// most is how long nine users of ten take at most.
func (f *forecast) most() time.Duration {
	if len(f.own) < ownEnough {
		return f.other
	}
	return estimate.Tenth(f.own)
}

// shut says why no user may be begun any more in this window; "" where one may.
func (g *crowd) shut() string {
	if g.AnyTime || g.wave.window == "" || g.engine.Now == nil {
		return ""
	}
	now := g.engine.Now()
	closes, open := closing(g.engine.Config.Settings.Windows[g.wave.window], now)
	takes := g.forecast.most()
	switch {
	case !open:
		return fmt.Sprintf("the window %q has closed", g.wave.window)
	case now.Add(takes).After(closes):
		return fmt.Sprintf("the window %q closes at %s, and a user takes up to %s", g.wave.window, closes.Format("15:04:05 MST"), amount.Lasting(takes))
	}
	return ""
}

// countermanded says why a user who was announced must not be begun any more: the call may have waited for long. What is left of the window is
// not asked again.
func (g *crowd) countermanded(ctx context.Context) string {
	if why := g.run.countermanded(ctx); why != "" {
		return why
	}
	if !g.AnyTime && !g.engine.windowOpen(g.wave.window) {
		return fmt.Sprintf("the window %q has closed", g.wave.window)
	}
	return ""
}

// postpone notes that what a skipped event counts waits for the next window.
func (r *run) postpone(node *planner.Node, skipped event.Event, window string) {
	if node != nil {
		r.late[node.Address.String()] = window
	}
	r.summary.Waiting += max(1, skipped.Total)
	next := nextOpening(r.engine.Config.Settings.Windows[window], r.engine.now())
	if r.summary.Opens.IsZero() || next.Before(r.summary.Opens) {
		r.summary.Opens = next
	}
	skipped.Type, skipped.Message = event.Later, "the next window, which opens "+r.engine.nextOpening(window)+": run the same command then"
	r.later = append(r.later, skipped)
}

// postponeAll does so for all changes of a block that comes after one whose rest waits for a window; "" does nothing.
func (r *run) postponeAll(node *planner.Node, changes []planner.Change, window string) {
	if window == "" {
		return
	}
	for _, c := range changes {
		r.postpone(node, about(event.Skipped, c), window)
	}
}

// tellLater lists, at the end, what waits for its next window.
func (r *run) tellLater() {
	for _, e := range r.later {
		r.Events(e)
	}
}
