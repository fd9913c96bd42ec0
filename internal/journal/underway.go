package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// An Underway is a change that may still be going on at the far end: the run that had announced it was cut off, or the answer was
// lost to it. What the run found by reading then, that it was not done, may have been too early.
type Underway struct {
	Entry
	Run    string    // the ID of the run
	CutOff bool      // the run did not come to its end
	Here   bool      // it ran on this machine, so that Since is by this machine's clock
	Since  time.Time // when it was announced, or found where it was not [Underway.Sent], UTC
}

// UnderwaySince gives what the runs of a folder announced after a moment and nobody has heard the end of, of each run in the order
// of the intents, the latest run first. What was done to the same object or user later is no longer under way: runs wait for that
// before they send anything. Runs come one after the other, so none is opened that is older than the first that began before that
// moment. What cannot be read is an error: nobody knows then what is under way.
func UnderwaySince(dir string, since time.Time) ([]Underway, error) {
	names, err := runFiles(dir)
	if err != nil {
		return nil, err
	}
	var all []Underway
	var later doings
	for _, name := range names {
		run, err := leftBy(filepath.Join(dir, name))
		if errors.Is(err, errNoRun) {
			continue
		}
		if err != nil {
			return nil, err
		}
		open, err := later.without(run.underway(since))
		if err != nil {
			return nil, err
		}
		all = append(all, open...)
		later.unread = append(later.unread, run.Path)
		if run.Started.Before(since) {
			break
		}
	}
	return all, nil
}

// leftBy reads a run, as far as [List] tells of it where nothing can be under way.
func leftBy(path string) (*Past, error) {
	run, err := outline(path)
	if err != nil || run.End != nil && run.End.Doubt+run.End.Failed == 0 {
		return run, err
	}
	return Read(path)
}

// doings are what runs have done, by address. Runs are read when somebody asks.
type doings struct {
	unread []string // paths
	done   map[string]bool
}

// without leaves out what has been done to the same object or user.
func (d *doings) without(open []Underway) ([]Underway, error) {
	if len(open) == 0 {
		return nil, nil
	}
	for _, path := range d.unread {
		run, err := Read(path)
		if err != nil {
			return nil, err
		}
		d.add(run)
	}
	d.unread = nil
	return slices.DeleteFunc(open, func(u Underway) bool { return d.done[u.Address] }), nil
}

func (d *doings) add(run *Past) {
	if d.done == nil {
		d.done = map[string]bool{}
	}
	for _, e := range run.Entries {
		if e.Result == Done {
			d.done[e.Address] = true
		}
	}
}

// underway is what a run announced after a moment and nobody has heard the end of: what it left open, and what it took for failed
// when the answer had been lost.
func (p *Past) underway(since time.Time) []Underway {
	here, _ := os.Hostname() // "" is then what all runs of this machine say
	var all []Underway
	for i, e := range p.Entries {
		latest, unheard := p.open[e.key()] == i, e.Result == "" || e.Result == Doubt || e.Result == Failed && e.Lost
		u := Underway{Entry: e, Run: p.ID, CutOff: p.End == nil, Here: p.Host == here, Since: e.Begun}
		if !u.Sent() && e.Was != nil {
			u.Since = e.Answered
		}
		if latest && unheard && u.Since.After(since) {
			all = append(all, u)
		}
	}
	return all
}

// Sent says whether that run sent something. It did not where it only found what became of what an earlier one had sent.
func (u Underway) Sent() bool { return !u.Begun.IsZero() }

// String is the change as the words after "it was under way when": "run 20261122T221400Z-apply-06e5 was cut off".
func (u Underway) String() string {
	if u.CutOff {
		return fmt.Sprintf("run %s was cut off", u.Run)
	}
	return fmt.Sprintf("run %s ended", u.Run)
}
