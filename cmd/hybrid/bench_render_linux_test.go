package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"hybrid/internal/engine"
	"hybrid/internal/render"
	"hybrid/planner"
)

// BenchmarkRenderingShare is how much of a plan's time goes into writing it, in each format: loading, reading over WS-Man from
// a lab that is a process of its own, planning, making the commands of every change, and writing, in one run. Counted is the
// processor time of this process, so that neither how fast the machine is nor what else it does makes a difference; waiting for
// servers would only make the share smaller. It fails where it is more than a tenth. Commands are made while a format is
// written, since it asks for them, as texts or as words of a script; they are what apply would issue, and count as planning:
// writing is what writing the same plan once more takes with the commands at hand.
func BenchmarkRenderingShare(b *testing.B) {
	binary := built(b)
	for _, estate := range []struct {
		name string
		of   func(*testing.B) string
	}{
		{"users=50000", func(b *testing.B) string { return estateOf(b, binary, 50_000) }},
		{"objects=2000", func(b *testing.B) string { return objectsOf(b, binary, 2_000) }},
	} {
		for _, format := range render.Formats() {
			b.Run(estate.name+"/"+format, func(b *testing.B) {
				dir := estate.of(b)
				var whole, writing time.Duration
				for b.Loop() {
					all, written := timed(b, dir, format)
					whole, writing = whole+all, writing+written
				}
				share := 100 * writing.Seconds() / whole.Seconds()
				b.ReportMetric(share, "%writing")
				b.ReportMetric(whole.Seconds()/float64(b.N), "s/plan")
				if share > 10 {
					b.Errorf("writing takes %.1f %% of the time", share)
				}
			})
		}
	}
}

// timed plans a configuration and writes the plan; how long all of that took, and how long writing alone takes.
func timed(b *testing.B, dir, format string) (whole, writing time.Duration) {
	start := spent()
	a := &app{out: io.Discard, err: io.Discard, logs: logWriter{w: io.Discard}, warned: map[string]bool{}}
	s, err := a.open(context.Background(), dir)
	if err != nil {
		b.Fatal(err)
	}
	p, diags := s.engine.Plan(context.Background(), engine.Scope{})
	if diags.HasErrors() {
		b.Fatal(diags)
	}
	digest := planner.Approve(p.Plan).Digest
	o := render.Options{Header: s.header(), Steps: s.engine.Steps, Script: s.engine.Script, Nodes: s.config.Nodes, Refusals: p.Refusals, Digest: digest}
	writeOnce := func(o render.Options) time.Duration {
		begun := spent()
		if err := render.Write(io.Discard, format, p.Plan, o); err != nil || p.Plan.Count().Changes() < 2_000 {
			b.Fatalf("%d changes, %v", p.Plan.Count().Changes(), err)
		}
		return spent() - begun
	}
	writeOnce(o)
	whole = spent() - start
	var made makes
	o.Steps, o.Script = made.keeping(s.engine)
	writeOnce(o)
	o.Steps, o.Script = made.again()
	runtime.GC() // what came before has left it behind, and it is not writing's to collect
	writing = writeOnce(o)
	if made.steps.left()+made.words.left() > 0 {
		b.Fatal("not all commands were asked for again")
	}
	if err := s.close(); err != nil {
		b.Fatal(err)
	}
	return whole, writing
}

// makes are the commands that a format asks for while it is written, in the order in which it does: as texts, and as words.
type makes struct {
	steps kept[planner.Steps]
	words kept[[]planner.ScriptStep]
}

// keeping makes commands, and keeps them.
func (m *makes) keeping(e *engine.Engine) (func(planner.Change) planner.Steps, func(planner.Change) []planner.ScriptStep) {
	steps := func(c planner.Change) planner.Steps {
		made := e.Steps(c)
		if script := made.Script; script != nil {
			made.Script = sync.OnceValue(script) // what is asked for again is there by then
		}
		return m.steps.keep(made)
	}
	return steps, func(c planner.Change) []planner.ScriptStep { return m.words.keep(e.Script(c)) }
}

// again gives what was kept to a format that asks in the same order.
func (m *makes) again() (func(planner.Change) planner.Steps, func(planner.Change) []planner.ScriptStep) {
	return func(planner.Change) planner.Steps { return m.steps.next() }, func(planner.Change) []planner.ScriptStep { return m.words.next() }
}

// kept is what was made, and how much of it has been given again.
type kept[T any] struct {
	all   []T
	given int
}

func (k *kept[T]) keep(one T) T {
	k.all = append(k.all, one)
	return one
}

func (k *kept[T]) next() T {
	k.given++
	return k.all[k.given-1]
}

func (k *kept[T]) left() int { return len(k.all) - k.given }

// spent is the processor time that this process has taken so far.
func spent() time.Duration {
	var all syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &all); err != nil {
		panic(err)
	}
	return time.Duration(all.Utime.Nano() + all.Stime.Nano())
}

// objectsOf writes a configuration of so many objects that do not exist yet, and serves its estate until the benchmark ends.
func objectsOf(b *testing.B, binary string, objects int) string {
	dir := b.TempDir()
	var src strings.Builder
	src.WriteString(benchProvider)
	for n := range objects {
		fmt.Fprintf(&src, "allowed_domain \"partner%04d.com\" {\n  comment = \"partner %d\"\n}\n", n, n)
	}
	write(b, filepath.Join(dir, "main.hcl"), src.String())
	serve(b, binary, dir)
	return dir
}
