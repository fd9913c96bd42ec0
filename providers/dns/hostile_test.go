package dns

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
	"hybrid/internal/lab/nameserver"
)

// No server's transfer is taken without end, and what is odd about it is an error that names the server, never a smaller zone.
func TestNoTransferIsTakenWithoutEnd(t *testing.T) {
	soa, _ := dns.NewRR("contoso.com. 60 IN SOA ns.contoso.com. h.contoso.com. 1 60 60 60 60")
	text, _ := dns.NewRR("x.contoso.com. 60 IN TXT \"\x1b[2J\"")
	for _, c := range []struct {
		name  string
		serve func(w io.Writer, q *dns.Msg)
		says  string
		slow  bool
	}{
		{"records without end", func(w io.Writer, q *dns.Msg) {
			answers(w, q, soa)
			many := make([]dns.RR, 2000)
			for n := range many {
				many[n] = &dns.A{Hdr: dns.RR_Header{Name: "contoso.com.", Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 60}, A: net.IPv4(192, 0, 2, 1)}
			}
			for answers(w, q, many...) == nil {
			}
		}, "the transfer has no end: it was given up after 2000000 records", false},
		{"a message that is claimed", func(w io.Writer, _ *dns.Msg) { _, _ = w.Write([]byte{0xff, 0xff, 0}) }, "", false},
		{"empty messages", func(w io.Writer, q *dns.Msg) {
			answers(w, q, soa)
			answers(w, q)
		}, "a message of the transfer is empty", false},
		{"no DNS", func(w io.Writer, _ *dns.Msg) { _, _ = w.Write([]byte("\x00\x14HTTP/1.1 400 Bad Req")) }, "", false},
		{"names that lead to themselves", func(w io.Writer, q *dns.Msg) {
			head := make([]byte, 12)
			binary.BigEndian.PutUint16(head, q.Id)
			head[2], head[7] = 0x84, 1 // an answer with one record
			raw := append(head, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4)
			_, _ = w.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(raw))), raw...))
		}, "the answer is not DNS", false},
		{"fewer records than it announces", func(w io.Writer, q *dns.Msg) {
			answers(w, q, soa)
			raw, _ := (&dns.Msg{MsgHdr: dns.MsgHdr{Id: q.Id, Response: true}, Question: q.Question, Answer: []dns.RR{text}}).Pack()
			raw[7] = 3
			_, _ = w.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(raw))), raw...))
			answers(w, q, soa)
		}, "ends before the records that it announces", false},
		{"another's answer", func(w io.Writer, q *dns.Msg) {
			other := q.Copy()
			other.Id++
			answers(w, other, soa)
		}, "belongs to another request", false},
		{"cut off", func(w io.Writer, q *dns.Msg) { answers(w, q, soa, text) }, "", false},
		{"a byte at a time", func(w io.Writer, _ *dns.Msg) { hostile.Trickle(w, "\xff") }, "", true},
		{"silent", func(w io.Writer, _ *dns.Msg) { _, _ = io.Copy(io.Discard, w.(net.Conn)) }, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			server, sent := hostile.Listen(t, func(conn net.Conn) {
				if q, err := (&dns.Conn{Conn: conn}).ReadMsg(); err == nil {
					c.serve(conn, q)
				}
			})
			p := openAt(t, settings(server, nameserver.Key{})).(*provider)
			p.timeout = time.Minute
			if c.slow {
				p.timeout = 300 * time.Millisecond
			}
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
			defer cancel()
			var records []dns.RR
			var err error
			peak := hostile.Peak(t, func() { records, err = p.transfer(ctx, "contoso.com.") })
			if err == nil || records != nil || !strings.Contains(err.Error(), server) || !strings.Contains(err.Error(), c.says) || ctx.Err() != nil {
				t.Fatalf("%d records, %v", len(records), err)
			}
			if strings.ContainsRune(err.Error(), '\x1b') {
				t.Errorf("what the server sent is told as it is: %q", err)
			}
			if peak > 900<<20 || sent.Load() > mostZone+hostile.OnItsWay {
				t.Errorf("%d bytes of memory, %d were sent", peak, sent.Load())
			}
		})
	}
}

// answers sends one message of a transfer.
func answers(w io.Writer, q *dns.Msg, records ...dns.RR) error {
	m := new(dns.Msg).SetReply(q)
	m.Answer, m.Compress = records, true
	raw, err := m.Pack()
	if err != nil {
		return err
	}
	_, err = w.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(raw))), raw...))
	return err
}
