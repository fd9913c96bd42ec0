// Package ldap reads a directory over LDAP: encrypted always, page by page, entry by entry, and never less than what is there
// without an error. What it may end with is an [Error], whose kind says what an administrator has to look at.
package ldap

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"net/url"
	"time"

	wire "github.com/go-ldap/ldap/v3"
)

// Options say where a directory is and who signs in.
type Options struct {
	URL  string // "ldaps://dc01.contoso.com", or "ldap://dc01.contoso.com", where encryption is begun by StartTLS
	Dial string // host:port that is dialled in its place; "" for itself
	Trust
	Username string // for a simple bind: "svc-hybrid@contoso.com"; "" where Kerberos signs in
	Password string
	Kerberos *Kerberos     // nil for a simple bind
	Timeout  time.Duration // how long to wait for a connection, for a sign-in and for a page; 0 is a minute
}

// A Conn is one connection, which is signed in. It is not for use by several at once.
type Conn struct {
	conn    net.Conn
	in      *bufio.Reader
	server  string // "dc01.contoso.com"
	timeout time.Duration
	last    int64  // the number of the last message
	room    []byte // for a message
}

// Dial connects, encrypts and signs in.
func Dial(ctx context.Context, o Options) (*Conn, error) {
	at, err := o.address()
	if err != nil {
		return nil, err
	}
	c := &Conn{server: at.host, timeout: cmp.Or(o.Timeout, time.Minute), last: 1 << 20} // beyond what a sign-in has used
	config, err := o.tls(at.host)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	if err := c.open(ctx, at, config, o); err != nil {
		if c.conn != nil {
			_ = c.conn.Close()
		}
		return nil, c.error(cmp.Or(ctx.Err(), err))
	}
	return c, nil
}

// open dials, encrypts and signs in; whatever waits ends with the context.
func (c *Conn) open(ctx context.Context, at address, config *tls.Config, o Options) error {
	raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", at.dial)
	if err != nil {
		return err
	}
	c.conn = raw
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
	defer stop()
	if at.starts {
		if err := c.startTLS(raw); err != nil {
			return err
		}
	}
	secure := tls.Client(raw, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		return &handshakeError{err}
	}
	c.conn, c.in = secure, bufio.NewReaderSize(secure, 64<<10)
	return lend(secure, func(library *wire.Conn) error { return c.signIn(ctx, library, o) })
}

// startTLS asks for encryption on a connection in the clear.
func (c *Conn) startTLS(raw net.Conn) error {
	if _, err := raw.Write(startTLSRequest(1)); err != nil {
		return &clearError{err}
	}
	m, err := readMessage(bufio.NewReader(raw), &c.room) // nothing follows the answer before the handshake
	if err != nil {
		return &clearError{err}
	}
	r, err := resultOf(m.op.text)
	if err != nil || m.op.tag != tagExtended || r.code != wire.LDAPResultSuccess {
		return &clearError{cmp.Or(err, error(&r))}
	}
	return nil
}

// Close ends the connection.
func (c *Conn) Close() error { return c.conn.Close() }

// Server is the server's name, as the URL has it.
func (c *Conn) Server() string { return c.server }

// An address is what a URL leads to.
type address struct {
	host   string // "dc01.contoso.com"
	dial   string // "dc01.contoso.com:636"
	starts bool   // encryption is begun by StartTLS
}

func (o Options) address() (address, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Hostname() == "" || u.Scheme != "ldaps" && u.Scheme != "ldap" {
		return address{}, &Error{Kind: Misdirected, Server: o.URL, Text: "is no address of a directory: write ldaps://dc01.contoso.com"}
	}
	at := address{host: u.Hostname(), starts: u.Scheme == "ldap"}
	usual := "636"
	if at.starts {
		usual = "389"
	}
	at.dial = cmp.Or(o.Dial, net.JoinHostPort(at.host, cmp.Or(u.Port(), usual)))
	return at, nil
}

// signIn binds by password or by a ticket.
func (c *Conn) signIn(ctx context.Context, library *wire.Conn, o Options) error {
	if o.Kerberos != nil {
		return c.byTicket(ctx, library, *o.Kerberos)
	}
	if o.Username == "" || o.Password == "" { // a bind without a password succeeds, as nobody
		return &Error{Kind: Refused, Server: c.server, Text: "is not read without signing in: name an account and its password"}
	}
	return library.Bind(o.Username, o.Password)
}
