package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"hybrid/internal/bounded"
)

// A Hold is who holds a folder of journals, as its lock tells.
type Hold struct {
	Holder
	// State is [Alive], [Gone] or [Elsewhere]; "" where the lock does not say whose it is.
	State string `json:"state,omitempty"`
}

// What is known of the process that holds a folder.
const (
	Alive     = "alive"     // it runs on this machine
	Gone      = "gone"      // it ran on this machine, and does no more: the next run takes the lock over
	Elsewhere = "elsewhere" // it is another machine's, so that nobody here can tell
)

// held tells who holds a folder, nil where nobody does. It takes nothing and changes nothing.
func held(dir string, sys system) (*Hold, error) {
	content, err := bounded.File(filepath.Join(dir, lockName), mostNote)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("journal: who is at work in %s cannot be read: %w.\nMake it a folder that you may read and write, or name another one: journal = \"…\" in the hybrid block", dir, err)
	}
	return parseHolder(content).hold(sys.alive), nil
}

// Hold is the holder with what this machine knows of the process.
func (h Holder) Hold() *Hold { return h.hold(running) }

func (h Holder) hold(alive func(pid int) bool) *Hold {
	hold := &Hold{Holder: h}
	here, _ := os.Hostname() // "" is then what all runs of this machine say
	switch {
	case h.PID == 0:
	case h.Host != here:
		hold.State = Elsewhere
	case alive(h.PID):
		hold.State = Alive
	default:
		hold.State = Gone
	}
	return hold
}
