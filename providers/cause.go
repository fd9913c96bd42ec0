package providers

import "errors"

// A CommonError is a refusal that is not about whom it was given for: of the tenant, the account or the servers' build is
// wrong what would be wrong for everybody else as well.
type CommonError struct{ Err error }

func (e *CommonError) Error() string { return e.Err.Error() }
func (e *CommonError) Unwrap() error { return e.Err }

// Common says whether a failure is one that whatever else of the same kind is asked would meet alike.
func Common(err error) bool {
	var (
		refusal *CommonError
		outage  Outage
	)
	return errors.As(err, &refusal) || errors.As(err, &outage)
}

// A BusyError says that the far end takes nothing for now, because of its quotas, and that nothing was sent: the same may be
// asked again, later and with less beside it.
type BusyError struct{ Err error }

func (e *BusyError) Error() string { return "nothing was sent: " + e.Err.Error() }
func (e *BusyError) Unwrap() error { return e.Err }

// Busy says whether a change was not sent at all because the far end takes nothing for now. What is in doubt, or was carried
// out in part, is not meant.
func Busy(err error) bool {
	var busy *BusyError
	return errors.As(err, &busy) && !InDoubt(err) && !Halfway(err)
}

// Bounded is implemented by providers that carry out only so many changes at once; others wait for their turn.
type Bounded interface{ AtOnce() int }

// Strained is implemented by providers that wait by themselves for a far end that takes no more for now. Strains is how often
// they have: where it grows while changes are made, fewer at once would do.
type Strained interface{ Strains() int64 }
