package providers

import (
	"context"
	"errors"
)

// Between a change's announcement and its first call a provider may wait: for a session, for a host that takes no more, for one that is
// out. Much can happen meanwhile, so that leave is asked for last thing.

type leaveKey struct{}

// Asking is a context in which a change is carried out. Leave says why it must not be begun any more, "" where it may.
func Asking(ctx context.Context, leave func() string) context.Context {
	return context.WithValue(ctx, leaveKey{}, leave)
}

// Leave is what a provider asks right before it sends the first call of a change: a [*WithdrawnError] where it must not be sent. What
// has been begun needs no leave.
func Leave(ctx context.Context) error {
	leave, asked := ctx.Value(leaveKey{}).(func() string)
	if !asked {
		return nil
	}
	if why := leave(); why != "" {
		return &WithdrawnError{why}
	}
	return nil
}

// A WithdrawnError says that nothing was sent, since the change must not be begun any more.
type WithdrawnError struct{ Why string }

func (e *WithdrawnError) Error() string { return "not begun: " + e.Why }

// Withdrawn says whether a change was not begun because it must not be any more.
func Withdrawn(err error) bool {
	var withdrawn *WithdrawnError
	return errors.As(err, &withdrawn)
}
