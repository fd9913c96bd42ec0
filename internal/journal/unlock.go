package journal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"hybrid/internal/bounded"
)

// An Unlocking is who takes a lock away, and why.
type Unlocking struct {
	Who    string    `json:"who,omitempty"`
	Host   string    `json:"host,omitempty"`
	Reason string    `json:"reason"`
	Time   time.Time `json:"time"` // UTC
	From   Holder    `json:"from"` // whose it was; set by Unlock
}

// String is the sentence for the journal of the next run.
func (u Unlocking) String() string {
	whose := "of a run that was starting"
	if u.From.Run != "" {
		whose = fmt.Sprintf("of run %s (process %d on %s)", u.From.Run, u.From.PID, u.From.Host)
	}
	return fmt.Sprintf("the lock %s was taken away by %s on %s at %s: %s", whose, u.Who, u.Host, u.Time.UTC().Format(toTheSecond), u.Reason)
}

// ErrFree says that there is no lock to be taken away.
var ErrFree = errors.New("nobody holds the journal: there is no lock to take away")

// An AliveError says that a lock is not taken away, because its holder is at work on this machine.
type AliveError struct{ Holder }

func (e *AliveError) Error() string {
	return fmt.Sprintf("run %s is at work on this machine (process %d): its lock is not taken away.\n"+
		"Wait for its end, or stop it with Ctrl-C, which lets it finish what it has begun.", e.Run, e.PID)
}

// Unlock removes the lock file of a folder. Nobody can take the lock over meanwhile.
func (f Folder) Unlock(_ context.Context, u Unlocking) (*Hold, error) {
	hold, err := held(f.dir, f.sys)
	switch {
	case err != nil:
		return nil, err
	case hold == nil:
		return nil, ErrFree
	case hold.State == Alive:
		return hold, &AliveError{hold.Holder}
	}
	u.From = hold.Holder
	content, err := json.Marshal(u)
	if err == nil {
		err = f.remove(content, u)
	}
	if err != nil {
		return hold, fmt.Errorf("journal: the lock of %s cannot be taken away: %w", f.dir, err)
	}
	return hold, nil
}

// remove leaves the note of an unlocking first, and then removes the lock, if it is still the same.
func (f Folder) remove(note []byte, u Unlocking) (err error) {
	guard := filepath.Join(f.dir, takeOverName)
	if err := createNew(guard, nil); err != nil {
		return taken(err, guard)
	}
	defer func() { err = errors.Join(err, os.Remove(guard)) }()
	path := filepath.Join(f.dir, lockName)
	content, err := bounded.File(path, mostNote)
	if err != nil {
		return err
	}
	if now := parseHolder(content); now.Run != u.From.Run || now.PID != u.From.PID {
		return &LockedError{Holder: now, Path: path}
	}
	if err := createNew(filepath.Join(f.dir, unlockedBegin+u.Time.UTC().Format(stamp)+unlockedEnd), note); err != nil {
		return err
	}
	return os.Remove(path)
}

// unlockedBegin and unlockedEnd stand around the time in the name of a file that says who took a lock away. The next run has it in
// its journal and removes it.
const (
	unlockedBegin = "unlocked-"
	unlockedEnd   = ".json"
)

// unlockings gives what is to be noted of locks that were taken away, and the files that say so.
func unlockings(dir string) (notes, files []string, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), unlockedBegin) || !strings.HasSuffix(e.Name(), unlockedEnd) {
			continue
		}
		path := filepath.Join(dir, e.Name())
		content, failed := bounded.File(path, mostNote)
		err = errors.Join(err, failed)
		notes, files = append(notes, noteOf(content)), append(files, path)
	}
	return notes, files, err
}

// noteOf is what a file says; of one that was torn, what is left of it.
func noteOf(content []byte) string {
	var u Unlocking
	if json.Unmarshal(content, &u) != nil {
		return "the lock was taken away; what was kept of it is " + string(bytes.TrimSpace(content))
	}
	return u.String()
}

// noted removes files of which the journal has what they say.
func noted(files []string) error {
	var failed []error
	for _, file := range slices.Backward(files) {
		failed = append(failed, os.Remove(file))
	}
	return errors.Join(failed...)
}
