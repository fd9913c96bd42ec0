package journal

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"hybrid/internal/readonlytest"
)

// A run is begun in a folder that one may not write to.
func TestReadOnlyFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	err := readonlytest.Do(t, dir, func() error {
		_, err := Begin(dir, sample())
		return err
	})
	if !errors.Is(err, fs.ErrPermission) {
		t.Fatalf("got %v", err)
	}
	for _, part := range []string{"no run can be recorded in " + dir, "permission denied", "Nothing was done. Make it a folder that you may write to"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is missing in %q", part, err)
		}
	}
}
