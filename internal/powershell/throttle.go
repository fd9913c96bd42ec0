package powershell

import (
	"context"
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
// nothing has been done by then. A session that has become idle meanwhile will do as well, and who yields does not wait as long
// as the pool has any; where a host lets the account have no further session at all, those there are are shared (see settles).
// The last refusal is the error.
func (p *Pool) patiently(ctx context.Context, yields bool) (*Session, error) {
	session, err := p.tryAll(ctx)
	for n := 0; n < len(p.pauses) && Throttled(err) && !p.sharing(err) && !(yields && p.serves()); n++ {
		over, cancel := p.pause(n, "the host takes no further session for now, waiting", err)
		idle, ended := p.idleWithin(ctx, over)
		cancel()
		if idle != nil || ended != nil {
			return idle, ended
		}
		session, err = p.tryAll(ctx)
	}
	return session, err
}

// makeWay takes back a session whose host did not take a call because of its quotas, and returns nil once it may be asked again.
// While others of the pool are at work, or have been since the call was sent, one of them makes place: place is closed when the first
// has ended since. What is refused all alone gets another session, since a host may hold against a shell what has long finished
// (ansible/ansible#83656). Refusals counts the pauses that went by in vain.
func (p *Pool) makeWay(ctx context.Context, session *Session, place <-chan struct{}, yields bool, refusals *int, refused error) error {
	_, others := p.others()
	if !others && !closed(place) {
		session.drop()
	}
	p.release(session)
	if others && yields || *refusals >= len(p.pauses) {
		return refused
	}
	over, cancel := p.pause(*refusals, "the host takes no call for now, waiting", refused)
	defer cancel()
	made, err := p.woken(ctx, place, over)
	if !made {
		*refusals++
	}
	return err
}

// pause begins the nth pause while a host says that it is asked too much; the function that it returns ends it before.
func (p *Pool) pause(n int, why string, refused error) (over <-chan struct{}, cancel func()) {
	pause := p.pauses[n] + rand.N(p.pauses[n]/2+1)
	p.refusals.Add(1)
	p.options.Log.Info(why, "pause", pause.Round(time.Millisecond), "error", refused)
	return p.options.Clock.After(pause)
}

// idleWithin gives a session that becomes idle before the pause is over; nil where none does.
func (p *Pool) idleWithin(ctx context.Context, over <-chan struct{}) (*Session, error) {
	for {
		place, _ := p.others()
		if idle, err := p.take(); idle != nil || err != nil {
			return idle, err
		}
		if made, err := p.woken(ctx, place, over); !made || err != nil {
			return nil, err
		}
	}
}

// woken waits until a call has ended or a pause is over, and says whether it was the former.
func (p *Pool) woken(ctx context.Context, place <-chan struct{}, over <-chan struct{}) (made bool, err error) {
	select {
	case <-place:
		return true, nil
	case <-over:
		return false, nil
	case <-ctx.Done():
		return false, context.Cause(ctx)
	case <-p.ctx.Done():
		return false, errPoolClosed
	}
}

// closed says whether a channel that nothing is sent over is closed.
func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// others says whether sessions beside one are at work, and gives what is closed when the next call has ended.
func (p *Pool) others() (place <-chan struct{}, are bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.place, len(p.busy) > 1
}

// serves says whether the pool has a session.
func (p *Pool) serves() bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return len(p.busy)+len(p.idle) > 0
}

// madePlace wakes those who wait for a call to end.
func (p *Pool) madePlace() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	close(p.place)
	p.place = make(chan struct{})
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
