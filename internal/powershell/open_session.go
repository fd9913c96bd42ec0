package powershell

import (
	"context"
	"errors"

	"hybrid/internal/wsman"
)

// start opens a session on the next host that can be reached.
func (p *Pool) start(ctx context.Context, yields bool) (*Session, error) {
	if len(p.options.Hosts) == 0 {
		return nil, errors.New("no host is given for the sessions")
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(p.ctx, func() { cancel(errPoolClosed) })()
	proved, err := p.await(ctx)
	if err != nil {
		return nil, err
	}
	defer proved()
	return p.patiently(ctx, yields)
}

// tryAll tries the hosts, each once.
func (p *Pool) tryAll(ctx context.Context) (*Session, error) {
	failed, tried := &NoSessionError{}, map[*station]bool{}
	for s := p.next(tried); s != nil; s = p.next(tried) {
		session, err := p.startOn(ctx, s)
		if err == nil {
			return session, nil
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		failed.Hosts = append(failed.Hosts, HostError{s.host.String(), err})
		if p.giveUp(err, failed) {
			return nil, failed
		}
	}
	failed.Hosts = append(failed.Hosts, p.unasked(tried)...)
	return nil, failed
}

// await lets one session at a time be opened until one has been: side by side, a wrong password would be tried as often
// as there are sessions, and lock the account. The function it returns lets the next one try.
func (p *Pool) await(ctx context.Context) (done func(), err error) {
	if proved, err := p.credentials(); proved || err != nil {
		return func() {}, err
	}
	select {
	case p.first <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	done = func() { <-p.first }
	proved, err := p.credentials()
	if proved || err != nil {
		done()
		return func() {}, err
	}
	return done, nil
}

// credentials says whether they have been accepted, or the error with which they were refused.
func (p *Pool) credentials() (bool, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.proved, p.refused
}

// startOn opens a session on a host where a place for it is reserved, and notes how that went.
func (p *Pool) startOn(ctx context.Context, s *station) (*Session, error) {
	calls := &p.calls
	if proved, _ := p.credentials(); proved {
		calls = nil // another session: see Calls
	}
	session, err := Start(ctx, s.host, p.options.Open, SessionOptions{
		Deadline: p.options.Deadline, Log: p.options.Log, clock: p.options.Clock, calls: calls, ending: &p.ending,
	})
	session, err = p.opened(ctx, s, session, err)
	p.tell()
	return session, err
}

// opened notes how opening a session went.
func (p *Pool) opened(ctx context.Context, s *station, session *Session, err error) (*Session, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	switch {
	case err == nil:
		session.options.calls = &p.calls
		p.succeeded(s, session)
		if p.ctx.Err() != nil {
			delete(p.busy, session)
			p.end(session)
			return nil, errPoolClosed
		}
	case ctx.Err() != nil:
		s.open--
	default:
		p.options.Log.Debug("no session", "host", s.host.String(), "error", err)
		p.failed(s, err)
	}
	return session, err
}

// giveUp says whether no other host is to be tried, nor this one again. A password that was refused once will be
// refused again, and a few tries lock the account; so will a sign-in that has never succeeded, to the tenant or to a pool's endpoint. All that are asked from then
// on are told what was found out so far.
func (p *Pool) giveUp(err error, failed *NoSessionError) bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	var unready *ReadyError
	if !wsman.Refused(err) && (p.proved || !errors.As(err, &unready) && !denied(err)) {
		return false
	}
	p.refused = failed
	return true
}
