package lab

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// A landing is the connections of hosts, by the name that clients call them by: when one goes down they break.
type landing struct {
	mu    sync.Mutex
	conns map[net.Conn]string  // to whose host they lead, in lower case; "" before the first request
	until map[string]time.Time // of hosts that are down for a while
}

func newLanding() *landing {
	return &landing{conns: map[net.Conn]string{}, until: map[string]time.Time{}}
}

type landingKey struct{}

// connected has a connection's requests know it.
func (l *landing) connected(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, landingKey{}, c)
}

// changed forgets a connection that has ended.
func (l *landing) changed(c net.Conn, state http.ConnState) {
	if state != http.StateClosed && state != http.StateHijacked {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, c)
}

// arrived notes which host a request is for.
func (l *landing) arrived(r *http.Request) (host string) {
	host = strings.ToLower(r.Host)
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if c, ok := r.Context().Value(landingKey{}).(net.Conn); ok {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.conns[c] = host
	}
	return host
}

// breakOff ends all connections to a host without a word, as a host does that has lost its power.
func (l *landing) breakOff(host string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c, to := range l.conns {
		if to != host {
			continue
		}
		if secure, ok := c.(*tls.Conn); ok {
			c = secure.NetConn()
		}
		if plain, ok := c.(*net.TCPConn); ok {
			_ = plain.SetLinger(0) // reset, without an end
		}
		_ = c.Close()
	}
}

// downUntil says that a host is down for a while.
func (l *landing) downUntil(host string, t time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.until[host] = t
}

// down says whether a host is down at a time.
func (l *landing) down(host string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return now.Before(l.until[host])
}

// isDown says whether a request finds its host down; its sessions are gone by then.
func (s *service) isDown(host string) (down bool) {
	_ = s.estate.Do(func() error {
		down = s.landing.down(host, s.estate.now()) || s.estate.strike(host, "", "", Down).Kind == Down
		return nil
	})
	if down {
		s.loseAll(host)
	}
	return down
}

// fall takes a host down, for good or as long as the fault says.
func (s *service) fall(host string, f Fault) {
	_ = s.estate.Do(func() error {
		if f.Delay > 0 {
			s.landing.downUntil(host, s.estate.now().Add(time.Duration(f.Delay)))
		} else {
			s.estate.SetFaults(append(append([]Fault{}, s.estate.Faults...), Fault{Kind: Down, Host: host}))
		}
		return nil
	})
	s.loseAll(host)
}

// loseAll ends whatever leads to a host, and what runs there.
func (s *service) loseAll(host string) {
	s.landing.breakOff(host)
	s.mu.Lock()
	var gone []*shell
	for _, sh := range s.shells {
		if sh.host == host {
			gone = append(gone, sh)
		}
	}
	s.mu.Unlock()
	for _, sh := range gone {
		sh.lose()
	}
}
