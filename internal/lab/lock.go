package lab

import (
	"errors"
	"fmt"
	"os"
)

// lock keeps a second lab from serving the same state: both would write it, and the last to close would win. The
// operating system lets go of it with the process, however that ends.
type lock struct{ file *os.File }

// takeLock locks the state at a path; "" is in memory and needs none.
func takeLock(path string) (*lock, error) {
	if path == "" {
		return &lock{}, nil
	}
	f, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	switch err := lockFile(f); {
	case errors.Is(err, errLocked):
		return nil, errors.Join(fmt.Errorf("the lab at %s is in use by another process: wait until the command with --lab has ended that is at work there, or end `hybrid lab serve`, or use another folder", path), f.Close())
	case err != nil:
		return nil, errors.Join(fmt.Errorf("locking %s: %w", f.Name(), err), f.Close())
	}
	return &lock{f}, nil
}

// Exclusive runs something that changes the state at a path while no lab serves it.
func Exclusive(path string, do func() error) error {
	l, err := takeLock(path)
	if err != nil {
		return err
	}
	return errors.Join(do(), l.release())
}

func (l *lock) release() error {
	if l.file == nil {
		return nil
	}
	return errors.Join(unlockFile(l.file), l.file.Close())
}

// errLocked says that another process holds the lock.
var errLocked = errors.New("locked")
