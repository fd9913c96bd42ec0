package nameserver

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
)

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
		"add raises the serial": {
			func(t *testing.T, m *dns.Msg) { m.Insert(rr(t, "new.contoso.com. 60 A 192.0.2.9")) }, 0,
			[]string{"new.contoso.com. 60 IN A 192.0.2.9"},
			nil,
		},
		"add to a set changes the TTL of all": {
			func(t *testing.T, m *dns.Msg) { m.Insert(rr(t, "sip.contoso.com. 60 A 203.0.113.11")) }, 0,
			[]string{"sip.contoso.com. 60 IN A 203.0.113.10", "sip.contoso.com. 60 IN A 203.0.113.11"},
			[]string{"sip.contoso.com. 300 IN A 203.0.113.10", "sip.contoso.com. 300 IN A 203.0.113.11"},
		},
		"delete a set": {
			func(t *testing.T, m *dns.Msg) { m.RemoveRRset(rr(t, "SIP.contoso.com. A 1.1.1.1")) }, 0,
			nil,
			[]string{"sip.contoso.com. 300 IN A 203.0.113.10", "sip.contoso.com. 300 IN A 203.0.113.11"},
		},
		"delete a record": {
			func(t *testing.T, m *dns.Msg) { m.Remove(rr(t, "sip.contoso.com. A 203.0.113.10")) }, 0,
			nil,
			[]string{"sip.contoso.com. 300 IN A 203.0.113.10"},
		},
		"delete a name": {
			func(t *testing.T, m *dns.Msg) { m.RemoveName(rr(t, "_sip._tls.contoso.com. A 1.1.1.1")) }, 0,
			nil,
			[]string{"_sip._tls.contoso.com. 300 IN SRV 0 0 443 sip.contoso.com."},
		},
		"delete what is not there": {func(t *testing.T, m *dns.Msg) { m.RemoveName(rr(t, "x.contoso.com. A 1.1.1.1")) }, 0, nil, nil},
		"the apex stays":           {func(t *testing.T, m *dns.Msg) { m.RemoveName(rr(t, "contoso.com. A 1.1.1.1")) }, 0, nil, nil},
		"a CNAME beside other data is ignored": {
			func(t *testing.T, m *dns.Msg) { m.Insert(rr(t, "sip.contoso.com. CNAME x.")) }, 0,
			nil, nil,
		},
		"other data beside a CNAME is ignored": {
			func(t *testing.T, m *dns.Msg) { m.Insert(rr(t, "lyncdiscover.contoso.com. A 192.0.2.9")) }, 0,
			nil, nil,
		},
		"a CNAME in place of other data": {
			func(t *testing.T, m *dns.Msg) {
				m.RemoveRRset(rr(t, "sip.contoso.com. A 1.1.1.1"))
				m.Insert(rr(t, "sip.contoso.com. 60 CNAME x."))
			}, 0,
			[]string{"sip.contoso.com. 60 IN CNAME x."},
			[]string{"sip.contoso.com. 300 IN A 203.0.113.10", "sip.contoso.com. 300 IN A 203.0.113.11"},
		},
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
