package dns

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/dnsservice"
	"hybrid/internal/lab/nameserver"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/schema"
)

var labKey = nameserver.Key{Name: "hybrid", Algorithm: "hmac-sha256", Secret: base64.StdEncoding.EncodeToString([]byte("the secret of the tests"))}

func contoso() map[string][]string {
	return map[string][]string{
		"contoso.com": {
			"@ 3600 IN SOA ns1 hostmaster 7 3600 600 86400 300", "@ 3600 IN NS ns1", "ns1 3600 IN A 192.0.2.1",
			"sip 300 IN A 203.0.113.10", "SIP 300 IN A 203.0.113.11", "lyncdiscover 300 IN CNAME sip",
			"_sip._tls 300 IN SRV 0 0 443 Sip", `@ 300 IN TXT "v=spf1 include:spf." "contoso.com -all"`,
			"*.wild 300 IN A 203.0.113.99", "sub IN NS ns.sub", "ns.sub IN A 192.0.2.2",
		},
		"_sipinternaltls._tcp.contoso.com": { // a pin-point zone within the other
			"@ 3600 IN SOA ns1.contoso.com. hostmaster.contoso.com. 1 3600 600 86400 300", "@ 3600 IN NS ns1.contoso.com.",
			"@ 300 IN SRV 0 0 5061 pool01.contoso.com.",
		},
	}
}

// settings are a provider block's values, signed with the key unless it has no name.
func settings(server string, k nameserver.Key, zones ...string) providers.Settings {
	s := systemSchema()
	tsig := cty.NullVal(s.Blocks[0].Type())
	if k.Name != "" {
		tsig = cty.ObjectVal(map[string]cty.Value{"name": cty.StringVal(k.Name), "algorithm": cty.StringVal(k.Algorithm),
			"secret": cty.StringVal(k.Secret).Mark(schema.Sensitive)})
	}
	names := cty.NullVal(cty.Set(cty.String))
	if len(zones) > 0 {
		var all []cty.Value
		for _, zone := range zones {
			all = append(all, cty.StringVal(zone))
		}
		names = cty.SetVal(all)
	}
	return providers.Settings{Name: "dns.external", Values: block(map[string]cty.Value{
		"type": cty.StringVal("rfc2136"), "server": cty.StringVal(server), "zones": names, "tsig": tsig,
	})}
}

// block is a provider block's values, null but for some.
func block(said map[string]cty.Value) cty.Value {
	values := map[string]cty.Value{}
	for name, t := range systemSchema().Type().AttributeTypes() {
		values[name] = cty.NullVal(t)
	}
	maps.Copy(values, said)
	return cty.ObjectVal(values)
}

func openAt(t *testing.T, s providers.Settings) providers.Provider {
	t.Helper()
	p, err := System().Open(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func lab(t *testing.T, k nameserver.Key) *nameserver.Server {
	t.Helper()
	s, err := nameserver.Start(nameserver.Options{Listen: "127.0.0.1:0", Zones: contoso(), TSIG: k})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// wanted is an object as the configuration evaluates to it.
func wanted(v cty.Value) planner.Object {
	k := dnsRecord()
	name := v.GetAttr("identity").AsString()
	return planner.Object{Kind: k, Provider: "dns.external", Identity: name, Want: v, Absent: v.GetAttr("values").IsNull(),
		Address: planner.Address{Kind: k.Name, Labels: []string{name, v.GetAttr("type").AsString()}}}
}

// plan reads and compares one record set; without values it is to be absent.
func plan(t *testing.T, p providers.Provider, v cty.Value) planner.Change {
	t.Helper()
	o := wanted(v)
	listing := p.Read(t.Context(), o.Kind, []planner.Object{o})
	if listing.Err != nil {
		t.Fatal(listing.Err)
	}
	return planner.Check(&o, listing)
}

// converge plans, applies and plans again.
func converge(t *testing.T, p providers.Provider, v cty.Value, want planner.Action) planner.Change {
	t.Helper()
	c := plan(t, p, v)
	if c.Action != want {
		t.Fatalf("planned %s of %#v, want %s: %v", c.Action, v, want, c.Before)
	}
	if err := p.Apply(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if again := plan(t, p, v); again.Action != planner.NoOp {
		t.Fatalf("after apply %s is planned: %#v", again.Action, again.Before)
	}
	return c
}

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

func TestReadAll(t *testing.T) {
	t.Parallel()
	s := lab(t, labKey)
	p := openAt(t, settings(s.Addr(), labKey, "contoso.com", "_sipinternaltls._tcp.contoso.com"))
	listing := p.Read(t.Context(), dnsRecord(), nil)
	if listing.Err != nil || !listing.Complete {
		t.Fatalf("%v, complete %v", listing.Err, listing.Complete)
	}
	of := listing.Parts["contoso.com"] + listing.Parts["_sipinternaltls._tcp.contoso.com"]
	if len(listing.Parts) != 2 || listing.Parts["contoso.com"] == 0 || of != len(listing.Objects) {
		t.Errorf("%d record sets in zones of %v", len(listing.Objects), listing.Parts)
	}
	got := map[string][]string{}
	for id, found := range listing.Objects {
		for _, v := range found.Value.GetAttr("values").AsValueSlice() {
			got[id] = append(got[id], v.AsString())
		}
	}
	want := map[string][]string{
		"ns1.contoso.com a":                    {"192.0.2.1"},
		"sip.contoso.com a":                    {"203.0.113.10", "203.0.113.11"},
		"lyncdiscover.contoso.com cname":       {"sip.contoso.com."},
		"_sip._tls.contoso.com srv":            {"0 0 443 Sip.contoso.com."},
		"contoso.com txt":                      {`"v=spf1 include:spf." "contoso.com -all"`},
		"*.wild.contoso.com a":                 {"203.0.113.99"},
		"ns.sub.contoso.com a":                 {"192.0.2.2"},
		"_sipinternaltls._tcp.contoso.com srv": {"0 0 5061 pool01.contoso.com."},
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for id, found := range listing.Objects {
		if !found.Value.Type().Equals(dnsRecord().Type()) {
			t.Errorf("%s is of type %#v", id, found.Value.Type())
		}
	}

	if err := openAt(t, settings(s.Addr(), labKey)).Read(t.Context(), dnsRecord(), nil).Err; err == nil ||
		!strings.Contains(err.Error(), "the zones must be known; write them into zones of the provider block") {
		t.Error(err)
	}
	s.SetFault(nameserver.RefuseTransfers)
	if err := p.Read(t.Context(), dnsRecord(), nil).Err; err == nil ||
		!strings.Contains(err.Error(), "REFUSED; its policy does not allow it") || !strings.Contains(err.Error(), "without a transfer only records that are declared can be read") {
		t.Error(err)
	}
}

// A zone of many messages is read whole, each message under the signature of the one before.
func TestLargeZone(t *testing.T) {
	t.Parallel()
	const many = 5000
	zones := contoso()
	for n := range many {
		zones["contoso.com"] = append(zones["contoso.com"], fmt.Sprintf("host%d 60 IN TXT %q", n, strings.Repeat("x", 60)))
	}
	s, err := nameserver.Start(nameserver.Options{Listen: "127.0.0.1:0", Zones: zones, TSIG: labKey})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	listing := openAt(t, settings(s.Addr(), labKey, "contoso.com")).Read(t.Context(), dnsRecord(), nil)
	if listing.Err != nil || len(listing.Objects) != many+7 {
		t.Errorf("%v, %d record sets", listing.Err, len(listing.Objects))
	}
}

// The addresses of a child zone's name servers stand in the zone above too, where they may be out of date.
func TestRecordsBelongToTheDeepestZone(t *testing.T) {
	t.Parallel()
	zones := contoso()
	zones["contoso.com"] = append(zones["contoso.com"], "child IN NS ns.child", "ns.child IN A 192.0.2.2")
	zones["child.contoso.com"] = []string{"@ 60 IN SOA ns h 1 1 1 1 1", "@ 60 IN NS ns", "ns 60 IN A 192.0.2.77"}
	s, err := nameserver.Start(nameserver.Options{Listen: "127.0.0.1:0", Zones: zones})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, declared := range [][]string{nil, {"child.contoso.com", "contoso.com"}} {
		p := openAt(t, settings(s.Addr(), nameserver.Key{}, declared...))
		objects := []planner.Object{wanted(set("ns.child.contoso.com", "A", -1, "192.0.2.77")), wanted(set("sip.contoso.com", "A", -1, "192.0.2.1"))}
		live := p.Read(t.Context(), dnsRecord(), objects).Objects[objects[0].LiveID()].Value
		if live == cty.NilVal || !live.GetAttr("values").RawEquals(cty.SetVal([]cty.Value{cty.StringVal("192.0.2.77")})) {
			t.Errorf("zones %v: %#v", declared, live)
		}
	}
	above := openAt(t, settings(s.Addr(), nameserver.Key{}, "contoso.com"))
	if c := plan(t, above, set("ns.child.contoso.com", "A", -1, "192.0.2.2")); c.Action != planner.NoOp {
		t.Errorf("%s of an address that only the zone above is declared for: %#v", c.Action, c.Before)
	}
}

func TestReadWithoutTransfersIsNotComplete(t *testing.T) {
	t.Parallel()
	s := lab(t, nameserver.Key{})
	s.SetFault(nameserver.RefuseTransfers)
	p := openAt(t, settings(s.Addr(), nameserver.Key{}))
	here, gone := wanted(set("sip.contoso.com", "A", -1, "192.0.2.1")), wanted(set("nobody.contoso.com", "A", -1, "192.0.2.1"))
	listing := p.Read(t.Context(), dnsRecord(), []planner.Object{here, gone})
	if listing.Err != nil || listing.Complete || len(listing.Objects) != 1 {
		t.Errorf("%v, complete %v, %v", listing.Err, listing.Complete, listing.Objects)
	}
	if _, ok := listing.Objects[here.LiveID()]; !ok {
		t.Errorf("%v", listing.Objects)
	}
}

func TestOneZoneThatFailsIsNoAbsence(t *testing.T) {
	t.Parallel()
	s := lab(t, labKey)
	p := openAt(t, settings(s.Addr(), labKey, "contoso.com", "fabrikam.com"))
	objects := []planner.Object{wanted(set("sip.contoso.com", "A", -1, "192.0.2.1")), wanted(set("sip.fabrikam.com", "A", -1, "192.0.2.1"))}
	listing := p.Read(t.Context(), dnsRecord(), objects)
	if listing.Err == nil || !strings.Contains(listing.Err.Error(), "sip.fabrikam.com A") || !strings.Contains(listing.Err.Error(), s.Addr()) ||
		listing.Objects != nil || listing.Complete {
		t.Errorf("%v, %v", listing.Err, listing.Objects)
	}
}

func TestRefusedUpdateIsExplained(t *testing.T) {
	t.Parallel()
	s := lab(t, labKey)
	c := change(cty.NilVal, set("new.contoso.com", "A", -1, "192.0.2.1"))
	refusedBecause(t, openAt(t, settings(s.Addr(), nameserver.Key{}, "contoso.com")), c,
		"updating new.contoso.com A: the DNS server "+s.Addr()+" answered REFUSED; its policy does not allow it: let this machine's address transfer and update the zone (allow-transfer and allow-update in BIND), or write tsig"+
			"; the zone names ns1.contoso.com as its primary server (SOA), which usually is the only one that takes updates: write that one as server")
	refusedBecause(t, openAt(t, settings(s.Addr(), labKey, "com")), c, "answered NOTAUTH; it is not the primary server of com: write that one as server")
}

func TestLostAnswerIsInDoubt(t *testing.T) {
	t.Parallel()
	s := lab(t, labKey)
	p := openAt(t, settings(s.Addr(), labKey))
	want := set("new.contoso.com", "A", -1, "192.0.2.1")
	c := plan(t, p, want)
	s.SetFault(nameserver.DropUpdateAnswers)
	err := p.Apply(t.Context(), c)
	if !providers.InDoubt(err) || !strings.Contains(err.Error(), "ended the connection without an answer") {
		t.Fatalf("got %v", err)
	}
	s.SetFault(nameserver.NoFault)
	if c := plan(t, p, want); c.Action != planner.NoOp {
		t.Errorf("the update was carried out, and reading it plans %s", c.Action)
	}
}

// A silent server takes connections and requests and never answers. It tells when the first request has begun to arrive.
func silent(t *testing.T) (addr string, asked <-chan struct{}) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	arrived := make(chan struct{})
	tell := sync.OnceFunc(func() { close(arrived) })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				if n, _ := conn.Read(make([]byte, 1)); n > 0 {
					tell()
				}
				_, _ = io.Copy(io.Discard, conn)
				_ = conn.Close()
			}()
		}
	}()
	return l.Addr().String(), arrived
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
	s := &dns.Server{Listener: l, Handler: dns.HandlerFunc(answer), MsgAcceptFunc: func(dns.Header) dns.MsgAcceptAction { return dns.MsgAccept },
		NotifyStartedFunc: func() { close(started) }}
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
