package main

import (
	"io"
	"testing"

	"hybrid/internal/event"
)

// Ctrl-C is shown as ^C on a bar's line: what it is answered with begins at the margin, or it would stand behind the rest of the bar.
func TestAWarningBeginsAtTheMargin(t *testing.T) {
	t.Parallel()
	screen, terminal := pseudoTerminal(t)
	defer screen.Close()
	a := &app{err: terminal}
	sink := a.fromTheMargin(func(e event.Event) { _, _ = io.WriteString(terminal, e.Message) })
	sink(event.Event{Type: event.Note, Message: "a note, "})
	sink(event.Event{Type: event.Warning, Message: "stopping"})
	terminal.Close()
	const want = "a note, \rstopping"
	got := make([]byte, len(want))
	if _, err := io.ReadFull(screen, got); err != nil || string(got) != want {
		t.Errorf("the screen has %q, %v", got, err)
	}
}
