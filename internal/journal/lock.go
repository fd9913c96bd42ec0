package journal

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"hybrid/internal/amount"
	"hybrid/internal/bounded"
)

// A Holder is who works with a journal folder.
type Holder struct {
	Who   string    `json:"who"`
	Host  string    `json:"host"`
	PID   int       `json:"pid"`
	Since time.Time `json:"since"`
	Run   string    `json:"run"` // the run's ID
}

// A LockedError says that another run works with the store. Nothing was done.
type LockedError struct {
	Holder
	Path string        // of the lock file, or the name of the store
	Term time.Duration // for how long a lease holds that is not renewed; 0 for a lock file
}

func (e *LockedError) Error() string {
	if e.Term > 0 {
		return fmt.Sprintf("%s, and keeps the lease on %s.\n"+
			"Nothing was done. Wait for that run to end. If it is cut off, apply takes the lease over %s after it was last renewed.",
			e.atWork(), e.Path, amount.Lasting(e.Term))
	}
	if e.PID == 0 {
		return fmt.Sprintf("another run is starting, or was killed while it started (%s does not say whose it is).\n"+
			"Nothing was done. Try again; if no hybrid is running, delete that file.", e.Path)
	}
	return fmt.Sprintf("%s.\n"+
		"Nothing was done. Wait for that run to end. If that process is gone, `hybrid runs unlock --reason TEXT` takes the lock away (%s).",
		e.atWork(), e.Path)
}

// atWork says who has been at work where and since when.
func (h Holder) atWork() string {
	return fmt.Sprintf("%s has been at work on %s since %s (process %d, run %s)",
		cmp.Or(h.Who, "somebody"), h.Host, h.Since.UTC().Format(toTheSecond), h.PID, h.Run)
}

// toTheSecond is how times in UTC are written for people.
const toTheSecond = "2006-01-02 15:04:05 UTC"

// lockName and takeOverName are files of the folder. Whoever has made the first holds the folder; whoever has made the
// second may take the first from a process that is gone.
const (
	lockName     = "lock.json"
	takeOverName = "lock.takeover"
)

// lock takes the folder for a holder. Where it was held by a process of this machine that is gone, it tells whom it
// was taken from.
func lock(dir string, h Holder, alive func(pid int) bool) (from *Holder, err error) {
	content, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, lockName)
	err = createNew(path, content)
	if !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	// It exists: whose is it?
	held, err := bounded.File(path, mostNote)
	if errors.Is(err, fs.ErrNotExist) { // given back in between
		return nil, taken(createNew(path, content), path)
	}
	if err != nil {
		return nil, err
	}
	old := parseHolder(held)
	if old.PID == 0 || old.Host != h.Host || alive(old.PID) {
		return nil, &LockedError{Holder: old, Path: path}
	}
	if err := takeOver(path, held, content); err != nil {
		return nil, err
	}
	return &old, nil
}

// takeOver replaces a dead process's lock. Many may find the same dead lock: only the one that makes the take-over file
// goes on, and it looks again, because another may just have done the same. The file then becomes the lock, so that
// there is one at every moment.
func takeOver(path string, held, content []byte) error {
	guard := filepath.Join(filepath.Dir(path), takeOverName)
	if err := createNew(guard, content); err != nil {
		return taken(err, guard)
	}
	now, err := bounded.File(path, mostNote)
	if errors.Is(err, fs.ErrNotExist) { // another took it over and has given it back
		now, err = nil, nil
	}
	if err == nil && !bytes.Equal(now, held) {
		err = &LockedError{Holder: parseHolder(now), Path: path}
	}
	if err == nil {
		err = os.Rename(guard, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(guard))
	}
	return nil
}

// taken makes a [LockedError] of a file that exists already.
func taken(err error, path string) error {
	if errors.Is(err, fs.ErrExist) {
		return &LockedError{Path: path}
	}
	return err
}

// unlock gives the folder back if it is still this holder's.
func unlock(dir string, h Holder) error {
	if err := owned(dir, h); err != nil {
		return err
	}
	return os.Remove(filepath.Join(dir, lockName))
}

// owned says why a folder is not a holder's any more, nil where it is.
func owned(dir string, h Holder) error {
	path := filepath.Join(dir, lockName)
	held, err := bounded.File(path, mostNote)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s was deleted while this run was at work", path)
	}
	if err != nil {
		return err
	}
	if now := parseHolder(held); now.Run != h.Run || now.PID != h.PID {
		return fmt.Errorf("%s now belongs to %s on %s: it was deleted while this run was at work", path, cmp.Or(now.Who, "somebody"), now.Host)
	}
	return nil
}

// parseHolder reads a lock file; a holder without PID where it does not say whose it is.
func parseHolder(content []byte) Holder {
	var h Holder
	if json.Unmarshal(content, &h) != nil {
		return Holder{}
	}
	return h
}

// createNew makes a file that must not exist yet; fs.ErrExist where it does.
func createNew(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return lockRefused(path, err)
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// lockRefused makes one error of what Windows and others say of a file that exists: while a deleted file is still open
// elsewhere, Windows denies access to its name.
func lockRefused(path string, err error) error {
	if runtime.GOOS == "windows" && errors.Is(err, fs.ErrPermission) {
		if _, stat := os.Stat(path); stat == nil {
			return fs.ErrExist
		}
	}
	return err
}

// running says whether a process of this machine exists. Signal 0 asks without disturbing it (kill(2)); on Windows,
// finding it is enough.
func running(pid int) bool {
	process, err := os.FindProcess(pid)
	if err != nil { // only on Windows: no such process, or one that this user may not see
		return errors.Is(err, fs.ErrPermission)
	}
	defer process.Release()
	if runtime.GOOS == "windows" {
		return true
	}
	err = process.Signal(syscall.Signal(0))
	return (err == nil || errors.Is(err, fs.ErrPermission)) && !ended(pid)
}

// ended says whether a process has ended and is only still listed, because nobody has asked how it ended: in a container often
// nobody ever does. Linux tells by the letter Z behind the program's name (proc_pid_stat(5)); elsewhere it is not known.
func ended(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, state, _ := bytes.Cut(stat[max(0, bytes.LastIndexByte(stat, ')')):], []byte(") "))
	return bytes.HasPrefix(state, []byte("Z"))
}
