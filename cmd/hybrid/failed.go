package main

import (
	"errors"
	"os"
	"path/filepath"

	"hybrid/internal/event"
	"hybrid/internal/journal"
	"hybrid/internal/tally"
)

// A count is what becomes of a run that is under way, for its last event and the list of what failed.
type count struct {
	tally tally.Tally
	list  string // as it is seen from here; "" where none was written
}

// watching passes events on, counts them, and gives the last one the report.
func (c *count) watching(sink event.Sink) event.Sink {
	return func(e event.Event) {
		c.tally.Add(e)
		if e.Type == event.Finished {
			e.Report = c.tally.Report()
			e.Report.List = c.list
		}
		sink(e)
	}
}

// failedSuffix ends the names of lists of what failed; they stand beside the journals, under the names of the runs.
const failedSuffix = "-failed.csv"

// keep writes the list of what failed beside the journal, for this account only, where anything did, and notes it in the
// journal. The run is as it is: a list that cannot be written is a warning.
func (c *count) keep(book *journal.Journal, sink event.Sink) {
	failures := c.tally.Failures()
	if len(failures) == 0 {
		return
	}
	path := filepath.Join(filepath.Dir(book.Path()), book.ID()+failedSuffix)
	if err := writeNew(path, tally.Sheet(failures)); err != nil {
		sink(event.Event{Type: event.Warning, Message: "what failed could not be listed in a file, and is in the journal: " + err.Error()})
		return
	}
	c.list = seenFromHere(path)
	if err := book.Note("what failed, is in doubt or is not shown is listed in " + filepath.Base(path)); err != nil {
		sink(event.Event{Type: event.Warning, Message: "the list of what failed is not noted in the journal: " + err.Error()})
	}
}

// writeNew makes a file that must not exist yet, readable by this account only, and leaves none that is not whole.
func writeNew(path string, text []byte) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}
