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
// nothing has been done by then. The last refusal is the error.
func (p *Pool) patiently(ctx context.Context) (*Session, error) {
	session, err := p.tryAll(ctx)
	for _, usual := range p.pauses {
		pause := usual + rand.N(usual/2+1)
		if !Throttled(err) {
			break
		}
		p.refusals.Add(1)
		p.options.Log.Info("the host takes no further session for now, waiting", "pause", pause.Round(time.Millisecond), "error", err)
		if !p.options.Clock.Sleep(ctx, pause) {
			return nil, context.Cause(ctx)
		}
		session, err = p.tryAll(ctx)
	}
	return session, err
}

// Refusals is how often it was waited for hosts that took no further session because of their quotas.
func (p *Pool) Refusals() int64 { return p.refusals.Load() }

// Throttled says whether a host refused a session or a request because of its quotas of shells or operations.
func Throttled(err error) bool {
	var fault *wsman.Fault
	return errors.As(err, &fault) && (fault.Code == wsman.CodeTooManyOperations || fault.Code == wsman.CodeTooManyShells)
}
