// Package question puts questions to name servers and resolvers as every client does: over UDP, unsigned, and over TCP where
// the answer is too long. It says why there is no answer in words.
package question

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/miekg/dns"

	"hybrid/internal/socket"
)

// udpSize is the longest answer that is taken over UDP: what goes through every network in one piece.
const udpSize = 1232

// A Question is what a name server or a resolver is asked.
type Question struct {
	Name      string // canonical: "sip.contoso.com."
	Type      uint16 // dns.TypeSRV
	Recursive bool   // of a resolver, which is to ask others; a name server is asked for what it has itself
}

// Ask puts the question to one address, host:port, within a time limit. A datagram may be lost, so it is sent again at half
// of it. The message may say that there is no such name, or that the server refuses: its Rcode is the caller's to judge.
func (q Question) Ask(ctx context.Context, address string, limit time.Duration) (m *dns.Msg, err error) {
	for range 2 {
		if m, err = q.exchange(ctx, "udp", address, limit/2); err == nil || ctx.Err() != nil || !lost(err) {
			break
		}
	}
	if err == nil && m.Truncated {
		if m, err = q.exchange(ctx, "tcp", address, limit); err == nil && m.Truncated {
			err = errors.New("it cuts its answer short")
		}
	}
	if err != nil {
		return nil, q.explained(ctx, err, limit)
	}
	return m, nil
}

func lost(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }

func (q Question) exchange(ctx context.Context, network, address string, limit time.Duration) (*dns.Msg, error) {
	dialer := net.Dialer{Timeout: limit}
	c, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { _ = c.Close() })()
	if err := c.SetDeadline(time.Now().Add(limit)); err != nil {
		return nil, err
	}
	m := new(dns.Msg).SetQuestion(q.Name, q.Type)
	m.RecursionDesired = q.Recursive
	m.SetEdns0(udpSize, false)
	conn := &dns.Conn{Conn: c, UDPSize: udpSize}
	if err := conn.WriteMsg(m); err != nil {
		return nil, err
	}
	for { // a late answer to an earlier question, or a forged one, is passed over
		var head dns.Header
		raw, err := conn.ReadMsgHeader(&head)
		switch {
		case err != nil:
			return nil, err
		case head.Id != m.Id:
			continue
		}
		answer, err := Unpack(raw)
		if err != nil {
			return nil, err
		}
		if q.answeredBy(answer, m.Id) {
			return answer, nil
		}
	}
}

// Unpack reads a message, all of it. The library takes one that ends before the records that it announces for one without
// them: a name that has records would be a name that has none. A refusal may be a header and nothing else.
func Unpack(raw []byte) (*dns.Msg, error) {
	m := new(dns.Msg)
	if err := m.Unpack(raw); err != nil {
		return nil, fmt.Errorf("the answer is not DNS: %w", err)
	}
	claims := m.Rcode == dns.RcodeSuccess || m.Rcode == dns.RcodeNameError
	for n, section := range []int{len(m.Question), len(m.Answer), len(m.Ns), len(m.Extra)} {
		if claimed := binary.BigEndian.Uint16(raw[4+2*n:]); claims && int(claimed) != section {
			return nil, errors.New("the answer ends before the records that it announces")
		}
	}
	return m, nil
}

func (q Question) answeredBy(m *dns.Msg, id uint16) bool {
	return m.Id == id && m.Response && len(m.Question) == 1 &&
		dns.CanonicalName(m.Question[0].Name) == q.Name && m.Question[0].Qtype == q.Type
}

// explained says in a few words why there was no answer.
func (q Question) explained(ctx context.Context, err error, limit time.Duration) error {
	var lookup *net.DNSError
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case lost(err):
		return fmt.Errorf("no answer within %s", limit)
	case socket.Refused(err):
		return errors.New("nothing listens there")
	case errors.As(err, &lookup):
		return errors.New("its address cannot be looked up")
	}
	return err
}
