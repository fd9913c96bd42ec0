package engine

import (
	"fmt"
	"path/filepath"

	"hybrid/internal/journal"
	"hybrid/planner"
)

// movedSince are the moves of users by the runs that began after the one that is to be taken back, as far as users may rest on what that
// one did: on objects.
func (e *Engine) movedSince(run *journal.Past, deeds []planner.Deed) ([]planner.LaterMove, error) {
	objects := false
	for i := range deeds {
		objects = objects || deeds[i].Kind.Rows == nil
	}
	if !objects {
		return nil, nil
	}
	later, err := journal.Since(filepath.Dir(run.Path), run)
	if err != nil {
		return nil, fmt.Errorf("%w. Whether users rest on what the run did cannot be told from a journal with such a file.", err)
	}
	var all []planner.LaterMove
	for _, one := range later {
		moves, err := e.moves(one)
		if err != nil {
			return nil, err
		}
		all = append(all, moves...)
	}
	return all, nil
}

// moves are those of one run.
func (e *Engine) moves(run *journal.Past) ([]planner.LaterMove, error) {
	whole, err := journal.Read(run.Path)
	if err != nil {
		return nil, err
	}
	var all []planner.LaterMove
	for _, entry := range whole.Entries {
		if !entry.Sent() || entry.User == "" || entry.Action != string(planner.Move) {
			continue
		}
		d, err := e.deed(entry)
		if err != nil {
			return nil, fmt.Errorf("run %s, %s: %w", run.ID, entry.Address, err)
		}
		all = append(all, planner.LaterMove{Run: run.ID, Deed: d})
	}
	return all, nil
}
