package main

import (
	"fmt"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

// What a release says of itself, set by the linker as .goreleaser.yaml tells it. A release is built without what the Go
// command finds out from Git: that differs with the tags that a clone has, and equal source is to give equal bytes.
var (
	version   = unreleased // 1.2.0, without "v"
	commit    string       // all of its hash
	committed string       // when it was committed: RFC 3339, in UTC. Never when it was built
	modified  string       // "true" where files differed from the commit
)

// unreleased is the version of a program that is no release.
const unreleased = "dev"

// stamped is what the linker was told.
var stamped = stamp{version, commit, committed, modified}

// stamp is what a release says of itself, each part "" where it was built otherwise.
type stamp struct{ version, commit, date, modified string }

// provenance is where a program comes from. What nobody knows is left out.
type provenance struct {
	Version  string `json:"version"`            // "dev" where it is no release
	Commit   string `json:"commit,omitempty"`   // all of it
	Modified *bool  `json:"modified,omitempty"` // whether files differed from the commit
	Date     string `json:"date,omitempty"`     // of the commit: RFC 3339, in UTC
	Go       string `json:"go"`
	Platform string `json:"platform"` // linux/amd64
}

// provenanceOf takes what the linker was told, and what that leaves open from what the Go command wrote into the program: the
// commit where it was built in a clone, the version where it was installed as a module. info may be nil.
func provenanceOf(s stamp, info *debug.BuildInfo) provenance {
	p := provenance{Version: s.version, Commit: s.commit, Date: s.date, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if p.Commit != "" {
		p.Modified = flagOf(s.modified)
		return p
	}
	if info == nil {
		return p
	}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			p.Commit = setting.Value
		case "vcs.time":
			p.Date = setting.Value
		case "vcs.modified":
			p.Modified = flagOf(setting.Value)
		}
	}
	if p.Version == unreleased {
		p.Version = moduleVersion(info.Main.Version, p.Commit != "")
	}
	return p
}

// pseudo is how the version of a module ends that is a commit without a tag: its time and the first half of its hash.
var pseudo = regexp.MustCompile(`[-.]\d{14}-[0-9a-f]{12}$`)

// moduleVersion is what the Go command calls the version, if it is one. Where the commit is known, one that only repeats it is
// none, and neither is one that files were changed after.
func moduleVersion(v string, known bool) string {
	if v == "" || v == "(devel)" || strings.HasSuffix(v, "+dirty") || known && pseudo.MatchString(v) {
		return unreleased
	}
	return strings.TrimPrefix(v, "v")
}

func flagOf(text string) *bool {
	b, err := strconv.ParseBool(text)
	if err != nil {
		return nil
	}
	return &b
}

// String is "1.2.0 (0c5d80d1a2b3)", and says where files differed from that commit.
func (p provenance) String() string {
	if p.Commit == "" {
		return p.Version
	}
	note := ""
	if p.Modified != nil && *p.Modified {
		note = ", modified"
	}
	return fmt.Sprintf("%s (%s%s)", p.Version, p.Commit[:min(12, len(p.Commit))], note)
}

// line is what `hybrid version` prints.
func (p provenance) line() string {
	parts := []string{"hybrid " + p.String()}
	if p.Date != "" {
		parts = append(parts, "committed "+p.Date)
	}
	return strings.Join(append(parts, p.Go, p.Platform), ", ")
}
