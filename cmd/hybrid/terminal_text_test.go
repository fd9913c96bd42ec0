package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"hybrid/internal/engine"
)

// What a server says reaches the terminal as text: it cannot clear the screen, set the title, or write over a line that stands there.
func TestErrorsAndLogsMoveNoCursor(t *testing.T) {
	t.Parallel()
	const said = "fe01 says \x1b[2J\x1b]0;owned\x07 no\rApplied: 5 done\u202e.\u009b2J"
	for name, tell := range map[string]func(a *app){
		"an error":  func(a *app) { a.exitCode(errors.New(said)) },
		"a refusal": func(a *app) { a.exitCode(&engine.Refused{Reasons: []string{said}}) },
		"a log": func(a *app) {
			a.logLevel = "warn"
			a.log().Warn("a host is left out", "error", said)
		},
		"a log line": func(a *app) { _, _ = a.logs.Write([]byte(said + "\n")) },
	} {
		var errs bytes.Buffer
		a := &app{err: &errs, out: &errs}
		a.logs.w = &errs
		tell(a)
		if text := errs.String(); strings.ContainsAny(text, "\x1b\x07\r\u202e\u009b") || !strings.Contains(text, "fe01 says") {
			t.Errorf("%s: %q", name, text)
		}
	}
}
