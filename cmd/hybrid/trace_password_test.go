package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
)

// piped is a program whose standard input holds a text.
func piped(t *testing.T, text string) *app {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	if _, err := w.WriteString(text); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	return &app{in: r, out: new(bytes.Buffer), err: new(bytes.Buffer)}
}

// A password comes from the environment or from standard input, is the whole line, and is taken out of everything from then on.
func TestPasswordOfATrace(t *testing.T) {
	t.Setenv(tracePassword, "")
	for text, want := range map[string]string{"planted 7b\n": "planted 7b", "planted-7b\r\n": "planted-7b", "planted-7b": "planted-7b"} {
		a := piped(t, text)
		c, err := a.credential(t.Context(), &session{}, "ada@contoso.com")
		if err != nil || c.Password != want || c.User != "ada@contoso.com" || strings.Contains(a.hidden("it said "+want), want) {
			t.Errorf("%q: %+v, %v", text, c, err)
		}
	}
	if _, err := piped(t, "\n").credential(t.Context(), &session{}, "ada@contoso.com"); err == nil || !strings.Contains(err.Error(), "there is no password") {
		t.Error(err)
	}
	if c, err := piped(t, "").credential(t.Context(), &session{}, ""); c != nil || err != nil {
		t.Error("a password is asked for without --as", err)
	}
	t.Setenv(tracePassword, "planted-env")
	if c, err := piped(t, "other\n").credential(t.Context(), &session{}, "ada@contoso.com"); err != nil || c.Password != "planted-env" {
		t.Error(c, err)
	}
}

// Whoever gives up at the question is not kept.
func TestGivingUpAtThePassword(t *testing.T) {
	t.Setenv(tracePassword, "")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Close(); _ = r.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a := &app{in: r, out: new(bytes.Buffer), err: new(bytes.Buffer)}
	if _, err := a.credential(ctx, &session{}, "ada@contoso.com"); err == nil {
		t.Error("nobody typed anything, and there is a password")
	}
}
