package powershell

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"hybrid/internal/wsman"
)

// throttlePauses are how long is waited, again and again, while hosts say that they are asked too much; up to half of that is
// added by chance, so that sessions which were refused together do not come back together.
func throttlePauses() []time.Duration {
	return []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 15 * time.Second}
}

// patiently opens a session, and waits where no host takes one because of its quotas: they free up within moments, and
// nothing has been done by then. The last refusal is the error. It does not wait for a further one than a host lets the
// account have while there are others: those are shared (see settles).
func (p *Pool) patiently(ctx context.Context) (*Session, error) {
	session, err := p.tryAll(ctx)
	for _, pause := range p.pauses {
		if !Throttled(err) || p.sharing(err) {
			break
		}
		if ended := p.pause(ctx, pause, err); ended != nil {
			return nil, ended
		}
		session, err = p.tryAll(ctx)
	}
	return session, err
}

// pause waits before hosts are asked again that are asked too much. Its error says that the context ended.
func (p *Pool) pause(ctx context.Context, usual time.Duration, err error) error {
	p.refusals.Add(1)
	pause := usual + rand.N(usual/2+1)
	p.options.Log.Info("the host takes no further "+refusedWhat(err)+" for now, waiting", "pause", pause.Round(time.Millisecond), "error", err)
	select {
	case <-time.After(pause):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-p.ctx.Done():
		return errPoolClosed
	}
}

// refusedWhat is what a quota stood in the way of.
func refusedWhat(err error) string {
	var none *NoSessionError
	if errors.As(err, &none) {
		return "session"
	}
	return "call"
}

// sharing says whether there are sessions to share where no further one can be opened.
func (p *Pool) sharing(err error) bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if !tooManyShells(err) || p.live() == 0 {
		return false
	}
	p.refusals.Add(1)
	return true
}

// Refusals is how often it was waited for hosts that took no further session because of their quotas.
func (p *Pool) Refusals() int64 { return p.refusals.Load() }

// Throttled says whether a host refused a session or a request because of its quotas of shells or operations.
func Throttled(err error) bool {
	return faulted(err, wsman.CodeTooManyOperations, wsman.CodeTooManyShells)
}
