package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// An Underway is a change of which nobody knows what became of it, and which may still be going on at the far end: the run that
// had announced it was cut off, or gave up waiting for the answer.
type Underway struct {
	Entry
	Run    string    // the ID of the run
	CutOff bool      // the run did not come to its end
	Here   bool      // it ran on this machine, so that Since is by this machine's clock
	Since  time.Time // when it was announced, UTC
}

// UnderwaySince gives what the runs of a folder announced after a moment and left open, of each run in the order of the intents,
// the latest run first. Runs come one after the other, so none is opened that is older than the first that began before that
// moment. What cannot be read is an error: nobody knows then what is under way.
func UnderwaySince(dir string, since time.Time) ([]Underway, error) {
	names, err := runFiles(dir)
	if err != nil {
		return nil, err
	}
	var all []Underway
	for _, name := range names {
		run, err := leftBy(filepath.Join(dir, name))
		if errors.Is(err, errNoRun) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, run.underway(since)...)
		if run.Started.Before(since) {
			break
		}
	}
	return all, nil
}

// leftBy reads a run, as far as [List] tells of it where nothing can be open.
func leftBy(path string) (*Past, error) {
	run, err := outline(path)
	if err != nil || run.End != nil && run.End.Doubt == 0 {
		return run, err
	}
	return Read(path)
}

// underway is what a run announced after a moment and left open.
func (p *Past) underway(since time.Time) []Underway {
	here, _ := os.Hostname() // "" is then what all runs of this machine say
	var all []Underway
	for _, e := range p.Open() {
		if e.Begun.After(since) {
			all = append(all, Underway{Entry: e, Run: p.ID, CutOff: p.End == nil, Here: p.Host == here, Since: e.Begun})
		}
	}
	return all
}

// String is the change as the words after "it was under way when": "run 20261122T221400Z-apply-06e5 was cut off".
func (u Underway) String() string {
	if u.CutOff {
		return fmt.Sprintf("run %s was cut off", u.Run)
	}
	return fmt.Sprintf("run %s ended", u.Run)
}
