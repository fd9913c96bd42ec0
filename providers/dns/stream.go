package dns

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/miekg/dns"

	"hybrid/internal/question"
)

// A key signs requests (TSIG, RFC 8945). Its secret is never printed.
type key struct {
	name, algorithm string         // canonical
	secret          string         // base64, of a shared key
	context         *secureContext // of a key that was agreed on by Kerberos, else nil
}

// String is the key as messages name it.
func (k *key) String() string {
	if k.context != nil {
		return "the ticket of " + k.context.who
	}
	return fmt.Sprintf("the key %s (%s)", display(k.name), display(k.algorithm))
}

// sign gives a message's octets with the signature, and that signature.
func (k *key) sign(m *dns.Msg) (out []byte, mac string, err error) {
	if k.context != nil {
		return dns.TsigGenerateWithProvider(m, k.context, "", false)
	}
	return dns.TsigGenerate(m, k.secret, "", false)
}

// holds checks the signature of an answer to a request.
func (k *key) holds(raw []byte, requestMAC string, timersOnly bool) error {
	if k.context != nil {
		return dns.TsigVerifyWithProvider(raw, k.context, requestMAC, timersOnly)
	}
	return dns.TsigVerify(raw, k.secret, requestMAC, timersOnly)
}

// fudge is by how many seconds the clocks of both ends may differ (RFC 8945 section 10).
const fudge = 300

// A stream is one TCP connection to the server. Every message is sent over TCP: updates and record sets may be longer than a
// datagram, and what was sent is then known to have arrived or to be in doubt.
type stream struct {
	conn       *dns.Conn
	key        *key // nil sends unsigned
	now        func() time.Time
	timeout    time.Duration
	release    func() bool // ends the watch on the context
	requestMAC string
	timersOnly bool // the second and later messages of a transfer
	used       bool
	received   int64 // octets of all answers
}

// dial connects within the time that one call may take.
func (p *provider) dial(ctx context.Context) (*stream, error) {
	dialer := net.Dialer{Timeout: p.timeout}
	conn, err := dialer.DialContext(ctx, "tcp", p.server)
	if err != nil {
		return nil, p.unreachable(ctx, err)
	}
	s := &stream{conn: &dns.Conn{Conn: conn}, key: p.key, now: p.now, timeout: p.timeout}
	s.release = context.AfterFunc(ctx, func() { _ = conn.Close() })
	return s, nil
}

func (s *stream) close() {
	s.release()
	_ = s.conn.Close()
}

// send writes a request, signed where there is a key.
func (s *stream) send(m *dns.Msg) error {
	out, err := s.pack(m)
	if err != nil {
		return err
	}
	return s.write(out)
}

func (s *stream) write(out []byte) error {
	s.timersOnly, s.used = false, true
	if err := s.conn.SetWriteDeadline(time.Now().Add(s.timeout)); err != nil {
		return err
	}
	_, err := s.conn.Write(out)
	return err
}

// pack makes the octets of a request.
func (s *stream) pack(m *dns.Msg) (out []byte, err error) {
	if s.key == nil {
		return m.Pack()
	}
	m = m.Copy()
	m.SetTsig(s.key.name, s.key.algorithm, fudge, s.now().Unix())
	out, s.requestMAC, err = s.key.sign(m)
	if err == nil && len(out) > dns.MaxMsgSize {
		err = fmt.Errorf("it has %d octets, and a message holds %d", len(out), dns.MaxMsgSize)
	}
	return out, err
}

// errUnsigned is an answer that nobody can vouch for.
var errUnsigned = errors.New("the answer to a signed request is not signed")

// A signatureError is a TSIG error: the server's about the request, or ours about the answer.
type signatureError struct {
	code  int       // BADSIG 16, BADKEY 17, BADTIME 18, BADTRUNC 22; 0 for ours
	by    *key      // that the request was signed with
	clock time.Time // the server's, where it says BADTIME; else zero
	cause error
}

func (e *signatureError) Error() string { return e.cause.Error() }
func (e *signatureError) Unwrap() error { return e.cause }

// receive reads an answer and holds its signature against the key. An answer that carries an error code may be unsigned,
// since it claims nothing about the zone.
func (s *stream) receive(id uint16) (*dns.Msg, error) {
	if err := s.conn.SetReadDeadline(time.Now().Add(s.timeout)); err != nil {
		return nil, err
	}
	raw, err := s.conn.ReadMsgHeader(nil)
	if err != nil {
		return nil, err
	}
	s.received += int64(len(raw))
	m, err := question.Unpack(raw)
	if err != nil {
		return nil, err
	}
	if m.Id != id || !m.Response {
		return nil, errors.New("the answer belongs to another request")
	}
	if err := s.verify(raw, m); err != nil {
		return nil, err
	}
	return m, nil
}

func (s *stream) verify(raw []byte, m *dns.Msg) error {
	t := m.IsTsig()
	switch {
	case t != nil && t.Error != 0:
		return &signatureError{code: int(t.Error), by: s.key, clock: clockOf(t), cause: errors.New("TSIG error " + tsigError(int(t.Error)))}
	case s.key == nil || t == nil && m.Rcode != dns.RcodeSuccess:
		return nil
	case m.Rcode != dns.RcodeSuccess && t.MAC == s.requestMAC:
		return nil // Samba sends the request's own signature back with a refusal, which is none
	case t == nil:
		return &signatureError{by: s.key, cause: errUnsigned}
	case m.Rcode == dns.RcodeNotAuth:
		return nil // the library does not verify these
	case dns.CanonicalName(t.Hdr.Name) != s.key.name:
		return &signatureError{by: s.key, cause: errors.New("the answer is signed with another key")}
	}
	if err := s.key.holds(raw, s.requestMAC, s.timersOnly); err != nil {
		return &signatureError{by: s.key, cause: fmt.Errorf("the signature of the answer does not hold: %w", err)}
	}
	s.requestMAC, s.timersOnly = t.MAC, true
	return nil
}

// clockOf is the time at the server, which it sends along with BADTIME (RFC 8945 section 5.2.3); zero where it does not.
func clockOf(t *dns.TSIG) time.Time {
	seconds, err := strconv.ParseInt(t.OtherData, 16, 64)
	if t.Error != dns.RcodeBadTime || err != nil {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

// A line asks questions over one connection, made when it is needed and made again where the server has ended it.
type line struct {
	p *provider
	s *stream
}

func (l *line) hangUp() {
	if l.s != nil {
		l.s.close()
		l.s = nil
	}
}

// ask sends a query and gives its answer, whatever its code. A query that fails on a connection used before is sent once
// more on a new one: servers end idle connections, and reading twice does no harm.
func (l *line) ask(ctx context.Context, name string, qtype uint16) (*dns.Msg, error) {
	for {
		again := l.s != nil && l.s.used
		if l.s == nil {
			s, err := l.p.dial(ctx)
			if err != nil {
				return nil, err
			}
			l.s = s
		}
		m, err := l.p.query(l.s, name, qtype)
		if err == nil {
			return m, nil
		}
		l.hangUp()
		var signature *signatureError
		if !again || ctx.Err() != nil || errors.As(err, &signature) {
			return nil, l.p.failed(ctx, "asking for "+name+" "+dns.TypeToString[qtype], err)
		}
	}
}

func (p *provider) query(s *stream, name string, qtype uint16) (*dns.Msg, error) {
	p.trips.Add(1)
	m := new(dns.Msg).SetQuestion(name, qtype)
	m.RecursionDesired = false
	if err := s.send(m); err != nil {
		return nil, err
	}
	return s.receive(m.Id)
}
