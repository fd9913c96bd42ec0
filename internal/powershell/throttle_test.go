package powershell

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"hybrid/internal/wsman"
)

// A busyHost takes no session so many times, because of its quotas.
type busyHost struct {
	*fakeHost
	code    uint32
	times   atomic.Int64 // still to come
	refused func()
}

func (h *busyHost) Start(ctx context.Context, command string, args ...string) (Process, error) {
	if h.times.Add(-1) >= 0 {
		if h.refused != nil {
			h.refused()
		}
		return nil, &wsman.Fault{Address: "fe01:5986", Code: h.code, Reason: "too many"}
	}
	return h.fakeHost.Start(ctx, command, args...)
}

func busyPool(t *testing.T, code uint32, times int64) (*Pool, *busyHost) {
	t.Helper()
	host := &busyHost{fakeHost: &fakeHost{t: t, name: "fe01", run: served(ok)}, code: code}
	host.times.Store(times)
	p := NewPool(PoolOptions{Size: 1, Hosts: []Host{host}, Open: Open{Cmdlets: []string{"Get-CsX"}}})
	p.pauses = []time.Duration{time.Millisecond, time.Millisecond}
	t.Cleanup(func() { _ = p.Close() })
	return p, host
}

func TestAHostThatIsAskedTooMuchIsWaitedFor(t *testing.T) {
	t.Parallel()
	for _, code := range []uint32{wsman.CodeTooManyOperations, wsman.CodeTooManyShells} {
		p, host := busyPool(t, code, 2)
		if err := p.Call(t.Context(), get, CallOptions{}); err != nil || host.times.Load() != -1 || p.Refusals() != 2 {
			t.Errorf("%d: %v, %d", code, err, host.times.Load())
		}
	}
}

func TestPatienceWithAHostEnds(t *testing.T) {
	t.Parallel()
	p, host := busyPool(t, wsman.CodeTooManyOperations, 100)
	var fault *wsman.Fault
	if err := p.Call(t.Context(), get, CallOptions{}); !errors.As(err, &fault) || host.times.Load() != 97 {
		t.Errorf("%v after %d tries", err, 100-host.times.Load())
	}
}

func TestWhatIsNoThrottlingIsNotRepeated(t *testing.T) {
	t.Parallel()
	p, host := busyPool(t, wsman.CodeAccessDenied, 100)
	if err := p.Call(t.Context(), get, CallOptions{}); err == nil || host.times.Load() != 99 {
		t.Errorf("%v after %d tries", err, 100-host.times.Load())
	}
}

func TestWaitingForAHostCanBeCancelled(t *testing.T) {
	t.Parallel()
	p, host := busyPool(t, wsman.CodeTooManyOperations, 100)
	p.pauses = []time.Duration{time.Hour}
	gone := errors.New("interrupted")
	ctx, cancel := context.WithCancelCause(t.Context())
	host.refused = func() { time.AfterFunc(20*time.Millisecond, func() { cancel(gone) }) }
	if err := p.Call(ctx, get, CallOptions{}); !errors.Is(err, gone) {
		t.Errorf("%v", err)
	}
}
