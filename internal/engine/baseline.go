package engine

import (
	"maps"
	"slices"

	"hybrid/internal/journal"
	"hybrid/planner"
)

// stood writes down what stands when a run ends, for [Engine.Drift] to compare with. What was not changed is as it was read
// when the run was planned, what was changed as it was read back.
func (r *run) stood(p *Planned) error {
	live := r.walk.Live()
	plan, _ := planner.New(p.nodes, live, p.options) // what is wrong with it has been told
	w := newStander(r.Journal, r.Redact)
	w.head(plan, live, p.whole(), p.options, r.book.uncertain())
	return w.all(plan)
}

// Record writes down what stands without anything having been done, in a journal of its own.
func (e *Engine) Record(p *Planned, j *journal.Journal, redact func(string) string) error {
	w := newStander(j, redact)
	w.head(p.Plan, p.live, p.whole(), p.options, nil)
	return w.all(p.Plan)
}

// The sizes of what is written at once: lines that can still be read by people, and not an fsync for each.
const (
	standingsALine = 1000
	linesAnFsync   = 10
)

// A stander writes a baseline, a few lines at a time: a hundred thousand users are never copied as a whole.
type stander struct {
	journal *journal.Journal
	redact  func(string) string
	parts   []journal.Baseline
	err     error
}

func newStander(j *journal.Journal, redact func(string) string) *stander {
	return &stander{journal: j, redact: redact}
}

// head says how far the baseline goes.
func (w *stander) head(plan *planner.Plan, live planner.Live, whole bool, o planner.Options, uncertain []journal.Uncertain) {
	part := journal.Baseline{Whole: whole, Uncertain: uncertain}
	for i := range plan.Changes {
		if c := &plan.Changes[i]; c.Action == planner.Unknown {
			part.Uncertain = append(part.Uncertain, journal.Uncertain{Address: c.Address.String()})
		}
	}
	swept := planner.Swept(live, o)
	for _, source := range slices.SortedFunc(maps.Keys(swept), compareSources) {
		part.Swept = append(part.Swept, journal.Swept{Kind: source.Kind, Provider: source.Provider, IDs: swept[source]})
	}
	w.add(part)
}

func (w *stander) all(plan *planner.Plan) error {
	var objects []journal.Standing
	for i := range plan.Changes {
		c := &plan.Changes[i]
		if c.Users != nil {
			w.users(c)
			continue
		}
		if s, known := c.Standing(); known {
			objects = append(objects, w.standing(s))
		}
	}
	for chunk := range slices.Chunk(objects, standingsALine) {
		w.add(journal.Baseline{Objects: chunk})
	}
	w.flush()
	return w.err
}

func (w *stander) standing(s planner.Standing) journal.Standing {
	for name, text := range s.Values {
		s.Values[name] = w.safe(text)
	}
	return journal.Standing{Address: s.Address, Provider: s.Provider, ID: s.ID, Values: s.Values}
}

// safe is a text of the far end, or the word for it where a secret has found its way into it.
func (w *stander) safe(text string) string {
	if w.redact(text) != text {
		return planner.SensitiveText
	}
	return text
}

// users writes the users of a block.
func (w *stander) users(c *planner.Change) {
	crowd := func() *journal.Crowd {
		return &journal.Crowd{Block: c.Address.String(), Kind: c.Kind.Name, Provider: c.Provider, Columns: c.UserColumns()}
	}
	part := crowd()
	for row := range c.StandingUsers() {
		kept := slices.Clone(row)
		for n := range kept[1:] {
			kept[1+n] = w.safe(kept[1+n])
		}
		if part.Rows = append(part.Rows, kept); len(part.Rows) == standingsALine {
			w.add(journal.Baseline{Users: part})
			part = crowd()
		}
	}
	if len(part.Rows) > 0 || c.Users.Want.Len() == 0 {
		w.add(journal.Baseline{Users: part})
	}
}

func (w *stander) add(part journal.Baseline) {
	if w.parts = append(w.parts, part); len(w.parts) >= linesAnFsync {
		w.flush()
	}
}

func (w *stander) flush() {
	if w.err == nil {
		w.err = w.journal.Baseline(w.parts...)
	}
	w.parts = nil
}
