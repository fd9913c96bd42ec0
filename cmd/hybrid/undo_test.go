package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hybrid/internal/engine"
	"hybrid/internal/event"
	"hybrid/internal/journal"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/schema"
)

// never lists what is never undone by commands, and why: by kind and action.
var never = map[string]string{
	"user delete":              "Disable-CsUser wipes what made the user, and nothing tells where the user was homed",
	"sip_domain update":        "the default domain cannot be demoted: another one is made the default",
	"directory_sync run":       "what was run is not taken back",
	"dns_record run":           "nothing was done but to wait",
	"service_principal create": "hybrid creates none",
	"service_principal delete": "hybrid deletes none",
}

// TestUndoBringsTheEstateBack carries out a change of every kind and action in the lab, and then its undo, last first. After
// that the plan is what it was: the estate is as before, as far as anybody reads it.
func TestUndoBringsTheEstateBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, "providers.hcl", "providers.hcl")
	put(t, dir, "main.hcl", "before.hcl")
	before, after := turnedExamples(t)
	write(t, filepath.Join(dir, "examples.hcl"), before)
	first := open(t, dir)
	first.carryOut(first.plan())
	first.end()

	put(t, dir, "main.hcl", "after.hcl")
	write(t, filepath.Join(dir, "examples.hcl"), after)
	s := open(t, dir)
	planned := s.plan()
	s.carryOut(planned)
	live := s.plan().Plan
	undone := map[string]bool{}
	for _, c := range slices.Backward(planned.Plan.Changes) {
		s.undo(c, live, undone)
	}
	s.asBefore(planned)
	s.end()
	everyKind(t, undone)
}

// TestUndoOfExamplesBringsTheEstateBack does the same with what users of the program begin with, moves between servers and
// tenant among it.
func TestUndoOfExamplesBringsTheEstateBack(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"oauth-trust", "federation", "split-dns", "modern-auth", "teams-only", "decommission"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "examples", name))); err != nil {
				t.Fatal(err)
			}
			s := open(t, dir)
			planned := s.plan()
			s.carryOut(planned)
			live := s.plan().Plan
			for _, c := range slices.Backward(planned.Plan.Changes) {
				s.undo(c, live, map[string]bool{})
			}
			s.asBefore(planned)
			s.end()
		})
	}
}

// asBefore holds what is planned now against what was planned before.
func (s *tester) asBefore(planned *engine.Planned) {
	s.Helper()
	before, after := planner.Approve(planned.Plan).Changes, planner.Approve(s.plan().Plan).Changes
	if len(before) == 0 {
		s.Error("nothing was planned")
	}
	for _, changes := range [][]planner.Approved{before, after} {
		for _, c := range changes { // an account that is made again is another one, and the plan has said that it is lost
			delete(c.Before, "distinguished_name")
		}
	}
	if diff := cmp.Diff(before, after); diff != "" {
		s.Errorf("the estate is not as it was (-before +after the undo):\n%s", diff)
	}
}

// everyKind demands that every kind that can be changed was changed and undone, or that it says why not.
func everyKind(t *testing.T, undone map[string]bool) {
	_, kinds := declarations()
	for _, k := range kinds {
		if k.Data {
			continue
		}
		actions := []string{"create", "update", "delete"}
		switch {
		case k.Singleton, k.Name == "online_sip_domain":
			actions = []string{"update"}
		case k.Name == "user_homing":
			actions = []string{"move"}
		case k.Task != nil:
			actions = []string{"run"}
		}
		if slices.ContainsFunc(k.Attrs, func(a schema.Attr) bool { return a.ForceNew }) {
			actions = append(actions, "replace")
		}
		for _, action := range actions {
			name := k.Name + " " + action
			if undone[name] == (never[name] != "") {
				t.Errorf("%s: undone is %v, and the reason why it never is: %q", name, undone[name], never[name])
			}
		}
	}
}

// A tester drives one session on the lab.
type tester struct {
	*testing.T
	*session
	ctx       context.Context
	providers map[string]providers.Provider
}

func open(t *testing.T, dir string) *tester {
	t.Helper()
	var errs bytes.Buffer
	a := &app{lab: true, out: io.Discard, err: &errs, logs: logWriter{w: &errs}, warned: map[string]bool{}, logFormat: "text"}
	s, err := a.open(t.Context(), dir)
	if err != nil {
		t.Fatal(err, errs.String())
	}
	return &tester{T: t, session: s, ctx: t.Context(), providers: map[string]providers.Provider{}}
}

func (s *tester) end() {
	for _, p := range s.providers {
		if err := p.Close(); err != nil {
			s.Error(err)
		}
	}
	if err := s.close(); err != nil {
		s.Error(err)
	}
}

func (s *tester) plan() *engine.Planned {
	s.Helper()
	planned, diags := s.engine.Plan(s.ctx, engine.Scope{})
	if diags.HasErrors() {
		for _, d := range diags {
			s.Error(d)
		}
		s.FailNow()
	}
	return planned
}

// carryOut carries a plan out, all of it, and gives its run as the journal tells it.
func (s *tester) carryOut(p *engine.Planned) *journal.Past {
	s.Helper()
	j, err := journal.Begin(s.TempDir(), journal.Run{Command: "apply"})
	if err != nil {
		s.Fatal(err)
	}
	var failed []string
	summary, err := s.engine.Apply(s.ctx, p, engine.ApplyOptions{Journal: j, Approval: planner.Approve(p.Plan), AnyTime: true, Events: func(e event.Event) {
		if e.Type == event.Failed || e.Type == event.Skipped || e.Type == event.Doubt {
			failed = append(failed, e.Address+": "+e.Message)
		}
	}})
	if err != nil || failed != nil {
		s.Fatalf("%v, %s:\n%s", err, summary, strings.Join(failed, "\n"))
	}
	if err := j.End(journal.Summary{Result: "done"}); err != nil {
		s.Fatal(err)
	}
	past, err := journal.Read(j.Path())
	if err != nil {
		s.Fatal(err)
	}
	return past
}

// undo carries out what the plan shows as the undo of a change. What was known only after apply is taken from what is live.
func (s *tester) undo(c planner.Change, live *planner.Plan, undone map[string]bool) {
	s.Helper()
	if c.Users != nil {
		for n := c.Users.Len() - 1; n >= 0; n-- {
			s.undo(c.User(n), live, undone)
		}
		return
	}
	if c.Action == planner.NoOp || c.Action == planner.Unknown || c.Action == planner.Run {
		return
	}
	steps := s.engine.Steps(c)
	if strings.Contains(strings.Join(steps.Undo, "\n"), "(known after apply)") {
		at := slices.IndexFunc(live.Changes, func(l planner.Change) bool { return l.Address.String() == c.Address.String() })
		c.After = live.Changes[at].Before
		steps.Undo = s.engine.Steps(c.Reverse()).Do
	}
	if len(steps.Undo) == 0 || strings.HasPrefix(steps.Undo[0], "#") {
		s.Errorf("%s, %s has no undo: %q", c.Address, c.Action, steps.Undo)
		return
	}
	if err := s.writer(c.Provider).Apply(s.ctx, c.Reverse()); err != nil {
		s.Errorf("the undo of %s %s: %v\n%s", c.Action, c.Address, err, strings.Join(steps.Undo, "\n"))
		return
	}
	undone[fmt.Sprint(c.Kind.Name, " ", c.Action)] = true
}

// writer opens a provider block as the engine does.
func (s *tester) writer(name string) providers.Provider {
	s.Helper()
	if p := s.providers[name]; p != nil {
		return p
	}
	for _, block := range s.config.Providers {
		if block.Name != name {
			continue
		}
		for _, system := range systems() {
			if system.Schema.Name != block.System.Name {
				continue
			}
			p, err := system.Open(providers.Settings{
				Name: name, Listener: s.engine.Listener, Values: s.engine.Redirect(name, system.Schema, block.Values), Dir: s.config.Dir, Cloud: s.config.Cloud, Clouds: s.config.Clouds,
				Reach: func(address string) string { return s.engine.Reach(name, address) },
			})
			if err != nil {
				s.Fatal(err)
			}
			s.providers[name] = p
			return p
		}
	}
	s.Fatalf("there is no provider %s", name)
	return nil
}

func put(t *testing.T, dir, as, from string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "undo", from))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, as), string(content))
}

func TestEveryKindSaysWhatNoUndoBringsBack(t *testing.T) {
	t.Parallel()
	_, kinds := declarations()
	for _, k := range kinds {
		if !k.Data && k.Lost == nil {
			t.Errorf("%s does not say what undoing loses: give it Lost, or where it loses nothing schema.Nothing and the reason beside it", k.Name)
		}
	}
}
