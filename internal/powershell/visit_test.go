package powershell

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"hybrid/internal/wsman"
)

func visited(*Session) error { return nil }

// A visit leads to the host that it names, finds the session that a visit before it left there, and says how it came about.
func TestVisit(t *testing.T) {
	t.Parallel()
	f := newFarm(t, 2, "fe01", "fe02")
	for range 2 {
		for n, host := range f.pool.Hosts() {
			err := f.pool.Visit(t.Context(), host, func(s *Session) error {
				if s.host != host || s.Opened.Version != "5.1.14393.0" || s.Opened.Started > s.Opened.Greeted || s.Opened.Greeted > s.Opened.Ready || s.Opened.Ready == 0 {
					t.Errorf("on %s: %s %+v", host, s.host, s.Opened)
				}
				if !s.Has("get-csx") || s.Has("Get-ADDomain") {
					t.Error("the session does not know its cmdlets")
				}
				return s.Call(t.Context(), Command{Cmdlet: "Get-CsX"}, CallOptions{})
			})
			if started, _ := f.hosts[n].count(); err != nil || started != 1 {
				t.Errorf("%s: %v, %d sessions", host, err, started)
			}
		}
	}
	if err := f.pool.Visit(t.Context(), "fe03", visited); err == nil || !strings.Contains(err.Error(), "no host fe03") {
		t.Error(err)
	}
}

// A host that is down says so, while another serves; it is tried again by whoever visits it, also while calls leave it out.
func TestVisitToAHostThatIsDown(t *testing.T) {
	t.Parallel()
	f := newFarm(t, 2, "fe01", "fe02")
	f.hosts[1].goes(true)
	for range 2 {
		var down *NoSessionError
		if err := f.pool.Visit(t.Context(), "fe02", visited); !errors.As(err, &down) || !strings.Contains(err.Error(), "fe02: connection refused") {
			t.Error(err)
		}
		if err := f.pool.Visit(t.Context(), "fe01", visited); err != nil {
			t.Error(err)
		}
	}
	f.hosts[1].goes(false)
	if err := f.pool.Visit(t.Context(), "fe02", visited); err != nil {
		t.Error(err)
	}
}

// A password that was refused is tried on no other host, nor again.
func TestVisitDoesNotRepeatARefusedPassword(t *testing.T) {
	t.Parallel()
	refused := &wsman.HTTPError{Address: "fe01", Username: "ada", Status: 401}
	first, second := &fakeHost{t: t, name: "fe01", refuse: refused}, &fakeHost{t: t, name: "fe02", refuse: refused}
	p := pool(t, 2, first, second)
	for range 2 {
		if err := p.Visit(t.Context(), "fe01", visited); err == nil || strings.Contains(err.Error(), "not tried") {
			t.Error(err)
		}
		var untried *UntriedError
		if err := p.Visit(t.Context(), "fe02", visited); !errors.As(err, &untried) || untried.Host != "fe02" || !wsman.Refused(err) {
			t.Error(err)
		}
	}
	one, _ := first.count()
	if two, _ := second.count(); one != 1 || two != 0 {
		t.Errorf("%d and %d attempts", one, two)
	}
}

// Where the account can have no more sessions than the pool has, a visitor waits for one of them.
func TestVisitWaitsForASession(t *testing.T) {
	t.Parallel()
	f := newFarm(t, 1, "fe01")
	f.hosts[0].most = 1
	session, err := f.pool.acquire(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- f.pool.Visit(t.Context(), "fe01", visited) }()
	until(t, "the host refuses", func() bool { return f.pool.Refusals() > 0 })
	f.pool.release(session)
	f.pool.madePlace()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// Where others have all sessions of a host that the account can have, there is nothing to wait for.
func TestVisitToAHostThatOthersHaveFilled(t *testing.T) {
	t.Parallel()
	f := newFarm(t, 2, "fe01", "fe02")
	f.hosts[1].most, f.hosts[1].open = 1, 1
	if err := f.pool.Visit(t.Context(), "fe01", visited); err != nil {
		t.Error(err)
	}
	if err := f.pool.Visit(t.Context(), "fe02", visited); !tooManyShells(err) {
		t.Error(err)
	}
}

// Whoever visits waits for another visitor no longer than he wants to, and the pool's end ends a visit.
func TestVisitEnds(t *testing.T) {
	t.Parallel()
	f := newFarm(t, 1, "fe01")
	inside, leave := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- f.pool.Visit(context.Background(), "fe01", func(s *Session) error {
			close(inside)
			select {
			case <-s.gone:
				return errSessionClosed
			case <-leave:
				return nil
			}
		})
	}()
	<-inside
	short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := f.pool.Visit(short, "fe01", visited); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	_ = f.pool.Close()
	if err := <-done; !errors.Is(err, errSessionClosed) {
		t.Error(err)
	}
	if err := f.pool.Visit(t.Context(), "fe01", visited); !errors.Is(err, errPoolClosed) {
		t.Error(err)
	}
}
