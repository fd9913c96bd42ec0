package journal

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"
)

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
