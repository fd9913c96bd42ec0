package check

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"hybrid/providers"
)

// A SilentError is that of a name server or a resolver that gives no answer at all, whatever it is asked.
type SilentError struct{ Err error }

func (s *SilentError) Error() string { return s.Err.Error() }

// Unwrap gives why there is no answer.
func (s *SilentError) Unwrap() error { return s.Err }

// A hearing is what is known of whether somebody answers at all. The first question settles that, and the others wait for it: who is
// silent is waited for once a run, and not once a question.
type hearing struct {
	first  sync.Mutex // held while nobody knows
	mu     sync.Mutex
	speaks bool  // there was an answer
	silent error // what those are told who ask later: there was none
}

// heard asks somebody, unless he has been silent before and has never spoken. Silence says of an error of asking that it is one, by
// what those are told who ask later; nil where it is none.
func heard[T any](ctx context.Context, e *Estate, whom string, silence func(error) error, ask func() (T, error)) (answer T, err error) {
	h := e.hearingOf(whom)
	if h.open() {
		return ask()
	}
	h.first.Lock()
	silent, open := h.before(), h.open()
	switch {
	case silent != nil, ctx.Err() != nil, open:
		h.first.Unlock()
	default:
		defer h.first.Unlock()
		answer, err = ask()
		h.settle(err, silence(err))
		return answer, err
	}
	switch {
	case silent != nil:
		return answer, silent
	case open:
		return ask()
	}
	return answer, context.Cause(ctx)
}

func (e *Estate) hearingOf(whom string) *hearing {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.hearing == nil {
		e.hearing = map[string]*hearing{}
	}
	if e.hearing[whom] == nil {
		e.hearing[whom] = &hearing{}
	}
	return e.hearing[whom]
}

// open says whether there was an answer.
func (h *hearing) open() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.speaks
}

// before is that there was no answer before; nil where that is not so.
func (h *hearing) before() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.silent
}

// settle notes how the first question ended. A refusal is an answer; a question that was broken off settles nothing.
func (h *hearing) settle(err, silent error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case silent != nil:
		h.silent = silent
	case !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded):
		h.speaks = true
	}
}

// patiently puts a question to a witness. A server is as silent in one view, or for one block, as in another.
func (e *Estate) patiently(ctx context.Context, w Witness, name, rtype string) (Answer, error) {
	silence := func(err error) error { return silentBefore(err, name) }
	return heard(ctx, e, "witness "+w.Name+" "+w.Address, silence, func() (Answer, error) { return e.Source.Question(ctx, w, name, rtype) })
}

// silentBefore is what is said of a witness that was silent when it was asked for a name; nil where it was not.
func silentBefore(err error, name string) error {
	var silent *SilentError
	if !errors.As(err, &silent) {
		return nil
	}
	return &SilentError{fmt.Errorf("it did not answer before, when it was asked for %s (%w)", name, silent.Err)}
}

// inSessions asks behind a provider block. Where nobody there can be reached at all, what is asked next would fail alike.
func inSessions[T any](ctx context.Context, e *Estate, block string, ask func() (T, error)) (T, error) {
	outage := func(err error) error {
		var all providers.Outage
		if !errors.As(err, &all) {
			return nil
		}
		return all // without what was asked when that was found out
	}
	return heard(ctx, e, "block "+block, outage, ask)
}
