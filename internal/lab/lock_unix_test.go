//go:build unix

package lab

import (
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// A process that is being started shares every open file for a moment; it must not hold the lock any longer than the lab does.
func TestALockIsLetGoOfWhileAnotherProcessHasTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lab.json")
	l, err := takeLock(path)
	if err != nil {
		t.Fatal(err)
	}
	shared, err := unix.Dup(int(l.file.Fd())) // what a new process has until it runs its program
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Close(shared) }()
	if err := l.release(); err != nil {
		t.Fatal(err)
	}
	again, err := takeLock(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.release(); err != nil {
		t.Error(err)
	}
}
