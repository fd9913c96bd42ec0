package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// An Underway is a change of which it is not known what became: the run that had announced it was cut off, or the answer was lost to
// it, or reading did not tell. It may still be going on at the far end where it is [Underway.Unheard].
type Underway struct {
	Entry
	Run    string    // the ID of the run
	CutOff bool      // the run did not come to its end
	AtWork bool      // it has not yet, as far as is known; set by whoever has asked the lock
	Here   bool      // it ran on this machine, so that Since is by this machine's clock
	Since  time.Time // when it was announced, or found where it was not [Entry.Sent], UTC
}

// UnderwaySince gives what the runs of a folder announced after a moment and nobody has heard the end of, of each run in the order
// of the intents, the latest run first; and of runs that were cut off who was done and not read back, where [Entry.Was] says what they
// are to be held against. What was done to the same object or user later is no longer under way: runs wait for that before they send
// anything. Runs come one after the other, so none is opened that is older than the first that began before that moment. What cannot be
// read is an error: nobody knows then what is under way, besides what is given, which later runs left.
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
			return all, err
		}
		open, err := later.without(run.underway(since))
		if err != nil {
			return all, err
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

// doings are what runs have done to objects and users. Runs are read when somebody asks.
type doings struct {
	unread  []string        // paths
	done    map[string]bool // by what [Entry.whom] says
	settled map[string]bool // done by a run that came to its end, and so read back
}

// without leaves out what has been done to the same object or user; whoever may be left half way, only if that was read back.
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
	return slices.DeleteFunc(open, func(u Underway) bool {
		if u.Was != nil {
			return d.settled[u.whom()]
		}
		return d.done[u.whom()]
	}), nil
}

func (d *doings) add(run *Past) {
	if d.done == nil {
		d.done, d.settled = map[string]bool{}, map[string]bool{}
	}
	for _, e := range run.Entries {
		if e.Result == Done {
			d.done[e.whom()] = true
			d.settled[e.whom()] = d.settled[e.whom()] || run.End != nil
		}
	}
}

// whom is what tells a user from others, whichever block the user is of, or an object.
func (e Entry) whom() string {
	if e.User != "" {
		return e.Kind + " " + e.User
	}
	return e.Address
}

// Unheard says whether nobody has heard the end of it: it was left open, or was taken for failed when the answer had been lost.
func (e Entry) Unheard() bool {
	return e.Result == "" || e.Result == Doubt || e.Result == Failed && e.Lost
}

// underway is what [UnderwaySince] gives of one run.
func (p *Past) underway(since time.Time) []Underway {
	here, _ := os.Hostname() // "" is then what all runs of this machine say
	var all []Underway
	for i, e := range p.Entries {
		latest, unread := p.open[e.key()] == i, e.Was != nil && e.Result == Done && p.End == nil
		u := Underway{Entry: e, Run: p.ID, CutOff: p.End == nil, Here: p.Host == here, Since: e.Begun}
		if !u.Sent() && e.Was != nil {
			u.Since = e.Answered
		}
		if latest && (e.Unheard() || unread) && u.Since.After(since) {
			all = append(all, u)
		}
	}
	return all
}

// String is the change as the words after "it was under way when": "run 20261122T221400Z-apply-06e5 was cut off".
func (u Underway) String() string {
	if u.AtWork {
		return fmt.Sprintf("run %s was at work", u.Run)
	}
	if u.CutOff {
		return fmt.Sprintf("run %s was cut off", u.Run)
	}
	return fmt.Sprintf("run %s ended", u.Run)
}
