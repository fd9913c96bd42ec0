package shell

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"hybrid/internal/powershell"
	"hybrid/planner"
	"hybrid/providers"
)

// Apply issues the calls of one change, in order, and stops at the first that fails. Nothing is tried again.
func (p *Provider) Apply(ctx context.Context, c planner.Change) error {
	if p.readOnly {
		return errReadOnly
	}
	calls, err := p.Calls(c)
	if err != nil {
		return err
	}
	done, err := p.Issue(ctx, calls)
	if err != nil {
		return after(c, done, err)
	}
	return nil
}

// Issue issues calls in order and stops at the first that fails; it gives those that had been carried out by then. Where
// not all values are known, or the provider was opened to read only, none is issued.
func (p *Provider) Issue(ctx context.Context, calls []Call) (done []Call, err error) {
	if p.readOnly {
		return nil, errReadOnly
	}
	for _, call := range calls {
		if err := call.ready(); err != nil {
			return nil, err
		}
	}
	for n, call := range calls {
		if err := p.issue(ctx, call, n == 0); err != nil {
			return calls[:n], err
		}
	}
	return calls, nil
}

var errReadOnly = errors.New("this provider was opened to read only")

// issue sends one call and waits for its end. The first one of a change yields to those of others where the host takes no
// more for now, and is not sent where the change must not be begun any more, since nothing has been done by then; the next ones wait.
func (p *Provider) issue(ctx context.Context, call Call, first bool) error {
	options := powershell.CallOptions{Yields: first}
	if first {
		options.Before = func() error { return providers.Leave(ctx) }
	}
	err := p.Call(ctx, call.Command, options)
	if err == nil || providers.Withdrawn(err) {
		return err
	}
	if inDoubt(err) {
		return &providers.DoubtError{Err: fmt.Errorf("%s: %w", call.Command.Cmdlet, err)}
	}
	if powershell.Throttled(err) {
		return &providers.BusyError{Err: err}
	}
	if unready := (*powershell.ReadyError)(nil); errors.As(err, &unready) {
		return err // has its advice
	}
	return p.advise(err)
}

// inDoubt says whether a call that failed may have been carried out: its session was lost, or the pool's endpoint was
// lost to the host that passed the call on.
func inDoubt(err error) bool {
	if lost := (*powershell.LostError)(nil); errors.As(err, &lost) {
		return lost.Sent
	}
	refused := (*powershell.CmdletError)(nil)
	return errors.As(err, &refused) && strings.HasSuffix(refused.Type, "PSRemotingTransportException")
}

// after says what had been done before a call failed.
func after(c planner.Change, done []Call, err error) error {
	if len(done) == 0 {
		return err
	}
	names := make([]string, len(done))
	for i, call := range done {
		names[i] = call.Command.Cmdlet
	}
	state := "so the object is gone until it is made again: remove the cause and run apply once more"
	if c.Action == planner.Create {
		state = "so the user is enabled and only lacks what this call sets: remove the cause and run apply once more"
	}
	return &providers.HalfwayError{Err: fmt.Errorf("%w\n%s had been carried out before, %s", err, strings.Join(names, " and "), state)}
}
