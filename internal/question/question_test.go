package question

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// A server answers questions over UDP and TCP on one port; each message that arrives is counted by its network.
type server struct {
	address  string
	udp, tcp atomic.Int64
}

// serving starts a server whose answers a function makes; nil is silence.
func serving(t *testing.T, answer func(network string, q *dns.Msg, n int64) []*dns.Msg) *server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{address: listener.Addr().String()}
	packets, err := net.ListenPacket("udp", s.address)
	if err != nil {
		t.Skip("the port is not free for UDP as well: ", err)
	}
	handle := func(network string, count *atomic.Int64) dns.HandlerFunc {
		return func(w dns.ResponseWriter, q *dns.Msg) {
			for _, m := range answer(network, q, count.Add(1)) {
				_ = w.WriteMsg(m)
			}
		}
	}
	for _, one := range []*dns.Server{{Listener: listener, Handler: handle("tcp", &s.tcp)}, {PacketConn: packets, Handler: handle("udp", &s.udp)}} {
		started := make(chan struct{})
		one.NotifyStartedFunc = func() { close(started) }
		go func() { _ = one.ActivateAndServe() }()
		<-started
		t.Cleanup(func() { _ = one.Shutdown() })
	}
	return s
}

var sip = Question{Name: "sip.contoso.com.", Type: dns.TypeA}

// reply answers a question with an address.
func reply(q *dns.Msg, address string) *dns.Msg {
	m := new(dns.Msg).SetReply(q)
	if address != "" {
		m.Answer = []dns.RR{&dns.A{Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 300}, A: net.ParseIP(address)}}
	}
	return m
}

// told gives the address in an answer, "" for none.
func told(m *dns.Msg) string {
	for _, rr := range m.Answer {
		if a, ok := rr.(*dns.A); ok {
			return a.A.String()
		}
	}
	return ""
}

const plenty = 20 * time.Second

// A question is asked once, unsigned, with recursion where it is for a resolver; whatever the server answers is handed on.
func TestAsk(t *testing.T) {
	t.Parallel()
	for rcode, recursive := range map[int]bool{dns.RcodeSuccess: true, dns.RcodeNameError: false, dns.RcodeServerFailure: true, dns.RcodeRefused: false} {
		s := serving(t, func(_ string, q *dns.Msg, _ int64) []*dns.Msg {
			if q.RecursionDesired != recursive || q.IsTsig() != nil || q.IsEdns0() == nil || q.IsEdns0().UDPSize() != udpSize {
				t.Errorf("asked %v", q)
			}
			m := reply(q, "203.0.113.20")
			m.Rcode = rcode
			return []*dns.Msg{m}
		})
		q := sip
		q.Recursive = recursive
		if m, err := q.Ask(t.Context(), s.address, plenty); err != nil || m.Rcode != rcode || told(m) != "203.0.113.20" || s.udp.Load() != 1 || s.tcp.Load() != 0 {
			t.Errorf("%s: %v, %v", dns.RcodeToString[rcode], m, err)
		}
	}
}

// An answer that is too long for a datagram is fetched over TCP.
func TestTruncated(t *testing.T) {
	t.Parallel()
	s := serving(t, func(network string, q *dns.Msg, _ int64) []*dns.Msg {
		if network == "tcp" {
			return []*dns.Msg{reply(q, "203.0.113.20")}
		}
		m := reply(q, "")
		m.Truncated = true
		return []*dns.Msg{m}
	})
	if m, err := sip.Ask(t.Context(), s.address, plenty); err != nil || told(m) != "203.0.113.20" || s.tcp.Load() != 1 {
		t.Error(m, err)
	}
}

// What answers another question, or nobody's, is passed over: a late answer, or a forged one.
func TestForeignAnswers(t *testing.T) {
	t.Parallel()
	s := serving(t, func(_ string, q *dns.Msg, _ int64) []*dns.Msg {
		late, other, question := reply(q, "192.0.2.1"), reply(q, "192.0.2.2"), q.Copy()
		late.Id++
		other.Question = []dns.Question{{Name: "other.contoso.com.", Qtype: dns.TypeA, Qclass: dns.ClassINET}}
		question.Response = false
		return []*dns.Msg{late, other, question, reply(q, "203.0.113.20")}
	})
	if m, err := sip.Ask(t.Context(), s.address, plenty); err != nil || told(m) != "203.0.113.20" {
		t.Error(m, err)
	}
}

// A datagram that is lost is sent again; a server that stays silent has not answered.
func TestLost(t *testing.T) {
	t.Parallel()
	once := serving(t, func(_ string, q *dns.Msg, n int64) []*dns.Msg {
		if n == 1 {
			return nil
		}
		return []*dns.Msg{reply(q, "203.0.113.20")}
	})
	if m, err := sip.Ask(t.Context(), once.address, 4*time.Second); err != nil || told(m) != "203.0.113.20" || once.udp.Load() != 2 {
		t.Error(m, err)
	}
	never := serving(t, func(string, *dns.Msg, int64) []*dns.Msg { return nil })
	if m, err := sip.Ask(t.Context(), never.address, 100*time.Millisecond); err == nil || m != nil || err.Error() != "no answer within 100ms" {
		t.Error(m, err)
	}
}

// Why there is no answer is said in words; an error is never an empty answer.
func TestNoAnswer(t *testing.T) {
	t.Parallel()
	gone := serving(t, func(string, *dns.Msg, int64) []*dns.Msg { return nil })
	nobody, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := nobody.LocalAddr().String()
	_ = nobody.Close()
	if m, err := sip.Ask(t.Context(), closed, plenty); m != nil || err == nil || err.Error() != "nothing listens there" {
		t.Error(m, err)
	}
	stopped := errors.New("the administrator has had enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(stopped)
	if m, err := sip.Ask(ctx, gone.address, plenty); m != nil || !errors.Is(err, stopped) {
		t.Error(m, err)
	}
	if m, err := sip.Ask(t.Context(), "no port", plenty); m != nil || err == nil || !strings.Contains(err.Error(), "no port") {
		t.Error(m, err)
	}
	lookup := &net.DNSError{Name: "dc01.contoso.com", IsNotFound: true}
	if err := sip.explained(t.Context(), lookup, plenty); err.Error() != "its address cannot be looked up" {
		t.Error(err)
	}
}

// An end of the caller's patience ends the waiting at once.
func TestCancelledWhileWaiting(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 1)
	silent := serving(t, func(string, *dns.Msg, int64) []*dns.Msg { asked <- struct{}{}; return nil })
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-asked; cancel() }()
	if m, err := sip.Ask(ctx, silent.address, time.Hour); m != nil || !errors.Is(err, context.Canceled) {
		t.Error(m, err)
	}
}
