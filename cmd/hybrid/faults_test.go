package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"hybrid/internal/lab"
	"hybrid/internal/lab/graph"
)

// A disturbance is what goes wrong in one case of the fault suite: in the lab, or in its Graph.
type disturbance struct {
	lab.Fault
	graph graph.Fault
}

func (d disturbance) String() string {
	if d.graph.Kind != "" {
		return fmt.Sprintf("graph %s of %s", d.graph.Kind, d.graph.Method)
	}
	text := string(d.Kind)
	if d.Cmdlet != "" {
		text += " of " + d.Cmdlet
	}
	if d.Effect {
		text += " with effect"
	}
	return fmt.Sprintf("%s after %d", text, d.After)
}

// strangers is how many keys of somebody else have to be left: who comes before the last look is kept. Between that and the call
// there are milliseconds.
func (d disturbance) strangers() int {
	if d.graph.Kind == graph.Overwritten || d.graph.Kind == graph.Stranger && d.graph.Method == "GET" {
		return 1
	}
	return 0
}

// disturbances are the faults of the lab, each at several places of an apply: an object, a user who is enabled, canaries and
// users of the rest, a record, the tenant, and what reads them before, in between and at the end.
func disturbances() []disturbance {
	var all []disturbance
	add := func(f lab.Fault, after ...int) {
		for _, n := range after {
			f.After, f.Times = n, 1
			all = append(all, disturbance{Fault: f})
		}
	}
	for _, at := range []struct {
		cmdlet string
		after  []int
	}{{"Move-CsUser", []int{0, 3}}, {"New-CsHostingProvider", []int{0}}, {"Set-CsTenantFederationConfiguration", []int{0}}} {
		for _, kind := range []lab.FaultKind{lab.LostShell, lab.Cut, lab.Fails} {
			for _, effect := range []bool{false, true} {
				add(lab.Fault{Kind: kind, Cmdlet: at.cmdlet, Effect: effect, Text: "Something went wrong."}, at.after...)
			}
		}
		add(lab.Fault{Kind: lab.Lag, Cmdlet: at.cmdlet, Delay: lab.Duration(20 * time.Millisecond)}, 0)
		add(lab.Fault{Kind: lab.Missing, Cmdlet: at.cmdlet}, 0)
	}
	for _, effect := range []bool{false, true} {
		add(lab.Fault{Kind: lab.Hang, Cmdlet: "Move-CsUser", Effect: effect}, 0, 3)
		add(lab.Fault{Kind: lab.Garbage, Cmdlet: "Move-CsUser", Effect: effect, Text: "Something went wrong."}, 3)
		add(lab.Fault{Kind: lab.Hang, Cmdlet: "New-CsHostingProvider", Effect: effect}, 0)
		add(lab.Fault{Kind: lab.Cut, Cmdlet: "DNS update", Effect: effect}, 0, 1)
	}
	add(lab.Fault{Kind: lab.Fails, Cmdlet: "DNS update", Text: "REFUSED"}, 0, 1)
	add(lab.Fault{Kind: lab.Throttle}, 2, 10)
	add(lab.Fault{Kind: lab.Quota}, 0, 1)
	for _, reading := range []string{"Get-CsUser", "Get-CsHostingProvider", "Get-CsTenantFederationConfiguration"} {
		for _, kind := range []lab.FaultKind{lab.Short, lab.Stale, lab.Cut, lab.LostShell, lab.Fails, lab.Chatter} {
			add(lab.Fault{Kind: kind, Cmdlet: reading, Text: "Something went wrong."}, 0, 1)
		}
	}
	for _, kind := range []graph.FaultKind{graph.Throttle, graph.Unavailable, graph.Cut, graph.CutAfter, graph.Forbidden} {
		all = append(all, disturbance{graph: graph.Fault{Kind: kind, Method: "PATCH", Times: 1}})
	}
	for _, kind := range []graph.FaultKind{graph.TokenFails, graph.Stranger, graph.Overwritten} {
		all = append(all, disturbance{graph: graph.Fault{Kind: kind, Method: "PATCH", Times: 1}})
	}
	for _, kind := range []graph.FaultKind{graph.Cut, graph.TokenFails, graph.Stranger} {
		all = append(all, disturbance{graph: graph.Fault{Kind: kind, Method: "GET", After: 1, Times: 1}})
	}
	return all
}

// TestWhateverGoesWrongTheEstateBecomesThatOfAnUndisturbedRun strikes an apply once, in every way and at every place of the
// table (every fourth, unless HYBRID_SUITES=whole), and goes on with the same command until nothing is left: the estate is then that of a run that nothing has struck,
// nobody was moved twice, and the journals account for every call.
func TestWhateverGoesWrongTheEstateBecomesThatOfAnUndisturbedRun(t *testing.T) {
	t.Parallel()
	fresh := t.TempDir()
	seedFaults(t, fresh)
	undisturbed := filepath.Join(t.TempDir(), "undisturbed")
	copyTo(t, undisturbed, fresh)
	goOn(t, undisturbed, 2)
	want := leftBy(t, undisturbed, filepath.Join(labFolder(undisturbed), "journal"))
	for n, d := range disturbances() {
		if n%4 != 0 && !wholeSuites() {
			continue
		}
		t.Run(strings.ReplaceAll(d.String(), " ", "_"), func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "undisturbed") // the name is a part of what plans are about
			copyTo(t, dir, fresh)
			strike(t, dir, d)
			if d.Kind == lab.Hang || d.Kind == lab.Garbage { // nothing comes, so the provider's patience is waited for
				rewrite(t, filepath.Join(dir, "main.hcl"), `(provider "skype" \{\n)`, "${1}  timeout = 5\n")
			}
			goOn(t, dir, 4)
			if left := struck(t, dir); left {
				t.Error("the fault has never struck")
			}
			left := leftBy(t, dir, filepath.Join(labFolder(dir), "journal"))
			if got, want := left.withoutStrangers(), d.strangers(); got != want {
				t.Errorf("somebody else's keys: %d are left, not %d", got, want)
			}
			left.holdsAgainst(t, want)
		})
	}
}

// wholeSuites says whether the suites of faults and kills are run as a whole, which takes minutes, or the part of them that every
// run of the tests has time for.
func wholeSuites() bool { return os.Getenv("HYBRID_SUITES") == "whole" }

// seedFaults makes a configuration of all that is reached in a way of its own, and its lab.
func seedFaults(t *testing.T, dir string) {
	t.Helper()
	copyTo(t, dir, filepath.Join("testdata", "faults"))
	hybrid(t, 0, "lab", "reset", dir)
	hybrid(t, 0, "plan", "--lab", dir) // makes the keys of the lab
}

// strike puts what goes wrong into the lab of a folder.
func strike(t *testing.T, dir string, d disturbance) {
	t.Helper()
	e, err := lab.Load(labState(dir))
	if err != nil {
		t.Fatal(err)
	}
	if d.graph.Kind == "" {
		if err := d.Fault.Check(); err != nil {
			t.Fatal(err)
		}
		e.SetFaults([]lab.Fault{d.Fault})
	} else {
		directory := e.Directory.Clone()
		directory.Faults = []graph.Fault{d.graph}
		e.SetDirectory(directory)
	}
	if err := e.Keep(labState(dir)); err != nil {
		t.Fatal(err)
	}
}

// struck says whether the fault is still to come.
func struck(t *testing.T, dir string) bool {
	t.Helper()
	e, err := lab.Load(labState(dir))
	if err != nil {
		t.Fatal(err)
	}
	return len(e.Faults)+len(e.Directory.Faults) > 0
}

// goOn applies until nothing is left to be done, so many times at most.
func goOn(t *testing.T, dir string, most int) {
	t.Helper()
	var told bytes.Buffer
	for range most {
		told.Reset()
		if run([]string{"apply", "--lab", "--auto-approve", dir}, os.Stdin, &told, &told) == 0 && strings.Contains(told.String(), "No changes.") {
			return
		}
	}
	t.Fatalf("after %d runs there is still something to be done:\n%s", most, told.String())
}

func copyTo(t *testing.T, to, from string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// rewrite replaces what a pattern fits in a file; there must be such a text.
func rewrite(t *testing.T, path, pattern, with string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := regexp.MustCompile(pattern).ReplaceAll(text, []byte(with))
	if bytes.Equal(changed, text) {
		t.Fatalf("%s has nothing that fits %s", path, pattern)
	}
	if err := os.WriteFile(path, changed, 0o600); err != nil {
		t.Fatal(err)
	}
}
