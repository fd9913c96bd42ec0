package question

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"hybrid/internal/hostile"
)

// raw starts a server on one port: each datagram is answered with some, each connection as a function likes.
func raw(t *testing.T, datagrams func(q *dns.Msg) [][]byte, connection func(w io.Writer, q *dns.Msg)) (address string) {
	t.Helper()
	address, _ = hostile.Listen(t, func(c net.Conn) {
		if q, err := (&dns.Conn{Conn: c}).ReadMsg(); err == nil {
			connection(c, q)
		}
	})
	u, err := net.ListenPacket("udp", address)
	if err != nil {
		t.Skip("the port is not free for UDP as well: ", err)
	}
	t.Cleanup(func() { _ = u.Close() })
	go func() {
		buffer := make([]byte, 1<<16)
		for {
			n, from, err := u.ReadFrom(buffer)
			if err != nil {
				return
			}
			q := new(dns.Msg)
			if q.Unpack(buffer[:n]) == nil {
				for _, one := range datagrams(q) {
					_, _ = u.WriteTo(one, from)
				}
			}
		}
	}()
	return address
}

// octets are a message as it is sent, after what a function does to it.
func octets(m *dns.Msg, change func(raw []byte) []byte) []byte {
	packed, err := m.Pack()
	if err != nil {
		panic(err)
	}
	if change != nil {
		packed = change(packed)
	}
	return packed
}

func framed(message []byte) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(message))), message...)
}

// truncated sends everybody to TCP.
func truncated(q *dns.Msg) [][]byte {
	m := reply(q, "")
	m.Truncated = true
	return [][]byte{octets(m, nil)}
}

// Whatever a name server or a resolver answers, or whoever answers in its place: it is over within the time, takes little memory, and
// what is no whole answer is an error, never a name without records.
func TestNoAnswerIsTakenForAnother(t *testing.T) {
	foreign := func(q *dns.Msg) *dns.Msg { m := reply(q, "192.0.2.66"); m.Id++; return m }
	for _, c := range []struct {
		name       string
		datagrams  func(q *dns.Msg) [][]byte
		connection func(w io.Writer, q *dns.Msg)
		says       string
		slow       bool
	}{
		{"no DNS", func(q *dns.Msg) [][]byte {
			return [][]byte{octets(reply(q, ""), func(raw []byte) []byte { return append(raw[:12], "\xc0\xffHTTP\x1b[2J"...) })}
		}, nil, "the answer is not DNS", false},
		{"names that lead to themselves", func(q *dns.Msg) [][]byte {
			return [][]byte{octets(reply(q, ""), func(raw []byte) []byte { return append(raw[:12], 0xc0, 12, 0, 1, 0, 1) })}
		}, nil, "the answer is not DNS", false},
		{"fewer records than it announces", func(q *dns.Msg) [][]byte {
			return [][]byte{octets(reply(q, ""), func(raw []byte) []byte { raw[7] = 2; return raw })}
		}, nil, "the answer ends before the records that it announces", false},
		{"no such name, and records announced", func(q *dns.Msg) [][]byte {
			m := reply(q, "")
			m.Rcode = dns.RcodeNameError
			return [][]byte{octets(m, func(raw []byte) []byte { raw[9] = 1; return raw })}
		}, nil, "the answer ends before the records that it announces", false},
		{"a header alone", func(q *dns.Msg) [][]byte {
			return [][]byte{octets(reply(q, ""), func(raw []byte) []byte { return raw[:12] })}
		}, nil, "the answer ends before the records that it announces", false},
		{"less than a header", func(*dns.Msg) [][]byte { return [][]byte{{1, 2, 3}} }, nil, "short read", false},
		{"others' answers alone", func(q *dns.Msg) [][]byte { return [][]byte{octets(foreign(q), nil)} }, nil, "no answer within", true},
		{"short over TCP as well", truncated, func(w io.Writer, q *dns.Msg) {
			m := reply(q, "203.0.113.20")
			m.Truncated = true
			_, _ = w.Write(framed(octets(m, nil)))
		}, "it cuts its answer short", false},
		{"others' answers without end", truncated, func(w io.Writer, q *dns.Msg) {
			hostile.Forever(w, "", string(framed(octets(foreign(q), nil))))
		}, "no answer within", true},
		{"a byte at a time", truncated, func(w io.Writer, _ *dns.Msg) { hostile.Trickle(w, "\xff") }, "no answer within", true},
		{"cut off", truncated, func(w io.Writer, q *dns.Msg) { _, _ = w.Write(framed(octets(reply(q, "203.0.113.20"), nil))[:20]) }, "EOF", false},
		{"nothing", truncated, func(io.Writer, *dns.Msg) {}, "EOF", false},
		{"silent", truncated, func(w io.Writer, _ *dns.Msg) { _, _ = io.Copy(io.Discard, w.(net.Conn)) }, "no answer within", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			address, limit := raw(t, c.datagrams, c.connection), plenty
			if c.slow {
				limit = 400 * time.Millisecond
			}
			ctx, cancel := context.WithTimeout(t.Context(), plenty)
			defer cancel()
			var m *dns.Msg
			var err error
			peak := hostile.Peak(t, func() { m, err = sip.Ask(ctx, address, limit) })
			if m != nil || err == nil || ctx.Err() != nil || !strings.Contains(err.Error(), c.says) || strings.ContainsRune(err.Error(), '\x1b') {
				t.Errorf("%v, %q", m, err)
			}
			if peak > 64<<20 {
				t.Errorf("it took %d bytes of memory", peak)
			}
		})
	}
}

// What is no message at all and has another's number does not keep the answer from being heard; a refusal may be a header alone.
func TestTheAnswerIsHeardAmongOthers(t *testing.T) {
	t.Parallel()
	address := raw(t, func(q *dns.Msg) [][]byte {
		noise := octets(reply(q, ""), func(raw []byte) []byte { raw[0]++; return append(raw[:12], 0xc0, 0xff) })
		return [][]byte{noise, octets(reply(q, "203.0.113.20"), nil)}
	}, nil)
	if m, err := sip.Ask(t.Context(), address, plenty); err != nil || told(m) != "203.0.113.20" {
		t.Error(m, err)
	}
	refusal := new(dns.Msg).SetRcode(new(dns.Msg).SetQuestion("sip.contoso.com.", dns.TypeA), dns.RcodeRefused)
	if m, err := Unpack(octets(refusal, func(raw []byte) []byte { return raw[:12] })); err != nil || m.Rcode != dns.RcodeRefused {
		t.Error(m, err)
	}
}
