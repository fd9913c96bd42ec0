package dns

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/lab/nameserver"
	"hybrid/internal/question"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/schema"
)

// propagated is a wanted record set with a block propagation.
func propagated(v cty.Value, authoritative bool, resolvers ...string) cty.Value {
	values := v.AsValueMap()
	asked := cty.SetValEmpty(cty.String)
	if len(resolvers) > 0 {
		var all []cty.Value
		for _, resolver := range resolvers {
			all = append(all, cty.StringVal(resolver))
		}
		asked = cty.SetVal(all)
	}
	values["propagation"] = cty.ObjectVal(map[string]cty.Value{
		"resolvers": asked, "authoritative": cty.BoolVal(authoritative), "timeout": cty.StringVal("2m"),
	})
	return cty.ObjectVal(values)
}

// pending reads and verifies one record set, and gives what is pending of it.
func pending(t *testing.T, p providers.Provider, o planner.Object) string {
	t.Helper()
	return verified(t, p, o, readOf(t, p, o))
}

func readOf(t *testing.T, p providers.Provider, o planner.Object) planner.Listing {
	t.Helper()
	listing := p.Read(t.Context(), o.Kind, []planner.Object{o})
	if listing.Err != nil {
		t.Fatal(listing.Err)
	}
	return listing
}

func verified(t *testing.T, p providers.Provider, o planner.Object, listing planner.Listing) string {
	p.(providers.Verifier).Verify(t.Context(), o.Kind, []planner.Object{o}, listing)
	return listing.Objects[o.LiveID()].Pending
}

// another is a name server with the zone contoso.com that holds some records.
func another(t *testing.T, records ...string) *nameserver.Server {
	t.Helper()
	s, err := nameserver.Start(nameserver.Options{Listen: "127.0.0.1:0", Zones: map[string][]string{
		"contoso.com": append([]string{"@ 3600 IN SOA ns1 hostmaster 7 3600 600 86400 300", "@ 3600 IN NS ns1"}, records...),
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestResolvers(t *testing.T) {
	t.Parallel()
	server := lab(t, labKey)
	refused := another(t)
	refused.SetFault(nameserver.RefuseAll)
	same := another(t, "sip 60 IN A 203.0.113.11", "sip 60 IN A 203.0.113.10").Addr()
	old := another(t, "sip 90 IN A 203.0.113.9", "sip 90 IN A 203.0.113.10").Addr()
	none := another(t).Addr()
	alias := another(t, "sip 60 IN CNAME old.contoso.com.", "old 60 IN A 203.0.113.10", "old 60 IN A 203.0.113.11").Addr()
	quiet, closed := noAnswer(t), refusing(t)
	const until = ", until [^;]+ at the latest"
	want := set("sip.contoso.com", "A", -1, "203.0.113.10", "203.0.113.11")
	for label, test := range map[string]struct {
		object cty.Value
		want   string // a regular expression
	}{
		"all agree":           {propagated(want, false, same), ""},
		"old values":          {propagated(want, false, same, old), "the resolver " + old + " still answers 203.0.113.10, 203.0.113.9" + until},
		"absence":             {propagated(want, false, none), "the resolver " + none + " still answers that there is none" + until},
		"alias":               {propagated(want, false, alias), "the resolver " + alias + " still answers with a CNAME record for old.contoso.com" + until},
		"refused":             {propagated(want, false, refused.Addr()), "the resolver " + refused.Addr() + " could not be asked: it answered REFUSED"},
		"silence":             {propagated(want, false, quiet), "the resolver " + quiet + " could not be asked: no answer within 200ms"},
		"nobody there":        {propagated(want, false, closed), "the resolver " + closed + " could not be asked: nothing listens there"},
		"without a block":     {want, ""},
		"other values wanted": {propagated(set("sip.contoso.com", "A", -1, "203.0.113.77"), false, old), ""},
		"no such set":         {propagated(set("new.contoso.com", "A", -1, "203.0.113.77"), false, old), ""},
		"to be absent":        {propagated(set("sip.contoso.com", "A", -1), false, old), ""},
		"values not known":    {propagated(notKnown(want), false, old), "the resolver " + old + " still answers 203.0.113.10, 203.0.113.9" + until},
		"resolvers not known": {resolversNotKnown(propagated(want, false, same)), "the resolvers could not be asked: which they are is not known before apply; write their addresses out"},
		"secret values": {
			propagated(secretSet(want), false, old),
			"the resolver " + old + " still answers otherwise" + until,
		},
	} {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			s := settings(server.Addr(), labKey)
			s.Timeout = time.Minute
			p, o := openAt(t, s), wanted(test.object)
			listing := readOf(t, p, o)
			if label == "silence" { // nobody else is asked from here on
				p.(*provider).timeout = 200 * time.Millisecond
			}
			got := verified(t, p, o, listing)
			if !regexp.MustCompile("^" + test.want + "$").MatchString(got) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

func notKnown(v cty.Value) cty.Value {
	values := v.AsValueMap()
	values["values"] = cty.UnknownVal(cty.Set(cty.String))
	return cty.ObjectVal(values)
}

func resolversNotKnown(v cty.Value) cty.Value {
	values := v.AsValueMap()
	block := values["propagation"].AsValueMap()
	block["resolvers"] = cty.UnknownVal(cty.Set(cty.String))
	values["propagation"] = cty.ObjectVal(block)
	return cty.ObjectVal(values)
}

func secretSet(v cty.Value) cty.Value {
	values := v.AsValueMap()
	values["values"] = values["values"].Mark(schema.Sensitive)
	return cty.ObjectVal(values)
}

// noAnswer is an address at which datagrams arrive, and that is all.
func noAnswer(t *testing.T) string {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c.LocalAddr().String()
}

// Every name server of the zone is asked, at the addresses that the zone's own server knows.
func TestNameServersOfTheZone(t *testing.T) {
	t.Parallel()
	secondary := another(t, "sip 3600 IN A 203.0.113.9", "lyncdiscover 300 IN CNAME sip")
	primary := another(t, "@ 3600 IN NS ns2", "@ 3600 IN NS ns3.fabrikam.com.", "ns1 3600 IN A 192.0.2.1", "ns2 3600 IN A 192.0.2.2", "ns2 3600 IN AAAA 2001:db8::2",
		"sip 3600 IN A 203.0.113.10", "lyncdiscover 300 IN CNAME sip")
	v, listing := verifying(t, primary.Addr()), planner.Listing{Objects: map[string]planner.Found{}}
	v.reach = func(address string) string {
		return map[string]string{"192.0.2.1:5353": primary.Addr(), "192.0.2.2:53": secondary.Addr(), "192.0.2.3:53": primary.Addr()}[address]
	}
	v.server = "ns1.contoso.com:5353"
	v.lookup = func(_ context.Context, host string) ([]netip.Addr, error) {
		return map[string][]netip.Addr{"ns3.fabrikam.com": {netip.MustParseAddr("::ffff:192.0.2.3")}}[host], nil
	}
	var objects []planner.Object
	for _, want := range []cty.Value{set("sip.contoso.com", "A", -1, "203.0.113.10"), set("lyncdiscover.contoso.com", "CNAME", -1, "SIP.contoso.com")} {
		o := wanted(propagated(want, true))
		objects = append(objects, o)
		listing.Objects[o.LiveID()] = planner.Found{Identity: o.Identity, Value: want}
	}
	v.listing(t.Context(), objects, listing)
	if got, want := listing.Objects["sip.contoso.com a"].Pending, "the name server ns2.contoso.com (192.0.2.2) still answers 203.0.113.9"; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if got := listing.Objects["lyncdiscover.contoso.com cname"].Pending; got != "" {
		t.Errorf("they agree, and yet %q", got)
	}
	if got := v.trips.Load(); got != 6 {
		t.Errorf("%d questions, want one a record and name server", got)
	}
}

// verifying asks one server for the zone.
func verifying(t *testing.T, server string) *verification {
	t.Helper()
	return &verification{
		zoneOf: func(string) (string, error) { return "contoso.com.", nil }, server: server, port: "53", limit: 5 * time.Second, trips: new(atomic.Int64), now: time.Now,
		lookup: func(context.Context, string) ([]netip.Addr, error) { return nil, errors.New("no such host") },
		primary: func(ctx context.Context, name string, rtype uint16) (*dns.Msg, error) {
			return question.Question{Name: name, Type: rtype}.Ask(ctx, server, 5*time.Second)
		},
	}
}

// What cannot be found out is never agreement.
func TestNameServersThatCannotBeAsked(t *testing.T) {
	t.Parallel()
	want := set("sip.contoso.com", "A", -1, "203.0.113.10")
	memory := imposterUDP(t, func(m *dns.Msg) { m.Answer = record(t, "sip.contoso.com. 60 IN A 203.0.113.10") })
	for label, test := range map[string]struct {
		zone  []string
		alter func(v *verification)
		want  string
	}{
		"no address": {
			[]string{"@ 60 IN NS ns2.nowhere.invalid."},
			nil,
			"the name server ns2.nowhere.invalid could not be asked: its address cannot be looked up, neither at ADDR nor by this machine",
		},
		"zone not found": {nil, func(v *verification) {
			v.zoneOf = func(string) (string, error) { return "", context.DeadlineExceeded }
		}, "the zone's name servers could not be asked: context deadline exceeded"},
		"no name servers": {nil, func(v *verification) {
			v.zoneOf = func(string) (string, error) { return "sub.contoso.com.", nil }
		}, "the name servers of sub.contoso.com could not be asked: ADDR names none (NXDOMAIN)"},
		"from memory": {[]string{"ns1 60 IN A 127.0.0.1"}, func(v *verification) {
			v.reach = func(string) string { return memory }
		}, "the name server ns1.contoso.com (127.0.0.1) could not be asked: it does not answer for the zone with authority"},
	} {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			primary := another(t, append([]string{"ns1 60 IN A 127.0.0.1", "sip 60 IN A 203.0.113.10"}, test.zone...)...)
			v := verifying(t, primary.Addr())
			if test.alter != nil {
				test.alter(v)
			}
			o := wanted(propagated(want, true))
			listing := planner.Listing{Objects: map[string]planner.Found{o.LiveID(): {Identity: o.Identity, Value: want}}}
			v.listing(t.Context(), []planner.Object{o}, listing)
			if got, want := listing.Objects[o.LiveID()].Pending, strings.ReplaceAll(test.want, "ADDR", primary.Addr()); got != want {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

// imposterUDP answers every question over UDP with what a function makes of the answer.
func imposterUDP(t *testing.T, fill func(m *dns.Msg)) string {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	started := make(chan struct{})
	s := &dns.Server{PacketConn: c, NotifyStartedFunc: func() { close(started) }, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, r *dns.Msg) {
		m := new(dns.Msg).SetReply(r)
		fill(m)
		_ = w.WriteMsg(m)
	})}
	go func() { _ = s.ActivateAndServe() }()
	<-started
	t.Cleanup(func() { _ = s.Shutdown() })
	return c.LocalAddr().String()
}

// A datagram that is lost is sent again, and an answer to something else is passed over.
func TestQuestionsOverUDP(t *testing.T) {
	t.Parallel()
	var seen atomic.Int32
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	go func() {
		for buffer := make([]byte, 4096); ; {
			n, from, err := c.ReadFrom(buffer)
			if err != nil {
				return
			}
			r := new(dns.Msg)
			if seen.Add(1) == 1 || r.Unpack(buffer[:n]) != nil {
				continue // lost
			}
			stale := new(dns.Msg).SetReply(r)
			stale.Id++
			m := new(dns.Msg).SetReply(r)
			for _, answer := range []*dns.Msg{stale, m} {
				if raw, err := answer.Pack(); err == nil {
					_, _ = c.WriteTo(raw, from)
				}
			}
		}
	}()
	m, err := question.Question{Name: "sip.contoso.com.", Type: dns.TypeA}.Ask(t.Context(), c.LocalAddr().String(), time.Second)
	if err != nil || seen.Load() != 2 || m.Rcode != dns.RcodeSuccess {
		t.Errorf("%v after %d datagrams: %v", m, seen.Load(), err)
	}
}

// An answer that is too long for a datagram comes over TCP.
func TestLongAnswers(t *testing.T) {
	t.Parallel()
	var records, values []string
	for n := range 100 {
		value := net.IPv4(203, 0, 113, byte(n)).String()
		records, values = append(records, "many 60 IN A "+value), append(values, value)
	}
	s := another(t, records...)
	got := pending(t, openAt(t, settings(s.Addr(), nameserver.Key{})), wanted(propagated(set("many.contoso.com", "A", -1, values...), false, s.Addr())))
	if got != "" {
		t.Error(got)
	}
}

func TestVerifyingEndsWithTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := question.Question{Name: "sip.contoso.com.", Type: dns.TypeA}.Ask(ctx, noAnswer(t), time.Minute)
	if err == nil || time.Since(began) > 20*time.Second || !strings.Contains(err.Error(), "deadline exceeded") {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
}

// How long a resolver may go on is the same sentence within a minute, and tells the day where it is another one.
func TestUntil(t *testing.T) {
	t.Parallel()
	v := &verification{}
	for _, test := range []struct {
		at        string
		remaining time.Duration
		want      string
	}{
		{"2026-11-22T14:00:10Z", 30 * time.Second, ", until 14:01 UTC at the latest"},
		{"2026-11-22T14:00:20Z", 20 * time.Second, ", until 14:01 UTC at the latest"},
		{"2026-11-22T23:30:00Z", time.Hour, ", until Mon 23 Nov 00:31 UTC at the latest"},
		{"2026-11-22T14:00:10Z", 0, ""},
	} {
		now, err := time.Parse(time.RFC3339, test.at)
		if err != nil {
			t.Fatal(err)
		}
		v.now = func() time.Time { return now }
		if got := v.until(witness{}, answer{remaining: test.remaining}); got != test.want {
			t.Errorf("%s + %s: %q, want %q", test.at, test.remaining, got, test.want)
		}
	}
	if got := v.until(witness{authoritative: true}, answer{remaining: time.Hour}); got != "" {
		t.Errorf("a name server does not go by the TTL: %q", got)
	}
}

func TestPropagationBlock(t *testing.T) {
	t.Parallel()
	k := dnsRecord()
	with := propagated(set("sip.contoso.com", "A", -1, "203.0.113.10"), true, "192.0.2.53").AsValueMap()
	if got := k.Patience(with); got != 2*time.Minute {
		t.Errorf("patience %s", got)
	}
	without := set("sip.contoso.com", "A", -1, "203.0.113.10")
	if got := k.Patience(without.AsValueMap()); got != 0 {
		t.Errorf("patience without a block %s", got)
	}
	if got := planner.Diff(k, without, cty.ObjectVal(with)).Action; got != planner.NoOp {
		t.Errorf("the block alone plans %s", got)
	}
	if said := complaints(propagated(without, false)); len(said) != 1 || !strings.Contains(said[0], "asks nobody") {
		t.Errorf("a block that asks nobody: %q", said)
	}
	check := propagationBlock().Attrs[0].Check
	for _, text := range []string{"192.0.2.53", "192.0.2.53:5353", "2001:db8::53", "[2001:db8::53]:53", "resolver.contoso.com"} {
		if err := check(cty.SetVal([]cty.Value{cty.StringVal(text)})); err != nil {
			t.Error(err)
		}
	}
	for _, text := range []string{"https://dns.google/dns-query", "1.1.1.1:dns", "", "a b"} {
		err := check(cty.SetVal([]cty.Value{cty.StringVal(text)}))
		if err == nil || !strings.Contains(err.Error(), "is no address of a resolver; write host or host:port, such as 192.0.2.53") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// What is waited for sends nothing.
func TestWaiting(t *testing.T) {
	t.Parallel()
	c := change(set("sip.contoso.com", "A", 60, "203.0.113.10"), set("sip.contoso.com", "A", 60, "203.0.113.10"))
	c.Action, c.Reason = planner.Run, "the resolver 192.0.2.53 still answers 203.0.113.9"
	todo, err := commands(c)
	if err != nil || len(todo) != 1 || todo[0].String() != "wait: the resolver 192.0.2.53 still answers 203.0.113.9" {
		t.Errorf("%v, %v", todo, err)
	}
	if err := openAt(t, settings(refusing(t), labKey)).Apply(t.Context(), c); err != nil {
		t.Errorf("waiting has sent something: %v", err)
	}
}
