package main

import (
	"fmt"
	"path/filepath"

	"hybrid/internal/journal"
)

// unspent refuses a saved plan that has been carried out in full: an approval is good for one run. One that was carried out
// in part may be gone on with; going says of which run.
func unspent(dir string, f *saved) (going string, err error) {
	runs, err := journal.List(dir)
	for _, run := range runs { // the latest first
		if run.Plan != f.ID {
			continue
		}
		if run.End != nil && run.End.Result == journal.Done {
			return "", refuse("the plan was carried out on %s%s (run %s), and an approval is good for one run. Plan again.",
				run.Started.Local().Format("2006-01-02 15:04"), by(run.Who, run.Host), run.ID)
		}
		if going == "" {
			going = fmt.Sprintf("Going on with plan %.12s, of which run %s%s has done %s.", f.ID, run.ID, by(run.Who, run.Host), fate(run))
		}
	}
	if err != nil {
		return "", refuse("whether the plan has been carried out before cannot be told, since not all of the journal can be read:\n%v", err)
	}
	return going, nil
}

func by(who, host string) string {
	switch {
	case who == "":
		return ""
	case host == "":
		return " by " + who
	}
	return " by " + who + " on " + host
}

// fate is how much of a plan a run has done.
func fate(run *journal.Past) string {
	if run.End == nil {
		return "a part that is not known: it did not come to its end"
	}
	return fmt.Sprintf("%d of %d", run.End.Done, run.End.Done+run.End.Failed+run.End.NotShown+run.End.Doubt+run.End.Skipped)
}

// newest names the latest run in a folder, "" where there is none, apart from one's own.
func newest(dir, own string) string {
	runs, _ := journal.List(dir) // what cannot be read is the same before and after
	for _, run := range runs {
		if run.ID != own {
			return run.ID
		}
	}
	return ""
}

// undisturbed refuses to go on where another run has begun since live state was read for this one.
func undisturbed(book *journal.Journal, before string) error {
	if after := newest(filepath.Dir(book.Path()), book.ID()); after != before {
		return refuse("run %s was begun after live state had been read for this one. Apply again.", after)
	}
	return nil
}
