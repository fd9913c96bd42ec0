package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hybrid/internal/config"
	"hybrid/internal/engine"
	"hybrid/internal/event"
	"hybrid/internal/journal"
	"hybrid/internal/journal/bucket"
	"hybrid/internal/journal/bucket/drivers"
)

// leaseTerm is how long a lease on a bucket holds that is not renewed.
var leaseTerm = bucket.Term

// storeOf is where runs of a configuration are kept; the lab's stay with the lab. Nothing is contacted yet.
func (a *app) storeOf(c *config.Config) journal.Store {
	if a.lab || !c.Settings.Shared() {
		return journal.In(journalOf(c, a.lab))
	}
	address := c.Settings.Journal
	return bucket.New(bucket.Options{
		Name: address, Dir: journalOf(c, a.lab), Term: leaseTerm,
		Open: func(ctx context.Context) (bucket.Objects, error) { return drivers.Open(ctx, address) },
		Tell: func(text string) { fmt.Fprintln(a.err, a.hidden(text)) },
	})
}

// journalOf is the folder of this machine in which runs of a configuration are read: the journal's own, or the copy of a bucket's;
// the lab's stay with the lab.
func journalOf(c *config.Config, lab bool) string {
	switch {
	case lab:
		return labJournal(c.Dir)
	case c.Settings.Shared():
		return filepath.Join(c.Dir, ".hybrid", copyName(c.Settings.Journal))
	case filepath.IsAbs(c.Settings.Journal):
		return c.Settings.Journal
	}
	return filepath.Join(c.Dir, c.Settings.Journal)
}

// labJournal is where the lab's runs of a configuration are kept.
func labJournal(dir string) string { return filepath.Join(labFolder(dir), "journal") }

// copyName is the name of the folder that holds a copy of a bucket's journal: of another bucket it is another folder.
func copyName(address string) string {
	digest := sha256.Sum256([]byte(address))
	name := "journal"
	if u, err := url.Parse(address); err == nil {
		name += "-" + u.Scheme + "-" + strings.Map(plainRune, u.Host)
	}
	return name + "-" + hex.EncodeToString(digest[:4])
}

func plainRune(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
		return r
	}
	return '-'
}

// upToDate brings what this machine holds of a journal up to what others have written. Where that cannot be done, what is there is
// worked with, and that is said.
func (a *app) upToDate(ctx context.Context, store journal.Store) {
	if err := store.Refresh(ctx); err != nil {
		fmt.Fprintf(a.err, "Warning: %s\nWhat follows is from the copy on this machine, in which runs of other machines may be missing.\n", a.hidden(err.Error()))
	}
}

// await waits until nobody is at work with the journal, and knows then what was done. Only what is read afterwards is planned from.
func (a *app) await(ctx context.Context, s *session) error {
	if err := s.journal().Free(ctx); err != nil {
		return err
	}
	if err := s.journal().Refresh(ctx); err != nil {
		return err
	}
	a.recall(ctx, s)
	if err := s.underway(ctx); err != nil {
		return refuse("%v.\nWhat the runs before had under way is not known. Where the file is damaged, make sure that nothing is going on any more, move it out of the folder, and apply again.", err)
	}
	return nil
}

// underway takes over what earlier runs left open and may still be going on, and whom they left between two homes. The lab lives in
// its runs, and what they had under way ended with them.
func (s *session) underway(ctx context.Context) error {
	left, err := journal.UnderwaySince(journalFolder(s), s.engine.Clock.Now().Add(-engine.LookBack))
	at := ""
	if hold, failed := s.journal().Held(ctx); failed == nil && hold != nil && hold.State != journal.Gone {
		at = hold.Run
	}
	s.engine.Underway, s.engine.Between = nil, nil
	for _, u := range left {
		u.AtWork = at != "" && u.Run == at
		if u.Sent() && u.Unheard() && s.lab == nil {
			s.engine.Underway = append(s.engine.Underway, u)
		}
		if u.Was != nil && !u.AtWork { // that run reads back itself
			s.engine.Between = append(s.engine.Between, u)
		}
	}
	return err
}

// remember takes over how long lists were at the last run.
func (a *app) remember(ctx context.Context, s *session) {
	if err := s.journal().Refresh(ctx); err != nil {
		a.forgotten(s, err)
		return
	}
	a.recall(ctx, s)
}

// recall takes over what the copy on this machine tells of the last run.
func (a *app) recall(ctx context.Context, s *session) {
	last, err := journal.Latest(journalFolder(s))
	if err == nil {
		s.engine.Remembered, err = engine.Remember(last)
	}
	if err != nil {
		a.forgotten(s, err)
	}
	if err := s.underway(ctx); err != nil {
		a.warn(s.config, hcl.Diagnostics{{
			Severity: hcl.DiagWarning, Summary: "What earlier runs left is not known",
			Detail: strings.TrimSuffix(err.Error(), ".") + ".\nWho is between two homes, and what may still be going on, is told of the runs after that one alone. Nothing is applied before the file is mended, or moved out of the folder.",
		}})
	}
}

// forgotten warns that lists cannot be held against those of the last run.
func (a *app) forgotten(s *session, err error) {
	a.warn(s.config, hcl.Diagnostics{{
		Severity: hcl.DiagWarning, Summary: "The last run is not known",
		Detail: strings.TrimSuffix(err.Error(), ".") + ".\nWhether a list has shrunk since that run cannot be told, so one that is cut short is not noticed.",
	}})
}

// heeding stops a run also when its journal is not safely its own any more. What it gives last waits until nothing is written any
// more for that reason.
func heeding(book *journal.Journal, stop <-chan struct{}, sink event.Sink) (<-chan struct{}, func()) {
	if book.Lost() == nil {
		return stop, func() {}
	}
	either, over, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		select {
		case <-stop:
		case <-book.Lost():
			lost := book.Check().Error()
			sink(event.Event{Type: event.Warning, Message: lost})
			_ = book.Note(lost) // where it cannot be written, the end of the run says it
		case <-over:
			return
		}
		close(either)
	}()
	return either, func() { close(over); <-done }
}

// lost is why a run did not go on where its journal is the reason, nil where it is not.
func lost(book *journal.Journal, s engine.Summary) error {
	if s.Skipped == 0 {
		return nil
	}
	return book.Check()
}
