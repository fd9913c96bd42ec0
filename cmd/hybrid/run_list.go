package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"hybrid/internal/amount"
	"hybrid/internal/engine"
	"hybrid/internal/journal"
)

// A listedRun is a run as lists show it. In JSON its fields are those of the journal, beside them what follows from them.
type listedRun struct {
	*journal.Past
	Counts journal.Summary `json:"counts"` // also of a run that did not come to its end
	// UnderWay is how many calls are being made by a run that is at work on this machine; they are in no count.
	UnderWay int           `json:"under_way,omitempty"`
	Lock     *journal.Hold `json:"lock,omitempty"` // of a run that did not, where it still has the journal's lock
}

// A runList is the runs of a journal.
type runList struct {
	Folder  string        `json:"folder"` // or the address of the bucket
	Runs    []listedRun   `json:"runs"`
	Older   int           `json:"older,omitempty"` // how many more there are
	Damaged []string      `json:"damaged,omitempty"`
	Lock    *journal.Hold `json:"lock,omitempty"` // who holds the journal
}

// listRuns reads the latest runs of a journal, 0 for all; where others cannot be asked for theirs, those that are on this machine. Of those that did not come to their end it reads every line.
func listRuns(ctx context.Context, store journal.Store, limit int) (runList, error) {
	list := runList{Folder: store.String(), Runs: []listedRun{}}
	refreshed := store.Refresh(ctx)
	list.damaged(refreshed)
	runs, err := journal.List(store.Dir())
	list.damaged(err)
	if refreshed == nil {
		if list.Lock, err = store.Held(ctx); err != nil {
			return list, err
		}
	}
	if limit > 0 && len(runs) > limit {
		list.Older, runs = len(runs)-limit, runs[:limit]
	}
	for _, run := range runs {
		list.add(run)
	}
	return list, nil
}

func (l *runList) add(run *journal.Past) {
	r := listedRun{Past: run}
	if run.End == nil {
		whole, err := journal.Read(run.Path)
		if err != nil {
			l.damaged(err)
			return
		}
		r.Past = whole
		if l.Lock != nil && l.Lock.Run == run.ID {
			r.Lock = l.Lock
		}
	}
	r.Counts = r.Count()
	r.underWay()
	r.Counts.Seen, r.Counts.Message = nil, "" // which end has
	r.Entries = nil                           // a list is no place for them
	l.Runs = append(l.Runs, r)
}

// underWay tells the calls of a run that is at work here from those of which nobody knows what became.
func (r *listedRun) underWay() {
	if r.End != nil || r.Lock == nil || r.Lock.State != journal.Alive {
		return
	}
	for _, e := range r.Open() {
		if e.Result == "" {
			r.UnderWay++
		}
	}
	r.Counts.Doubt -= r.UnderWay
}

// damaged adds what is wrong with files, an error each.
func (l *runList) damaged(err error) {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range several.Unwrap() {
			l.damaged(one)
		}
	} else if err != nil {
		l.Damaged = append(l.Damaged, err.Error())
	}
}

// unread says what of the journal could not be read.
func (l *runList) unread() error {
	what := "not all of the journal can be read, and no more than this is known of these runs"
	if len(l.Runs) == 0 {
		what = "the journal cannot be read, so it is not known which runs there are"
	}
	return fmt.Errorf("%s:\n%s", what, strings.Join(l.Damaged, "\n"))
}

// write lists runs for people.
func (l *runList) write(w io.Writer) {
	for n, r := range l.Runs {
		if n > 0 {
			fmt.Fprintln(w)
		}
		r.write(w)
	}
	switch {
	case len(l.Runs) == 0 && len(l.Damaged) == 0:
		fmt.Fprintf(w, "There are no runs in %s.\n", place(l.Folder))
	case l.Older > 0:
		fmt.Fprintf(w, "\n%d older: --limit 0 lists all.\n", l.Older)
	}
	if l.Lock != nil && !l.owned() {
		fmt.Fprintf(w, "\nThe journal is locked by %s.\n", holder(l.Lock))
	}
}

// owned says whether one of the runs listed has the lock.
func (l *runList) owned() bool {
	for _, r := range l.Runs {
		if r.Lock != nil {
			return true
		}
	}
	return false
}

func (r *listedRun) write(w io.Writer) {
	fmt.Fprintf(w, "%s   %s\n", r.ID, r.fate())
	fmt.Fprintf(w, "    %s%s%s%s\n", r.Started.Local().Format("2 Jan 2006 15:04:05 MST"), by(r.Who, r.Host), r.lasted(), r.planned())
	if r.OwnClock {
		fmt.Fprintln(w, "    in the lab, by its own clock")
	}
	if r.RollsBack != "" {
		fmt.Fprintf(w, "    takes back run %s\n", r.RollsBack)
	}
	if r.Reason != "" {
		fmt.Fprintf(w, "    reason: %s\n", indented(r.Reason))
	}
	if r.Approved != "" {
		fmt.Fprintf(w, "    approved by: %s\n", r.Approved)
	}
	for _, o := range r.Overrides {
		fmt.Fprintf(w, "    override: %s by %s: %s\n", o.Guard, o.Who, indented(o.Reason))
	}
	for _, line := range checksOf(r.Run, false) {
		fmt.Fprintf(w, "    %s\n", indented(line))
	}
	if r.End != nil && r.End.Result == journal.Failed && r.End.Message != "" {
		fmt.Fprintf(w, "    %s\n", indented(r.End.Message))
	}
}

// fate says how a run ended, in numbers.
func (r *listedRun) fate() string {
	counts := inNumbers(r.Counts)
	if r.UnderWay > 0 {
		counts = strings.TrimPrefix(counts+", "+amount.Count(r.UnderWay)+" under way", ", ")
	}
	if r.End != nil {
		return cmp.Or(strings.TrimSuffix(r.End.Result+": "+counts, ": "), "ended")
	}
	text := "did not come to its end"
	switch {
	case r.Lock == nil:
	case r.Lock.State == journal.Alive:
		text = fmt.Sprintf("is under way (process %d)", r.Lock.PID)
	case r.Lock.State == journal.Gone:
		text += fmt.Sprintf(", and still has the lock: process %d is gone, and the next run takes the lock over", r.Lock.PID)
	default:
		text = fmt.Sprintf("is under way on %s (process %d), or was cut off there: the lock is still its own", r.Lock.Host, r.Lock.PID)
	}
	if counts != "" {
		text += ": " + counts
	}
	return text
}

// inNumbers is what became of changes and users, "" where there were none.
func inNumbers(n journal.Summary) string {
	return engine.Summary{Done: n.Done, Failed: n.Failed, NotShown: n.NotShown, Doubt: n.Doubt, Skipped: n.Skipped}.String()
}

// lasted is ", 12 s" for a run that ended.
func (r *listedRun) lasted() string {
	if r.Ended.IsZero() {
		return ""
	}
	took := r.Ended.Sub(r.Started)
	if took < time.Second {
		return ", less than 1 s"
	}
	return ", " + amount.Lasting(took.Round(time.Second))
}

func (r *listedRun) planned() string {
	if r.Plan == "" {
		return ""
	}
	return fmt.Sprintf(", plan %.12s", r.Plan)
}

// holder is who holds a journal, for people.
func holder(h *journal.Hold) string {
	if h.State == "" {
		return "a run that is starting, or that was cut off while it started"
	}
	return fmt.Sprintf("run %s%s (process %d)", h.Run, by(h.Who, h.Host), h.PID)
}
