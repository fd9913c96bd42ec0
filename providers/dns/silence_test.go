package dns

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/hostile"
	"hybrid/internal/lab/nameserver"
	"hybrid/planner"
	"hybrid/providers"
)

// A silent server takes connections and requests and never answers. It tells when the first request has begun to arrive.
func silent(t *testing.T) (addr string, asked <-chan struct{}) {
	t.Helper()
	arrived := make(chan struct{})
	tell := sync.OnceFunc(func() { close(arrived) })
	addr, _ = hostile.Listen(t, func(conn net.Conn) {
		if n, _ := conn.Read(make([]byte, 1)); n > 0 {
			tell()
		}
		_, _ = io.Copy(io.Discard, conn)
	})
	return addr, arrived
}

func TestSilence(t *testing.T) {
	t.Parallel()
	addr, _ := silent(t)
	s := settings(addr, labKey, "contoso.com")
	s.Timeout = time.Second // the connection is made within it, too, on a machine that may be busy
	p := openAt(t, s)
	o := wanted(set("new.contoso.com", "A", -1, "192.0.2.1"))
	if err := p.Read(t.Context(), o.Kind, []planner.Object{o}).Err; err == nil || !strings.Contains(err.Error(), "did not answer within 1 s; try again, or raise timeout") {
		t.Error(err)
	}
	err := p.Apply(t.Context(), change(cty.NilVal, o.Want))
	if !providers.InDoubt(err) || !strings.Contains(err.Error(), "did not answer within 1 s") {
		t.Error(err)
	}
}

func TestCancelledContext(t *testing.T) {
	t.Parallel()
	addr, _ := silent(t)
	p := openAt(t, settings(addr, labKey, "contoso.com"))
	o := wanted(set("new.contoso.com", "A", -1, "192.0.2.1"))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := p.Read(ctx, o.Kind, []planner.Object{o}).Err; !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if err := p.Apply(ctx, change(cty.NilVal, o.Want)); !errors.Is(err, context.DeadlineExceeded) || providers.InDoubt(err) {
		t.Errorf("nothing was sent: %v", err)
	}
}

// Whoever gives up while the server has the update and is silent cannot know what became of it.
func TestCancelledWhileAnUpdateIsUnderWay(t *testing.T) {
	t.Parallel()
	addr, asked := silent(t)
	p := openAt(t, settings(addr, labKey, "contoso.com"))
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	if err := p.Apply(ctx, change(cty.NilVal, set("new.contoso.com", "A", -1, "192.0.2.1"))); !errors.Is(err, context.Canceled) || !providers.InDoubt(err) {
		t.Errorf("the update was sent: %v", err)
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	addr := refusing(t)
	p := openAt(t, settings(addr, labKey, "contoso.com"))
	err := p.Apply(t.Context(), change(cty.NilVal, set("new.contoso.com", "A", -1, "192.0.2.1")))
	if err == nil || providers.InDoubt(err) || !strings.Contains(err.Error(), "the DNS server "+addr+" does not answer") || !strings.Contains(err.Error(), "nothing was sent") {
		t.Error(err)
	}
}

// refusing is an address at which nobody listens, and nobody can before the test is over: it is the near end of a
// connection to somewhere else.
func refusing(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c.LocalAddr().String()
}

// imposter answers every request with what a function makes of it, unsigned.
func imposter(t *testing.T, answer func(w dns.ResponseWriter, r *dns.Msg)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	started := make(chan struct{})
	s := &dns.Server{
		Listener: l, Handler: dns.HandlerFunc(answer), MsgAcceptFunc: func(dns.Header) dns.MsgAcceptAction { return dns.MsgAccept },
		NotifyStartedFunc: func() { close(started) },
	}
	go func() { _ = s.ActivateAndServe() }()
	<-started
	t.Cleanup(func() { _ = s.Shutdown() })
	return l.Addr().String()
}

func TestAnswersThatCannotBeTrusted(t *testing.T) {
	t.Parallel()
	soa := record(t, "contoso.com. 60 SOA ns1.contoso.com. h.contoso.com. 1 1 1 1 1")
	other := record(t, "contoso.com. 60 SOA ns1.contoso.com. h.contoso.com. 2 1 1 1 1")
	reply := func(records ...[]dns.RR) func(w dns.ResponseWriter, r *dns.Msg) {
		return func(w dns.ResponseWriter, r *dns.Msg) {
			m := new(dns.Msg).SetReply(r)
			for _, rr := range records {
				m.Answer = append(m.Answer, rr...)
			}
			_ = w.WriteMsg(m)
			_ = w.Close()
		}
	}
	tests := map[string]struct {
		answer func(w dns.ResponseWriter, r *dns.Msg)
		key    nameserver.Key
		want   string
	}{
		"unsigned":              {reply(soa, soa), labKey, "the answer to a signed request is not signed; something between here and the server may answer"},
		"cut off":               {reply(soa, record(t, "sip.contoso.com. 60 A 192.0.2.1")), nameserver.Key{}, "ended the connection without an answer"},
		"no SOA":                {reply(record(t, "sip.contoso.com. 60 A 192.0.2.1")), nameserver.Key{}, "does not begin with the SOA record"},
		"empty":                 {reply(), nameserver.Key{}, "answers from memory, not with authority"},
		"changed while sending": {reply(soa, other), nameserver.Key{}, "the zone has changed during the transfer"},
		"another request's": {func(w dns.ResponseWriter, r *dns.Msg) {
			r.Id++
			reply(soa, soa)(w, r)
		}, nameserver.Key{}, "the answer belongs to another request"},
	}
	for label, test := range tests {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			p := openAt(t, settings(imposter(t, test.answer), test.key, "contoso.com"))
			o := wanted(set("sip.contoso.com", "A", -1, "192.0.2.1"))
			listing := p.Read(t.Context(), o.Kind, []planner.Object{o})
			if listing.Err == nil || !strings.Contains(listing.Err.Error(), test.want) {
				t.Errorf("got  %v\nwant %s", listing.Err, test.want)
			}
		})
	}
	t.Run("signed with another secret", func(t *testing.T) {
		t.Parallel()
		forged := func(w dns.ResponseWriter, r *dns.Msg) {
			m := new(dns.Msg).SetReply(r)
			m.Answer = append(soa, soa...)
			m.SetTsig("hybrid.", dns.HmacSHA256, fudge, time.Now().Unix())
			raw, _, err := dns.TsigGenerate(m, "Zm9yZ2Vk", r.IsTsig().MAC, false)
			if err == nil {
				_, err = w.Write(raw)
			}
			if err != nil {
				t.Error(err)
			}
		}
		p := openAt(t, settings(imposter(t, forged), labKey, "contoso.com"))
		o := wanted(set("sip.contoso.com", "A", -1, "192.0.2.1"))
		if err := p.Read(t.Context(), o.Kind, []planner.Object{o}).Err; err == nil || !strings.Contains(err.Error(), "the signature of the answer does not hold") {
			t.Error(err)
		}
		err := p.Apply(t.Context(), change(cty.NilVal, o.Want))
		if !providers.InDoubt(err) || !strings.Contains(err.Error(), "the signature of the answer does not hold") {
			t.Error(err)
		}
	})
	t.Run("absence without authority", func(t *testing.T) {
		t.Parallel()
		server := imposter(t, func(w dns.ResponseWriter, r *dns.Msg) {
			m := new(dns.Msg).SetRcode(r, dns.RcodeNameError)
			if r.Question[0].Qtype == dns.TypeAXFR {
				m.Rcode = dns.RcodeRefused
			}
			_ = w.WriteMsg(m)
		})
		p := openAt(t, settings(server, nameserver.Key{}, "contoso.com"))
		o := wanted(set("sip.contoso.com", "A", -1, "192.0.2.1"))
		if err := p.Read(t.Context(), o.Kind, []planner.Object{o}).Err; err == nil ||
			!strings.Contains(err.Error(), "asking for sip.contoso.com A: the DNS server "+server+" answers from memory") {
			t.Error(err)
		}
	})
	t.Run("unsigned yes to an update", func(t *testing.T) {
		t.Parallel()
		p := openAt(t, settings(imposter(t, reply()), labKey, "contoso.com"))
		err := p.Apply(t.Context(), change(cty.NilVal, set("new.contoso.com", "A", -1, "192.0.2.1")))
		if !providers.InDoubt(err) || !strings.Contains(err.Error(), "is not signed") {
			t.Error(err)
		}
	})
	t.Run("from memory", func(t *testing.T) {
		t.Parallel()
		p := openAt(t, settings(imposter(t, reply(soa)), nameserver.Key{}))
		o := wanted(set("sip.contoso.com", "A", -1, "192.0.2.1"))
		if err := p.Read(t.Context(), o.Kind, []planner.Object{o}).Err; err == nil || !strings.Contains(err.Error(), "answers from memory, not with authority") {
			t.Error(err)
		}
	})
}
