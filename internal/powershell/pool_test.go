package powershell

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hybrid/internal/wsman"
)

func ok(f *far, id int64, _ string) { f.say(`#hybrid j {"id":%d,"done":true}`, id) }

func pool(t *testing.T, size int, hosts ...*fakeHost) *Pool {
	t.Helper()
	options := PoolOptions{Size: size, Open: Open{Cmdlets: []string{"Get-CsX"}}}
	for _, h := range hosts {
		options.Hosts = append(options.Hosts, h)
	}
	p := NewPool(options)
	t.Cleanup(func() {
		_ = p.Close()
		for _, h := range hosts {
			if started, closed := h.count(); closed != started && h.refuse == nil {
				t.Errorf("%s: %d started, %d closed", h.name, started, closed)
			}
		}
	})
	return p
}

func TestPoolSharesSessions(t *testing.T) {
	t.Parallel()
	a, b := &fakeHost{t: t, name: "a", run: served(ok)}, &fakeHost{t: t, name: "b", run: served(ok)}
	p := pool(t, 4, a, b)
	if started, _ := a.count(); started != 0 {
		t.Error("NewPool contacted a host")
	}
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() {
			if err := p.Call(t.Context(), get, CallOptions{}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	onA, _ := a.count()
	onB, _ := b.count()
	if onA+onB > 4 || onA-onB > 1 || onB-onA > 1 {
		t.Errorf("%d sessions on a, %d on b", onA, onB)
	}
	if p.Calls() != 40+1 { // however many sessions there came to be
		t.Errorf("%d calls were counted, not 40 and the opening of a session", p.Calls())
	}
}

func TestPoolTriesTheNextHost(t *testing.T) {
	t.Parallel()
	down := &fakeHost{t: t, name: "down", refuse: errors.New("connection refused")}
	up := &fakeHost{t: t, name: "up", run: served(ok)}
	p := pool(t, 1, down, up)
	for range 3 {
		if err := p.Call(t.Context(), get, CallOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if started, _ := down.count(); started != 1 {
		t.Errorf("the host that is down was tried %d times", started)
	}
	both := pool(t, 1, down, &fakeHost{t: t, name: "too", refuse: errors.New("no route")})
	err := both.Call(t.Context(), get, CallOptions{})
	if want := "no session on down: connection refused\nno session on too: no route"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// A refused password is tried once, not once a host and call: accounts lock.
func TestPoolDoesNotRepeatARefusedPassword(t *testing.T) {
	t.Parallel()
	refused := &wsman.HTTPError{Address: "a:5986", Username: "svc", Status: 401}
	a, b := &fakeHost{t: t, name: "a", refuse: refused}, &fakeHost{t: t, name: "b", refuse: refused}
	p := pool(t, 4, a, b)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := p.Call(t.Context(), get, CallOptions{}); !errors.Is(err, refused) {
				t.Errorf("%v", err)
			}
		})
	}
	all.Wait()
	onA, _ := a.count()
	onB, _ := b.count()
	if onA+onB != 1 {
		t.Errorf("tried %d times", onA+onB)
	}
}

func TestPoolReplacesALostSession(t *testing.T) {
	t.Parallel()
	host := &fakeHost{t: t, name: "fe01"}
	host.run = func(f *far) { // serves one call a session, then is gone
		if !f.hello() {
			return
		}
		if _, ok := f.line(); ok {
			f.say(`#hybrid j {"id":2,"done":true}`)
		}
	}
	p := pool(t, 1, host)
	for n := range 5 {
		if err := p.Call(t.Context(), get, CallOptions{}); err != nil {
			t.Fatalf("call %d: %v", n, err)
		}
		for { // until the pool's session has noticed its end
			p.mutex.Lock()
			lost := len(p.idle) == 0 || p.idle[0].Lost()
			p.mutex.Unlock()
			if lost {
				break
			}
		}
	}
	if started, _ := host.count(); started != 5 {
		t.Errorf("%d sessions", started)
	}
}

// What may have arrived is never sent again.
// An agent that lost the endpoint behind it answers, but every call in it fails: the next call gets another.
func TestPoolDropsASessionWithoutItsEndpoint(t *testing.T) {
	t.Parallel()
	h := &fakeHost{t: t, name: "a", run: served(func(f *far, id int64, _ string) {
		f.say(`#hybrid j {"id":%d,"done":true,"ms":1,"error":{"message":"broken","kind":"X","category":"Y","type":"System.Management.Automation.Remoting.PSRemotingTransportException"}}`, id)
	})}
	p := pool(t, 1, h)
	for range 2 {
		var refused *CmdletError
		if err := p.Call(t.Context(), get, CallOptions{}); !errors.As(err, &refused) {
			t.Errorf("%v", err)
		}
	}
	if started, _ := h.count(); started != 2 {
		t.Errorf("%d sessions were opened for two calls that lost their endpoint", started)
	}
}

func TestPoolNeverRepeatsWhatIsInDoubt(t *testing.T) {
	t.Parallel()
	var mutex sync.Mutex
	taken := 0
	host := &fakeHost{t: t, name: "fe01"}
	host.run = func(f *far) {
		if !f.hello() {
			return
		}
		if _, ok := f.line(); ok {
			mutex.Lock()
			taken++
			mutex.Unlock()
		}
	}
	p := pool(t, 1, host)
	err := p.Call(t.Context(), get, CallOptions{})
	var lost *LostError
	if !errors.As(err, &lost) || !lost.Sent {
		t.Errorf("%v", err)
	}
	mutex.Lock()
	defer mutex.Unlock()
	if taken != 1 {
		t.Errorf("the request was sent %d times", taken)
	}
}

func TestPoolCloseEndsCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		working := make(chan struct{})
		host := &fakeHost{t: t, name: "fe01", run: served(func(f *far, _ int64, _ string) { close(working); <-f.done })}
		p := pool(t, 1, host)
		done := make(chan error, 2)
		go func() { done <- p.Call(context.Background(), get, CallOptions{}) }()
		<-working
		go func() { done <- p.Call(context.Background(), get, CallOptions{}) }() // waits for the session
		if err := within(t, time.Second, p.Close); err != nil {
			t.Error(err)
		}
		for range 2 {
			if err := <-done; err == nil || !strings.Contains(err.Error(), "closed") {
				t.Errorf("%v", err)
			}
		}
		if err := p.Call(t.Context(), get, CallOptions{}); !errors.Is(err, errPoolClosed) {
			t.Errorf("after Close: %v", err)
		}
		if err := p.Close(); err != nil {
			t.Errorf("a second Close: %v", err)
		}
	})
}

// A call that has waited for its session is not sent where it must not be any more, and the session is there for others.
func TestPoolAsksBeforeItSends(t *testing.T) {
	t.Parallel()
	host := &fakeHost{t: t, name: "fe01", run: served(func(f *far, id int64, line string) {
		if id > 2 {
			t.Errorf("sent: %s", line)
		}
		ok(f, id, line)
	})}
	p := pool(t, 1, host)
	withdrawn := errors.New("the window has closed")
	for range 3 {
		if err := p.Call(t.Context(), get, CallOptions{Before: func() error { return withdrawn }}); !errors.Is(err, withdrawn) {
			t.Errorf("%v", err)
		}
	}
	if err := p.Call(t.Context(), get, CallOptions{Before: func() error { return nil }}); err != nil {
		t.Error(err)
	}
	if started, _ := host.count(); started != 1 {
		t.Errorf("%d sessions", started)
	}
}

func TestPoolWithoutHosts(t *testing.T) {
	t.Parallel()
	if err := pool(t, 1).Call(t.Context(), get, CallOptions{}); err == nil || !strings.Contains(err.Error(), "no host is given") {
		t.Error(err)
	}
}

func TestPoolStartIsCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		greeted := make(chan struct{})
		host := &fakeHost{t: t, name: "fe01", run: func(f *far) { f.line(); close(greeted); <-f.done }}
		p := pool(t, 1, host)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-greeted; cancel() }()
		err := within(t, time.Second, func() error { return p.Call(ctx, get, CallOptions{}) })
		if !errors.Is(err, context.Canceled) {
			t.Error(fmt.Errorf("start: %w", err))
		}
	})
}

// Who stops waiting for a session of his own takes none with him that has become free meanwhile: it is there for the next, and
// Close waits for its end.
func TestPoolWhoGivesUpTakesNoSessionAlong(t *testing.T) {
	t.Parallel()
	var met atomic.Int64
	working, goOn, greeted := make(chan struct{}), make(chan struct{}), make(chan struct{})
	serve := served(func(f *far, id int64, line string) {
		if id == 2 && met.Load() == 1 { // the first call
			close(working)
			<-goOn
		}
		ok(f, id, line)
	})
	host := &fakeHost{t: t, name: "fe01", run: func(f *far) {
		if met.Add(1) != 2 {
			serve(f)
			return
		}
		f.line()
		close(greeted)
		<-f.done
	}}
	p := pool(t, 2, host)
	first, second := make(chan error, 1), make(chan error, 1)
	go func() { first <- p.Call(context.Background(), get, CallOptions{}) }()
	<-working
	ctx, cancel := context.WithCancel(t.Context())
	go func() { second <- p.Call(ctx, get, CallOptions{}) }()
	<-greeted
	close(goOn)
	if err := <-first; err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-second; !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
	if err := p.Call(t.Context(), get, CallOptions{}); err != nil {
		t.Error(err)
	}
	if started, _ := host.count(); started != 2 {
		t.Errorf("%d sessions were started, since that which was free was nobody's", started)
	}
}
