package main

import (
	"fmt"
	"strings"

	"hybrid/internal/config"
)

// A revision is the commit that a configuration was read from.
type revision struct {
	ID string `json:"id"`
	// Dirty says that the configuration was not as committed: other files, or other contents.
	Dirty bool `json:"dirty,omitempty"`
}

// revision is the commit of a configuration; nil where there is none to name. What keeps git from telling it does not stop a plan,
// and is said.
func (a *app) revision(c *config.Config) *revision {
	found, err := revisionOf(c)
	switch {
	case err != nil && found == nil:
		a.gitSays("the plan names no commit, since git does not tell it", err)
	case err != nil:
		a.gitSays("the plan says of its commit that files have changed since, because git does not tell whether they have", err)
	}
	return found
}

func (a *app) gitSays(what string, err error) {
	var lines strings.Builder
	for line := range strings.Lines(err.Error()) {
		if line = strings.TrimSpace(line); line != "" {
			lines.WriteString("\n  " + line)
		}
	}
	fmt.Fprintf(a.err, "Note: %s:%s\n", what, a.hidden(lines.String()))
}

// revisionOf asks git for the commit of a configuration; nil where it is in no repository or in one without commits, or git is not
// there. With a commit, an error says why its files could not be compared.
func revisionOf(c *config.Config) (*revision, error) {
	id, err := head(c.Dir)
	if id == "" || err != nil {
		return nil, err
	}
	same, err := asCommitted(c.Dir, id, c.Contents())
	return &revision{ID: id, Dirty: !same}, err
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
