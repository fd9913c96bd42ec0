package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

// someCommit is as Git writes one.
const someCommit = "0c5d80d1a2b3c4d5e6f708192a3b4c5d6e7f8091"

// A program says what the linker was told, and otherwise what the Go command wrote into it.
func TestProvenance(t *testing.T) {
	t.Parallel()
	module := func(version string, settings ...string) *debug.BuildInfo {
		info := &debug.BuildInfo{Main: debug.Module{Path: "hybrid", Version: version}}
		for i := 0; i < len(settings); i += 2 {
			info.Settings = append(info.Settings, debug.BuildSetting{Key: settings[i], Value: settings[i+1]})
		}
		return info
	}
	clone := []string{"vcs", "git", "vcs.revision", someCommit, "vcs.time", "2026-11-22T10:30:38Z", "vcs.modified", "false"}
	touched := append(clone[:6:6], "vcs.modified", "true")
	none := stamp{version: unreleased}
	for name, c := range map[string]struct {
		stamp stamp
		info  *debug.BuildInfo
		want  string
	}{
		"a release":                     {stamp{"1.2.0", someCommit, "2026-11-22T10:30:38Z", "false"}, module("(devel)"), "hybrid 1.2.0 (0c5d80d1a2b3), committed 2026-11-22T10:30:38Z, "},
		"a snapshot of changed files":   {stamp{"1.2.1-next", someCommit, "2026-11-22T10:30:38Z", "true"}, nil, "hybrid 1.2.1-next (0c5d80d1a2b3, modified), committed 2026-11-22T10:30:38Z, "},
		"what was stamped wins":         {stamp{"1.2.0", someCommit, "", ""}, module("v0.9.0", "vcs.revision", "ffffffffffffffff", "vcs.modified", "true"), "hybrid 1.2.0 (0c5d80d1a2b3), "},
		"go build in a clone":           {none, module("v0.0.0-20261122103038-0c5d80d1a2b3", clone...), "hybrid dev (0c5d80d1a2b3), committed 2026-11-22T10:30:38Z, "},
		"in a clone with changed files": {none, module("v0.0.0-20261122103038-0c5d80d1a2b3+dirty", touched...), "hybrid dev (0c5d80d1a2b3, modified), committed 2026-11-22T10:30:38Z, "},
		"in a clone at a tag":           {none, module("v1.2.0", clone...), "hybrid 1.2.0 (0c5d80d1a2b3), committed 2026-11-22T10:30:38Z, "},
		"at a tag with changed files":   {none, module("v1.2.0+dirty", touched...), "hybrid dev (0c5d80d1a2b3, modified), committed 2026-11-22T10:30:38Z, "},
		"after a tag":                   {none, module("v1.2.1-0.20261122103038-0c5d80d1a2b3", clone...), "hybrid dev (0c5d80d1a2b3), committed 2026-11-22T10:30:38Z, "},
		"go install at a tag":           {none, module("v1.2.0"), "hybrid 1.2.0, "},
		"go install at a commit":        {none, module("v0.0.0-20261122103038-0c5d80d1a2b3"), "hybrid 0.0.0-20261122103038-0c5d80d1a2b3, "},
		"go build without Git":          {none, module("(devel)"), "hybrid dev, "},
		"nothing is known":              {none, nil, "hybrid dev, "},
	} {
		if got := provenanceOf(c.stamp, c.info).line(); !strings.HasPrefix(got, c.want+"go1.") {
			t.Errorf("%s: %q, not %q", name, got, c.want+"go1.…")
		}
	}
}

// The linker keeps silent about a name that the program does not have, and what a release says of itself would stay empty.
func TestReleasesStampWhatThereIs(t *testing.T) {
	t.Parallel()
	release, err := os.ReadFile(filepath.Join("..", "..", ".goreleaser.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, found := range regexp.MustCompile(`-X main\.(\w+)=`).FindAllStringSubmatch(string(release), -1) {
		names = append(names, found[1])
	}
	slices.Sort(names)
	if want := []string{"commit", "committed", "modified", "version"}; !slices.Equal(names, want) {
		t.Errorf(".goreleaser.yaml sets %v, not %v", names, want)
	}
	source, err := parser.ParseFile(token.NewFileSet(), "provenance.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if found := source.Scope.Lookup(name); found == nil || found.Kind != ast.Var {
			t.Errorf(".goreleaser.yaml sets main.%s, and provenance.go has no such variable", name)
		}
	}
}
