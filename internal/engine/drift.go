package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"hybrid/internal/journal"
	"hybrid/planner"
)

// ErrNoBaseline says that no run has recorded what stood when it ended.
var ErrNoBaseline = errors.New("no run has recorded how things stood when it ended, so there is nothing to tell a change by hand from. " +
	"Apply the configuration; where nothing is to be done, `hybrid apply --record` writes down what stands")

// A Past is the runs that a plan is compared with, by ID.
type Past map[string]*journal.Past

// Drift holds a plan against what stood when the runs in a folder of journals ended. An error says that a run could not be
// read, or that none has recorded anything.
func Drift(p *planner.Plan, folder string) (*planner.Drift, Past, error) {
	runs, err := journal.List(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	b, past := planner.NewBaseline(), Past{}
	for _, run := range runs { // newest first
		whole, recorded, err := recall(b, run)
		if err != nil {
			return nil, nil, err
		}
		if recorded {
			past[run.ID] = run
		}
		if whole {
			break
		}
	}
	if len(past) == 0 {
		return nil, nil, ErrNoBaseline
	}
	return b.Measure(p), past, nil
}

// recall adds what a run has recorded. Of one that recorded nothing, since it was cut off or is of an older program, it is
// uncertain how it left whatever it touched.
func recall(b *planner.Baseline, run *journal.Past) (whole, recorded bool, err error) {
	if run.End != nil {
		err = journal.ReadBaseline(run.Path, func(part journal.Baseline) error {
			recorded, whole = true, whole || part.Whole
			remember(b, run.ID, part)
			return nil
		})
	}
	if whole {
		b.Whole(run.ID)
	}
	if err != nil || recorded {
		return whole, recorded, err
	}
	past, err := journal.Read(run.Path)
	if err != nil {
		return false, false, fmt.Errorf("%w. Drift cannot be told from a journal with such a file", err)
	}
	for _, e := range past.Entries {
		b.Uncertain(e.Address, e.User)
		if e.User == "" {
			b.Touched(e.Kind, e.Identity)
		}
	}
	return false, false, nil
}

// remember adds one part.
func remember(b *planner.Baseline, run string, part journal.Baseline) {
	for _, u := range part.Uncertain {
		b.Uncertain(u.Address, u.User)
	}
	for _, s := range part.Swept {
		b.Swept(run, planner.Source{Provider: s.Provider, Kind: s.Kind}, s.IDs)
	}
	for _, s := range part.Objects {
		b.Object(run, planner.Standing{Address: s.Address, Provider: s.Provider, ID: s.ID, Values: s.Values})
	}
	if u := part.Users; u != nil {
		b.Users(run, u.Block, planner.Source{Provider: u.Provider, Kind: u.Kind}, slices.Clone(u.Columns), u.Rows)
	}
}
