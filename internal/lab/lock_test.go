package lab_test

import (
	"path/filepath"
	"strings"
	"testing"

	"hybrid/internal/lab"
)

func TestTwoLabsOfOneState(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lab.json")
	first, err := lab.Start(t.Context(), lab.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	second, err := lab.Start(t.Context(), lab.Options{Path: path})
	if err == nil {
		_ = second.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "is in use by another process") {
		t.Errorf("a second lab: %v", err)
	}
	if err := lab.Exclusive(path, func() error { t.Error("changed while it was served"); return nil }); err == nil {
		t.Error("the state was free to change while it was served")
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := lab.Exclusive(path, func() error { return nil }); err != nil {
		t.Errorf("after it was closed: %v", err)
	}
}
