package engine

import (
	"strings"
	"time"

	"hybrid/internal/event"
	"hybrid/internal/journal"
	"hybrid/planner"
	"hybrid/providers"
)

// on is an event about a change, without counts.
func on(what event.Type, c planner.Change) event.Event {
	e := event.Event{Type: what, Address: c.Address.String(), Action: string(c.Action), User: c.Address.User}
	if block := counted(c); block != e.Address {
		e.Block = block
	}
	return e
}

// counted is the address under which a change is counted: users under their block or its instance, which has waves of its
// own; objects under their block.
func counted(c planner.Change) string {
	at := c.Address
	switch {
	case c.Users != nil:
		return at.String()
	case at.User != "":
		at.User = ""
		return at.String()
	}
	return at.Block().String()
}

// explained is an event without secrets, and where something went wrong with its cause.
func explained(e event.Event, redact func(string) string) event.Event {
	e.Message, e.Remedy = redact(e.Message), redact(e.Remedy)
	if e.Type == event.Failed || e.Type == event.Doubt {
		message := e.Message
		if e.Remedy != "" {
			message = strings.Replace(message, "\n"+e.Remedy, "", 1)
		}
		e.Cause = event.CauseOf(message)
	}
	return e
}

// notDoneEvent is an event about a change that does not count as done, with the result that it has and the cause.
func notDoneEvent(c planner.Change, result, cause string) event.Event {
	what := event.Failed
	if result == journal.Doubt {
		what = event.Doubt
	}
	e := on(what, c)
	e.Result, e.Message = result, cause
	return e
}

// note says something about the block.
func (g *crowd) note(text string) {
	e := on(event.Note, g.change)
	e.Message = text
	g.Events(e)
}

// blame tells of a user who failed or is in doubt, with what helps against it.
func (g *crowd) blame(c planner.Change, failure error, took time.Duration) {
	what := event.Failed
	if providers.InDoubt(failure) {
		what = event.Doubt
	}
	e := on(what, c)
	e.Message, e.Remedy, e.Result, e.Millis = failure.Error(), providers.Remedy(failure), resultOf(what), took.Milliseconds()
	g.Events(e)
}

// judged tells of a user what reading has shown, and what the user counts as from here on; a verdict alone leaves that as it is.
func (g *crowd) judged(what event.Type, c planner.Change, message string, f finding) {
	e := on(what, c)
	e.Message, e.Verdict, e.Result = message, f.verdict, resultOf(what)
	g.Events(e)
}

// resultOf is what a user counts as of whom such an event tells; "" where it leaves that as it is.
func resultOf(what event.Type) string {
	switch what {
	case event.Note:
		return journal.Done
	case event.Failed:
		return journal.Failed
	case event.Doubt:
		return journal.Doubt
	}
	return ""
}

// progress is how far the users of a block are.
func (g *crowd) progress() event.Event {
	now := g.engine.now()
	e := about(event.Progress, g.change)
	o := &g.outcomes
	e.Done, e.Failed, e.Doubt, e.Millis = len(o.done), o.failed, o.inDoubt(), now.Sub(g.began).Milliseconds()
	e.Rate, e.InFlight, e.Closes = g.pulse.rate(now), max(0, g.intake.running-1), g.closes(now)
	if !g.intake.drought.lately(now) {
		e.LeftMillis = g.left(e.Total-e.Done-e.Failed-e.Doubt, now).Milliseconds()
	}
	return e
}

// closes is when the window closes that the users are taken in; zero where they may be taken at any time.
func (g *crowd) closes(now time.Time) time.Time {
	if g.AnyTime || g.wave.window == "" || g.engine.Now == nil {
		return time.Time{}
	}
	closes, _ := closing(g.engine.Config.Settings.Windows[g.wave.window], now)
	return closes
}
