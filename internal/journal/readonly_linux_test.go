package journal

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// A folder that one may not write to. Root may write everywhere, so the thread gives up its user for the file system
// (setfsuid(2)) and ends with the goroutine.
func TestReadOnlyFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, os.Chmod(dir, 0o555))
	t.Cleanup(func() { os.Chmod(dir, 0o700) })
	failed := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlock it
		if os.Geteuid() == 0 {
			if err := syscall.Setfsuid(65534); err != nil {
				failed <- err
				return
			}
		}
		_, err := Begin(dir, sample())
		failed <- err
	}()
	err := <-failed
	if !errors.Is(err, fs.ErrPermission) {
		t.Fatalf("got %v", err)
	}
	for _, part := range []string{"no run can be recorded in " + dir, "permission denied", "Nothing was done. Make it a folder that you may write to"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is missing in %q", part, err)
		}
	}
}
