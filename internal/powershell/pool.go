package powershell

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"

	"hybrid/internal/clock"
)

// PoolOptions describe a pool.
type PoolOptions struct {
	Hosts    []Host
	Open     Open
	Size     int           // sessions at once over all hosts; 0: one
	Deadline time.Duration // of one call; 0: [defaultDeadline]
	Log      hclog.Logger  // nil: none
	Clock    *clock.Clock  // what waiting for hosts goes by; nil: the machine's. Calls are bounded by the machine's clock
	Tell     func(Notice)  // is told of hosts that are left out, and are back; nil: nobody is. It must not call the pool.
}

// A Pool keeps sessions over one or more hosts, makes them when they are needed and again when they are lost. It is
// safe for concurrent use.
type Pool struct {
	options  PoolOptions
	slots    chan struct{} // one token a session in use
	ctx      context.Context
	cancel   context.CancelFunc
	pauses   []time.Duration // see patiently
	waits    []time.Duration // see waits
	stations []*station
	ending   sync.WaitGroup
	calls    atomic.Int64
	refusals atomic.Int64
	closing  sync.Once
	first    chan struct{} // holds a token while the first session is being opened

	mutex   sync.Mutex
	idle    []*Session
	busy    map[*Session]bool
	place   chan struct{} // closed and made anew whenever a call has ended
	turn    int           // of the round over the hosts
	settled int           // places that are given up, each a token in slots
	bounded time.Time     // when a host last said that it lets this account have no more
	proved  bool          // the credentials were accepted
	refused error         // they were not
}

// errPoolClosed is what calls get after Close.
var errPoolClosed = errors.New("the pool of sessions is closed")

// NewPool contacts nothing: the first call does.
func NewPool(options PoolOptions) *Pool {
	if options.Size < 1 {
		options.Size = 1
	}
	if options.Log == nil {
		options.Log = hclog.NewNullLogger()
	}
	ctx, cancel := context.WithCancel(context.Background())
	p := &Pool{
		options: options, ctx: ctx, cancel: cancel,
		slots: make(chan struct{}, options.Size), busy: map[*Session]bool{},
		first: make(chan struct{}, 1), pauses: throttlePauses(), waits: waits(), place: make(chan struct{}),
	}
	for _, host := range options.Hosts {
		p.stations = append(p.stations, &station{host: host, visitor: make(chan struct{}, 1)})
	}
	return p
}

// Calls is how many requests have been sent, the opening of the first session included. How many others are opened depends on
// which requests happen to fall together, and the same work should count the same.
func (p *Pool) Calls() int64 { return p.calls.Load() }

// Call runs a command in a free session, or waits for one. A session that turns out to be lost before anything was
// sent is replaced and the call made again, and so is a call that its host does not take for now because of its quotas, after a while; a
// call that may have arrived is never repeated. For the errors see
// [Session.Call] and [Start].
func (p *Pool) Call(ctx context.Context, c Command, options CallOptions) error {
	refusals := 0
	for attempt := 1; ; attempt++ {
		session, err := p.acquire(ctx, options.Yields)
		if err != nil {
			return err
		}
		if err := options.before(); err != nil {
			p.release(session)
			p.madePlace()
			return err
		}
		place, _ := p.others() // before it is asked: what ends meanwhile makes place, too
		err = session.Call(ctx, c, options)
		if Throttled(err) && !session.Lost() {
			if err = p.makeWay(ctx, session, place, options.Yields, &refusals, err); err != nil {
				return err
			}
			continue
		}
		if endpointGone(err) {
			session.drop()
		}
		p.release(session)
		p.madePlace()
		var lost *LostError
		if !errors.As(err, &lost) || lost.Sent || ctx.Err() != nil || attempt > p.options.Size+2 {
			return err
		}
		p.options.Log.Debug("a session was lost before the call was sent, trying again", "cmdlet", c.Cmdlet, "error", lost.Err)
	}
}

func (o CallOptions) before() error {
	if o.Before == nil {
		return nil
	}
	return o.Before()
}

// endpointGone says whether the pool's endpoint is lost to the host that a session runs on: the agent is still there, but
// every further call in it would fail.
func endpointGone(err error) bool {
	var refused *CmdletError
	return errors.As(err, &refused) &&
		(strings.HasSuffix(refused.Type, "PSRemotingTransportException") || strings.HasSuffix(refused.Type, "InvalidRunspaceStateException"))
}

// acquire gives an idle session, or a new one.
func (p *Pool) acquire(ctx context.Context, yields bool) (*Session, error) {
	for {
		select {
		case p.slots <- struct{}{}:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-p.ctx.Done():
			return nil, errPoolClosed
		}
		session, err := p.take()
		if session == nil && err == nil {
			session, err = p.start(ctx, yields)
			if p.settles(err) {
				continue
			}
		}
		if err != nil {
			if ctx.Err() == nil { // else a session that is taken here would be nobody's
				if waiting, _ := p.take(); waiting != nil { // somebody else's has become free meanwhile
					return waiting, nil
				}
			}
			<-p.slots
			return nil, err
		}
		return session, nil
	}
}

// take gives an idle session that is not lost; nil if there is none.
func (p *Pool) take() (*Session, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.ctx.Err() != nil {
		return nil, errPoolClosed
	}
	for len(p.idle) > 0 {
		session := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		if !session.Lost() {
			p.busy[session] = true
			return session, nil
		}
		p.end(session)
	}
	return nil, p.refused
}

// release takes a session back, or lets it go where it is lost, or where the next had better be on another host.
func (p *Pool) release(session *Session) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	delete(p.busy, session)
	p.keep(session)
	p.regrow()
	<-p.slots
}

// keep has a session wait for the next call, unless it is lost or one too many.
func (p *Pool) keep(session *Session) {
	if session.Lost() || p.ctx.Err() != nil || p.crowded(session.station) {
		p.end(session)
	} else {
		p.idle = append(p.idle, session)
	}
}

// end closes a session in the background; Close waits for it.
func (p *Pool) end(session *Session) {
	session.station.lost()
	p.ending.Go(func() { _ = session.Close() })
}

// Close ends all sessions, also those in use, and waits until the hosts have been told: a few seconds at most.
func (p *Pool) Close() error {
	var err error
	p.closing.Do(func() {
		p.dropAll()
		for range p.Size() { // every call under way has returned
			p.slots <- struct{}{}
		}
		p.ending.Wait()
		err = p.closeHosts()
	})
	return err
}

func (p *Pool) dropAll() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.cancel()
	for _, session := range p.idle {
		p.end(session)
	}
	p.idle = nil
	for session := range p.busy {
		session.drop()
	}
}

func (p *Pool) closeHosts() error {
	var failures []error
	for _, host := range p.options.Hosts {
		if closer, ok := host.(io.Closer); ok {
			failures = append(failures, closer.Close())
		}
	}
	return errors.Join(failures...)
}
