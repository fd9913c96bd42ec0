package engine_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"hybrid/internal/config"
	"hybrid/internal/engine"
	"hybrid/internal/event"
	"hybrid/internal/journal"
	"hybrid/internal/tally"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/schema"
)

// trial is a configuration, the far end and what happened.
type trial struct {
	*testing.T
	far    *far
	engine *engine.Engine
	events []event.Event
	heard  func(event.Event) // called for each; nil does nothing
	stop   chan struct{}
	ctx    context.Context // of applying; nil is the test's
	dir    string
}

func try(t *testing.T, f *far, hcl string) *trial {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.hcl"), []byte(withProvider(hcl)), 0o600); err != nil {
		t.Fatal(err)
	}
	system, near := f.system(), f.near()
	c, diags := config.Load(dir, config.Options{Systems: []*schema.System{system.Schema, near.Schema}, Kinds: system.Kinds})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return &trial{
		T: t, far: f, dir: dir, stop: make(chan struct{}),
		engine: &engine.Engine{Config: c, Systems: []providers.System{system, near}, Log: hclog.NewNullLogger(), Now: time.Now},
	}
}

// withProvider adds the provider block where the text has none.
func withProvider(hcl string) string {
	if strings.Contains(hcl, "provider \"far\"") {
		return hcl
	}
	return "provider \"far\" {}\n" + hcl
}

func (t *trial) plan() *engine.Planned {
	t.Helper()
	p, diags := t.engine.Plan(t.Context(), engine.Scope{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return p
}

// tallied holds what events tell against the summary: whoever counts events must come to the same.
func (t *trial) tallied(sum engine.Summary, events []event.Event) {
	t.Helper()
	var count tally.Tally
	for _, e := range events {
		count.Add(e)
	}
	got := engine.Summary{Begun: sum.Begun, Halfway: sum.Halfway, Between: sum.Between, Waiting: sum.Waiting, Opens: sum.Opens, Stopped: sum.Stopped}
	for _, b := range count.Report().Blocks {
		got.Done += b.Done
		got.Failed += b.Failed
		got.NotShown += b.NotShown
		got.Doubt += b.Doubt
		got.Skipped += b.Skipped
	}
	if got != sum {
		t.Errorf("events come to %+v, the summary is %+v: %+v", got, sum, events)
	}
}

// apply plans and carries out, and returns what the journal says in the end.
func (t *trial) apply() (engine.Summary, []string) {
	t.Helper()
	p, from := t.plan(), len(t.events)
	book, err := journal.Begin(filepath.Join(t.dir, "journal"), journal.Run{Command: "apply", Now: t.engine.Clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.ctx
	if ctx == nil {
		ctx = t.Context()
	}
	sum, err := t.engine.Apply(ctx, p, engine.ApplyOptions{
		Journal: book, Approval: planner.Approve(p.Plan), Stop: t.stop,
		Events: func(e event.Event) {
			t.events = append(t.events, e)
			if t.heard != nil {
				t.heard(e)
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := book.End(journal.Summary{Result: "done", Failed: sum.Failed, Doubt: sum.Doubt}); err != nil {
		t.Fatal(err)
	}
	past, err := journal.Read(book.Path())
	if err != nil {
		t.Fatal(err)
	}
	t.tallied(sum, t.events[from:])
	var results []string
	for _, e := range past.Entries {
		if e.Result == "" {
			t.Errorf("the intent of %s has no outcome", e.Address)
		}
		results = append(results, e.Result+" "+e.Address)
	}
	return sum, results
}

func (t *trial) told(kind event.Type, text string) bool {
	return slices.ContainsFunc(t.events, func(e event.Event) bool { return e.Type == kind && strings.Contains(e.Message, text) })
}
