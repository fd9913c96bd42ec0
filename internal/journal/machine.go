package journal

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// A file is what a journal is written to; tests let it fail.
type file interface {
	io.Writer
	Sync() error
	Close() error
}

// system is what the journal needs of the machine.
type system struct {
	create  func(path string) (file, error) // a file that must not exist yet
	syncDir func(dir string) error
	now     func() time.Time
	alive   func(pid int) bool
}

func machine() system {
	return system{create: createFile, syncDir: syncDir, now: time.Now, alive: running}
}

// makeFolder makes the folder where it does not exist, for its owner only.
func makeFolder(dir string, sys system) error {
	_, err := os.Stat(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return sys.syncDir(filepath.Dir(dir))
}

func createFile(path string) (file, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600)
}

// syncDir makes a new name in a folder survive a loss of power (fsync(2)). Windows has no such call and needs none.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
