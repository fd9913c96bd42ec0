package render

import (
	"strings"
	"time"

	"hybrid/internal/amount"
	"hybrid/internal/event"
	"hybrid/planner"
)

// sentence is an event as a line, without its line feed.
func (p paint) sentence(e event.Event) string {
	switch e.Type {
	case event.Warning:
		return p.about(p.in(yellow, "Warning:"), e)
	case event.Note:
		return p.about("", e)
	case event.Finished:
		return p.finished(e)
	}
	return p.name(e) + "  " + p.news(e)
}

// about is a text with the address that it is about, where it is about one.
func (p paint) about(kind string, e event.Event) string {
	text := plain(e.Message)
	if e.Address != "" {
		text = plain(e.Address) + ": " + text
	}
	if kind == "" {
		return text
	}
	return kind + " " + text
}

// name is the sign and the address of a change: "+ hosting_provider.LyncOnline".
func (p paint) name(e event.Event) string {
	sign, colour := symbol(planner.Action(e.Action))
	switch e.Type {
	case event.Failed:
		sign, colour = "!", red
	case event.Doubt:
		sign, colour = "?", magenta
	case event.Skipped, event.Later:
		sign, colour = "·", dim
	}
	return p.in(colour, sign) + " " + plain(e.Address)
}

// news is what an event says of its change.
func (p paint) news(e event.Event) string {
	w := words(e)
	switch e.Type {
	case event.Start:
		return w.doing + " " + quantity(e.Total, "user")
	case event.Progress:
		return p.far(&crowd{last: e})
	case event.Done:
		return done(w, e)
	case event.Failed:
		return w.name + " failed" + after(" after ", e.Millis) + ": " + plain(e.Message)
	case event.Doubt:
		return "in doubt" + after(" after ", e.Millis) + ": " + plain(e.Message)
	case event.Waiting:
		return "waiting: " + plain(e.Message)
	case event.Later:
		if e.Total > 1 {
			return quantity(e.Total, "user") + " wait for " + plain(e.Message)
		}
		return "waits for " + plain(e.Message)
	case event.Skipped:
		if e.Total > 1 {
			return quantity(e.Total, "user") + " not started: " + plain(e.Message)
		}
		return "not started: " + plain(e.Message)
	}
	return plain(e.Message)
}

func done(w actionWords, e event.Event) string {
	text := w.done
	if e.Total > 0 {
		text = quantity(e.Total, "user") + " " + w.done
		if e.Done < e.Total {
			text = count(e.Done) + " of " + text
		}
	}
	text += after(" in ", e.Millis)
	if e.Message != "" {
		text += " (" + plain(e.Message) + ")"
	}
	return text
}

// after is how long something took, "" where that is not told or would be 0.0 s.
func after(word string, millis int64) string {
	if millis < 50 {
		return ""
	}
	return word + amount.Lasting(time.Duration(millis)*time.Millisecond)
}

// finished is the last line of a run: what its author says, or what the counts come to.
func (p paint) finished(e event.Event) string {
	text := plain(e.Message)
	if text == "" {
		text = count(e.Done) + " of " + quantity(e.Total, "change") + " done"
		if e.Failed > 0 {
			text += ", " + count(e.Failed) + " failed"
		}
		text += after(" in ", e.Millis) + "."
	}
	colour := green
	if e.Failed > 0 {
		colour = red
	}
	return p.in(colour, text)
}

// actionWords names an action, what goes on, and what has been done. Users are enabled and disabled rather than created
// and deleted.
type actionWords struct{ name, doing, done string }

func words(e event.Event) actionWords {
	users := e.Total > 1 || strings.HasPrefix(e.Address, "user") && strings.Contains(e.Address, `["sip:`) || e.Type == event.Done && e.Total == 1
	switch a := planner.Action(e.Action); {
	case e.Update > 0:
		return actionWords{"enable or change", "enabling or changing", "enabled or changed"}
	case a == planner.Create && users:
		return actionWords{"enable", "enabling", "enabled"}
	case a == planner.Delete && users:
		return actionWords{"disable", "disabling", "disabled"}
	}
	switch planner.Action(e.Action) {
	case planner.Create:
		return actionWords{"create", "creating", "created"}
	case planner.Update:
		return actionWords{"change", "changing", "changed"}
	case planner.Replace:
		return actionWords{"replace", "replacing", "replaced"}
	case planner.Delete:
		return actionWords{"delete", "deleting", "deleted"}
	case planner.Move:
		return actionWords{"move", "moving", "moved"}
	case planner.Run:
		return actionWords{"run", "running", "run"}
	}
	return actionWords{"it", "at work on", "done"}
}
