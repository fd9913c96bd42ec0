package powershell

import (
	"bytes"
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hybrid/internal/wsman"
)

// A quotaHost takes so many calls at once, and opens any number of sessions.
type quotaHost struct {
	*fakeHost
	takes   atomic.Int64
	working atomic.Int64
	refused atomic.Int64
}

func (h *quotaHost) Start(ctx context.Context, command string, args ...string) (Process, error) {
	p, err := h.fakeHost.Start(ctx, command, args...)
	return &quotaProcess{p, h}, err
}

type quotaProcess struct {
	Process
	host *quotaHost
}

func (p *quotaProcess) WriteContext(ctx context.Context, b []byte) (int, error) {
	if !bytes.Contains(b, []byte(`"cmdlet":`)) {
		return p.Process.WriteContext(ctx, b)
	}
	if p.host.working.Add(1) > p.host.takes.Load() {
		p.host.working.Add(-1)
		p.host.refused.Add(1)
		return 0, &wsman.Fault{Address: "fe01:5986", Code: wsman.CodeTooManyOperations, Reason: "too many"}
	}
	return p.Process.WriteContext(ctx, b)
}

// quotaPool is a pool over a host that takes so many calls at once; each waits for the gate. Pauses are endless, so that
// nothing goes on that waits for one.
func quotaPool(t *testing.T, takes, size int, gate <-chan struct{}) (*Pool, *quotaHost) {
	t.Helper()
	h := &quotaHost{}
	h.takes.Store(int64(takes))
	h.fakeHost = &fakeHost{t: t, name: "fe01", run: served(func(f *far, id int64, line string) {
		<-gate
		h.working.Add(-1)
		ok(f, id, line)
	})}
	p := NewPool(PoolOptions{Size: size, Hosts: []Host{h}, Open: Open{Cmdlets: []string{"Get-CsX"}}})
	p.pauses = []time.Duration{time.Hour}
	t.Cleanup(func() { _ = p.Close() })
	return p, h
}

func always() <-chan struct{} {
	gate := make(chan struct{})
	close(gate)
	return gate
}

// Calls that a host does not take wait for those that it has taken, and no longer; sessions stay what they are.
func TestCallsMakeWayForOneAnother(t *testing.T) {
	t.Parallel()
	p, h := quotaPool(t, 3, 16, always())
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			if err := p.Call(t.Context(), get, CallOptions{}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if started, closed := h.count(); started > 16 || closed > 0 {
		t.Errorf("%d sessions were opened, %d closed", started, closed)
	}
}

// Who yields is told at once, with nothing sent, and not while nobody else is at work.
func TestYielding(t *testing.T) {
	t.Parallel()
	gate := make(chan struct{})
	p, h := quotaPool(t, 1, 2, gate)
	var first sync.WaitGroup
	first.Go(func() {
		if err := p.Call(t.Context(), get, CallOptions{}); err != nil {
			t.Error(err)
		}
	})
	for h.working.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	for range 3 {
		if err := p.Call(t.Context(), get, CallOptions{Yields: true}); !Throttled(err) {
			t.Errorf("%v", err)
		}
	}
	close(gate)
	first.Wait()
	if err := p.Call(t.Context(), get, CallOptions{Yields: true}); err != nil {
		t.Error(err)
	}
	if started, closed := h.count(); started != 2 || closed != 0 || p.Refusals() != 0 {
		t.Errorf("%d sessions were opened, %d closed, %d pauses", started, closed, p.Refusals())
	}
}

// What is refused all alone is asked again in another session, after a pause, and given up after the last.
func TestRefusedAllAlone(t *testing.T) {
	t.Parallel()
	p, h := quotaPool(t, 0, 1, always())
	p.pauses = []time.Duration{time.Millisecond, time.Millisecond}
	if err := p.Call(t.Context(), get, CallOptions{Yields: true}); !Throttled(err) || h.refused.Load() != 3 || p.Refusals() != 2 {
		t.Errorf("%v after %d refusals and %d pauses", err, h.refused.Load(), p.Refusals())
	}
	if started, _ := h.count(); started != 3 {
		t.Errorf("%d sessions", started)
	}
	h.takes.Store(1)
	if err := p.Call(t.Context(), get, CallOptions{Yields: true}); err != nil {
		t.Error(err)
	}
}

// Where no further session is taken, one that becomes idle will do.
func TestAnIdleSessionInPlaceOfAnother(t *testing.T) {
	t.Parallel()
	gate := make(chan struct{})
	p, h := quotaPool(t, 1, 2, gate)
	busy := &busyHost{fakeHost: h.fakeHost, code: wsman.CodeTooManyShells}
	p.options.Hosts = []Host{busy}
	var both sync.WaitGroup
	both.Go(func() {
		if err := p.Call(t.Context(), get, CallOptions{}); err != nil {
			t.Error(err)
		}
	})
	for started, _ := h.count(); started == 0; started, _ = h.count() {
		time.Sleep(time.Millisecond)
	}
	gate <- struct{}{} // the first call has its session, and is done
	both.Wait()
	both.Go(func() {
		if err := p.Call(t.Context(), get, CallOptions{}); err != nil {
			t.Error(err)
		}
	})
	for !p.atWork() {
		time.Sleep(time.Millisecond)
	}
	busy.times.Store(1_000)
	if err := p.Call(t.Context(), get, CallOptions{Yields: true}); !Throttled(err) {
		t.Errorf("%v", err)
	}
	both.Go(func() {
		if err := p.Call(t.Context(), get, CallOptions{}); err != nil {
			t.Error(err)
		}
	})
	gate <- struct{}{}
	gate <- struct{}{}
	both.Wait()
}

func (p *Pool) atWork() bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return len(p.busy) > 0
}
