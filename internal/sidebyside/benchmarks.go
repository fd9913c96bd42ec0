package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A benchmark is one of this module's that compares by itself, since what it needs is the tests'.
type benchmark struct {
	pkg     string // ./internal/ldap
	pattern string // ^BenchmarkUsers$
	iterate string // how often, or how long, each time: 1x, 500ms
}

// values are the metrics of benchmarks by the benchmark's name and the metric's, one a time that it was run.
type values map[string]map[string][]float64

// benchmarked builds the tests of a package, and runs a benchmark as often as everything else is measured.
func (r *run) benchmarked(b benchmark) (values, error) {
	tests := filepath.Join(r.scratch, filepath.Base(b.pkg)+".test")
	if err := r.must(r.source, "go", "test", "-c", "-o", tests, b.pkg); err != nil {
		return nil, err
	}
	all := values{}
	for range r.size.repeat {
		c := exec.CommandContext(r.ctx, tests, "-test.run", "^$", "-test.bench", b.pattern, "-test.benchtime", b.iterate)
		c.Dir = filepath.Join(r.source, b.pkg)
		said, err := c.CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("%s: %w: %s", b.pattern, err, tail(said))
		}
		all.add(string(said))
	}
	return all, nil
}

// benchLine is a benchmark's result: its name without the number of processors, then the rounds, then values and their units.
var benchLine = regexp.MustCompile(`(?m)^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+(.+)$`)

// add reads the results in what a benchmark said.
func (v values) add(said string) {
	for _, m := range benchLine.FindAllStringSubmatch(said, -1) {
		if v[m[1]] == nil {
			v[m[1]] = map[string][]float64{}
		}
		fields := strings.Fields(m[2])
		for n := 0; n+1 < len(fields); n += 2 {
			if value, err := strconv.ParseFloat(fields[n], 64); err == nil {
				v[m[1]][fields[n+1]] = append(v[m[1]][fields[n+1]], value)
			}
		}
	}
}

// span writes the median of a metric and its least and most.
func (v values) span(name, metric, form string) string {
	all := slices.Sorted(slices.Values(v[name][metric]))
	if len(all) == 0 {
		return "–"
	}
	text := fmt.Sprintf(form, all[len(all)/2])
	if len(all) > 1 {
		text += fmt.Sprintf(" ("+form+" to "+form+")", all[0], all[len(all)-1])
	}
	return text
}

// middle is the median of a metric; 0 where there is none.
func (v values) middle(name, metric string) float64 {
	all := slices.Sorted(slices.Values(v[name][metric]))
	if len(all) == 0 {
		return 0
	}
	return all[len(all)/2]
}

// sessions compares one session for all requests with a process for each.
func sessions(r *run) error {
	v, err := r.benchmarked(benchmark{pkg: "./internal/powershell", pattern: "^BenchmarkRequest$", iterate: "500ms"})
	if err != nil {
		return err
	}
	fmt.Fprintf(r.out, "\n### One session beside one process a command\n\nRequests over WS-Man to a far end that answers at once, in a process of its own "+
		"that starts at once, too: what a PowerShell takes to start, and to load a module, comes on top of the second line.\n\n"+
		"| | posts a request | requests a second | of the first |\n|---|---|---|---|\n")
	first := v.middle("Request/session", "requests/s")
	for _, line := range []struct{ name, of string }{{"one session", "Request/session"}, {"one process a command", "Request/process"}} {
		fmt.Fprintf(r.out, "| %s | %s | %s | %s |\n", line.name, v.span(line.of, "posts/request", "%.1f"), v.span(line.of, "requests/s", "%.0f"),
			ratio(v.middle(line.of, "requests/s"), first))
	}
	return nil
}

// besideLDAP has users read over LDAPS from OpenLDAP: by hybrid's reader, by a whole plan, and by ldapsearch.
func besideLDAP(r *run) error {
	const what = "LDAP beside ldapsearch"
	if r.installed("slapd", "Debian: slapd", what) == "" || r.installed("ldapsearch", "Debian: ldap-utils", what) == "" {
		return nil
	}
	if r.size.users < 100_000 {
		r.skip("%s: its 100,000 users are more than this run measures", what)
		return nil
	}
	read, err := r.benchmarked(benchmark{pkg: "./internal/ldap", pattern: "^BenchmarkUsers$", iterate: "1x"})
	if err != nil {
		return err
	}
	planned, err := r.benchmarked(benchmark{pkg: "./cmd/hybrid", pattern: "^BenchmarkPlanAccounts$/^OpenLDAP$", iterate: "1x"})
	if err != nil {
		return err
	}
	fmt.Fprintf(r.out, "\n### 100,000 users over LDAPS beside `ldapsearch`\n\nThe same attributes of the same OpenLDAP. Times of `ldapsearch` are with the output read and dropped.\n\n"+
		"| | time | of `ldapsearch` | memory |\n|---|---|---|---|\n")
	const users, plan = "Users", "PlanAccounts/OpenLDAP"
	fmt.Fprintf(r.out, "| `ldapsearch` | %s | 1 | |\n", read.span(users, "s/ldapsearch", "%.2f s"))
	fmt.Fprintf(r.out, "| reading them | %s | %s | %s held |\n", read.span(users, "s/read", "%.2f s"), read.span(users, "of-ldapsearch", "%.2f"), read.span(users, "MB-heap", "%.1f MB"))
	fmt.Fprintf(r.out, "| `hybrid plan` of them, all to move, the whole process | %s | %s | %s at most |\n", planned.span(plan, "s/plan-over-LDAP", "%.2f s"),
		planned.span(plan, "of-ldapsearch", "%.2f"), planned.span(plan, "MB-at-most", "%.0f MB"))
	fmt.Fprintf(r.out, "| the same by the lab's cmdlets, which answer at once | %s | %s | |\n", planned.span(plan, "s/plan-by-cmdlets", "%.2f s"),
		ratio(planned.middle(plan, "s/plan-by-cmdlets"), planned.middle(plan, "s/ldapsearch")))
	return nil
}
