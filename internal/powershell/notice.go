package powershell

import (
	"net"
	"strings"
	"time"
)

// A Notice says that a host is left out, since no session could be opened there, or that it is back.
type Notice struct {
	Host   string
	Err    error     // why it is left out; nil: it is back
	Others []string  // where it goes on meanwhile
	Again  time.Time // when it is tried again
}

// String is a sentence or two for administrators.
func (n Notice) String() string {
	if n.Err == nil {
		return n.Host + " answers again, and is used again"
	}
	text := n.Host + " does not answer"
	if !unanswered(n.Err) {
		text = "no session can be opened on " + n.Host
	}
	return text + "; going on with " + strings.Join(n.Others, ", ") + "; tried again at " + n.Again.Format(time.TimeOnly) + ". The cause: " + n.Err.Error()
}

// notices are what is to be told by now: hosts that are left out while others have sessions, each once, and those that are
// back. Before any session is open nothing is told: what becomes of it is the caller's error, or no matter.
func (p *Pool) notices() (all []Notice) {
	if p.live() == 0 {
		return nil
	}
	for _, s := range p.stations {
		switch {
		case s.left() && !s.told:
			all = append(all, Notice{Host: name(s.host), Err: s.cause, Others: p.used(), Again: s.again})
			s.told = true
		case !s.left() && s.told:
			all = append(all, Notice{Host: name(s.host)})
			s.told = false
		}
	}
	return all
}

// used are the hosts that are not left out.
func (p *Pool) used() (names []string) {
	for _, s := range p.stations {
		if !s.left() {
			names = append(names, name(s.host))
		}
	}
	return names
}

// tell tells what there is to be told, and sees to it that hosts that are left out are tried again.
func (p *Pool) tell() {
	p.mutex.Lock()
	all := p.notices()
	p.watch()
	p.mutex.Unlock()
	for _, n := range all {
		if n.Err != nil {
			p.options.Log.Warn("a host is left out", "host", n.Host, "others", n.Others, "again", n.Again, "error", n.Err)
		} else {
			p.options.Log.Info("a host is back", "host", n.Host)
		}
		if p.options.Tell != nil {
			p.options.Tell(n)
		}
	}
}

// name is a host without its port, which is the same for all.
func name(h Host) string {
	if host, _, err := net.SplitHostPort(h.String()); err == nil {
		return host
	}
	return h.String()
}
