package dns

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/miekg/dns"
	"github.com/zclconf/go-cty/cty"
	"go.uber.org/goleak"

	"hybrid/internal/lab/nameserver"
	"hybrid/planner"
	"hybrid/providers"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Every code that an update can be answered with is explained, and none of them leaves it in doubt.
func TestCodesAreExplained(t *testing.T) {
	t.Parallel()
	tests := []struct {
		rcode, tsig int
		want        string
	}{
		{dns.RcodeFormatError, 0, "answered FORMERR; it does not understand the request"},
		{dns.RcodeServerFailure, 0, "answered SERVFAIL; it has trouble of its own and has changed nothing"},
		{dns.RcodeNotImplemented, 0, "answered NOTIMP; it does not do this: write the primary server of the zone as server"},
		{dns.RcodeRefused, 0, "answered REFUSED; its policy does not allow it"},
		{dns.RcodeNotAuth, 0, "answered NOTAUTH; it is not the primary server of contoso.com"},
		{dns.RcodeNotZone, 0, "answered NOTZONE; the name is not within contoso.com: check zones"},
		{dns.RcodeBadCookie, 0, "answered BADCOOKIE; its log may say why"},
		{dns.RcodeNotAuth, dns.RcodeBadSig, "TSIG error BADSIG; the secret differs from the server's"},
		{dns.RcodeNotAuth, dns.RcodeBadKey, "TSIG error BADKEY; the server has no key of that name and algorithm"},
		{dns.RcodeNotAuth, dns.RcodeBadTime, "TSIG error BADTIME; the clocks of this machine and of the server differ by more than 300 seconds"},
		{dns.RcodeNotAuth, dns.RcodeBadTrunc, "TSIG error BADTRUNC; the server wants longer signatures"},
	}
	for _, test := range tests {
		server := imposter(t, func(w dns.ResponseWriter, r *dns.Msg) {
			m := new(dns.Msg).SetRcode(r, test.rcode)
			if test.tsig != 0 {
				m.SetTsig("hybrid.", dns.HmacSHA256, fudge, 1)
				m.IsTsig().Error = uint16(test.tsig)
			}
			if test.rcode > 15 {
				m.SetEdns0(dns.MinMsgSize, false)
			}
			_ = w.WriteMsg(m)
		})
		p := openAt(t, settings(server, labKey, "contoso.com"))
		refusedBecause(t, p, change(cty.NilVal, set("new.contoso.com", "A", -1, "192.0.2.1")), test.want)
	}
}

// An update that must not be begun any more when the connection stands is not sent.
func TestAnUpdateWaitsForLeave(t *testing.T) {
	t.Parallel()
	var updates atomic.Int64
	server := imposter(t, func(w dns.ResponseWriter, r *dns.Msg) {
		if r.Opcode == dns.OpcodeUpdate {
			updates.Add(1)
		}
		_ = w.WriteMsg(new(dns.Msg).SetReply(r))
	})
	p := openAt(t, settings(server, nameserver.Key{}, "contoso.com"))
	c := change(cty.NilVal, set("new.contoso.com", "A", -1, "192.0.2.1"))
	for why, sent := range map[string]int64{"the run was stopped": 0, "": 1} {
		err := p.Apply(providers.Asking(t.Context(), func() string { return why }), c)
		if providers.Withdrawn(err) != (sent == 0) || updates.Swap(0) != sent {
			t.Errorf("%q: %v", why, err)
		}
	}
}

func TestNameOfServerThatDoesNotExist(t *testing.T) {
	t.Parallel()
	p := openAt(t, settings("ns1.invalid", nameserver.Key{}, "contoso.com"))
	o := wanted(set("sip.contoso.com", "A", -1, "192.0.2.1"))
	err := p.Read(t.Context(), o.Kind, []planner.Object{o}).Err
	if err == nil || !strings.Contains(err.Error(), "the DNS server ns1.invalid:53 does not answer; there is no host \"ns1.invalid\" in DNS: check the spelling of server") {
		t.Error(err)
	}
}

// A server may end a connection that has been idle or has asked enough; a query is then sent again, an update is not.
func TestQueriesOutliveTheirConnection(t *testing.T) {
	t.Parallel()
	var updates atomic.Int32
	server := imposter(t, func(w dns.ResponseWriter, r *dns.Msg) {
		defer w.Close()
		m := new(dns.Msg).SetReply(r)
		m.Authoritative = true
		switch {
		case r.Opcode == dns.OpcodeUpdate:
			updates.Add(1)
			return
		case r.Question[0].Qtype == dns.TypeAXFR:
			m.Rcode = dns.RcodeRefused
		case r.Question[0].Qtype == dns.TypeSOA:
			m.Ns = record(t, "contoso.com. 60 SOA ns1.contoso.com. h.contoso.com. 1 1 1 1 1")
		}
		_ = w.WriteMsg(m)
	})
	p := openAt(t, settings(server, nameserver.Key{}))
	objects := []planner.Object{
		wanted(set("a.contoso.com", "A", -1, "192.0.2.1")), wanted(set("b.contoso.com", "A", -1, "192.0.2.1")),
		wanted(set("c.contoso.com", "A", -1, "192.0.2.1")),
	}
	if listing := p.Read(t.Context(), dnsRecord(), objects); listing.Err != nil || len(listing.Objects) != 0 {
		t.Errorf("%v, %v", listing.Err, listing.Objects)
	}
	if err := p.Apply(t.Context(), change(cty.NilVal, objects[0].Want)); !providers.InDoubt(err) || updates.Load() != 1 {
		t.Errorf("%v after %d updates", err, updates.Load())
	}
}
