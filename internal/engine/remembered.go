package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"hybrid/internal/journal"
	"hybrid/planner"
)

// Remembered is how long complete lists were, as the last run knew.
type Remembered struct {
	Counts map[string]int // by what was listed: provider, kind, and of several lists which: "skype hosting_provider"
	Run    string         // its ID
	Began  time.Time
	Ended  bool // whether it came to its end
}

// Remember is what a run, as [journal.Latest] gives it, knew of the length of lists. Of one that was cut off it is what it
// knew when it began, less what it may have deleted since.
func Remember(last *journal.Past) (Remembered, error) {
	if last == nil {
		return Remembered{}, nil
	}
	r := Remembered{Counts: last.Seen, Run: last.ID, Began: last.Started, Ended: last.End != nil}
	if r.Ended && last.End.Seen != nil {
		r.Counts = last.End.Seen
	}
	if r.Ended || len(r.Counts) == 0 {
		return r, nil
	}
	whole, err := journal.Read(last.Path)
	if err != nil {
		return Remembered{}, err
	}
	r.Counts = maps.Clone(last.Seen)
	for _, entry := range whole.Entries {
		if entry.Action == string(planner.Delete) {
			lessOf(r.Counts, entry.Kind)
		}
	}
	return r, nil
}

// lessOf takes one object of a kind off all lists that it may have been on.
func lessOf(counts map[string]int, kind string) {
	for list := range counts {
		if of := strings.Fields(list); slices.Contains(of, kind) {
			counts[list]--
		}
	}
}

// String is the run with its time, as the words after "when".
func (r Remembered) String() string {
	what := "ended"
	if !r.Ended {
		what = "began, which was cut off"
	}
	return fmt.Sprintf("run %s of %s %s", r.Run, r.Began.UTC().Format("2006-01-02 15:04 UTC"), what)
}

// Seen is how long every complete list is that was read, with what has been created and deleted since; what was not read is
// as the last run knew it.
func (e *Engine) Seen() map[string]int {
	all := maps.Clone(e.Remembered.Counts)
	if all == nil {
		all = map[string]int{}
	}
	maps.Copy(all, e.listed)
	return all
}

// count adds what became of a change to the length of the lists that show it: those of all kinds that share its reading. A
// list that this run did not read whole is as long as the last one knew.
func (r *run) count(c planner.Change, result string) {
	n := grows(c.Action, result)
	reading := r.bySource[planner.Source{Provider: c.Provider, Kind: c.Kind.Name}]
	if n == 0 || reading == nil {
		return
	}
	r.book.mu.Lock()
	defer r.book.mu.Unlock()
	for _, source := range reading.sources {
		if list := r.engine.listOf(source, c.Identity); list != "" {
			r.engine.listed[list] += n
		}
	}
}

// listOf is the list that an object is on, of those that were read whole or are remembered; "" where it is on none.
func (e *Engine) listOf(source planner.Source, identity string) string {
	if list := listOf(e.listed, source, identity); list != "" {
		return list
	}
	list := listOf(e.Remembered.Counts, source, identity)
	if list != "" {
		e.keepLength(list, e.Remembered.Counts[list])
	}
	return list
}

func (e *Engine) keepLength(list string, n int) {
	if e.listed == nil {
		e.listed = map[string]int{}
	}
	e.listed[list] = n
}

// grows is by how many objects a list grows by what became of a change. What is said to be done may turn out not to be.
func grows(action planner.Action, result string) int {
	by := map[planner.Action]int{planner.Create: 1, planner.Delete: -1}[action]
	switch result {
	case journal.Done:
		return by
	case journal.NotShown:
		return -by
	}
	return 0
}

// listOf is the list that an object is on, "" where none of those read is it: of several, such as zones, the one of the
// longest domain.
func listOf(listed map[string]int, source planner.Source, identity string) string {
	if list := listName(source, ""); known(listed, list) {
		return list
	}
	for domain := strings.ToLower(strings.TrimSuffix(identity, ".")); domain != ""; {
		if list := listName(source, domain); known(listed, list) {
			return list
		}
		_, domain, _ = strings.Cut(domain, ".")
	}
	return ""
}

func known(listed map[string]int, list string) bool {
	_, ok := listed[list]
	return ok
}
