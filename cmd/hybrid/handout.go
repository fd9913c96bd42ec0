package main

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"hybrid/internal/event"
	"hybrid/internal/handout"
	"hybrid/internal/journal"
	"hybrid/planner"
)

func (a *app) handoutCommand() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "handout [flags] RUN...",
		Short: "List the users whom past runs have moved, and what each must be told",
		Long: "handout reads journal files and lists as CSV the users who were moved by those runs: that they must sign out and in,\n" +
			"what became of their meetings and contacts, and by when they must have signed in to Teams. Give it the file of a run that\n" +
			"was interrupted and of those after it, and the list is whole.",
		Example: "  hybrid handout --out moved.csv journal/20261122T220000Z-apply-1a2b.jsonl",
		Args:    arguments(1, -1),
		RunE: func(_ *cobra.Command, args []string) error {
			return a.handout(args, out)
		},
	}
	c.Flags().StringVar(&out, "out", "", "write the list to a `file`, which must not exist, and not to standard output")
	return c
}

func (a *app) handout(runs []string, out string) error {
	var pasts []*journal.Past
	for _, path := range runs {
		if filepath.Ext(path) != ".jsonl" {
			return fmt.Errorf("%s is no run: name files of the journal, which end in .jsonl", path)
		}
		past, err := journal.Read(path)
		if err != nil {
			return err
		}
		pasts = append(pasts, past)
	}
	slices.SortStableFunc(pasts, func(a, b *journal.Past) int { return a.Started.Compare(b.Started) })
	var lists [][]handout.Row
	for _, past := range pasts {
		lists = append(lists, handout.Done(past, nil))
	}
	rows := handout.Join(lists...)
	if out == "" {
		_, err := a.out.Write(handout.Encode(rows))
		return err
	}
	return a.writeHandout(out, rows)
}

// freeHandout refuses a path at which no list can be made, before anything else is done; "" is for no list.
func freeHandout(path string) error {
	if path == "" {
		return nil
	}
	return handout.Free(path)
}

// writeHandout makes a list that is not there yet.
func (a *app) writeHandout(path string, rows []handout.Row) error {
	list, err := handout.Create(path)
	if err != nil {
		return err
	}
	if err := list.Replace(rows); err != nil {
		return err
	}
	fmt.Fprintf(a.err, "Written as %s: %d users.\n", path, len(rows))
	return nil
}

// A ledger keeps the handout of a run that is under way. The zero one keeps none.
type ledger struct {
	list    *handout.File
	journal string
	shown   map[string]bool // blocks whose users have been read back
}

// beginLedger makes the file of the handout; "" makes none.
func beginLedger(path, journal string) (*ledger, error) {
	if path == "" {
		return &ledger{}, nil
	}
	list, err := handout.Create(path)
	return &ledger{list: list, journal: journal, shown: map[string]bool{}}, err
}

// watching passes events on, and writes the list anew whenever the users of a block have been read back: what is known
// by then is in the file, whatever becomes of the run.
func (l *ledger) watching(sink event.Sink) event.Sink {
	if l.list == nil {
		return sink
	}
	return func(e event.Event) {
		sink(e)
		if e.Type != event.Done || e.Action != string(planner.Move) {
			return
		}
		l.shown[e.Address] = true
		if err := l.write(); err != nil {
			sink(event.Event{Type: event.Warning, Address: e.Address, Message: err.Error()})
		}
	}
}

// write lists who has been moved by now, as the journal has it.
func (l *ledger) write() error {
	if l.list == nil {
		return nil
	}
	past, err := journal.Read(l.journal)
	if err != nil {
		return fmt.Errorf("the handout: %w", err)
	}
	return l.list.Replace(handout.Done(past, func(block string) bool { return l.shown[block] }))
}

// settle writes the list of a run that has come to its end. A run that did what it should is done in part where nobody can
// be told of it.
func (a *app) settle(l *ledger, ended error) error {
	err := l.write()
	if err == nil {
		return ended
	}
	fmt.Fprintf(a.err, "Error: %v. `hybrid handout %s` lists the users.\n", err, l.journal)
	if ended != nil {
		return ended
	}
	return &withCode{code: exitPartial}
}
