package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// The lab of a configuration in a folder that one may not write to. Root may write everywhere, so the thread gives up its user
// for the file system (setfsuid(2)) and ends with the goroutine.
func TestALabInAReadOnlyFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
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
		failed <- makeLabFolder(dir)
	}()
	err := <-failed
	if want := "the lab keeps its estate in " + filepath.Join(dir, ".hybrid"); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "where you may write") {
		t.Errorf("got %v, want %q", err, want)
	}
}
