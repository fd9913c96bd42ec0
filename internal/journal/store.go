package journal

import "context"

// A Store is where a journal lives: a [Folder], or something that several machines share and of which a folder of this
// machine holds a copy.
type Store interface {
	// String names the store for people.
	String() string
	// Dir is the folder of this machine from which runs are read, and in which the file of a run of this machine lies.
	Dir() string
	// Refresh brings Dir up to what others have written. An error says that they may have written more than is there.
	Refresh(ctx context.Context) error
	// Free says that nobody holds the store, or that whoever does has stopped: what is read from now on is not changed by that
	// run any more. It is a [*LockedError] where somebody is at work. It can take as long as it takes to be sure of that; nil
	// promises nothing about [Store.Take], which decides.
	Free(ctx context.Context) error
	// Take takes the store for a run; a [*LockedError] where somebody else has it.
	Take(ctx context.Context, h Holder) (Lease, error)
	// Held tells who holds the store, nil where nobody does. It takes nothing and changes nothing.
	Held(ctx context.Context) (*Hold, error)
	// Unlock takes the lock from whoever holds it, and keeps for the next run's journal who did so and why. It gives whose it was.
	// Where the holder is at work on this machine, the error is an [*AliveError]; where nobody holds the store, [ErrFree].
	Unlock(ctx context.Context, u Unlocking) (*Hold, error)
}

// A Lease is what a run has while a store is its own.
type Lease interface {
	// From is whose lock was taken over, nil where none was.
	From() *Holder
	// Notes are sentences for the run's journal about how it came by the store.
	Notes() []string
	// Noted says that the journal has the notes, so that they need not be kept elsewhere.
	Noted() error
	// Fence grows by one each time that the store changes hands; 0 where the store does not count.
	Fence() int64
	// Append puts lines, which are on this machine's disk already, where others read them. What could not be put there is put
	// there by the next call.
	Append(lines []byte) error
	// Check says why nothing new may be begun any more, nil where it may.
	Check() error
	// Lost is closed once Check says no, which is for good.
	Lost() <-chan struct{}
	// Release gives the store back.
	Release() error
}

// An UnsharedError says that lines are on the disk of this machine and not where others read them. The next that are written
// take them along.
type UnsharedError struct{ err error }

func (e *UnsharedError) Error() string { return e.err.Error() }
func (e *UnsharedError) Unwrap() error { return e.err }
