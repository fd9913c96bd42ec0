package powershell

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// An Opening is how a session came about.
type Opening struct {
	Version string        // of PowerShell: "5.1.17763.1"
	Started time.Duration // until Windows had signed the account in and started a shell and a process
	Greeted time.Duration // until PowerShell answered
	Ready   time.Duration // until modules were imported, an endpoint reached, and what is to run at first had run
}

// Has says whether a cmdlet can be called in the session.
func (s *Session) Has(cmdlet string) bool { return len(lacking([]string{cmdlet}, s.found)) == 0 }

// Hosts names the pool's hosts, as messages do, in their order.
func (p *Pool) Hosts() []string {
	var names []string
	for _, s := range p.stations {
		names = append(names, s.host.String())
	}
	return names
}

// Visit has a function use a session on one host of the pool, by its name in Hosts: one that is idle there, or a new one. A host
// has one visitor at a time, and the sessions of calls are not waited for. A password that was refused on one host is not tried on
// another. The errors are those of [Start] and the function's own.
func (p *Pool) Visit(ctx context.Context, host string, do func(*Session) error) error {
	n := slices.Index(p.Hosts(), host)
	if n < 0 {
		return fmt.Errorf("there is no host %s", host)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(p.ctx, func() { cancel(errPoolClosed) })()
	s := p.stations[n]
	select {
	case s.visitor <- struct{}{}:
		defer func() { <-s.visitor }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if !p.hold() {
		return errPoolClosed
	}
	defer p.ending.Done()
	session, err := p.sessionOn(ctx, s)
	if err != nil {
		return err
	}
	defer p.leave(session)
	return do(session)
}

// hold has Close wait until ending is told that it is done; false where the pool is closed.
func (p *Pool) hold() bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.ctx.Err() != nil {
		return false
	}
	p.ending.Add(1)
	return true
}

// sessionOn gives a session on a host. Where the host lets the account have no more than there are, one of those is waited for.
func (p *Pool) sessionOn(ctx context.Context, s *station) (*Session, error) {
	for {
		idle, place, err := p.takeOn(s)
		if idle != nil || err != nil {
			return idle, err
		}
		session, err := p.openOn(ctx, s)
		if !p.sharesOn(s, err) {
			return session, err
		}
		select {
		case <-place:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// sharesOn says whether a host lets the account have no further session, and the pool has one there that can be waited for.
func (p *Pool) sharesOn(s *station, err error) bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if !tooManyShells(err) || s.live == 0 {
		return false
	}
	p.refusals.Add(1)
	return true
}

// takeOn gives an idle session on a host, nil without one, and what is closed when the next call of the pool has ended.
func (p *Pool) takeOn(s *station) (*Session, <-chan struct{}, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for n, session := range p.idle {
		if session.station == s && !session.Lost() {
			p.idle = slices.Delete(p.idle, n, n+1)
			p.busy[session] = true
			return session, p.place, nil
		}
	}
	return nil, p.place, p.refusedFor(s)
}

// refusedFor is why no session is tried on a host any more, nil where one may be.
func (p *Pool) refusedFor(s *station) error {
	var many *NoSessionError
	if p.refused == nil {
		return nil
	}
	if errors.As(p.refused, &many) && slices.ContainsFunc(many.Hosts, func(h HostError) bool { return h.Host == s.host.String() }) {
		return p.refused
	}
	return &UntriedError{Host: s.host.String(), Err: p.refused}
}

// An UntriedError says that a host was not asked for a session, since the account was refused elsewhere: each further attempt
// brings it closer to being locked.
type UntriedError struct {
	Host string
	Err  error // how it was refused elsewhere
}

func (e *UntriedError) Error() string {
	return e.Host + " was not tried, so that the account is not locked: " + e.Err.Error()
}
func (e *UntriedError) Unwrap() error { return e.Err }

// openOn opens a session on a host, whether or not it is left out.
func (p *Pool) openOn(ctx context.Context, s *station) (*Session, error) {
	proved, err := p.await(ctx)
	if err != nil {
		if refused := p.refusal(s); refused != nil {
			return nil, refused
		}
		return nil, err
	}
	defer proved()
	p.mutex.Lock()
	s.open++
	p.mutex.Unlock()
	session, err := p.startOn(ctx, s)
	if err == nil || ctx.Err() != nil {
		return session, err
	}
	failed := &NoSessionError{Hosts: []HostError{{s.host.String(), err}}}
	p.giveUp(err, failed)
	return nil, failed
}

func (p *Pool) refusal(s *station) error {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.refusedFor(s)
}

// leave gives a session back that was taken for a visit.
func (p *Pool) leave(session *Session) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	delete(p.busy, session)
	p.keep(session)
	close(p.place)
	p.place = make(chan struct{})
}
