package engine

import (
	"sync"

	"hybrid/internal/event"
)

// A board passes on what providers tell of their hosts, from whatever goroutine. What is told before anybody listens waits.
type board struct {
	mu      sync.Mutex
	sink    event.Sink
	waiting []event.Event
}

// tell passes a sentence on: a warning, or a note where it is good news.
func (b *board) tell(text string, good bool) {
	ev := event.Event{Type: event.Warning, Message: text}
	if good {
		ev.Type = event.Note
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.sink == nil {
		b.waiting = append(b.waiting, ev)
		return
	}
	b.sink(ev)
}

// listen leads to a sink what is told from now on, and what has been told before. With nil it waits again.
func (b *board) listen(sink event.Sink) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sink = sink
	if sink == nil {
		return
	}
	for _, ev := range b.waiting {
		sink(ev)
	}
	b.waiting = nil
}
