package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestCommandLine(t *testing.T) {
	t.Parallel()
	size, only, err := parse([]string{"-tiny", "-users", "10000", "-only", "dns,users"})
	if want := (sizes{objects: tiny.objects, records: tiny.records, users: 10_000, applied: tiny.applied, blocks: tiny.blocks, repeat: 1}); err != nil || size != want || !slices.Equal(only, []string{"dns", "users"}) {
		t.Errorf("%+v, %q, %v", size, only, err)
	}
	if size, only, err := parse(nil); err != nil || size != usual || only != nil {
		t.Errorf("%+v, %q, %v", size, only, err)
	}
	if _, _, err := parse([]string{"-only", "tofu"}); err == nil || !strings.Contains(err.Error(), "choose from terraform, dns") {
		t.Errorf("got %v", err)
	}
}

// The page names every flag, and no other.
func TestThePageNamesTheFlags(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/performance.md")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	f, _ := flags(&sizes{})
	f.VisitAll(func(f *flag.Flag) { want = append(want, f.Name) })
	for _, m := range regexp.MustCompile("(?m)^\\| `-([a-z]+)[^`]*` \\|").FindAllStringSubmatch(string(text), -1) {
		got = append(got, m[1])
	}
	slices.Sort(got)
	if !slices.Equal(want, got) {
		t.Errorf("the program has %q, the page %q", want, got)
	}
}

func TestBenchmarksAreRead(t *testing.T) {
	t.Parallel()
	v := values{}
	v.add("goos: linux\nBenchmarkRequest/session-2   \t 1000\t 400 ns/op\t 2.000 posts/request\t 2500 requests/s\nBenchmarkRequest/process-2 \t 90\t 10.5 posts/request\nPASS\n")
	v.add("BenchmarkRequest/session \t 1000\t 2.200 posts/request\t 2300 requests/s\n")
	v.add("BenchmarkRequest/session-16 \t 1000\t 2.100 posts/request\t 2700 requests/s\n")
	if got := v.span("Request/session", "requests/s", "%.0f"); got != "2500 (2300 to 2700)" {
		t.Errorf("got %s", got)
	}
	if got := v.span("Request/process", "posts/request", "%.1f"); got != "10.5" {
		t.Errorf("got %s", got)
	}
	if v.middle("Request/session", "posts/request") != 2.1 || v.span("Request/none", "x", "%f") != "–" || v.middle("Request/none", "x") != 0 {
		t.Error(v)
	}
}

// Each further one is the difference to the size before, without what starting takes.
func TestGrowth(t *testing.T) {
	t.Parallel()
	g := &growth{name: "plan"}
	for n, size := range []int{1000, 10_000, 100_000} {
		cpu := []time.Duration{10 * time.Millisecond, 100 * time.Millisecond, 1900 * time.Millisecond}[n]
		g.add(size, figures{wall: []time.Duration{cpu}, cpu: []time.Duration{cpu}, peak: int64(50+n*10) * 1e6})
	}
	var out strings.Builder
	(&run{out: &out}).writeGrowth("Growth", "A note.", "user", []*growth{g})
	want := `
### Growth

A note.

| | users | time | processor time | each further user | of the decade before | memory at most | each thousand further |
|---|---|---|---|---|---|---|---|
| plan | 1,000 | 0.010 s | 0.010 s | – | – | 50 MB | – |
| plan | 10,000 | 0.10 s | 0.10 s | 10.0 µs | – | 60 MB | 1.11 MB |
| plan | 100,000 | 1.90 s | 1.90 s | 20.0 µs | 2.00 | 70 MB | 0.11 MB |
`
	if out.String() != want {
		t.Errorf("got:\n%s", out.String())
	}
}

func TestPair(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	of := func(ms ...time.Duration) (all []time.Duration) {
		for _, m := range ms {
			all = append(all, m*time.Millisecond)
		}
		return all
	}
	(&run{out: &out}).writePair("Pair", "A note.", []subject{{name: "one"}, {name: "other"}},
		[]figures{{wall: of(300, 100, 200), cpu: of(90, 80, 70), peak: 50e6}, {wall: of(500, 400, 900), cpu: of(160, 40, 400), peak: 0}})
	for _, line := range []string{
		"| one | 0.20 s | 0.10 s to 0.30 s | 1.00 | 0.080 s | 1.00 | 50 MB | 1.00 |",
		"| other | 0.50 s | 0.40 s to 0.90 s | 2.50 | 0.16 s | 2.00 | – | – |",
	} {
		if !strings.Contains(out.String(), line+"\n") {
			t.Errorf("no %s in:\n%s", line, out.String())
		}
	}
}

// What did not do its work is an error, and never a figure.
func TestFailuresAreNotMeasured(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: what stands for a program is a shell script, which Windows does not run")
	}
	r := &run{ctx: context.Background(), scratch: t.TempDir(), out: io.Discard, began: time.Now()}
	shell := func(script string) subject {
		return subject{name: "script", command: []string{"sh", "-c", script}, shows: "10000 users"}
	}
	if all, err := r.alternately(2, shell("echo 10,000 users")); err != nil || len(all[0].wall) != 2 || len(all[0].cpu) != 2 {
		t.Errorf("%v, %v", all, err)
	}
	for script, want := range map[string]string{
		"echo 10,000 users; echo broken; exit 3": "script: exit code 3 in place of 0: 10,000 users\nbroken",
		"echo 9,000 users":                       `script: its output does not say "10000 users": 9,000 users`,
	} {
		if _, err := r.alternately(1, shell(script)); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// A text is found wherever it stands, also across the pieces that are read at once.
func TestHolds(t *testing.T) {
	t.Parallel()
	for _, before := range []int{0, 64<<10 - 3, 64 << 10, 200_000} {
		there, err := holds(strings.NewReader(strings.Repeat("x", before)+"1,000 users to move"), "1000 users")
		if err != nil || !there {
			t.Errorf("after %d: %v, %v", before, there, err)
		}
	}
	if there, err := holds(strings.NewReader("900 users"), "1000 users"); err != nil || there {
		t.Errorf("%v, %v", there, err)
	}
}

// What a program is measured at is written alike for all: the zone has as many names as the configuration declares.
func TestZoneFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "db")
	if err := written(path, func(w io.Writer) { zoneFile(w, 3) }); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil || strings.Count(string(text), "IN A 192.0.2.1\n") != 3 || !strings.Contains(string(text), "\nh000002 IN A") {
		t.Errorf("%v: %s", err, text)
	}
}

func TestDecades(t *testing.T) {
	t.Parallel()
	if got := fmt.Sprint(decades(100_000), decades(999)); got != "[1000 10000 100000] []" {
		t.Errorf("got %s", got)
	}
}
