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
	"hybrid/internal/wsman"
)

// PoolOptions describe a pool.
type PoolOptions struct {
	Hosts    []Host
	Open     Open
	Size     int           // sessions at once over all hosts; 0: one
	Deadline time.Duration // of one call; 0: [DefaultDeadline]
	Log      hclog.Logger  // nil: none
	Clock    *clock.Clock  // what waiting for hosts goes by; nil: the machine's. Calls are bounded by the machine's clock
}

// A Pool keeps sessions over one or more hosts, makes them when they are needed and again when they are lost. It is
// safe for concurrent use.
type Pool struct {
	options  PoolOptions
	slots    chan struct{} // one token a session in use
	ctx      context.Context
	cancel   context.CancelFunc
	pauses   []time.Duration // see patiently
	ending   sync.WaitGroup
	calls    atomic.Int64
	refusals atomic.Int64
	closing  sync.Once
	first    chan struct{} // holds a token while the first session is being opened

	mutex   sync.Mutex
	idle    []*Session
	busy    map[*Session]bool
	place   chan struct{}     // closed and made anew whenever a call has ended
	turn    int               // of the round over the hosts
	down    map[int]time.Time // when a host could not be reached
	proved  bool              // the credentials were accepted
	refused error             // they were not
}

// downFor is how long a host that could not be reached is tried last.
const downFor = 30 * time.Second

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
	return &Pool{
		options: options, ctx: ctx, cancel: cancel,
		slots: make(chan struct{}, options.Size), busy: map[*Session]bool{}, down: map[int]time.Time{},
		first: make(chan struct{}, 1), pauses: throttlePauses(), place: make(chan struct{}),
	}
}

// Calls is how many requests have been sent, the opening of the first session included. How many others are opened depends on
// which requests happen to fall together, and the same work should count the same.
func (p *Pool) Calls() int64 { return p.calls.Load() }

// Call runs a command in a free session, or waits for one. A session that turns out to be lost before anything was
// sent is replaced and the call made again; a call that may have arrived is never repeated. For the errors see
// [Session.Call] and [Start].
func (p *Pool) Call(ctx context.Context, c Command, options CallOptions) error {
	refusals := 0
	for attempt := 1; ; attempt++ {
		session, err := p.acquire(ctx, options.Yields)
		if err != nil {
			return err
		}
		err = session.Call(ctx, c, options)
		if Throttled(err) && !session.Lost() {
			if err = p.makeWay(ctx, session, options.Yields, &refusals, err); err != nil {
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

// endpointGone says whether the pool's endpoint is lost to the host that a session runs on: the agent is still there, but
// every further call in it would fail.
func endpointGone(err error) bool {
	var refused *CmdletError
	return errors.As(err, &refused) &&
		(strings.HasSuffix(refused.Type, "PSRemotingTransportException") || strings.HasSuffix(refused.Type, "InvalidRunspaceStateException"))
}

// acquire gives an idle session, or a new one.
func (p *Pool) acquire(ctx context.Context, yields bool) (*Session, error) {
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
	}
	if err != nil {
		<-p.slots
		return nil, err
	}
	return session, nil
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

// release takes a session back, or lets it go where it is lost.
func (p *Pool) release(session *Session) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	delete(p.busy, session)
	if session.Lost() || p.ctx.Err() != nil {
		p.end(session)
	} else {
		p.idle = append(p.idle, session)
	}
	<-p.slots
}

// end closes a session in the background; Close waits for it.
func (p *Pool) end(session *Session) { p.ending.Go(func() { _ = session.Close() }) }

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
	failed := &NoSessionError{}
	for _, n := range p.round() {
		session, err := p.startOn(ctx, n)
		if err == nil {
			return session, nil
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		failed.Hosts = append(failed.Hosts, HostError{p.options.Hosts[n].String(), err})
		if p.giveUp(err, failed) {
			break
		}
	}
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

// startOn opens a session on one host and notes how that went.
func (p *Pool) startOn(ctx context.Context, n int) (*Session, error) {
	calls := &p.calls
	if proved, _ := p.credentials(); proved {
		calls = nil // another session: see Calls
	}
	session, err := Start(ctx, p.options.Hosts[n], p.options.Open, SessionOptions{
		Deadline: p.options.Deadline, Log: p.options.Log, calls: calls, ending: &p.ending,
	})
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if err == nil {
		session.options.calls = &p.calls
	}
	switch {
	case err == nil && p.ctx.Err() != nil:
		p.end(session)
		return nil, errPoolClosed
	case err == nil:
		delete(p.down, n)
		p.busy[session], p.proved = true, true
	case ctx.Err() == nil:
		p.options.Log.Debug("no session", "host", p.options.Hosts[n].String(), "error", err)
		p.down[n] = p.options.Clock.Now()
	}
	return session, err
}

// round lists the hosts in the order in which they are to be tried: each time another one first, those that could not
// be reached lately last.
func (p *Pool) round() []int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	var order, doubtful []int
	for i := range p.options.Hosts {
		n := (p.turn + i) % len(p.options.Hosts)
		if p.options.Clock.Since(p.down[n]) < downFor {
			doubtful = append(doubtful, n)
		} else {
			order = append(order, n)
		}
	}
	p.turn++
	return append(order, doubtful...)
}

// giveUp says whether no other host is to be tried, nor this one again. A password that was refused once will be
// refused again, and a few tries lock the account; so will a sign-in that has never succeeded. All that are asked from then
// on are told what was found out so far.
func (p *Pool) giveUp(err error, failed *NoSessionError) bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	var unready *ReadyError
	if !wsman.Refused(err) && (p.proved || !errors.As(err, &unready)) {
		return false
	}
	p.refused = failed
	return true
}

// Close ends all sessions, also those in use, and waits until the hosts have been told: a few seconds at most.
func (p *Pool) Close() error {
	var err error
	p.closing.Do(func() {
		p.dropAll()
		for range p.options.Size { // every call under way has returned
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
