package main

import (
	"errors"
	"strings"
	"testing"

	"hybrid/internal/journal"
)

// A run that began since live state was read may have changed it; one's own, and those before, have not.
func TestUndisturbed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run := func(id string) *journal.Journal {
		book, err := journal.Begin(dir, journal.Run{ID: id, Command: "apply"})
		if err != nil {
			t.Fatal(err)
		}
		return book
	}
	end := func(book *journal.Journal) {
		if err := book.End(journal.Summary{Result: journal.Done}); err != nil {
			t.Fatal(err)
		}
	}
	end(run("20260101T000000Z-apply-aaaa"))
	before := historyOf(dir)
	own := run("20260101T000100Z-apply-bbbb")
	if err := undisturbed(own, before); err != nil {
		t.Error(err)
	}
	end(own)
	other := run("20250101T000200Z-apply-cccc") // of a machine whose clock is slow
	if err := undisturbed(other, before); err == nil || !strings.Contains(err.Error(), "run 20260101T000100Z-apply-bbbb was begun after") {
		t.Errorf("got %v", err)
	}
	during := historyOf(dir)
	end(other)
	last := run("20260101T000300Z-apply-dddd")
	defer end(last)
	if err := undisturbed(last, during); err == nil || !strings.Contains(err.Error(), "run 20250101T000200Z-apply-cccc was still at work while") {
		t.Errorf("got %v", err)
	}
}

// Each way in which a saved plan does not fit has a message of its own.
func TestWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	_, s, _ := planned(t, exampleCopy(t, "oauth-trust"))
	fits := making{Version: build(), Configuration: s.config.Digest, Lab: true}
	for want, change := range map[string]func(*making){
		"":                                      func(*making) {},
		"made by hybrid 0.9, and this is":       func(m *making) { m.Version = "0.9" },
		"made of the real estate, not":          func(m *making) { m.Lab = false },
		"the configuration is not the one that": func(m *making) { m.Configuration = "0" },
	} {
		m := fits
		change(&m)
		f := &saved{making: m}
		err := errors.Join(f.estateFits(true), f.fits(s))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}
