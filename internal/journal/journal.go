package journal

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
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

// A Journal is the open file of one run. Its methods may be called from many goroutines: lines stand in the order of
// the calls, and calls that come while the disk is busy share one fsync.
//
// After the first failure nothing is ever written again and every later call returns that failure: what a disk does
// after a failed fsync cannot be known, and a journal with a hole would lie.
type Journal struct {
	path  string
	dir   string
	id    string
	lease Lease
	sys   system

	mu   sync.Mutex // guards seq and next
	seq  int
	next *batch

	disk sync.Mutex // guards all below, and the fields of batches that are being written
	file file
	err  error // the first failure
}

// A batch is lines that reach the disk together.
type batch struct {
	lines   bytes.Buffer
	written bool
	err     error
}

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
	behind := clock(dir, &run, sys.now())
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

// clock sees to it that a run counts as begun after all those before it, whatever the clocks of the machines that share a
// folder say: what is drift, and how long lists were, is told from the latest. The sentence, "" where the clock is right, is
// for the journal.
func clock(dir string, run *Run, now time.Time) string {
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
		now.UTC().Format("2006-01-02 15:04:05 UTC"), name)
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
	err = j.append(record{Type: typeRun, Format: Format, Run: &run})
	for _, note := range j.lease.Notes() {
		if err == nil {
			err = j.Note(note)
		}
	}
	if err == nil {
		err = j.sys.syncDir(j.dir)
	}
	if err == nil {
		err = j.lease.Noted()
	}
	if err == nil && behind != "" {
		err = j.Note(behind)
	}
	if err != nil {
		return errors.Join(err, j.file.Close())
	}
	return nil
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

// Path is the journal's file.
func (j *Journal) Path() string { return j.path }

// ID is that of the run.
func (j *Journal) ID() string { return j.id }

// TookOver tells whose lock was taken over because its process is gone; nil where none was.
func (j *Journal) TookOver() *Holder { return j.lease.From() }

// Intent says what is about to be done. When it returns without an error, the entries are on disk, by one fsync, and where
// others read them, and the store is still this run's: only then may the calls be made.
func (j *Journal) Intent(entries ...Entry) error {
	if err := j.lease.Check(); err != nil {
		return err
	}
	entries = slices.Clone(entries)
	for n := range entries {
		entries[n].Fence = j.lease.Fence()
	}
	return j.announced(entries, j.entries(typeIntent, entries))
}

// announced says whether what was announced may be begun, err being how writing it down went.
func (j *Journal) announced(entries []Entry, err error) error {
	late := j.lease.Check() // writing takes its time
	var unshared *UnsharedError
	if errors.As(err, &unshared) || err == nil && late != nil {
		err = cmp.Or(err, late)
		j.withdraw(entries, err)
	}
	return err
}

// withdraw says of what was announced that it was not begun, as far as the journal can still be written: nobody has to look for it.
func (j *Journal) withdraw(entries []Entry, cause error) {
	var outcomes []Entry
	for _, e := range entries {
		outcomes = append(outcomes, Entry{Address: e.Address, Action: e.Action, Result: Failed, Error: "not begun: " + cause.Error()})
	}
	_ = j.Outcome(outcomes...) // the cause is what is told
}

// Lost is closed when the store is not safely this run's any more; [Journal.Check] says why. Nothing new may be begun then.
func (j *Journal) Lost() <-chan struct{} { return j.lease.Lost() }

// Check says why nothing new may be begun, nil where it may.
func (j *Journal) Check() error { return j.lease.Check() }

// Outcome says what became of entries: each needs a Result. They are on disk when it returns, by one fsync.
func (j *Journal) Outcome(entries ...Entry) error {
	for _, e := range entries {
		if e.Result == "" {
			return fmt.Errorf("journal: the outcome of %s has no result", e.Address)
		}
	}
	return j.entries(typeOutcome, entries)
}

// Turn says that an entry is done and what is about to be done next, by one fsync: of both holds what [Journal.Outcome] and
// [Journal.Intent] say.
func (j *Journal) Turn(done, next Entry) error {
	if done.Result == "" {
		return fmt.Errorf("journal: the outcome of %s has no result", done.Address)
	}
	if err := j.lease.Check(); err != nil {
		_ = j.Outcome(done) // what was done is written wherever it still can be; the cause is what is told
		return err
	}
	next.Fence = j.lease.Fence()
	err := j.append(record{Type: typeOutcome, Entry: &done}, record{Type: typeIntent, Entry: &next})
	return j.announced([]Entry{next}, err)
}

func (j *Journal) entries(kind string, entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	records := make([]record, len(entries))
	for i := range entries {
		records[i] = record{Type: kind, Entry: &entries[i]}
	}
	return j.append(records...)
}

// Note writes a sentence for whoever reads the journal.
func (j *Journal) Note(text string) error { return j.append(record{Type: typeNote, Note: text}) }

// End writes the last line, closes the file and gives the lock back, the latter two even where the journal has failed.
// No call may follow.
func (j *Journal) End(s Summary) error {
	err := j.append(record{Type: typeEnd, End: &s})
	j.disk.Lock()
	defer j.disk.Unlock()
	closed := j.file.Close()
	if j.err == nil {
		j.err = fmt.Errorf("journal: %s is closed", j.path)
	}
	return errors.Join(err, closed, j.lease.Release())
}

// append puts records into the batch that is gathering and sees it to the disk. Those who come while another batch is
// being written wait for the disk; the first of them writes for all.
func (j *Journal) append(records ...record) error {
	b, err := j.gather(records)
	if err != nil {
		return err
	}
	j.disk.Lock()
	defer j.disk.Unlock()
	if !b.written {
		j.mu.Lock()
		j.next = &batch{}
		j.mu.Unlock()
		b.err, b.written = j.write(b.lines.Bytes()), true
	}
	return b.err
}

// gather numbers records and adds their lines to the next batch: all of them, or none where one cannot be written.
func (j *Journal) gather(records []record) (*batch, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	now, start := j.sys.now().UTC(), j.next.lines.Len()
	for i, r := range records {
		r.Seq, r.Time = j.seq+i+1, now
		if err := appendLine(&j.next.lines, r); err != nil {
			j.next.lines.Truncate(start)
			return nil, err
		}
	}
	j.seq += len(records)
	return j.next, nil
}

// write brings lines to the disk. The caller holds disk.
func (j *Journal) write(lines []byte) error {
	if j.err != nil {
		return j.err
	}
	n, err := j.file.Write(lines)
	if err == nil && n < len(lines) {
		err = io.ErrShortWrite
	}
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		j.err = fmt.Errorf("journal: cannot write to %s: %w.\n"+
			"Nothing that is not in the journal is done: this run stops here. Make room or mend the disk, then apply again", j.path, err)
		return j.err
	}
	if err := j.lease.Append(lines); err != nil {
		return &UnsharedError{err}
	}
	return nil
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
