package ldap

import (
	"errors"
	"net"
	"sync/atomic"
	"time"

	wire "github.com/go-ldap/ldap/v3"
)

// borrowed is a connection that is lent to the library for signing in, which it does well, and then taken back for reading: the library
// makes a tree of every entry, which takes longer than the server takes to send it.
type borrowed struct {
	net.Conn
	back   atomic.Bool
	closed chan struct{}
}

var errTakenBack = errors.New("the connection is taken back")

// lend runs a sign-in over the library. Afterwards the connection is the caller's again, unless there is an error.
func lend(conn net.Conn, signIn func(*wire.Conn) error) error {
	b := &borrowed{Conn: conn, closed: make(chan struct{})}
	library := wire.NewConn(b, true)
	library.Start()
	if err := signIn(library); err != nil {
		_ = library.Close()
		return err
	}
	b.back.Store(true)
	if err := conn.SetReadDeadline(time.Unix(1, 0)); err != nil { // its reader waits for an answer to nothing
		return err
	}
	<-b.closed
	return conn.SetReadDeadline(time.Time{})
}

// Read ends the library's reader once the connection is taken back.
func (b *borrowed) Read(p []byte) (int, error) {
	n, err := b.Conn.Read(p)
	if b.back.Load() {
		return 0, errTakenBack
	}
	return n, err
}

// Close ends the connection, unless it is taken back: then the library has let go of it.
func (b *borrowed) Close() error {
	if b.back.Load() {
		close(b.closed)
		return nil
	}
	return b.Conn.Close()
}
