package journal

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Begin starts a run in a folder, which is made where it does not exist, and takes the folder's lock. Where another
// run has it, the error is a [*LockedError]. A lock left by a process of this machine that is gone is taken over, noted
// in the journal and told by [Journal.TookOver].
func Begin(dir string, run Run) (*Journal, error) { return begin(dir, run, machine()) }

func begin(dir string, run Run, sys system) (*Journal, error) {
	return beginIn(context.Background(), Folder{dir, sys}, run, sys)
}

// BeginIn starts a run in a store, as [Begin] does in a folder. The folder of the store is then up to what others have written.
func BeginIn(ctx context.Context, store Store, run Run) (*Journal, error) {
	return beginIn(ctx, store, run, machine())
}

func beginIn(ctx context.Context, store Store, run Run, sys system) (*Journal, error) {
	if run.Now != nil {
		sys.now = run.Now
	}
	dir := store.Dir()
	if err := store.Refresh(ctx); err != nil {
		return nil, err
	}
	behind := startLast(dir, &run, sys.now())
	run = complete(run, sys.now())
	if run.ID != filepath.Base(run.ID) || strings.HasPrefix(run.ID, ".") {
		return nil, fmt.Errorf("journal: %q cannot be the ID of a run: it names a file", run.ID)
	}
	lease, err := store.Take(ctx, Holder{Who: run.Who, Host: run.Host, PID: os.Getpid(), Since: run.Started, Run: run.ID})
	if err != nil {
		return nil, err
	}
	j := &Journal{dir: dir, path: filepath.Join(dir, run.ID+suffix), id: run.ID, lease: lease, sys: sys, next: &batch{}}
	if err = store.Refresh(ctx); err != nil {
		return nil, errors.Join(err, lease.Release())
	}
	if err = j.open(run, behind); err != nil {
		return nil, errors.Join(unusable(dir, err), lease.Release())
	}
	return j, nil
}

// startLast sees to it that a run counts as begun after all those before it, whatever the clocks of the machines that share a
// folder say: what is drift, and how long lists were, is told from the latest. The sentence, "" where the clock is right, is
// for the journal.
func startLast(dir string, run *Run, now time.Time) string {
	files, _ := os.ReadDir(dir) // of a folder that cannot be read more is said when it is locked
	var last time.Time
	var name string
	for _, f := range files {
		id, of := strings.CutSuffix(f.Name(), suffix)
		if at, err := time.Parse(stamp, second(id)); of && err == nil && at.After(last) {
			last, name = at, id
		}
	}
	if run.ID != "" || !run.Started.IsZero() || !now.UTC().Truncate(time.Second).Before(last) {
		return ""
	}
	run.Started = last.Add(time.Second)
	return fmt.Sprintf("the clock of this machine says %s, and run %s has begun already: this run counts as begun after that. One of the clocks is wrong",
		now.UTC().Format(toTheSecond), name)
}

// open makes the file and writes its first lines.
func (j *Journal) open(run Run, behind string) (err error) {
	if err := makeFolder(j.dir, j.sys); err != nil {
		return err
	}
	j.file, err = j.sys.create(j.path)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("a run of this name is recorded already: %w", err)
	}
	if err != nil {
		return err
	}
	if err := j.head(run, behind); err != nil {
		return errors.Join(err, j.file.Close())
	}
	return nil
}

// head writes what stands before everything else: the run, and how it came by the store. Only once the file is sure to survive is
// the store told that it need not keep that any more.
func (j *Journal) head(run Run, behind string) error {
	if err := j.append(record{Type: typeRun, Format: Format, Run: &run}); err != nil {
		return err
	}
	for _, note := range j.lease.Notes() {
		if err := j.Note(note); err != nil {
			return err
		}
	}
	if err := j.sys.syncDir(j.dir); err != nil {
		return err
	}
	if err := j.lease.Noted(); err != nil || behind == "" {
		return err
	}
	return j.Note(behind)
}

const suffix = ".jsonl"

// stamp is the time with which names of files begin, UTC.
const stamp = "20060102T150405Z"

// complete fills what the caller left to the journal: when it started, where, and its name.
func complete(run Run, now time.Time) Run {
	if run.Started.IsZero() {
		run.Started = now
	}
	run.Started = run.Started.UTC()
	if run.Host == "" {
		run.Host, _ = os.Hostname() // "" is then what all runs of this machine say
	}
	if run.ID == "" {
		var random [2]byte
		rand.Read(random[:]) // never fails
		run.ID = run.Started.Format(stamp) + "-" + run.Command + "-" + hex.EncodeToString(random[:])
	}
	return run
}

// unusable is the error of a folder in which no run can be begun.
func unusable(dir string, err error) error {
	var locked *LockedError
	if errors.As(err, &locked) {
		return locked
	}
	return fmt.Errorf("journal: no run can be recorded in %s: %w.\n"+
		"Nothing was done. Make it a folder that you may write to, or name another one: journal = \"…\" in the hybrid block", dir, err)
}
