package ldap

import (
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	wire "github.com/go-ldap/ldap/v3"
)

// borrowed is a connection that is lent to the library for signing in, which it does well, and then taken back for reading: the library
// makes a tree of every entry, which takes longer than the server takes to send it.
type borrowed struct {
	net.Conn
	left   atomic.Int64 // bytes that the library may still read
	back   atomic.Bool
	closed chan struct{}
}

var errTakenBack = errors.New("the connection is taken back")

// mostSignIn is how much the answers to a sign-in may have, in bytes: tokens of Kerberos have some ten thousand. The library itself
// would take messages of 2 GiB.
const mostSignIn = 1 << 20

var errSignIn = fmt.Errorf("answers to a sign-in of more than %d bytes", mostSignIn)

// lend runs a sign-in over the library. Afterwards the connection is the caller's again, unless there is an error.
func lend(conn net.Conn, signIn func(*wire.Conn) error) error {
	b := &borrowed{Conn: conn, closed: make(chan struct{})}
	b.left.Store(mostSignIn)
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
	if b.left.Add(int64(-n)) < 0 {
		return 0, errSignIn
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
