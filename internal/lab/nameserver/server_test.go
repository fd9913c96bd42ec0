package nameserver

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var key = Key{Name: "Hybrid", Algorithm: "hmac-sha256", Secret: base64.StdEncoding.EncodeToString([]byte("a secret of the test's own"))}

func contoso() map[string][]string {
	return map[string][]string{
		"contoso.com": {
			"@ 3600 IN SOA ns1 hostmaster 7 3600 600 86400 300",
			"@ 3600 IN NS ns1",
			"ns1 IN A 192.0.2.1",
			"sip 300 IN A 203.0.113.10",
			"sip 300 IN A 203.0.113.11",
			"lyncdiscover 300 IN CNAME sip",
			"_sip._tls 300 IN SRV 0 0 443 sip",
			"*.wild 300 IN TXT \"made\tup\"",
			"sub IN NS ns.sub",
		},
		"fabrikam.com.": {
			"@ IN SOA ns1.contoso.com. hostmaster 1 3600 600 86400 300",
			"@ IN NS ns1.contoso.com.",
		},
	}
}

func start(t *testing.T, o Options) *Server {
	t.Helper()
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if o.Zones == nil {
		o.Zones = contoso()
	}
	s, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// client signs what is marked to be signed with the key.
func client(k Key) *dns.Client {
	return &dns.Client{Net: "tcp", Timeout: 5 * time.Second, TsigSecret: map[string]string{dns.CanonicalName(k.Name): k.Secret}}
}

func ask(t *testing.T, s *Server, network, name string, qtype uint16) *dns.Msg {
	t.Helper()
	c := &dns.Client{Net: network, Timeout: 5 * time.Second}
	m, _, err := c.Exchange(new(dns.Msg).SetQuestion(name, qtype), s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func shown(rrs []dns.RR) (all []string) {
	for _, rr := range rrs {
		all = append(all, strings.ReplaceAll(rr.String(), "\t", " "))
	}
	return all
}

func TestQueries(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	tests := map[string]struct {
		name   string
		qtype  uint16
		rcode  int
		aa     bool
		answer []string
		denied string // owner of the SOA record in the authority section
	}{
		"present": {
			"SIP.contoso.com.", dns.TypeA, dns.RcodeSuccess, true,
			[]string{"sip.contoso.com. 300 IN A 203.0.113.10", "sip.contoso.com. 300 IN A 203.0.113.11"},
			"",
		},
		"no data":         {"sip.contoso.com.", dns.TypeAAAA, dns.RcodeSuccess, true, nil, "contoso.com."},
		"no name":         {"nobody.contoso.com.", dns.TypeA, dns.RcodeNameError, true, nil, "contoso.com."},
		"empty, not gone": {"_tls.contoso.com.", dns.TypeA, dns.RcodeSuccess, true, nil, "contoso.com."},
		"alias": {
			"lyncdiscover.contoso.com.", dns.TypeA, dns.RcodeSuccess, true,
			[]string{
				"lyncdiscover.contoso.com. 300 IN CNAME sip.contoso.com.", "sip.contoso.com. 300 IN A 203.0.113.10",
				"sip.contoso.com. 300 IN A 203.0.113.11",
			},
			"",
		},
		"the alias itself": {
			"lyncdiscover.contoso.com.", dns.TypeCNAME, dns.RcodeSuccess, true,
			[]string{"lyncdiscover.contoso.com. 300 IN CNAME sip.contoso.com."},
			"",
		},
		"wildcard": {
			"a.b.wild.contoso.com.", dns.TypeTXT, dns.RcodeSuccess, true,
			[]string{`a.b.wild.contoso.com. 300 IN TXT "made\009up"`},
			"",
		},
		"delegated": {"x.sub.contoso.com.", dns.TypeA, dns.RcodeSuccess, false, nil, ""},
		"elsewhere": {"example.org.", dns.TypeA, dns.RcodeRefused, false, nil, ""},
	}
	for label, test := range tests {
		for _, network := range []string{"udp", "tcp"} {
			t.Run(label+" "+network, func(t *testing.T) {
				m := ask(t, s, network, test.name, test.qtype)
				if m.Rcode != test.rcode || m.Authoritative != test.aa {
					t.Errorf("rcode %s, authoritative %v", dns.RcodeToString[m.Rcode], m.Authoritative)
				}
				if diff := cmp.Diff(test.answer, shown(m.Answer)); diff != "" {
					t.Errorf("answer:\n%s", diff)
				}
				denied := ""
				if len(m.Ns) == 1 && m.Ns[0].Header().Rrtype == dns.TypeSOA {
					denied = m.Ns[0].Header().Name
				}
				if denied != test.denied {
					t.Errorf("denied by %q, want %q", denied, test.denied)
				}
			})
		}
	}
}

func TestLongAnswerIsTruncatedOverUDPOnly(t *testing.T) {
	t.Parallel()
	zones := contoso()
	for range 8 {
		zones["contoso.com"] = append(zones["contoso.com"], `long TXT "`+strings.Repeat("x", 100)+string(rune('a'+len(zones["contoso.com"])))+`"`)
	}
	s := start(t, Options{Zones: zones})
	if m := ask(t, s, "udp", "long.contoso.com.", dns.TypeTXT); !m.Truncated {
		t.Error("not truncated over UDP")
	}
	if m := ask(t, s, "tcp", "long.contoso.com.", dns.TypeTXT); m.Truncated || len(m.Answer) != 8 {
		t.Errorf("over TCP: truncated %v, %d records", m.Truncated, len(m.Answer))
	}
}

func transfer(t *testing.T, s *Server, k Key) ([]string, error) {
	t.Helper()
	q := new(dns.Msg).SetAxfr("contoso.com.")
	tr := &dns.Transfer{}
	if k.Name != "" {
		tr.TsigSecret = map[string]string{dns.CanonicalName(k.Name): k.Secret}
		q.SetTsig(dns.CanonicalName(k.Name), dns.CanonicalName(k.Algorithm), 300, time.Now().Unix())
	}
	ch, err := tr.In(q, s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for e := range ch {
		if e.Error != nil {
			err = e.Error
		}
		all = append(all, shown(e.RR)...)
	}
	return all, err
}

func TestTransfer(t *testing.T) {
	t.Parallel()
	zones := contoso()
	for n := range 3000 { // more than one message
		zones["contoso.com"] = append(zones["contoso.com"], "host"+strings.Repeat("x", n%40)+string(rune('a'+n%26))+" IN TXT \""+strings.Repeat("y", n%97)+"\"")
	}
	s := start(t, Options{Zones: zones, TSIG: key})
	all, err := transfer(t, s, key)
	if err != nil {
		t.Fatal(err)
	}
	want := s.Zones()["contoso.com"]
	if diff := cmp.Diff(append(want, want[0]), all); diff != "" {
		t.Error(diff)
	}
	if _, err := transfer(t, s, Key{}); err == nil || !strings.Contains(err.Error(), "rcode: 5") {
		t.Errorf("unsigned: %v, want REFUSED", err)
	}
	s.SetFault(RefuseTransfers)
	if _, err := transfer(t, s, key); err == nil {
		t.Error("the fault has no effect")
	}
}

func TestSignatures(t *testing.T) {
	t.Parallel()
	other := base64.StdEncoding.EncodeToString([]byte("another secret"))
	tests := map[string]struct {
		key   Key
		skew  time.Duration
		rcode int
		tsig  uint16
	}{
		"right":             {key, 0, dns.RcodeSuccess, 0},
		"none":              {Key{}, 0, dns.RcodeRefused, 0},
		"another secret":    {Key{key.Name, key.Algorithm, other}, 0, dns.RcodeNotAuth, dns.RcodeBadSig},
		"another name":      {Key{"stranger", key.Algorithm, key.Secret}, 0, dns.RcodeNotAuth, dns.RcodeBadKey},
		"another algorithm": {Key{key.Name, "hmac-sha512", key.Secret}, 0, dns.RcodeNotAuth, dns.RcodeBadKey},
		"an hour late":      {key, -time.Hour, dns.RcodeNotAuth, dns.RcodeBadTime},
	}
	for label, test := range tests {
		t.Run(label, func(t *testing.T) {
			s := start(t, Options{TSIG: key})
			before := s.Zones()
			m := new(dns.Msg).SetUpdate("contoso.com.")
			m.Insert(rr(t, "new.contoso.com. 60 A 192.0.2.9"))
			if test.key.Name != "" {
				m.SetTsig(dns.CanonicalName(test.key.Name), dns.CanonicalName(test.key.Algorithm), 300, time.Now().Add(test.skew).Unix())
			}
			// The library hands out the answer even where it cannot verify its signature.
			answer, _, err := client(test.key).Exchange(m, s.Addr())
			if answer == nil {
				t.Fatal(err)
			}
			if answer.Rcode != test.rcode {
				t.Errorf("rcode %s", dns.RcodeToString[answer.Rcode])
			}
			if tsig := answer.IsTsig(); test.key.Name != "" && (tsig == nil || tsig.Error != test.tsig) {
				t.Errorf("TSIG %v, want error %d", tsig, test.tsig)
			}
			if changed := !cmp.Equal(before, s.Zones()); changed != (test.rcode == dns.RcodeSuccess) {
				t.Errorf("zone changed: %v", changed)
			}
		})
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	s.SetFault(DropUpdateAnswers)
	_, err := send(t, s, Key{}, func(m *dns.Msg) { m.Insert(rr(t, "new.contoso.com. 60 A 192.0.2.9")) })
	if err == nil {
		t.Error("the answer was not dropped")
	}
	if m := ask(t, s, "tcp", "new.contoso.com.", dns.TypeA); len(m.Answer) != 1 {
		t.Errorf("the update has had no effect: %v", m)
	}
	s.SetFault(RefuseAll)
	if m := ask(t, s, "udp", "new.contoso.com.", dns.TypeA); m.Rcode != dns.RcodeRefused {
		t.Errorf("rcode %s", dns.RcodeToString[m.Rcode])
	}
	s.SetFault(NoFault)
	if m := ask(t, s, "udp", "new.contoso.com.", dns.TypeA); m.Rcode != dns.RcodeSuccess {
		t.Errorf("rcode %s", dns.RcodeToString[m.Rcode])
	}
}

func TestStartRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		o    Options
		want string
	}{
		"no SOA":           {Options{Zones: map[string][]string{"contoso.com": {"@ NS ns1"}}}, "zone contoso.com has no SOA record"},
		"not a record":     {Options{Zones: map[string][]string{"contoso.com": {"@ A sip"}}}, "bad A A"},
		"outside":          {Options{Zones: map[string][]string{"contoso.com": {"example.org. A 192.0.2.1"}}}, "is outside the zone"},
		"no such hash":     {Options{TSIG: Key{"k", "hmac-md5", key.Secret}}, `no such algorithm: "hmac-md5"`},
		"secret no base64": {Options{TSIG: Key{"k", "hmac-sha256", "hush hush"}}, "the secret is not base64"},
		"taken":            {Options{Listen: start(t, Options{}).Addr()}, "name server: listen"},
	}
	for label, test := range tests {
		t.Run(label, func(t *testing.T) {
			if test.o.Listen == "" {
				test.o.Listen = "127.0.0.1:0"
			}
			_, err := Start(test.o)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want %q", err, test.want)
			}
			if strings.Contains(err.Error(), "hush") {
				t.Errorf("the secret stands in %v", err)
			}
		})
	}
}
