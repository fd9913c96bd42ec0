package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAnotherSpellingIsNoChange carries every example out, has every far end answer in other words than it was told, and
// expects that nothing is to be done: over the wire, through every reader. What really differs is still found.
func TestAnotherSpellingIsNoChange(t *testing.T) {
	t.Parallel()
	folders, err := filepath.Glob("../../examples/*/*.hcl")
	if err != nil || len(folders) == 0 {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, file := range folders {
		name := filepath.Base(filepath.Dir(file))
		if seen[name] {
			continue
		}
		seen[name] = true
		t.Run(name, func(t *testing.T) { t.Parallel(); respelled(t, name) })
	}
}

func respelled(t *testing.T, name string) {
	dir := filepath.Join(t.TempDir(), name)
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "examples", name))); err != nil {
		t.Fatal(err)
	}
	does := func(args ...string) string {
		t.Helper()
		var out strings.Builder
		if code := run(args, nil, &out, io.Discard); code != 0 {
			t.Fatalf("hybrid %s: exit code %d\n%s", strings.Join(args, " "), code, out.String())
		}
		return out.String()
	}
	does("apply", "--lab", "--auto-approve", dir)
	before := does("plan", "--lab", "--detailed-exitcode", dir)
	does("lab", "set", dir, "spelling.other=true")
	if told := does("lab", "run", dir, "--", "Get-CsAccessEdgeConfiguration"); !strings.Contains(told, "PSComputerName") {
		t.Errorf("these are the same words:\n%s", told)
	}
	after := does("plan", "--lab", "--detailed-exitcode", dir)
	if !strings.Contains(after, "No changes.") || !strings.Contains(before, "No changes.") {
		t.Errorf("in other words there is something to do:\n%s", after)
	}
	if name == "contoso" {
		does("lab", "run", dir, "--", "Set-CsHostingProvider", "-Identity", "lynconline", "-VerificationLevel", "AlwaysUnverifiable")
		if differs := does("plan", "--lab", dir); !strings.Contains(differs, `"ALWAYSUNVERIFIABLE" → "UseSourceVerification"`) {
			t.Errorf("a difference is not seen:\n%s", differs)
		}
	}
}
