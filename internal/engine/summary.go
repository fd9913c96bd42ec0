package engine

import (
	"fmt"
	"strings"
	"time"

	"hybrid/internal/amount"
)

// Summary is how a run ended, in changes and users.
type Summary struct {
	Begun    int       // of which a call was sent
	Done     int       // carried out and confirmed by reading back
	Failed   int       // refused by the far end
	Halfway  int       // of those that failed: carried out in part
	NotShown int       // accepted by the far end, and not to be seen afterwards
	Doubt    int       // nobody knows: the answer was lost and reading brought no certainty
	Between  int       // of those in doubt: users who are between the old home and the new one
	Skipped  int       // not begun: something they need failed, or the run was stopped
	Waiting  int       // of those not begun: they wait for their window to open again
	Opens    time.Time // when the first of these windows does, in its time zone; zero where none waits
	Stopped  bool
}

// Partial says that a plan was carried out in part.
type Partial struct {
	Text  string
	Waits bool   // nothing went wrong: the rest waits for its window
	Next  string // a sentence: what whoever runs it does now
}

func (p *Partial) Error() string { return p.Text }

// Err is nil where everything was done, and a [*Partial] where something was, in whole or in part, or may have been.
func (s Summary) Err() error {
	switch {
	case s.Failed+s.NotShown+s.Doubt+s.Skipped == 0:
		return nil
	case s.Failed+s.NotShown+s.Doubt == 0 && s.Skipped == s.Waiting && !s.Stopped:
		return &Partial{Waits: true, Text: fmt.Sprintf("Stopped for the window: %s. It opens next on %s: run the same command then.", s, s.Opens.Format("Mon 2 Jan 2006 15:04 MST"))}
	case s.Done+s.NotShown+s.Doubt+s.Halfway == 0:
		return fmt.Errorf("nothing was done: %s", s)
	}
	return &Partial{Text: s.String(), Next: s.Next()}
}

// Next is a sentence: what to do after a run in which not everything was done.
func (s Summary) Next() string {
	switch {
	case s.Between > 0:
		return s.lookFirst()
	case s.Failed > 0:
		return "Mend what failed, or take it out of the configuration, then run the same command: it goes on from here."
	}
	return "Run the same command again: it reads first what has become of it, and goes on from here."
}

// lookFirst is what to do about users who are between two homes: the same command moves those who are not at the new one, and
// mends nothing else.
func (s Summary) lookFirst() string {
	who := "the user who is"
	if s.Between > 1 {
		who = "the " + amount.Count(s.Between) + " users who are"
	}
	text := fmt.Sprintf("Look first at %s between the old home and the new one, whom plans name until that is settled: `hybrid check user` says what is known on both sides.\n", who)
	if s.Failed > 0 {
		return text + "Mend what failed, too, or take it out of the configuration; after that the same command goes on from here."
	}
	return text + "After that the same command goes on from here."
}

// String counts what is not zero: "3 done, 1 failed, 2 not started".
func (s Summary) String() string {
	var parts []string
	for _, p := range []struct {
		n    int
		text string
	}{{s.Done, "done"}, {s.Failed, "failed"}, {s.NotShown, "carried out but not shown by the estate"}, {s.Doubt, "in doubt"}, {s.Skipped, "not started"}} {
		if p.n > 0 {
			parts = append(parts, amount.Count(p.n)+" "+p.text)
		}
	}
	return strings.Join(parts, ", ")
}
