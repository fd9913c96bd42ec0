package journal

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"time"
)

// How much of a journal is read for [Timings]: a thousand changes tell as much as a million.
const (
	timedRuns  = 20
	timedBytes = 8 << 20  // of all files
	timedFile  = 1 << 20  // of one, from its end
	timedScan  = 24 << 20 // of all files, with what stands at the ends of runs, which is passed over
)

// A Timing is how long one change of a past run took.
type Timing struct {
	Run      int    // the number of the run, the latest being 0
	Kind     string // "user_homing"
	Action   string // "move"; "" for the time from the last outcome of a kind until the run went on with another kind, or ended
	Parallel int    // how many changes were under way at once when most were
	Took     time.Duration
}

// Timings tells how long what the latest runs of a folder did has taken, from the ends of their files, what stood when a run ended passed over. What went wrong, or
// was in doubt, is not among it. Lines that are damaged are passed over: nothing is decided by these figures. A folder that
// does not exist holds none.
func Timings(dir string) ([]Timing, error) {
	names, err := runFiles(dir)
	if err != nil {
		return nil, err
	}
	var all []Timing
	left, scan := int64(timedBytes), int64(timedScan)
	for n, name := range names {
		if left <= 0 || scan <= 0 || n == timedRuns {
			break
		}
		text, err := tail(filepath.Join(dir, name), min(left, timedFile), &scan)
		if err != nil {
			return nil, err
		}
		left -= int64(len(text))
		all = append(all, timings(n, text)...)
	}
	return all, nil
}

// A stopwatch goes through the lines of one run.
type stopwatch struct {
	run     int
	kind    string    // that is being changed
	open    int       // changes under way
	most    int       // that were under way at once
	since   time.Time // of the last outcome
	first   int       // the first timing of the kind
	timings []Timing
}

func timings(run int, text []byte) []Timing {
	s := stopwatch{run: run}
	for line := range bytes.Lines(text) {
		s.line(bytes.TrimSuffix(line, []byte("\n")))
	}
	s.close(time.Time{})
	return s.timings
}

// A timed is what of a line matters.
type timed struct {
	Time  time.Time `json:"time"`
	Entry struct {
		Address string `json:"address"`
		Action  string `json:"action"`
		Result  string `json:"result"`
		Millis  int64  `json:"ms"`
	} `json:"entry"`
}

func (s *stopwatch) line(line []byte) {
	switch after(line, `"type":"`) {
	case typeIntent:
		s.intent(line)
	case typeOutcome:
		if t, ok := readTimed(line); ok {
			s.outcome(t)
		}
	case typeEnd:
		if t, ok := readTimed(line); ok {
			s.close(t.Time)
		}
	}
}

// after is the text behind a mark near the beginning of a line, up to the next quotation mark that ends or escapes: members
// stand in the order of [record], and most lines need not be decoded.
func after(line []byte, mark string) string {
	_, rest, _ := bytes.Cut(line[:min(len(line), 320)], []byte(mark))
	text, _, _ := bytes.Cut(rest, []byte(`"`))
	return string(text)
}

func readTimed(line []byte) (t timed, ok bool) {
	rest, err := restOf(line)
	return t, err == nil && json.Unmarshal(append([]byte("{"), rest...), &t) == nil
}

// intent takes in that a change is begun. Only the first of a kind says more than that.
func (s *stopwatch) intent(line []byte) {
	if kind := kindOf(after(line, `"address":"`)); kind != s.kind {
		if t, ok := readTimed(line); ok {
			s.close(t.Time)
			s.kind = kind
		}
	}
	s.open++
	s.most = max(s.most, s.open)
}

// outcome takes in what became of a change. Where none is under way, what was in doubt, or done and not shown, has been
// settled by reading: that is no timing.
func (s *stopwatch) outcome(t timed) {
	if s.open == 0 || kindOf(t.Entry.Address) != s.kind {
		return
	}
	s.open--
	s.since = t.Time
	if t.Entry.Result == Done {
		s.timings = append(s.timings, Timing{Run: s.run, Kind: s.kind, Action: t.Entry.Action, Took: time.Duration(t.Entry.Millis) * time.Millisecond})
	}
}

// close ends a kind: only now is known how many were under way at once, and how long it took to go on.
func (s *stopwatch) close(at time.Time) {
	for n := s.first; n < len(s.timings); n++ {
		s.timings[n].Parallel = max(1, s.most)
	}
	if !s.since.IsZero() && !at.IsZero() {
		s.timings = append(s.timings, Timing{Run: s.run, Kind: s.kind, Parallel: 1, Took: at.Sub(s.since)})
	}
	s.kind, s.since, s.most, s.open, s.first = "", time.Time{}, 0, 0, len(s.timings)
}

// kindOf is the kind of an address: user_homing of user_homing.pilot["sip:ada@contoso.com"].
func kindOf(address string) string {
	if n := strings.IndexAny(address, ".["); n >= 0 {
		return address[:n]
	}
	return address
}
