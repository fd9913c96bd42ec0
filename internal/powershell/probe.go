package powershell

import (
	"context"
	"errors"
	"time"

	"hybrid/internal/wsman"
)

// watch has hosts that are left out tried again when their time has come, whether or not a session is wanted: those that there
// are serve all calls by then, and nobody else would find out. A lone host is tried by who needs it.
func (p *Pool) watch() {
	if len(p.stations) < 2 || p.ctx.Err() != nil {
		return
	}
	for _, s := range p.stations {
		if s.left() && !s.watched {
			s.watched = true
			p.ending.Go(func() { p.probe(s) })
		}
	}
}

// probe tries a host again and again until it is back.
func (p *Pool) probe(s *station) {
	defer p.options.Clock.Work()()
	for {
		wait, more := p.due(s)
		if !more {
			return
		}
		if !p.options.Clock.Sleep(p.ctx, wait) {
			return
		}
		if p.reserve(s) {
			p.tryAgain(s)
		}
	}
}

// due is how long a host is left out yet; more is false where it is back.
func (p *Pool) due(s *station) (wait time.Duration, more bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if !s.left() || p.refused != nil {
		s.watched = false
		return 0, false
	}
	return max(s.again.Sub(p.options.Clock.Now()), 0), true
}

// reserve takes a place on a host whose time has come, unless it is back already or somebody else has tried it since.
func (p *Pool) reserve(s *station) bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if !s.left() || p.options.Clock.Now().Before(s.again) || p.ctx.Err() != nil {
		return false
	}
	s.open++
	return true
}

// tryAgain opens a session on a host, and keeps it for the next call. Calls do not wait for it.
func (p *Pool) tryAgain(s *station) {
	session, err := p.startOn(p.ctx, s)
	if err != nil {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	delete(p.busy, session)
	p.keep(session)
	if p.ctx.Err() == nil {
		p.unsettle()
	}
}

// unanswered says whether nothing came from a host, rather than a refusal.
func unanswered(err error) bool {
	var silent *wsman.ConnectError
	return errors.As(err, &silent) || errors.Is(err, context.DeadlineExceeded)
}
