package ldapserver

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"

	ber "github.com/go-asn1-ber/asn1-ber"
	wire "github.com/go-ldap/ldap/v3"
)

// What the server says that it knows.
const (
	StartTLS = "1.3.6.1.4.1.1466.20037" // the operation that begins encryption (RFC 4511, 4.14)
	Paging   = wire.ControlTypePaging   // the control of searches in pages (RFC 2696)
)

// A client is one connection.
type client struct {
	server    *Server
	conn      net.Conn
	in        *bufio.Reader
	out       *bufio.Writer
	encrypted bool
	signedIn  bool
	found     map[string][]Object // what is left of searches, by cookie
	cookies   int
	room      []byte
}

// run answers until the client goes.
func (c *client) run() {
	c.in = bufio.NewReader(c.conn)
	if first, err := c.in.Peek(1); err != nil {
		return
	} else if first[0] == 0x16 { // a handshake of TLS
		if c.server.fault() == Clear || !c.encrypt() {
			return
		}
	}
	c.out = bufio.NewWriterSize(c.conn, 64<<10)
	c.found = map[string][]Object{}
	for c.next(c.in) {
	}
}

// next reads a request and answers it; false ends the connection.
func (c *client) next(in io.Reader) bool {
	packet, err := ber.ReadPacket(in)
	return err == nil && len(packet.Children) > 1 && c.answer(packet) && c.out.Flush() == nil
}

// peeked is a connection of which something was read already.
type peeked struct {
	net.Conn
	in *bufio.Reader
}

func (p peeked) Read(b []byte) (int, error) { return p.in.Read(b) }

// encrypt goes on over TLS.
func (c *client) encrypt() bool {
	secure := tls.Server(peeked{c.conn, c.in}, c.server.options.TLS)
	if secure.HandshakeContext(c.server.ctx) != nil {
		return false
	}
	c.conn, c.in, c.encrypted = secure, bufio.NewReader(secure), true
	c.out = bufio.NewWriterSize(secure, 64<<10)
	return true
}

// answer carries out one request; false ends the connection.
func (c *client) answer(packet *ber.Packet) bool {
	id, _ := packet.Children[0].Value.(int64)
	switch op := packet.Children[1]; op.Tag {
	case wire.ApplicationBindRequest:
		c.bind(id, op)
	case wire.ApplicationExtendedRequest:
		return c.extended(id, op)
	case wire.ApplicationSearchRequest:
		return c.search(id, packet)
	case wire.ApplicationAbandonRequest:
	case wire.ApplicationUnbindRequest:
		return false
	default:
		c.end(id, wire.ApplicationExtendedResponse, protocolError, "the lab only reads", nil, "", false)
	}
	return true
}

// bind signs in. Without a name or a password it succeeds, as nobody, as it does everywhere.
func (c *client) bind(id int64, op *ber.Packet) {
	done := func(code int, text string) { c.end(id, wire.ApplicationBindResponse, code, text, nil, "", false) }
	if len(op.Children) < 3 || op.Children[2].Tag != 0 {
		done(7, "the lab takes simple binds only")
		return
	}
	name, password := op.Children[1].Data.String(), op.Children[2].Data.String()
	if name == "" {
		name, _ = op.Children[1].Value.(string)
	}
	c.signedIn = false
	switch {
	case !c.encrypted:
		done(13, "BindSimple: Transport encryption required.")
	case c.server.fault() == Locked:
		done(invalidCredentials, "80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data 775, v4563")
	case name == "" || password == "":
		done(Success, "")
	case c.server.options.Admit(name, password):
		c.signedIn = true
		done(Success, "")
	default:
		done(invalidCredentials, "80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data 52e, v4563")
	}
}

func (c *client) extended(id int64, op *ber.Packet) bool {
	if len(op.Children) == 0 || op.Children[0].Data.String() != StartTLS || c.encrypted || c.server.fault() == Clear {
		c.end(id, wire.ApplicationExtendedResponse, Unavailable, "Error initializing SSL/TLS", nil, "", false)
		return true
	}
	c.end(id, wire.ApplicationExtendedResponse, Success, "", nil, "", false)
	return c.out.Flush() == nil && c.encrypt()
}
