package lab

import (
	"bufio"
	"net"
	"sync"
)

// arrived is a connection whose first line has been looked at.
type arrived struct {
	net.Conn
	reader *bufio.Reader
	once   sync.Once
	ended  chan struct{}
}

func (a *arrived) Read(b []byte) (int, error) { return a.reader.Read(b) }

func (a *arrived) Close() error {
	a.once.Do(func() { close(a.ended) })
	return a.Conn.Close()
}

// handed is a listener of connections that somebody else has accepted.
type handed struct {
	address net.Addr
	come    chan net.Conn
	once    sync.Once
	closed  chan struct{}
}

func newHanded(address net.Addr) *handed {
	return &handed{address: address, come: make(chan net.Conn), closed: make(chan struct{})}
}

// put hands a connection over; false where nobody takes any more.
func (h *handed) put(c net.Conn) bool {
	select {
	case h.come <- c:
		return true
	case <-h.closed:
		return false
	}
}

func (h *handed) Accept() (net.Conn, error) {
	select {
	case c := <-h.come:
		return c, nil
	case <-h.closed:
		return nil, net.ErrClosed
	}
}

func (h *handed) Close() error {
	h.once.Do(func() { close(h.closed) })
	return nil
}

func (h *handed) Addr() net.Addr { return h.address }
