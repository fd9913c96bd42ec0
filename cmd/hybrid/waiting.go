package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/hcl/v2"

	"hybrid/internal/check"
	"hybrid/internal/engine"
	"hybrid/schema"
)

// When somebody who sits at a terminal is told what is waited for: for the first time, and then each time anew.
const (
	firstWait = 3 * time.Second
	nextWait  = 15 * time.Second
)

// waiting is what is being read, for whoever sits at a terminal and sees nothing of it: a host that does not answer takes its time.
type waiting struct {
	of    string // what the things are: "readings", "checks"
	mu    sync.Mutex
	under []string // in the order in which they began
	done  int
	over  chan struct{}
	ended sync.WaitGroup
}

// watch tells on a terminal what is waited for, line by line, until the function that it returns is called. What takes no more than
// a few seconds is not told, nor anything where nobody sits.
func (a *app) watch(of string) (*waiting, func()) {
	w := &waiting{of: of, over: make(chan struct{})}
	if !terminal(a.err) {
		return w, func() {}
	}
	w.ended.Go(func() { w.tell(a.say) })
	return w, func() {
		close(w.over)
		w.ended.Wait()
	}
}

// watchReading is watch for all that a session reads from behind its provider blocks.
func (a *app) watchReading(s *session) func() {
	w, over := a.watch("readings")
	s.engine.Reading = w.reading
	return func() {
		over()
		s.engine.Reading = nil
	}
}

// watched is a planning of which is told what it waits for.
func (a *app) watched(s *session, plan planning) planning {
	return func(ctx context.Context) (*engine.Planned, hcl.Diagnostics) {
		defer a.watchReading(s)()
		return plan(ctx)
	}
}

// tell says from time to time what is waited for.
func (w *waiting) tell(say func(string)) {
	for pause := firstWait; ; pause = nextWait {
		select {
		case <-time.After(pause):
			if line := w.line(); line != "" {
				say(line)
			}
		case <-w.over:
			return
		}
	}
}

// begin notes that something has begun; the function that it returns, that it is over.
func (w *waiting) begin(what string) func() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.under = append(w.under, what)
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.done++
		if n := slices.Index(w.under, what); n >= 0 {
			w.under = slices.Delete(w.under, n, n+1)
		}
	}
}

// reading is begin for a kind, or a cmdlet, behind a provider block.
func (w *waiting) reading(provider, what string) func() {
	return w.begin(provider + " (" + what + ")")
}

// check is begin for a check.
func (w *waiting) check(c check.Check) func() { return w.begin(c.ID) }

// mostNamed is how many things a line names.
const mostNamed = 4

// line says what is waited for; "" where nothing is.
func (w *waiting) line() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.under) == 0 {
		return ""
	}
	named := slices.Clone(w.under[:min(len(w.under), mostNamed)])
	if more := len(w.under) - len(named); more > 0 {
		named = append(named, fmt.Sprintf("%d more", more))
	}
	text := "Waiting for " + schema.List(named, "and")
	if w.done > 1 {
		text += fmt.Sprintf("; %d %s are done", w.done, w.of)
	}
	return text + "."
}
