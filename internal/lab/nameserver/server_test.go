package nameserver

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"sync"
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
		"present": {"SIP.contoso.com.", dns.TypeA, dns.RcodeSuccess, true,
			[]string{"sip.contoso.com. 300 IN A 203.0.113.10", "sip.contoso.com. 300 IN A 203.0.113.11"}, ""},
		"no data":         {"sip.contoso.com.", dns.TypeAAAA, dns.RcodeSuccess, true, nil, "contoso.com."},
		"no name":         {"nobody.contoso.com.", dns.TypeA, dns.RcodeNameError, true, nil, "contoso.com."},
		"empty, not gone": {"_tls.contoso.com.", dns.TypeA, dns.RcodeSuccess, true, nil, "contoso.com."},
		"alias": {"lyncdiscover.contoso.com.", dns.TypeA, dns.RcodeSuccess, true,
			[]string{"lyncdiscover.contoso.com. 300 IN CNAME sip.contoso.com.", "sip.contoso.com. 300 IN A 203.0.113.10",
				"sip.contoso.com. 300 IN A 203.0.113.11"}, ""},
		"the alias itself": {"lyncdiscover.contoso.com.", dns.TypeCNAME, dns.RcodeSuccess, true,
			[]string{"lyncdiscover.contoso.com. 300 IN CNAME sip.contoso.com."}, ""},
		"wildcard": {"a.b.wild.contoso.com.", dns.TypeTXT, dns.RcodeSuccess, true,
			[]string{`a.b.wild.contoso.com. 300 IN TXT "made\009up"`}, ""},
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

// send sends an update with prerequisites and updates in the form that the function gives it.
func send(t *testing.T, s *Server, k Key, build func(m *dns.Msg)) (*dns.Msg, error) {
	t.Helper()
	m := new(dns.Msg).SetUpdate("contoso.com.")
	build(m)
	if k.Name != "" {
		m.SetTsig(dns.CanonicalName(k.Name), dns.CanonicalName(k.Algorithm), 300, time.Now().Unix())
	}
	answer, _, err := client(k).Exchange(m, s.Addr())
	return answer, err
}

func rr(t *testing.T, text string) []dns.RR {
	t.Helper()
	r, err := dns.NewRR(text)
	if err != nil {
		t.Fatal(err)
	}
	return []dns.RR{r}
}

func TestPrerequisites(t *testing.T) {
	t.Parallel()
	sip := func(t *testing.T, last ...string) (all []dns.RR) {
		for _, l := range last {
			all = append(all, rr(t, "SIP.contoso.com. 77 A 203.0.113."+l)...)
		}
		return all
	}
	tests := map[string]struct {
		build func(t *testing.T, m *dns.Msg)
		rcode int
	}{
		"set equals":           {func(t *testing.T, m *dns.Msg) { m.Used(sip(t, "11", "10")) }, dns.RcodeSuccess},
		"set is smaller":       {func(t *testing.T, m *dns.Msg) { m.Used(sip(t, "11", "10", "12")) }, dns.RcodeNXRrset},
		"set is larger":        {func(t *testing.T, m *dns.Msg) { m.Used(sip(t, "11")) }, dns.RcodeNXRrset},
		"set is another":       {func(t *testing.T, m *dns.Msg) { m.Used(sip(t, "11", "12")) }, dns.RcodeNXRrset},
		"set exists":           {func(t *testing.T, m *dns.Msg) { m.RRsetUsed(sip(t, "1")) }, dns.RcodeSuccess},
		"set does not exist":   {func(t *testing.T, m *dns.Msg) { m.RRsetUsed(rr(t, "sip.contoso.com. AAAA ::1")) }, dns.RcodeNXRrset},
		"set is not there":     {func(t *testing.T, m *dns.Msg) { m.RRsetNotUsed(rr(t, "sip.contoso.com. AAAA ::1")) }, dns.RcodeSuccess},
		"set is there":         {func(t *testing.T, m *dns.Msg) { m.RRsetNotUsed(sip(t, "1")) }, dns.RcodeYXRrset},
		"name in use":          {func(t *testing.T, m *dns.Msg) { m.NameUsed(sip(t, "1")) }, dns.RcodeSuccess},
		"empty name is unused": {func(t *testing.T, m *dns.Msg) { m.NameUsed(rr(t, "_tls.contoso.com. A 1.1.1.1")) }, dns.RcodeNameError},
		"name not in use":      {func(t *testing.T, m *dns.Msg) { m.NameNotUsed(rr(t, "x.contoso.com. A 1.1.1.1")) }, dns.RcodeSuccess},
		"name is in use":       {func(t *testing.T, m *dns.Msg) { m.NameNotUsed(sip(t, "1")) }, dns.RcodeYXDomain},
		"outside the zone":     {func(t *testing.T, m *dns.Msg) { m.NameNotUsed(rr(t, "x.example.org. A 1.1.1.1")) }, dns.RcodeNotZone},
		"a TTL": {func(t *testing.T, m *dns.Msg) {
			m.Used(sip(t, "10"))
			m.Answer[0].Header().Ttl = 1
		}, dns.RcodeFormatError},
	}
	for label, test := range tests {
		t.Run(label, func(t *testing.T) {
			s := start(t, Options{})
			before := s.Zones()
			m, err := send(t, s, Key{}, func(m *dns.Msg) {
				test.build(t, m)
				m.Insert(rr(t, "mark.contoso.com. 60 TXT done"))
			})
			if err != nil {
				t.Fatal(err)
			}
			if m.Rcode != test.rcode {
				t.Errorf("rcode %s, want %s", dns.RcodeToString[m.Rcode], dns.RcodeToString[test.rcode])
			}
			if changed := !cmp.Equal(before, s.Zones()); changed != (test.rcode == dns.RcodeSuccess) {
				t.Errorf("zone changed: %v", changed)
			}
		})
	}
}

func TestUpdates(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		build func(t *testing.T, m *dns.Msg)
		rcode int
		plus  []string
		minus []string
	}{
		"add raises the serial": {func(t *testing.T, m *dns.Msg) { m.Insert(rr(t, "new.contoso.com. 60 A 192.0.2.9")) }, 0,
			[]string{"new.contoso.com. 60 IN A 192.0.2.9"}, nil},
		"add to a set changes the TTL of all": {func(t *testing.T, m *dns.Msg) { m.Insert(rr(t, "sip.contoso.com. 60 A 203.0.113.11")) }, 0,
			[]string{"sip.contoso.com. 60 IN A 203.0.113.10", "sip.contoso.com. 60 IN A 203.0.113.11"},
			[]string{"sip.contoso.com. 300 IN A 203.0.113.10", "sip.contoso.com. 300 IN A 203.0.113.11"}},
		"delete a set": {func(t *testing.T, m *dns.Msg) { m.RemoveRRset(rr(t, "SIP.contoso.com. A 1.1.1.1")) }, 0,
			nil, []string{"sip.contoso.com. 300 IN A 203.0.113.10", "sip.contoso.com. 300 IN A 203.0.113.11"}},
		"delete a record": {func(t *testing.T, m *dns.Msg) { m.Remove(rr(t, "sip.contoso.com. A 203.0.113.10")) }, 0,
			nil, []string{"sip.contoso.com. 300 IN A 203.0.113.10"}},
		"delete a name": {func(t *testing.T, m *dns.Msg) { m.RemoveName(rr(t, "_sip._tls.contoso.com. A 1.1.1.1")) }, 0,
			nil, []string{"_sip._tls.contoso.com. 300 IN SRV 0 0 443 sip.contoso.com."}},
		"delete what is not there": {func(t *testing.T, m *dns.Msg) { m.RemoveName(rr(t, "x.contoso.com. A 1.1.1.1")) }, 0, nil, nil},
		"the apex stays":           {func(t *testing.T, m *dns.Msg) { m.RemoveName(rr(t, "contoso.com. A 1.1.1.1")) }, 0, nil, nil},
		"a CNAME beside other data is ignored": {func(t *testing.T, m *dns.Msg) { m.Insert(rr(t, "sip.contoso.com. CNAME x.")) }, 0,
			nil, nil},
		"other data beside a CNAME is ignored": {func(t *testing.T, m *dns.Msg) { m.Insert(rr(t, "lyncdiscover.contoso.com. A 192.0.2.9")) }, 0,
			nil, nil},
		"a CNAME in place of other data": {func(t *testing.T, m *dns.Msg) {
			m.RemoveRRset(rr(t, "sip.contoso.com. A 1.1.1.1"))
			m.Insert(rr(t, "sip.contoso.com. 60 CNAME x."))
		}, 0, []string{"sip.contoso.com. 60 IN CNAME x."},
			[]string{"sip.contoso.com. 300 IN A 203.0.113.10", "sip.contoso.com. 300 IN A 203.0.113.11"}},
		"one outside the zone spoils all": {func(t *testing.T, m *dns.Msg) {
			m.Insert(rr(t, "new.contoso.com. 60 A 192.0.2.9"))
			m.Insert(rr(t, "example.org. 60 A 192.0.2.9"))
		}, dns.RcodeNotZone, nil, nil},
	}
	for label, test := range tests {
		t.Run(label, func(t *testing.T) {
			var told []Set
			s := start(t, Options{Changed: func(zone string, sets []Set, _ bool) {
				if zone != "contoso.com" {
					t.Errorf("told of zone %q", zone)
				}
				told = sets
			}})
			before := s.Zones()["contoso.com"]
			m, err := send(t, s, Key{}, func(m *dns.Msg) { test.build(t, m) })
			if err != nil || m.Rcode != test.rcode {
				t.Fatalf("%v, %v", m, err)
			}
			after := s.Zones()["contoso.com"]
			plus, minus := without(after, before), without(before, after)
			changes := test.plus != nil || test.minus != nil
			if changes {
				raised := "contoso.com. 3600 IN SOA ns1.contoso.com. hostmaster.contoso.com. 8 3600 600 86400 300"
				test.plus = append([]string{raised}, test.plus...)
				test.minus = append([]string{strings.Replace(raised, " 8 ", " 7 ", 1)}, test.minus...)
				tellsAll(t, told, before, after, plus, minus)
			} else if told != nil {
				t.Error("told of a change where there is none")
			}
			if diff := cmp.Diff(test.plus, plus); diff != "" {
				t.Errorf("added:\n%s", diff)
			}
			if diff := cmp.Diff(test.minus, minus); diff != "" {
				t.Errorf("removed:\n%s", diff)
			}
		})
	}
}

// tellsAll holds what was told against what has changed: enough to get from one state to the other, and nothing else.
func tellsAll(t *testing.T, told []Set, before, after, plus, minus []string) {
	t.Helper()
	merged, err := Merge("contoso.com", before, told)
	if diff := cmp.Diff(after, merged); err != nil || diff != "" {
		t.Errorf("told %v: %v\n%s", told, err, diff)
	}
	touched := map[string]bool{}
	for _, text := range append(slices.Clone(plus), minus...) {
		fields := strings.Fields(text)
		touched[fields[0]+" "+fields[3]] = true
	}
	for _, set := range told {
		if !touched[set.Owner+" "+set.Type] {
			t.Errorf("told of %v, which has not changed", set)
		}
	}
	if len(told) != len(touched) || told[0].Type != "SOA" {
		t.Errorf("told %v, want %v, the SOA record first", told, touched)
	}
}

func without(all, other []string) (rest []string) {
	known := map[string]bool{}
	for _, text := range other {
		known[text] = true
	}
	for _, text := range all {
		if !known[text] {
			rest = append(rest, text)
		}
	}
	return rest
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

func TestConcurrentUpdatesAreToldInOrder(t *testing.T) {
	t.Parallel()
	var serials []string
	sizes := map[int]bool{}
	s := start(t, Options{Changed: func(_ string, sets []Set, _ bool) {
		if len(sets) != 2 || sets[0].Type != "SOA" || sets[1].Owner != "n.contoso.com." || sets[1].Type != "TXT" {
			t.Errorf("told %v", sets)
		}
		serials = append(serials, strings.Fields(sets[0].Records[0])[6])
		sizes[len(sets[1].Records)] = true
	}})
	var wg sync.WaitGroup
	for n := range 20 {
		wg.Go(func() {
			m, err := send(t, s, Key{}, func(m *dns.Msg) { m.Insert(rr(t, "n.contoso.com. 60 TXT "+strings.Repeat("x", n+1))) })
			if err != nil || m.Rcode != dns.RcodeSuccess {
				t.Errorf("%v, %v", m, err)
			}
		})
	}
	wg.Wait()
	for n, serial := range serials {
		if serial != strconv.Itoa(8+n) {
			t.Fatalf("told of serials %v, from 8 on", serials)
		}
	}
	if len(serials) != 20 || len(sizes) != 20 || sizes[0] || sizes[21] {
		t.Errorf("told %d times of sets of %v records", len(serials), sizes)
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
