package check

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// A SilentError is that of a name server or a resolver that gives no answer at all, whatever it is asked.
type SilentError struct{ Err error }

func (s *SilentError) Error() string { return s.Err.Error() }

// Unwrap gives why there is no answer.
func (s *SilentError) Unwrap() error { return s.Err }

// A hearing is what is known of whether a witness answers at all. The first question to it settles that, and the others wait for
// it: one that is silent is waited for once a run, and not once a name.
type hearing struct {
	first  sync.Mutex // held while nobody knows
	mu     sync.Mutex
	speaks bool   // it has answered something
	silent error  // why it has not
	asked  string // what it was asked then
}

// patiently puts a question to a witness, unless it has been silent before and has never spoken.
func (e *Estate) patiently(ctx context.Context, w Witness, name, rtype string) (Answer, error) {
	h := e.hearingOf(w)
	if h.open() {
		return e.Source.Question(ctx, w, name, rtype)
	}
	h.first.Lock()
	defer h.first.Unlock()
	switch silent := h.before(); {
	case silent != nil:
		return Answer{}, silent
	case ctx.Err() != nil:
		return Answer{}, context.Cause(ctx)
	case h.open():
		return e.Source.Question(ctx, w, name, rtype)
	}
	a, err := e.Source.Question(ctx, w, name, rtype)
	h.settle(err, name)
	return a, err
}

func (e *Estate) hearingOf(w Witness) *hearing {
	// A server is as silent in one view, or for one block, as in another.
	key := Witness{Name: w.Name, Address: w.Address}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.hearing == nil {
		e.hearing = map[Witness]*hearing{}
	}
	if e.hearing[key] == nil {
		e.hearing[key] = &hearing{}
	}
	return e.hearing[key]
}

// open says whether it has answered something.
func (h *hearing) open() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.speaks
}

// before is that it was silent before; nil where it was not.
func (h *hearing) before() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.silent == nil {
		return nil
	}
	return &SilentError{fmt.Errorf("it did not answer before, when it was asked for %s (%w)", h.asked, h.silent)}
}

// settle notes how the first question ended. A refusal is an answer; a question that was broken off settles nothing.
func (h *hearing) settle(err error, name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var silent *SilentError
	switch {
	case errors.As(err, &silent):
		h.silent, h.asked = silent.Err, name
	case !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded):
		h.speaks = true
	}
}
