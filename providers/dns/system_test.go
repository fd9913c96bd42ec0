package dns

import (
	"fmt"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/lab/nameserver"
	"hybrid/planner"
	"hybrid/providers"
)

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
