package main

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
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
// written, since it asks for them, as texts or as words of a script; they are what apply would issue, and count as planning.
func BenchmarkRenderingShare(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "hybrid")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
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
				var planning, writing time.Duration
				for b.Loop() {
					p, w := timed(b, dir, format)
					planning, writing = planning+p, writing+w
				}
				share := 100 * writing.Seconds() / (planning + writing).Seconds()
				b.ReportMetric(share, "%writing")
				if share > 10 {
					b.Errorf("writing takes %.1f %% of the time", share)
				}
			})
		}
	}
}

// timed plans a configuration and writes the plan; how long each took.
func timed(b *testing.B, dir, format string) (planning, writing time.Duration) {
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
	planning = spent() - start
	runtime.GC() // what planning has left behind is not writing's to collect, nor is looking for it planning's
	begun := spent()
	made := makes{of: s.engine.Steps}
	o := render.Options{Header: s.header(), Steps: made.steps, Nodes: s.config.Nodes, Refusals: p.Refusals, Digest: digest}
	if err := render.Write(io.Discard, format, p.Plan, o); err != nil || p.Plan.Count().Changes() < 2_000 {
		b.Fatalf("%d changes, %v", p.Plan.Count().Changes(), err)
	}
	written := spent()
	made.again()
	making := spent() - written
	writing = written - begun - making
	if err := s.close(); err != nil {
		b.Fatal(err)
	}
	return planning + making, writing
}

// makes are the commands that a format asked for while it was written: of which changes, and of which of these their words.
type makes struct {
	of     func(planner.Change) planner.Steps
	asked  []planner.Change
	worded []int
}

func (m *makes) steps(c planner.Change) planner.Steps {
	n := len(m.asked)
	m.asked = append(m.asked, c)
	steps := m.of(c)
	if script := steps.Script; script != nil {
		steps.Script = func() []planner.ScriptStep {
			m.worded = append(m.worded, n)
			return script()
		}
	}
	return steps
}

// again makes the same commands once more and nothing else: looking at the clock for each would take longer than making it.
func (m *makes) again() {
	worded := m.worded
	for n, c := range m.asked {
		steps := m.of(c)
		if len(worded) > 0 && worded[0] == n {
			steps.Script()
			worded = worded[1:]
		}
	}
}

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
