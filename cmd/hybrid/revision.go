package main

import (
	"os/exec"
	"strings"

	"hybrid/internal/config"
)

// A revision is the commit that a configuration was read from.
type revision struct {
	ID string `json:"id"`
	// Dirty says that files of the configuration were not as committed.
	Dirty bool `json:"dirty,omitempty"`
}

// revisionOf asks git for the commit of a configuration; nil where it is in no repository, or git is not there.
func revisionOf(c *config.Config) *revision {
	id, err := git(c.Dir, "rev-parse", "--verify", "HEAD")
	if err != nil {
		return nil
	}
	status, err := git(c.Dir, append([]string{"status", "--porcelain", "--untracked-files=all", "--ignored", "--"}, c.Files...)...)
	return &revision{ID: id, Dirty: err != nil || status != ""}
}

// git runs git in a folder; nothing that the repository configures is started by it.
func git(dir string, args ...string) (string, error) {
	out, err := exec.Command("git", append([]string{"-C", dir, "-c", "core.fsmonitor=false"}, args...)...).Output()
	return strings.TrimSpace(string(out)), err
}

// from is ", from commit 4f0c1d2a9b7e"; "" of none.
func (r *revision) from() string {
	switch {
	case r == nil:
		return ""
	case r.Dirty:
		return ", from commit " + short(r.ID) + " with changes that are not committed"
	}
	return ", from commit " + short(r.ID)
}

func short(id string) string { return id[:min(12, len(id))] }
