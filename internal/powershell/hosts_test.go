package powershell

import (
	"context"
	"errors"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"hybrid/internal/wsman"
)

// A farm is hosts behind one pool, each of which can be down or let the account have so many sessions only.
type farm struct {
	t       *testing.T
	pool    *Pool
	hosts   []*farmHost
	notices chan Notice
}

type farmHost struct {
	*fakeHost
	mu      sync.Mutex
	down    bool
	most    int // 0: any number
	open    int
	refused int
	lost    chan struct{} // closed when the host goes down
}

func (h *farmHost) Start(ctx context.Context, command string, args ...string) (Process, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.down:
		return nil, &wsman.ConnectError{Address: h.name, Err: syscall.ECONNREFUSED}
	case h.most > 0 && h.open >= h.most:
		h.refused++
		return nil, &wsman.Fault{Address: h.name, Code: wsman.CodeTooManyShells, Reason: "too many shells"}
	}
	p, err := h.fakeHost.Start(ctx, command, args...)
	h.open++
	return &farmProcess{Process: p, host: h}, err
}

type farmProcess struct {
	Process
	host *farmHost
	once sync.Once
}

func (p *farmProcess) Close() error {
	err := p.Process.Close()
	p.once.Do(func() {
		p.host.mu.Lock()
		p.host.open--
		p.host.mu.Unlock()
	})
	return err
}

// goes changes what a host does; down also ends its sessions.
func (h *farmHost) goes(down bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.down = down; down {
		close(h.lost)
	} else {
		h.lost = make(chan struct{})
	}
}

// gone is closed when the host goes down.
func (h *farmHost) gone() chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.lost
}

func (h *farmHost) sessions() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.open
}

func newFarm(t *testing.T, size int, names ...string) *farm {
	t.Helper()
	f := &farm{t: t, notices: make(chan Notice, 100)}
	options := PoolOptions{Size: size, Open: Open{Cmdlets: []string{"Get-CsX"}}, Tell: func(n Notice) { f.notices <- n }}
	for _, name := range names {
		h := &farmHost{fakeHost: &fakeHost{t: t, name: name}, lost: make(chan struct{})}
		h.run = func(far *far) {
			end := h.gone()
			serving := make(chan struct{})
			go func() { defer close(serving); served(ok)(far) }()
			select {
			case <-end:
			case <-serving:
			}
		}
		f.hosts = append(f.hosts, h)
		options.Hosts = append(options.Hosts, h)
	}
	f.pool = NewPool(options)
	f.pool.pauses = []time.Duration{time.Millisecond, time.Millisecond}
	f.pool.waits = []time.Duration{10 * time.Millisecond}
	t.Cleanup(func() { _ = f.pool.Close() })
	return f
}

// together holds so many sessions at once, and gives them back.
func (f *farm) together(n int) {
	f.t.Helper()
	var all []*Session
	for range n {
		s, err := f.pool.acquire(f.t.Context(), false)
		if err != nil {
			f.t.Fatal(err)
		}
		all = append(all, s)
	}
	for _, s := range all {
		f.pool.release(s)
	}
}

// until waits for something that comes about by itself.
func until(t *testing.T, what string, true func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !true(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not in time: %s", what)
		}
	}
}

func (f *farm) open() (counts []int) {
	for _, h := range f.hosts {
		counts = append(counts, h.sessions())
	}
	return counts
}

func (f *farm) notice() Notice {
	f.t.Helper()
	select {
	case n := <-f.notices:
		return n
	case <-time.After(20 * time.Second):
		f.t.Fatal("nothing was told")
		return Notice{}
	}
}

func TestSessionsAreSpreadEvenly(t *testing.T) {
	t.Parallel()
	f := newFarm(t, 7, "fe01:5986", "fe02:5986", "fe03:5986")
	f.together(7)
	for _, n := range f.open() {
		if n < 2 || n > 3 {
			t.Errorf("%d sessions on the hosts", f.open())
		}
	}
}

func TestAHostThatIsLostIsLeftOutToldOnceAndUsedAgain(t *testing.T) {
	t.Parallel()
	f := newFarm(t, 6, "fe01:5986", "fe02:5986", "fe03:5986")
	f.together(6)
	f.hosts[1].goes(true)
	until(t, "its sessions are noticed to be lost", func() bool {
		f.together(6)
		return f.open()[1] == 0
	})
	n := f.notice()
	if text := n.String(); !strings.HasPrefix(text, "fe02 does not answer; going on with fe01, fe03; tried again at ") || !strings.Contains(text, "connection refused") {
		t.Error(text)
	}
	f.together(6) // six others, none of which tells it again
	f.hosts[1].goes(false)
	if n := f.notice(); n.String() != "fe02 answers again, and is used again" {
		t.Error(n)
	}
	until(t, "sessions are even again", func() bool {
		f.together(6)
		counts := f.open()
		return counts[0] == 2 && counts[1] == 2 && counts[2] == 2
	})
	if len(f.notices) != 0 {
		t.Errorf("more was told: %v", <-f.notices)
	}
}

// A pool of one session stays with the host that has it, and still learns that the other is back.
func TestAPoolOfOneSessionStaysOfOneSession(t *testing.T) {
	t.Parallel()
	f := newFarm(t, 1, "fe01:5986", "fe02:5986")
	f.hosts[0].goes(true)
	f.together(1)
	if n := f.notice(); n.Host != "fe01" || n.Err == nil {
		t.Error(n)
	}
	f.hosts[0].goes(false)
	if n := f.notice(); n.Host != "fe01" || n.Err != nil {
		t.Error(n)
	}
	until(t, "the probe's session is closed", func() bool { counts := f.open(); return counts[0]+counts[1] == 1 })
}

func TestThePoolSettlesForWhatAHostLetsTheAccountHave(t *testing.T) {
	t.Parallel()
	f := newFarm(t, 8, "fe01:5986")
	f.hosts[0].most = 3
	var all sync.WaitGroup
	for range 80 {
		all.Go(func() {
			if err := f.pool.Call(t.Context(), get, CallOptions{}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if f.pool.Size() < 3 {
		t.Errorf("it settled for %d sessions", f.pool.Size())
	}
	if refused := f.hosts[0].refused; refused == 0 || refused > 7 {
		t.Errorf("80 calls were refused a session %d times", refused)
	}
}

// What one host refuses another takes.
func TestAFullHostLeavesItsShareToTheOthers(t *testing.T) {
	t.Parallel()
	f := newFarm(t, 6, "fe01:5986", "fe02:5986")
	f.hosts[0].most = 2
	f.together(6)
	if counts := f.open(); counts[0] != 2 || counts[1] != 4 {
		t.Errorf("%d sessions on the hosts", counts)
	}
	if f.pool.Size() != 6 {
		t.Errorf("the pool is one of %d", f.pool.Size())
	}
}

func TestAfterAWhileMoreSessionsAreTriedAgain(t *testing.T) {
	t.Parallel()
	f := newFarm(t, 2, "fe01:5986")
	f.hosts[0].most = 1
	first, err := f.pool.acquire(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := f.pool.acquire(short, false); !errors.Is(err, context.DeadlineExceeded) || f.pool.Size() != 1 {
		t.Fatalf("%v, size %d", err, f.pool.Size())
	}
	f.hosts[0].most = 0
	f.pool.bounded = time.Now().Add(-regrowAfter)
	f.pool.release(first)
	f.together(2)
	if f.pool.Size() != 2 || f.hosts[0].sessions() != 2 {
		t.Errorf("size %d, %d sessions", f.pool.Size(), f.hosts[0].sessions())
	}
}

// A host that is back and takes nothing for its quotas is asked again after a pause, and not at once for as long as that lasts: who
// probes it would keep it busy, and keep a rehearsal's clock from going on.
func TestAHostThatIsBackAndTakesNothingIsGivenTime(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		code uint32
		live int
	}{
		"no operation":        {wsman.CodeTooManyOperations, 0},
		"no further session":  {wsman.CodeTooManyShells, 1},
		"no session whatever": {wsman.CodeTooManyShells, 0},
	} {
		f := newFarm(t, 1, "fe01", "fe02")
		f.pool.waits = []time.Duration{time.Hour}
		s, past := f.pool.stations[1], time.Now().Add(-time.Second)
		s.again, s.failures, s.live = past, 1, c.live
		f.pool.failed(s, &wsman.Fault{Address: "fe02", Code: c.code})
		if wait := time.Until(s.again); wait < 59*time.Minute {
			t.Errorf("%s: it is tried again after %s", what, wait)
		}
		s.live = 0
	}
}

// A host that nothing is wrong with is not left out for its quotas: who wants a session waits.
func TestAHostIsNotLeftOutForItsQuotas(t *testing.T) {
	t.Parallel()
	f := newFarm(t, 1, "fe01", "fe02")
	s := f.pool.stations[1]
	f.pool.failed(s, &wsman.Fault{Address: "fe02", Code: wsman.CodeTooManyOperations})
	if s.left() || s.failures != 0 {
		t.Errorf("it is left out until %s after %d failures", s.again, s.failures)
	}
}
