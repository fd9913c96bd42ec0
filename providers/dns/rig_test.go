package dns

import (
	"cmp"
	"encoding/base64"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/dnsservice"
	"hybrid/internal/lab/nameserver"
	"hybrid/planner"
	"hybrid/providers"
)

// A rig is a server under test.
type rig struct {
	addr       string // of the name server
	key        nameserver.Key
	noTransfer bool                // transfers are refused
	curt       bool                // it does not say what is wrong with a signature
	cmdlets    *providers.Settings // how to reach it as a Windows DNS server, or at a service; nil: by RFC 2136
	ticket     *providers.Settings // how to reach it with a Kerberos ticket; nil: with the key
	service    dnsservice.Kind     // which service, "" for none
}

// settings are a provider block that leads to the server.
func (r rig) settings(zones ...string) providers.Settings {
	own := cmp.Or(r.cmdlets, r.ticket)
	if own == nil {
		return settings(r.addr, r.key, zones...)
	}
	values := own.Values.AsValueMap()
	values["zones"] = settings(r.addr, r.key, zones...).Values.GetAttr("zones")
	s := *own
	s.Values = cty.ObjectVal(values)
	return s
}

// says is an error text without the code of RFC 2136 that it ends in, where the server is not reached that way, or not asked to decide.
func (r rig) says(text string) string {
	if r.cmdlets != nil || r.ticket != nil {
		text, _, _ = strings.Cut(text, " (")
	}
	return text
}

// byHand changes the zone as somebody else does.
func (r rig) byHand(t *testing.T, build func(m *dns.Msg)) {
	t.Helper()
	m := new(dns.Msg).SetUpdate("contoso.com.")
	build(m)
	if r.ticket != nil {
		byTicket(t, *r.ticket, m)
		return
	}
	m.SetTsig(dns.CanonicalName(r.key.Name), dns.CanonicalName(r.key.Algorithm), 300, time.Now().Unix())
	c := &dns.Client{Net: "tcp", Timeout: 5 * time.Second, TsigSecret: map[string]string{dns.CanonicalName(r.key.Name): r.key.Secret}}
	answer, _, err := c.Exchange(m, r.addr)
	if err != nil || answer.Rcode != dns.RcodeSuccess {
		t.Fatalf("%v, %v", answer, err)
	}
}

func record(t *testing.T, text string) []dns.RR {
	t.Helper()
	rr, err := dns.NewRR(text)
	if err != nil {
		t.Fatal(err)
	}
	return []dns.RR{rr}
}

// TestServers walks record sets from state to state: at the lab's server, at BIND, Knot and PowerDNS, with transfers and
// without, and by cmdlets.
func TestServers(t *testing.T) {
	t.Parallel()
	rigs := map[string]func(t *testing.T) rig{
		"lab": func(t *testing.T) rig { return rig{addr: lab(t, labKey).Addr(), key: labKey} },
		"lab without transfers": func(t *testing.T) rig {
			s := lab(t, labKey)
			s.SetFault(nameserver.RefuseTransfers)
			return rig{addr: s.Addr(), key: labKey, noTransfer: true}
		},
		"windows": windowsRig,
		"bind":    func(t *testing.T) rig { return rig{addr: bind(t, serving{}), key: labKey} },
		"bind without transfers": func(t *testing.T) rig {
			return rig{addr: bind(t, serving{noTransfers: true}), key: labKey, noTransfer: true}
		},
		"knot": func(t *testing.T) rig { return rig{addr: knot(t, serving{}), key: labKey} },
		"knot without transfers": func(t *testing.T) rig {
			return rig{addr: knot(t, serving{noTransfers: true}), key: labKey, noTransfer: true}
		},
		"powerdns": func(t *testing.T) rig { return rig{addr: powerDNS(t, serving{}), key: labKey, curt: true} },
		"powerdns without transfers": func(t *testing.T) rig {
			return rig{addr: powerDNS(t, serving{noTransfers: true}), key: labKey, noTransfer: true, curt: true}
		},
		"route53":    func(t *testing.T) rig { return serviceRig(t, dnsservice.Route53) },
		"azure":      func(t *testing.T) rig { return serviceRig(t, dnsservice.Azure) },
		"cloudflare": func(t *testing.T) rig { return serviceRig(t, dnsservice.Cloudflare) },
	}
	for label, start := range rigs {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			r := start(t)
			walk(t, r)
			t.Run("zones", func(t *testing.T) { testZones(t, r) })
			if r.cmdlets == nil {
				t.Run("wrong key", func(t *testing.T) { testWrongKey(t, r) })
			}
		})
	}
}

// walk takes record sets from state to state at a server, with somebody else at work there.
func walk(t *testing.T, r rig) {
	t.Run("states", func(t *testing.T) { testStates(t, r) })
	t.Run("alias in place of addresses", func(t *testing.T) { testReplaceType(t, r) })
	t.Run("drift", func(t *testing.T) { testDrift(t, r) })
	t.Run("race", func(t *testing.T) { testRace(t, r) })
	t.Run("clash", func(t *testing.T) { testClash(t, r) })
}

func testStates(t *testing.T, r rig) {
	p := openAt(t, r.settings())
	const (
		noop, create, update, remove = planner.NoOp, planner.Create, planner.Update, planner.Delete
	)
	long, none := strings.Repeat("0123456789", 60)+`"\`+"ë\x01", `""`
	if r.cmdlets != nil { // which take no such texts
		long, none = long[:602], "none"
	}
	low := map[dnsservice.Kind]int64{dnsservice.Azure: 1, dnsservice.Cloudflare: 60}[r.service]
	steps := []struct {
		want   cty.Value
		action planner.Action
	}{
		{set("SIP.contoso.com.", "A", -1, "203.0.113.11", "203.0.113.10"), noop},
		{set("_sip._tls.contoso.com", "SRV", 300, "0 0 443 sip.CONTOSO.com"), noop},
		{set("contoso.com", "TXT", -1, "v=spf1 include:spf.contoso.com -all"), noop},
		{set("lyncdiscover.contoso.com", "CNAME", -1, "sip.contoso.com"), noop},
		{set("nobody.contoso.com", "A", -1), noop},
		{set("lyncdiscover.contoso.com", "A", -1), noop}, // what the alias leads to is not at the name

		{set("_sip._tls.contoso.com", "SRV", -1, "100 1 443 sipdir.online.lync.com"), update},
		{set("_sip._tls.contoso.com", "SRV", 60, "100 1 443 sipdir.online.lync.com"), update},
		{set("_sip._tls.contoso.com", "SRV", -1), remove},
		{set("_sip._tls.contoso.com", "SRV", 60, "0 0 443 a.contoso.com", "10 5 443 b.contoso.com."), create},

		{set("new.contoso.com", "AAAA", -1, "2001:DB8::0001"), create},
		{set("new.contoso.com", "AAAA", -1, "2001:db8::2", "2001:db8::3"), update},
		{set("new.contoso.com", "A", low, "192.0.2.200"), create},
		{set("new.contoso.com", "AAAA", -1), remove},
		{set("new.contoso.com", "A", -1, "192.0.2.200"), noop},

		{set("contoso.com", "TXT", -1, "MS=ms1", `"v=spf1" " -all"`), update},
		{set("txt.contoso.com", "TXT", 300, `"`+escaped([]byte(long))+`"`), create},
		{set("txt.contoso.com", "TXT", 300, `"`+escaped([]byte(long[:10]))+`" "`+escaped([]byte(long[10:]))+`"`), noop},
		{set("txt.contoso.com", "TXT", 300, none), update},
		{set("txt.contoso.com", "TXT", 300, "AbC"), update},
		{set("txt.contoso.com", "TXT", 300, "abc"), update},
		{set("alias.contoso.com", "CNAME", -1, "sip.contoso.com"), create},
		{set("alias.contoso.com", "CNAME", -1, "sipdir.online.lync.com"), update},
	}
	for _, step := range steps {
		converge(t, p, step.want, step.action)
	}
	if live := plan(t, p, set("new.contoso.com", "A", -1, "192.0.2.200")).Before; !live.GetAttr("ttl").RawEquals(cty.NumberIntVal(low)) {
		t.Errorf("a TTL of %d became %#v", low, live.GetAttr("ttl"))
	}
	if trips := p.(providers.Counter).RoundTrips(); trips < int64(len(steps)) {
		t.Errorf("%d round trips", trips)
	}
}

func testReplaceType(t *testing.T, r rig) {
	p := openAt(t, r.settings())
	converge(t, p, set("web.contoso.com", "A", 300, "203.0.113.20"), planner.Create)
	converge(t, p, set("web.contoso.com", "A", -1), planner.Delete)
	converge(t, p, set("web.contoso.com", "CNAME", 300, "webdir.online.lync.com"), planner.Create)
	c := converge(t, p, set("web.contoso.com", "CNAME", -1), planner.Delete)
	undo := c.Reverse()
	if err := p.Apply(t.Context(), undo); err != nil {
		t.Fatal(err)
	}
	if c := plan(t, p, set("web.contoso.com", "CNAME", 300, "webdir.online.lync.com")); c.Action != planner.NoOp {
		t.Errorf("the undo has not brought the alias back: %s", c.Action)
	}
}

func testDrift(t *testing.T, r rig) {
	p := openAt(t, r.settings())
	want := set("drift.contoso.com", "A", 300, "203.0.113.30")
	converge(t, p, want, planner.Create)
	r.byHand(t, func(m *dns.Msg) { m.Insert(record(t, "drift.contoso.com. 300 A 203.0.113.31")) })
	converge(t, p, want, planner.Update)
	r.byHand(t, func(m *dns.Msg) { m.RemoveRRset(record(t, "drift.contoso.com. A 1.1.1.1")) })
	converge(t, p, want, planner.Create)
}

func testRace(t *testing.T, r rig) {
	p := openAt(t, r.settings())
	want := set("race.contoso.com", "A", 300, "203.0.113.40")
	create := plan(t, p, want)
	r.byHand(t, func(m *dns.Msg) { m.Insert(record(t, "race.contoso.com. 60 A 203.0.113.41")) })
	refusedBecause(t, p, create, r.says("race.contoso.com A was changed by somebody else after the plan was made: now it holds A 203.0.113.41; nothing was changed (YXRRSET"))

	update := plan(t, p, want)
	r.byHand(t, func(m *dns.Msg) { m.Insert(record(t, "race.contoso.com. 60 A 203.0.113.42")) })
	refusedBecause(t, p, update, "now it holds A 203.0.113.4")
	if c := plan(t, p, set("race.contoso.com", "A", 60, "203.0.113.41", "203.0.113.42")); c.Action != planner.NoOp {
		t.Errorf("what somebody else made has been changed: %#v", c.Before)
	}

	remove := plan(t, p, set("race.contoso.com", "A", -1))
	r.byHand(t, func(m *dns.Msg) { m.RemoveRRset(record(t, "race.contoso.com. A 1.1.1.1")) })
	refusedBecause(t, p, remove, r.says("now there is none; nothing was changed (NXRRSET"))
}

func refusedBecause(t *testing.T, p providers.Provider, c planner.Change, want string) {
	t.Helper()
	err := p.Apply(t.Context(), c)
	if err == nil || !strings.Contains(err.Error(), want) || providers.InDoubt(err) {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func testClash(t *testing.T, r rig) {
	p := openAt(t, r.settings())
	converge(t, p, set("clash.contoso.com", "A", 300, "203.0.113.50"), planner.Create)
	refusedBecause(t, p, plan(t, p, set("clash.contoso.com", "CNAME", 300, "x.contoso.com")),
		r.says(`clash.contoso.com holds A 203.0.113.50, and a CNAME record stands alone at its name; nothing was changed (YXDOMAIN`))
	converge(t, p, set("clash.contoso.com", "A", -1), planner.Delete)
	converge(t, p, set("clash.contoso.com", "CNAME", 300, "x.contoso.com"), planner.Create)
	refusedBecause(t, p, plan(t, p, set("clash.contoso.com", "A", 300, "203.0.113.50")),
		r.says(`clash.contoso.com holds CNAME x.contoso.com., and a CNAME record stands alone at its name; nothing was changed (YXRRSET`))
}

func testZones(t *testing.T, r rig) {
	p := openAt(t, r.settings())
	converge(t, p, set("_sipinternaltls._tcp.contoso.com", "SRV", 300, "0 0 5061 pool02.contoso.com"), planner.Update)

	fails := func(settings providers.Settings, v cty.Value, want string) {
		t.Helper()
		o := wanted(v)
		listing := openAt(t, settings).Read(t.Context(), o.Kind, []planner.Object{o})
		said := listing.Err
		if said == nil {
			said = listing.Refused[o.LiveID()]
		}
		if c := planner.Check(&o, listing); said == nil || !strings.Contains(said.Error(), want) || c.Action != planner.Unknown || listing.Err != nil && (len(listing.Objects) > 0 || listing.Complete) {
			t.Errorf("%s is planned, %d objects\ngot  %v\nwant %s", c.Action, len(listing.Objects), said, want)
		}
	}
	plain := r.settings()
	noZone := "finding the zone of sip.example.org: the DNS server " + r.addr + " answered REFUSED; it serves no zone that holds the name"
	delegated := "has handed sub.contoso.com over to ns.sub.contoso.com; declare the record behind a provider block for that server"
	if r.cmdlets != nil {
		noZone = "127.0.0.1 has no zone that holds sip.example.org; make the zone there first, or name the DNS server as host that has it"
		delegated = "the zone contoso.com on 127.0.0.1 hands sub.contoso.com over to another zone; declare x.sub.contoso.com behind a provider block"
	}
	if r.service != "" {
		noZone = r.service.Title() + " shows no zone that holds sip.example.org among the account's public zones; it shows _sipinternaltls._tcp.contoso.com, contoso.com; check who signs in"
		delegated = "x.sub.contoso.com is in a zone of its own: contoso.com hands sub.contoso.com over to other name servers; declare the record behind a provider block"
	}
	fails(plain, set("sip.example.org", "A", -1, "192.0.2.1"), noZone)
	fails(plain, set("x.sub.contoso.com", "A", -1, "192.0.2.1"), delegated)
	if !r.service.AliasAtTop() {
		fails(plain, set("contoso.com", "CNAME", -1, "x.contoso.com"), "contoso.com is the top of its zone")
	}
	fails(r.settings("contoso.com"), set("sip.fabrikam.com", "A", -1, "192.0.2.1"),
		"sip.fabrikam.com is in none of the zones of provider dns.external (contoso.com)")
	if r.noTransfer {
		fails(plain, set("a.wild.contoso.com", "A", -1, "192.0.2.1"), "a.wild.contoso.com A cannot be told from the wildcard *.wild.contoso.com")
		return
	}
	converge(t, p, set("a.wild.contoso.com", "A", -1, "203.0.113.99"), planner.Create)
}

func testWrongKey(t *testing.T, r rig) {
	other := r.key
	other.Secret = base64.StdEncoding.EncodeToString([]byte("not the secret"))
	unknown := r.key
	unknown.Name = "stranger"
	for _, test := range []struct {
		key  nameserver.Key
		want string
	}{
		{other, "asked with the key hybrid (hmac-sha256): TSIG error BADSIG; the secret differs from the server's"},
		{unknown, "asked with the key stranger (hmac-sha256): TSIG error BADKEY; the server has no key of that name and algorithm"},
	} {
		refused := test.want
		if r.curt {
			test.want, refused = "where it is, "+keyDoubts, "update-policy in BIND), or "+keyDoubts
		}
		p := openAt(t, settings(r.addr, test.key, "contoso.com"))
		o := wanted(set("sip.contoso.com", "A", -1, "192.0.2.1"))
		err := p.Read(t.Context(), o.Kind, []planner.Object{o}).Err
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), test.key.Secret) {
			t.Errorf("read: %v, want %s", err, test.want)
		}
		c := change(cty.NilVal, set("wrongkey.contoso.com", "A", -1, "192.0.2.1"))
		refusedBecause(t, p, c, refused)
	}
	good := openAt(t, settings(r.addr, r.key))
	if c := plan(t, good, set("wrongkey.contoso.com", "A", -1)); c.Action != planner.NoOp {
		t.Error("an update with a wrong key has been carried out")
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
