// Package estimate says how long carrying out a plan will take, and what that rests on: how long changes of the same kind
// took in past runs or, where none is on record, a guess that calls itself one. It is pure: no clock, file or chance, and
// equal input gives an equal estimate.
package estimate

import (
	"math"
	"time"
)

// CallGuess is what a call is taken to last of which nothing like it has been timed, and so is one reading back.
const CallGuess = 2 * time.Second

// A Step is one change of a plan, of an object or of the users of a block, in the order in which they are carried out.
type Step struct {
	Kind, Action string // as the journal has them: of a user what happens to the user
	Count        int    // objects or users
	Calls        int    // that are issued for all of them
	Waves        Waves
	// Patience is how long is waited, at most, until what was changed is in force everywhere; 0 where nothing is waited for.
	Patience time.Duration
}

// Waves say how the users of a block are taken. The zero value is one object.
type Waves struct {
	Canary   int           // these first, and then they are read back
	Batch    int           // so many before the next are begun
	Parallel int           // at once
	Pause    time.Duration // between batches, and after the canaries
}

// A Timing is how long one change of a past run took.
type Timing struct {
	Run      int    // which of the runs, by any number
	Kind     string // "user_homing"
	Action   string // "move"; "" for what came after the last change of a kind: reading back, and waiting until it was in force
	Parallel int    // how many were under way at once; 1 for an object
	Took     time.Duration
}

// An Estimate is how long carrying out a plan takes. Saved plans hold it, durations in nanoseconds.
type Estimate struct {
	Calls  int           `json:"calls"`  // that are issued
	Likely time.Duration `json:"likely"` // how long it takes, half of the time no longer
	// Low and High are the 10th and the 90th percentile. They are 0 where a part is guessed: a guess has no spread.
	Low     time.Duration `json:"low,omitempty"`
	High    time.Duration `json:"high,omitempty"`
	Timed   int           `json:"timed,omitempty"`   // past changes that it rests on
	Runs    int           `json:"runs,omitempty"`    // from how many runs
	Guessed int           `json:"guessed,omitempty"` // of Calls, those of which nothing like it has been timed
	Beside  int           `json:"beside,omitempty"`  // of Guessed, those for users who are taken side by side
	AtOnce  int           `json:"at_once,omitempty"` // so many of them at most
	Reads   int           `json:"reads,omitempty"`   // times that reading back is guessed as well
	Pauses  time.Duration `json:"pauses,omitempty"`  // of Likely, what is waited between batches of users whose calls are guessed
	Wait    time.Duration `json:"wait,omitempty"`    // for what may be waited besides, at most: nothing tells how long that usually takes
	Lab     bool          `json:"lab,omitempty"`     // of a simulated estate
	Unread  bool          `json:"unread,omitempty"`  // there is a history, and it could not be read
	// Overruns are the windows that are too short for what may be begun in them alone.
	Overruns []Overrun `json:"overruns,omitempty"`
}

// An Overrun is a window that is expected to close before everybody has been taken who may be taken in it alone.
type Overrun struct {
	Window string        `json:"window"`
	Takes  time.Duration `json:"takes"`           // likely, with nothing else before
	Open   time.Duration `json:"open"`            // how long the window is open: the next time, or from now on
	Closes time.Time     `json:"closes,omitzero"` // of one that is open: when it closes, in its own time zone
}

// tenth is how many standard deviations the 10th and the 90th percentile of a normal distribution lie from its mean.
const tenth = 1.2816

// Of estimates the steps of a plan from the history of past runs.
func Of(steps []Step, past []Timing) Estimate {
	h := newHistory(past)
	s := sum{history: h, used: map[int]bool{}, taken: map[*samples]bool{}}
	for n, step := range steps {
		s.step(step)
		if n == len(steps)-1 || steps[n+1].Kind != step.Kind {
			s.settle(step.Kind, patience(steps[:n+1]))
		}
	}
	return s.estimate()
}

// patience is the longest that is waited for after the last of some steps and those of its kind right before it.
func patience(steps []Step) time.Duration {
	most := time.Duration(0)
	last := len(steps) - 1
	for n := last; n >= 0 && steps[n].Kind == steps[last].Kind; n-- {
		most = max(most, steps[n].Patience)
	}
	return most
}

// sum adds steps up, in seconds.
type sum struct {
	history *history
	result  Estimate
	used    map[int]bool // runs that something was taken from
	taken   map[*samples]bool

	likely   float64
	variance float64 // of what varies from call to call
	drift    float64 // standard deviation of what varies from night to night, for all calls alike
}

func (s *sum) step(step Step) {
	s.result.Calls += step.Calls
	past := s.history.of(step.Kind, step.Action, max(1, step.Waves.Parallel))
	if past == nil {
		s.guess(step)
		each := CallGuess.Seconds() * float64(step.Calls) / float64(max(1, step.Count))
		s.likely += makespan([]float64{each}, step)
	} else {
		s.take(past)
		whole := makespan(past.seconds, step)
		s.likely += whole
		s.drift += past.drift * whole
		s.variance += past.variance * float64(step.Count) / math.Pow(float64(max(1, step.Waves.Parallel)), 2)
	}
	s.likely += step.pauses().Seconds()
	if step.Waves.Canary > 0 && step.Waves.Canary < step.Count {
		s.settle(step.Kind, 0)
	}
}

// guess counts what a step takes of which nothing like it has been timed.
func (s *sum) guess(step Step) {
	s.result.Guessed += step.Calls
	s.result.Pauses += step.pauses()
	atOnce := min(step.Waves.Parallel, step.Count)
	if step.Waves.Batch > 0 {
		atOnce = min(atOnce, step.Waves.Batch)
	}
	if atOnce > 1 {
		s.result.Beside += step.Calls
		s.result.AtOnce = max(s.result.AtOnce, atOnce)
	}
}

// settle adds reading back what was changed of a kind, and waiting until it is in force.
func (s *sum) settle(kind string, patience time.Duration) {
	past := s.history.of(kind, "", 1)
	if past == nil {
		s.likely += CallGuess.Seconds()
		s.result.Reads++
		s.result.Wait += patience
		return
	}
	s.likely += past.mean
	s.variance += past.variance
	s.drift += past.drift * past.mean
}

// take counts what an estimate rests on.
func (s *sum) take(past *samples) {
	if s.taken[past] {
		return
	}
	s.taken[past] = true
	s.result.Timed += len(past.seconds)
	for run := range past.byRun {
		s.used[run] = true
	}
}

func (s *sum) estimate() Estimate {
	e := s.result
	e.Runs, e.Likely = len(s.used), seconds(s.likely)
	if e.Guessed == 0 {
		spread := tenth * math.Sqrt(s.variance+s.drift*s.drift)
		e.Low, e.High = seconds(max(0, s.likely-spread)), seconds(s.likely+spread)
	}
	return e
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
