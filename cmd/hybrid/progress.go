package main

import (
	"fmt"
	"sync"
	"time"

	"hybrid/internal/event"
	"hybrid/internal/render"
)

// events is where apply tells what it does, from any goroutine, and what ends that. Its clock is the one that the run goes by.
func (a *app) events(asEvents bool, now func() time.Time) (event.Sink, func() error) {
	if asEvents {
		return inTurn(render.JSONEvents(a.out)), func() error { return nil }
	}
	p := render.NewProgress(a.err, render.ProgressOptions{Terminal: redrawn(a.err), Color: a.colorErr(), Columns: width(a.err), Now: now})
	a.logs.through(p)
	return inTurn(a.fromTheMargin(p.Event)), func() error {
		a.logs.through(nil)
		return p.Close()
	}
}

// fromTheMargin puts a terminal's cursor back where bars have left it, before a warning takes them away: Ctrl-C, which most
// warnings answer, is shown as ^C there, and what is written next would stand behind the rest of a bar.
func (a *app) fromTheMargin(sink event.Sink) event.Sink {
	if !redrawn(a.err) {
		return sink
	}
	return func(e event.Event) {
		if e.Type == event.Warning {
			fmt.Fprint(a.err, "\r")
		}
		sink(e)
	}
}

// inTurn lets one event through at a time.
func inTurn(sink event.Sink) event.Sink {
	var mu sync.Mutex
	return func(e event.Event) {
		mu.Lock()
		defer mu.Unlock()
		sink(e)
	}
}
