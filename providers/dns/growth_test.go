package dns

import (
	"fmt"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/lab/nameserver"
	"hybrid/planner"
	"hybrid/providers"
)

// hosts are zones in which as many names stand, and what is wanted there: the record sets as they are.
func hosts(count int) (zones map[string][]string, want []planner.Object) {
	zones = contoso()
	for n := range count {
		zones["contoso.com"] = append(zones["contoso.com"], fmt.Sprintf("h%d 300 IN A 192.0.2.1", n))
		want = append(want, wanted(set(fmt.Sprintf("h%d.contoso.com", n), "A", 300, "192.0.2.1")))
	}
	return zones, want
}

func serve(t testing.TB, zones map[string][]string) *nameserver.Server {
	t.Helper()
	s, err := nameserver.Start(nameserver.Options{Listen: "127.0.0.1:0", Zones: zones})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// readAll reads and gives how many requests it took.
func readAll(t testing.TB, p providers.Provider, want []planner.Object) (planner.Listing, int64) {
	t.Helper()
	before := p.(providers.Counter).RoundTrips()
	listing := p.Read(t.Context(), dnsRecord(), want)
	if listing.Err != nil {
		t.Fatal(listing.Err)
	}
	return listing, p.(providers.Counter).RoundTrips() - before
}

// Names that a transferred zone holds cost no query: one finds the zone, one reads it.
func TestNamesOfAZoneCostNoQueries(t *testing.T) {
	t.Parallel()
	zones, want := hosts(1000)
	p := unsigned(t, serve(t, zones))
	for range 2 {
		listing, trips := readAll(t, p, want)
		for _, o := range want {
			if _, found := listing.Objects[o.LiveID()]; !found {
				t.Fatalf("%s is not found", o.Identity)
			}
		}
		if trips > 2 {
			t.Errorf("%d names took %d requests", len(want), trips)
		}
	}
}

func TestAbsentNamesAreAskedForOnce(t *testing.T) {
	t.Parallel()
	zones, want := hosts(10)
	for n := range 100 {
		want = append(want, wanted(set(fmt.Sprintf("new%d.contoso.com", n), "A", 300, "192.0.2.1")))
	}
	p := unsigned(t, serve(t, zones))
	if _, trips := readAll(t, p, want); trips != 102 {
		t.Errorf("%d requests, want one for the zone, its transfer, and one for each absent name", trips)
	}
	if _, trips := readAll(t, p, want); trips != 1 {
		t.Errorf("%d requests the second time, want the transfer alone", trips)
	}
}

// A zone for a single name may stand beside the zone above without any NS record that leads to it. What is in it is not
// absent, and what is made goes into it.
func TestZoneThatNothingLeadsTo(t *testing.T) {
	t.Parallel()
	s := serve(t, contoso())
	p := unsigned(t, s)
	pinned := wanted(set("_sipinternaltls._tcp.contoso.com", "SRV", 300, "0 0 5061 pool01.contoso.com"))
	beside := wanted(set("_sipinternaltls._tcp.contoso.com", "TXT", 300, "x"))
	listing, _ := readAll(t, p, []planner.Object{wanted(set("sip.contoso.com", "A", -1, "192.0.2.1")), pinned, beside})
	if _, found := listing.Objects[pinned.LiveID()]; !found {
		t.Fatal("a record in a zone of its own was read as absent")
	}
	if err := p.Apply(t.Context(), change(cty.NilVal, beside.Want)); err != nil {
		t.Fatal(err)
	}
	if zone := strings.Join(s.Zones()["_sipinternaltls._tcp.contoso.com"], "\n"); !strings.Contains(zone, "IN TXT \"x\"") {
		t.Errorf("made elsewhere than in its zone:\n%s", zone)
	}
}

// Where a zone of the server hides a name that stands in the zone above as well, an update finds the zone that answers, and
// its prerequisite does not hold there.
func TestUpdateFindsTheZoneThatHidesAnother(t *testing.T) {
	t.Parallel()
	zones := contoso()
	zones["contoso.com"] = append(zones["contoso.com"], "web 300 IN A 192.0.2.1")
	zones["web.contoso.com"] = []string{"@ 60 IN SOA ns1.contoso.com. h 1 1 1 1 1", "@ 60 IN NS ns1.contoso.com.", "@ 300 IN A 192.0.2.2"}
	s := serve(t, zones)
	p := unsigned(t, s)
	want := wanted(set("web.contoso.com", "A", 300, "192.0.2.9"))
	listing, _ := readAll(t, p, []planner.Object{wanted(set("sip.contoso.com", "A", -1, "192.0.2.1")), want})
	before := s.Zones()
	refusedBecause(t, p, change(listing.Objects[want.LiveID()].Value, want.Want), "now it holds A 192.0.2.2; nothing was changed (NXRRSET")
	if after := s.Zones(); fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("changed: %v", after)
	}
}

// A name below NS records is asked for, whatever stands at it in the zone above.
func TestDelegatedNamesAreAskedFor(t *testing.T) {
	t.Parallel()
	p := unsigned(t, serve(t, contoso()))
	want := []planner.Object{wanted(set("sip.contoso.com", "A", -1, "192.0.2.1")), wanted(set("ns.sub.contoso.com", "A", -1, "192.0.2.2"))}
	err := p.Read(t.Context(), dnsRecord(), want).Err
	if err == nil || !strings.Contains(err.Error(), "has handed sub.contoso.com over to ns.sub.contoso.com") {
		t.Errorf("got %v", err)
	}
}

// Without transfers each set costs one query, and a wildcard above them one for all.
func TestNamesWithoutTransfersCostOneQuery(t *testing.T) {
	t.Parallel()
	zones, want := hosts(100)
	s := serve(t, zones)
	s.SetFault(nameserver.RefuseTransfers)
	p := unsigned(t, s)
	listing, trips := readAll(t, p, want)
	if len(listing.Objects) != 100 || listing.Complete {
		t.Errorf("%d record sets, complete %v", len(listing.Objects), listing.Complete)
	}
	if trips != 103 {
		t.Errorf("%d requests, want the zone, its transfer, 100 sets and one wildcard", trips)
	}
	top := wanted(set("_sipinternaltls._tcp.contoso.com", "CNAME", -1, "x.contoso.com"))
	err := p.Read(t.Context(), dnsRecord(), []planner.Object{wanted(set("sip.contoso.com", "A", -1, "192.0.2.1")), top}).Refused[top.LiveID()]
	if err == nil || !strings.Contains(err.Error(), "_sipinternaltls._tcp.contoso.com is the top of its zone") {
		t.Errorf("got %v", err)
	}
	err = p.Read(t.Context(), dnsRecord(), []planner.Object{
		wanted(set("sip.contoso.com", "A", -1, "192.0.2.1")),
		wanted(set("x.sub.contoso.com", "A", -1, "192.0.2.1")),
	}).Err
	if err == nil || !strings.Contains(err.Error(), "has handed sub.contoso.com over") {
		t.Errorf("got %v", err)
	}
}

// unsigned opens a provider that signs nothing and is told no zones.
func unsigned(t testing.TB, s *nameserver.Server) providers.Provider {
	t.Helper()
	p, err := System().Open(settings(s.Addr(), nameserver.Key{}))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDeepest(t *testing.T) {
	t.Parallel()
	zones := map[string]bool{"contoso.com.": true, "a.contoso.com.": true, `x\.y.contoso.com.`: true}
	for name, want := range map[string]string{
		"contoso.com.": "contoso.com.", "b.contoso.com.": "contoso.com.", "x.a.contoso.com.": "a.contoso.com.", "a.contoso.com.": "a.contoso.com.",
		"ba.contoso.com.": "contoso.com.", "com.": "", "example.org.": "", ".": "", `x\.y.contoso.com.`: `x\.y.contoso.com.`, "y.contoso.com.": "contoso.com.",
	} {
		if got := deepest(zones, name); got != want {
			t.Errorf("%s is in %q, want %q", name, got, want)
		}
	}
	zones["."] = true
	if got := deepest(zones, "example.org."); got != "." {
		t.Errorf("got %q", got)
	}
}

// BenchmarkRead reads as many names of one zone. The time of one must not depend on their number.
func BenchmarkRead(b *testing.B) {
	for _, count := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			zones, want := hosts(count)
			s := serve(b, zones)
			for b.Loop() {
				if listing, _ := readAll(b, unsigned(b, s), want); len(listing.Objects) < count {
					b.Fatal(len(listing.Objects))
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*count), "ns/name")
		})
	}
}
