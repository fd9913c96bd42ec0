package engine

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/cenkalti/backoff/v7"

	"hybrid/planner"
	"hybrid/providers"
)

// Reading back that fails is done again: it changes nothing, and for the sake of one lost answer all that was carried out would
// be in doubt. Changes are never repeated here.

const (
	mostReads     = 6                // in a row, a quarter of a minute in all where each fails at once
	firstReread   = time.Second / 2  // then twice as long each time, and up to half more or less by chance
	mostReread    = 15 * time.Second // between two reads
	usualPatience = time.Minute      // with a provider that has no patience of its own
)

// A reread counts how often something that could not be read is read again.
type reread struct {
	run    *run
	began  time.Time
	times  int
	pauses *backoff.ExponentialBackOff
}

func (r *run) reread() *reread {
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval, pauses.MaxInterval = firstReread, mostReread
	pauses.RandomizationFactor, pauses.Multiplier = 0.5, 2
	pauses.Reset()
	return &reread{run: r, began: r.engine.Clock.Now(), times: 1, pauses: pauses}
}

// again waits after a read that failed, and says whether to read once more. It goes on after a stop: what has been done must be
// known. The second Ctrl-C ends it.
func (t *reread) again(ctx context.Context, about planner.Change, err error) bool {
	r := t.run
	if err == nil || t.times >= mostReads || r.engine.Clock.Since(t.began) >= r.patienceToRead(about.Provider) {
		return false
	}
	t.times++
	r.engine.Log.Warn("reading back failed and is tried again", "block", about.Address.String(), "error", r.Redact(err.Error()))
	r.tellWaiting(about, fmt.Sprintf("it could not be read back, and is read again: %s", err))
	over, cancel := r.engine.Clock.After(t.pauses.NextBackOff())
	defer cancel()
	select {
	case <-over:
		return true
	case <-ctx.Done():
		return false
	}
}

// patienceToRead is how long a provider that cannot be read is asked again.
func (r *run) patienceToRead(name string) time.Duration {
	p, err := r.engine.provider(name)
	if err != nil {
		return 0
	}
	if patient, ok := p.(providers.Patient); ok {
		return patient.ReadBack()
	}
	return usualPatience
}

// readAgain reads once more what of a list could not be read, until all of it could or there is no sense in it any more. Asking
// is what may be waited in, reading what is read in.
func (r *run) readAgain(asking, reading context.Context, list []*reading, live planner.Live) {
	tries := r.reread()
	for {
		failed, about, err := r.unreadOf(list, live)
		if !tries.again(asking, about, err) {
			return
		}
		maps.Copy(live, r.engine.readAll(reading, failed))
	}
}

// unreadOf picks what of a list could not be read, with a change that waits for the first of it, and why that could not be read.
func (r *run) unreadOf(list []*reading, live planner.Live) (failed []*reading, about planner.Change, err error) {
	for _, reading := range list {
		problem := live[reading.sources[0]].Err
		if problem == nil {
			continue
		}
		failed = append(failed, reading)
		if done := r.unconfirmed[reading]; err == nil && done != nil {
			about, err = done.blocks[0].changes[0], problem
		}
	}
	return failed, about, err
}
