package main

import (
	"path/filepath"
	"strings"
	"testing"

	"hybrid/internal/readonlytest"
)

// The lab of a configuration in a folder that one may not write to.
func TestALabInAReadOnlyFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	err := readonlytest.Do(t, dir, func() error { return makeLabFolder(dir) })
	if want := "the lab keeps its estate in " + filepath.Join(dir, ".hybrid"); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "where you may write") {
		t.Errorf("got %v, want %q", err, want)
	}
}
