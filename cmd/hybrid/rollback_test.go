package main

import (
	"errors"
	"strings"
	"testing"

	"hybrid/internal/config"
	"hybrid/internal/engine"
	"hybrid/internal/journal"
)

// TestRollbackBringsTheEstateBack carries out a change of every kind and action in the lab, and then takes the run back. After
// that the plan is what it was before the run, but for what the rollback said.
func TestRollbackBringsTheEstateBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, "providers.hcl", "providers.hcl")
	put(t, dir, "main.hcl", "before.hcl")
	first := open(t, dir)
	first.carryOut(first.plan())
	first.end()

	put(t, dir, "main.hcl", "after.hcl")
	s := open(t, dir)
	planned := s.plan()
	run := s.carryOut(planned)
	s.end()

	s = open(t, dir)
	back := s.rollback(run)
	for _, kept := range back.Plan.Rollback.Kept {
		t.Errorf("left as it is: %s: %s", kept.Address, kept.Text)
	}
	if before, after := planned.Plan.Count().Changes(), back.Plan.Count().Changes(); after != before {
		t.Errorf("%d changes were done, and %d are taken back", before, after)
	}
	s.carryOut(back)
	s.asBefore(planned)
	s.end()
}

// TestARunUnderWayIsNotTakenBack: nobody knows yet what it will have done.
func TestARunUnderWayIsNotTakenBack(t *testing.T) {
	t.Parallel()
	s := &session{config: &config.Config{Dir: t.TempDir(), Settings: config.Settings{Journal: "journal"}}}
	book, err := journal.Begin(journalFolder(s), journal.Run{Command: "apply", Who: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	var refused *engine.Refused
	if _, err := s.past(t.Context(), book.ID()[:12]); !errors.As(err, &refused) || !strings.Contains(err.Error(), "is still under way, or may be: the journal is locked by it by ada on ") {
		t.Errorf("%v", err)
	}
	if err := book.End(journal.Summary{Result: "done"}); err != nil {
		t.Fatal(err)
	}
	if run, err := s.past(t.Context(), book.ID()[:12]); err != nil || run.ID != book.ID() {
		t.Errorf("%v, %v", run, err)
	}
	if run, err := s.past(t.Context(), book.Path()); err != nil || run.ID != book.ID() {
		t.Errorf("%v, %v", run, err)
	}
}

// rollback plans the way back from a run.
func (s *tester) rollback(run *journal.Past) *engine.Planned {
	s.Helper()
	back, diags := s.engine.PlanRollback(s.ctx, run)
	if diags.HasErrors() {
		for _, d := range diags {
			s.Error(d)
		}
		s.FailNow()
	}
	return back
}
