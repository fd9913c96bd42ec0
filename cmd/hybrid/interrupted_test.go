package main

import (
	"errors"
	"io"
	"strings"
	"testing"

	"hybrid/internal/engine"
	"hybrid/internal/event"
	"hybrid/internal/journal"
)

// Ctrl-C once is a promise that was kept; Ctrl-C twice is none, and does not claim that anything has been finished.
func TestInterruptedRunSaysWhetherItWaited(t *testing.T) {
	t.Parallel()
	book, err := journal.Begin(t.TempDir(), journal.Run{Command: "apply"})
	if err != nil {
		t.Fatal(err)
	}
	defer book.End(journal.Summary{})
	for _, tt := range []struct {
		broken bool
		want   string
	}{
		{false, "What was begun has been finished and read back"},
		{true, "it may still be going on"},
	} {
		a := &app{err: io.Discard, out: io.Discard}
		summary := engine.Summary{Done: 1, Skipped: 1, Begun: 1, Stopped: true}
		err := a.conclude(book, summary, nil, tt.broken, nil, func(event.Event) {})
		var code *withCode
		if !errors.As(err, &code) || code.code != exitInterrupted || !strings.Contains(code.text, tt.want) {
			t.Errorf("broken off %v: %v", tt.broken, err)
		}
	}
}
