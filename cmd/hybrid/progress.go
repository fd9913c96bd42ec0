package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"time"

	"hybrid/internal/event"
	"hybrid/internal/render"
)

// interrupts makes the first Ctrl-C close stop, so that nothing new is started, and the second end the context.
func interrupts(ctx context.Context, sink event.Sink) (context.Context, <-chan struct{}, func()) {
	ctx, cancel := context.WithCancel(ctx)
	stop := make(chan struct{})
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt)
	go func() {
		select {
		case <-signals:
			sink(event.Event{Type: event.Warning, Message: "stopping: nothing new is started, what is under way is finished. Ctrl-C once more stops waiting."})
			close(stop)
		case <-ctx.Done():
			return
		}
		select {
		case <-signals:
			sink(event.Event{Type: event.Warning, Message: "not waiting any longer: what is under way is in doubt, and the journal has it."})
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, stop, func() {
		signal.Stop(signals)
		cancel()
	}
}

// events is where apply tells what it does, from any goroutine, and what ends that. Its clock is the one that the run goes by.
func (a *app) events(f applyFlags, now func() time.Time) (event.Sink, func() error) {
	if f.json {
		return inTurn(render.JSONEvents(a.out)), func() error { return nil }
	}
	p := render.NewProgress(a.err, render.ProgressOptions{Terminal: terminal(a.err), Color: a.colorErr(), Columns: width(a.err), Now: now})
	a.logs.through(p)
	return inTurn(p.Event), func() error {
		a.logs.through(nil)
		return p.Close()
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
