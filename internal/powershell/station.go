package powershell

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"hybrid/internal/wsman"
)

// A station is one of a pool's hosts with what the pool has learned of it. The pool's mutex guards it.
type station struct {
	host     Host
	open     int       // sessions that are open, or are being opened
	live     int       // of those, the ones that are open
	most     int       // how many the host lets this account have, learned when it refused one more; 0: not known
	refusal  error     // with which it did
	failures int       // openings in a row that failed
	again    time.Time // when it is tried again; zero while nothing is wrong with it
	cause    error     // of the last failure
	told     bool      // that it is left out
	watched  bool      // a probe waits for it

	visitor chan struct{} // holds a token while somebody visits it
}

// full says whether the host would refuse a further session.
func (s *station) full() bool { return s.most > 0 && s.open >= s.most }

// left says whether the host is left out for now.
func (s *station) left() bool { return !s.again.IsZero() }

// regrowAfter is how long what a host lets the account have is taken for granted: others may have closed their shells since.
const regrowAfter = 5 * time.Minute

// waits are how long a host is left out after so many failures in a row; the last one goes on.
func waits() []time.Duration {
	return []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second, 30 * time.Second}
}

// next reserves a place on the host that is tried next, nil where none is left: the one with the fewest sessions, in turn where
// there are several, those that could not be reached lately last. One that is known to refuse is not asked.
func (p *Pool) next(tried map[*station]bool) *station {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	var best *station
	for i := range p.stations {
		s := p.stations[(p.turn+i)%len(p.stations)]
		if !tried[s] && !s.full() && (best == nil || s.before(best)) {
			best = s
		}
	}
	if best != nil {
		tried[best] = true
		best.open++
		p.turn = slices.Index(p.stations, best) + 1
	}
	return best
}

// before says whether a host is tried before another.
func (s *station) before(other *station) bool {
	if s.left() != other.left() {
		return other.left()
	}
	return s.open < other.open
}

// succeeded notes that a session is open.
func (p *Pool) succeeded(s *station, session *Session) {
	session.station = s
	s.live++
	s.failures, s.again = 0, time.Time{}
	p.busy[session], p.proved = true, true
}

// failed notes that no session came about, and until when the host is left out.
func (p *Pool) failed(s *station, err error) {
	s.open--
	now := p.options.Clock.Now()
	again := now.Add(p.waits[min(s.failures, len(p.waits)-1)])
	full := tooManyShells(err) && s.live > 0
	if full {
		s.most, s.refusal, p.bounded = s.live, err, now
	}
	if full || Throttled(err) && !tooManyShells(err) { // the host is well, and is waited for
		if s.left() {
			s.again = again // or its probe, whose time has come, would ask without a pause
		}
		return
	}
	s.again = again
	s.failures++
	s.cause = err
}

// lost notes the end of a session.
func (s *station) lost() {
	s.open--
	s.live--
}

// crowded says whether a host has so many more sessions than another that one of them had better be there.
func (p *Pool) crowded(s *station) bool {
	least := s.live
	for _, other := range p.stations {
		if !other.left() && !other.full() {
			least = min(least, other.open)
		}
	}
	return s.live-least >= 2 || p.live() > p.options.Size && s.live == p.fullest()
}

// live is how many sessions are open.
func (p *Pool) live() (n int) {
	for _, s := range p.stations {
		n += s.live
	}
	return n
}

func (p *Pool) fullest() int {
	return slices.MaxFunc(p.stations, func(a, b *station) int { return cmp.Compare(a.live, b.live) }).live
}

// unasked are the hosts that were not asked since they have refused already, with what they said.
func (p *Pool) unasked(tried map[*station]bool) (all []HostError) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for _, s := range p.stations {
		if !tried[s] && s.refusal != nil {
			all = append(all, HostError{s.host.String(), s.refusal})
		}
	}
	return all
}

// tooManyShells says whether a host refused a session because the account has as many shells there as it may.
func tooManyShells(err error) bool { return faulted(err, wsman.CodeTooManyShells) }

// faulted says whether one of the faults that an error is made of has one of the codes.
func faulted(err error, codes ...uint32) bool {
	if fault := (*wsman.Fault)(nil); errors.As(err, &fault) && slices.Contains(codes, fault.Code) {
		return true
	}
	var many *NoSessionError
	return errors.As(err, &many) && slices.ContainsFunc(many.Hosts, func(h HostError) bool { return faulted(h.Err, codes...) })
}
