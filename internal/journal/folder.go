package journal

import (
	"context"
	"errors"
	"fmt"
)

// A Folder is a journal in a folder. Whoever has made its lock file holds it.
type Folder struct {
	dir string
	sys system
}

// In is the journal in a folder, which need not exist yet.
func In(dir string) Folder { return Folder{dir, machine()} }

func (f Folder) String() string { return f.dir }

// Dir is the folder itself: what is in it is read where it is.
func (f Folder) Dir() string { return f.dir }

// Refresh has nothing to fetch.
func (f Folder) Refresh(context.Context) error { return nil }

// Free leaves everything to Take: a lock file does not tell that its holder has stopped.
func (f Folder) Free(context.Context) error { return nil }

// Held reads the lock file.
func (f Folder) Held(context.Context) (*Hold, error) { return held(f.dir, f.sys) }

// Take makes the folder where it does not exist, and the lock file.
func (f Folder) Take(_ context.Context, h Holder) (Lease, error) {
	if err := makeFolder(f.dir, f.sys); err != nil {
		return nil, unusable(f.dir, err)
	}
	from, err := lock(f.dir, h, f.sys.alive)
	if err != nil {
		return nil, unusable(f.dir, err)
	}
	l := &folderLease{dir: f.dir, holder: h, from: from}
	if from != nil {
		l.notes = append(l.notes, fmt.Sprintf("took over the lock of run %s: its process %d on %s is gone", from.Run, from.PID, from.Host))
	}
	notes, files, err := unlockings(f.dir)
	if err != nil {
		return nil, errors.Join(unusable(f.dir, err), l.Release())
	}
	l.notes, l.files = append(l.notes, notes...), files
	return l, nil
}

// A folderLease is a lock file of one's own. It never runs out, but can be taken away.
type folderLease struct {
	dir    string
	holder Holder
	from   *Holder
	notes  []string
	files  []string // that hold some of the notes
}

func (l *folderLease) From() *Holder         { return l.from }
func (l *folderLease) Notes() []string       { return l.notes }
func (l *folderLease) Noted() error          { return noted(l.files) }
func (l *folderLease) Fence() int64          { return 0 }
func (l *folderLease) Append([]byte) error   { return nil }
func (l *folderLease) Lost() <-chan struct{} { return nil } // whoever begins something asks Check
func (l *folderLease) Release() error        { return unlock(l.dir, l.holder) }

// Check looks whether the lock file is still the run's own: in a folder that several machines share, somebody may have taken it away,
// and another run may have begun.
func (l *folderLease) Check() error {
	err := owned(l.dir, l.holder)
	if err != nil {
		return fmt.Errorf("journal: the lock of %s is not this run's any more: %w.\n"+
			"Nothing new is begun; what was under way is finished and read back. `hybrid runs` tells who is at work", l.dir, err)
	}
	return nil
}
