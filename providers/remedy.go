package providers

import "errors"

// An AdvisedError is a refusal together with what is known to help against it.
type AdvisedError struct {
	Err    error
	Remedy string // a sentence or two, for the administrator
}

// Error is what was refused, and on a line of its own what helps.
func (e *AdvisedError) Error() string { return e.Err.Error() + "\n" + e.Remedy }
func (e *AdvisedError) Unwrap() error { return e.Err }

// Remedy is what is known to help against a failure; "" where nothing is.
func Remedy(err error) string {
	var advised *AdvisedError
	if errors.As(err, &advised) {
		return advised.Remedy
	}
	return ""
}
