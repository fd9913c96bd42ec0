package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// A run is one report: its scratch folder, the program that was built for it, and what it had to leave out.
type run struct {
	ctx     context.Context
	size    sizes
	out     io.Writer // the report, in Markdown
	source  string    // the top folder of the source
	scratch string
	hybrid  string // the program, built
	skipped []string
	began   time.Time
}

// begin builds the program and writes what the report is of.
func begin(ctx context.Context, size sizes, out io.Writer) (*run, error) {
	source, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(source, "cmd", "hybrid", "main.go")); err != nil {
		return nil, fmt.Errorf("%s is not the top folder of hybrid's source: change into it, and run this again", source)
	}
	scratch, err := os.MkdirTemp("", "sidebyside")
	if err != nil {
		return nil, err
	}
	r := &run{ctx: ctx, size: size, out: out, source: source, scratch: scratch, hybrid: filepath.Join(scratch, "hybrid"), began: time.Now()}
	r.say("building hybrid")
	build := exec.CommandContext(ctx, "go", "build", "-o", r.hybrid, "./cmd/hybrid")
	if said, err := build.CombinedOutput(); err != nil {
		r.end()
		return nil, fmt.Errorf("go build: %w: %s", err, said)
	}
	fmt.Fprintf(out, "%d processors, %s, %s/%s, load %s before it began; each measured %s.\n",
		runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH, load(), times(size.repeat))
	return r, nil
}

// end removes what was made.
func (r *run) end() { _ = os.RemoveAll(r.scratch) }

// say tells whoever waits what is going on, beside the report.
func (r *run) say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%4.0f s  %s\n", time.Since(r.began).Seconds(), fmt.Sprintf(format, args...))
}

// skip notes what the report does not have, and why.
func (r *run) skip(format string, args ...any) {
	r.skipped = append(r.skipped, fmt.Sprintf(format, args...))
	r.say("SKIPPED: %s", r.skipped[len(r.skipped)-1])
}

// folder makes a folder of the run's own.
func (r *run) folder(name string) (string, error) {
	dir := filepath.Join(r.scratch, name)
	return dir, os.MkdirAll(dir, 0o700)
}

// installed is the path of a program; "" where it is not there, which is noted. The folders where Debian keeps servers are looked into as well.
func (r *run) installed(program, from, what string) string {
	for _, name := range []string{program, "/usr/sbin/" + program} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	r.skip("%s: %s (%s) is not installed", what, program, from)
	return ""
}

// must runs something that is not measured and has to succeed.
func (r *run) must(dir, program string, args ...string) error {
	c := exec.CommandContext(r.ctx, program, args...)
	c.Dir = dir
	if said, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", filepath.Base(program), strings.Join(args, " "), err, tail(said))
	}
	return nil
}

// tail is the end of what a program said, where its errors are.
func tail(said []byte) []byte { return bytes.TrimSpace(said[max(0, len(said)-2000):]) }

// load is how busy the machine has been for a minute; "unknown" where it does not say.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	one, _, _ := strings.Cut(string(text), " ")
	return one
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times, in turns", n)
}
