package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

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

// A history is how long each file of a journal folder is, by run: what tells whether anybody has been at work since.
type history map[string]int64

// historyOf takes a folder's history. What cannot be read is the same before and after.
func historyOf(dir string) history {
	h := history{}
	files, _ := os.ReadDir(dir)
	for _, file := range files {
		id, of := strings.CutSuffix(file.Name(), journalSuffix)
		if info, err := file.Info(); of && err == nil {
			h[id] = info.Size()
		}
	}
	return h
}

// journalSuffix ends the names of journal files.
const journalSuffix = ".jsonl"

// undisturbed refuses to go on where another run has begun since live state was read for this one, or was still at work then.
// Clocks are not asked: machines that share a journal may differ.
func undisturbed(book *journal.Journal, before history) error {
	after := historyOf(filepath.Dir(book.Path()))
	for _, id := range slices.Sorted(maps.Keys(after)) {
		was, known := before[id]
		switch {
		case id == book.ID() || known && was == after[id]:
		case known:
			return refuse("run %s was still at work while live state was read for this one. Apply again.", id)
		default:
			return refuse("run %s was begun after live state had been read for this one. Apply again.", id)
		}
	}
	return nil
}
