package dns

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"

	"hybrid/planner"
)

// A spelledRecord is one record in the forms that configurations, zones and Windows DNS servers have for it.
type spelledRecord struct {
	wanted  []string         // as a configuration may write it (RFC 1035 section 5.1, RFC 4291 section 2.2)
	wire    []string         // as a name server may hold it: its data in presentation form
	windows []map[string]any // the members that RecordData may have
}

// spelledRecords are several of each type, by type; those of a type differ from one another.
var spelledRecords = map[string][]spelledRecord{
	"A": {
		{[]string{"203.0.113.10"}, []string{"203.0.113.10"}, []map[string]any{{"IPv4Address": "203.0.113.10"}, {"IPv4Address": map[string]any{"IPAddressToString": "203.0.113.10", "AddressFamily": json.Number("2")}}}},
		{[]string{"203.0.113.11"}, []string{"203.0.113.11"}, []map[string]any{{"IPv4Address": "203.0.113.11"}}},
	},
	"AAAA": {
		{
			[]string{"2001:db8::10", "2001:DB8::10", "2001:0db8:0000:0000:0000:0000:0000:0010", "2001:db8:0::0:10", "2001:db8::0.0.0.16"},
			[]string{"2001:db8::10"},
			[]map[string]any{{"IPv6Address": "2001:DB8::10"}, {"IPv6Address": "2001:db8:0:0:0:0:0:10"}, {"IPv6Address": map[string]any{"IPAddressToString": "2001:db8::10"}}},
		},
		{[]string{"2001:db8::1"}, []string{"2001:db8::1"}, []map[string]any{{"IPv6Address": "2001:db8::1"}}},
	},
	"CNAME": {
		{
			[]string{"sipdir.online.lync.com", "sipdir.online.lync.com.", "SipDir.Online.Lync.com"},
			[]string{"sipdir.online.lync.com.", "SIPDIR.ONLINE.LYNC.COM."},
			[]map[string]any{{"HostNameAlias": "sipdir.online.lync.com."}, {"HostNameAlias": "SipDir.online.lync.com"}},
		},
		{[]string{"webdir.online.lync.com"}, []string{"webdir.online.lync.com."}, []map[string]any{{"HostNameAlias": "webdir.online.lync.com."}}},
	},
	"SRV": {
		{
			[]string{"0 0 5061 sip.contoso.com", "0  0\t5061 SIP.contoso.com.", "00 0 05061 sip.Contoso.com"},
			[]string{"0 0 5061 sip.contoso.com.", "0 0 5061 Sip.Contoso.COM."},
			[]map[string]any{srvData("sip.contoso.com.", 0, 0, 5061), srvData("SIP.contoso.com", 0, 0, 5061), {"Priority": "0", "Weight": "0", "Port": "5061", "DomainName": "sip.contoso.com."}},
		},
		{[]string{"0 1 5061 sip.contoso.com"}, []string{"0 1 5061 sip.contoso.com."}, []map[string]any{srvData("sip.contoso.com.", 0, 1, 5061)}},
	},
	"TXT": {
		{
			[]string{"v=spf1 include:a.com -all", `"v=spf1 include:a.com -all"`, `"v=spf1 " "include:a.com -all"`, `"v=spf1\032include:a.com \045all"`},
			[]string{`"v=spf1 include:a.com -all"`, `"v=spf1 incl" "ude:a.com -all"`},
			[]map[string]any{
				{"DescriptiveText": "v=spf1 include:a.com -all"}, {"DescriptiveText": []any{"v=spf1 include:a.com", " -all"}}, {"DescriptiveText": "v=spf1 include\r\n:a.com -all"},
			},
		},
		{[]string{`"MS=ms\"1\"\\2"`, `"MS=ms\0341\034\\2"`}, []string{`"MS=ms\"1\"\\2"`}, []map[string]any{{"DescriptiveText": `MS=ms"1"\2`}}},
		{
			[]string{strings.Repeat("x", 300)},
			[]string{`"` + strings.Repeat("x", 255) + `" "` + strings.Repeat("x", 45) + `"`, `"` + strings.Repeat("x", 200) + `" "` + strings.Repeat("x", 100) + `"`},
			[]map[string]any{{"DescriptiveText": strings.Repeat("x", 252) + "\r\n" + strings.Repeat("x", 48)}},
		},
		{[]string{"V=SPF1 include:a.com -all"}, []string{`"V=SPF1 include:a.com -all"`}, []map[string]any{{"DescriptiveText": "V=SPF1 include:a.com -all"}}},
	},
}

func srvData(target string, priority, weight, port int) map[string]any {
	n := func(n int) any { return json.Number(fmt.Sprint(n)) }
	return map[string]any{"DomainName": target, "Priority": n(priority), "Weight": n(weight), "Port": n(port)}
}

// timeSpans are the forms of one hour: .NET's constant form, and the object.
var timeSpans = []any{"01:00:00", "1:00:00", "0.01:00:00", "01:00:00.0000000", map[string]any{"TotalSeconds": json.Number("3600"), "Hours": json.Number("1")}}

// spelt is a name in a case of its own.
func spelt(t *rapid.T, name, label string) string {
	return rapid.SampledFrom([]string{name, strings.ToUpper(name), strings.ToUpper(name[:1]) + name[1:]}).Draw(t, label)
}

// drawSet is a record set as a configuration has it.
func drawSet(t *rapid.T, rtype string, chosen []spelledRecord) planner.Object {
	k := dnsRecord()
	name := spelt(t, "_sip._tls.contoso.com", "wanted name") + rapid.SampledFrom([]string{"", "."}).Draw(t, "dot")
	var values []cty.Value
	for _, r := range chosen {
		values = append(values, cty.StringVal(rapid.SampledFrom(r.wanted).Draw(t, "wanted")))
	}
	ttl := rapid.SampledFrom([]cty.Value{cty.NullVal(cty.Number), cty.NumberIntVal(3600)}).Draw(t, "ttl")
	return planner.Object{Kind: k, Identity: name, Want: cty.ObjectVal(map[string]cty.Value{
		"identity": cty.StringVal(name), "type": cty.StringVal(rapid.SampledFrom([]string{rtype, strings.ToLower(rtype)}).Draw(t, "type")),
		"ttl": ttl, "values": cty.SetVal(values), "propagation": cty.NullVal(propagationBlock().Type()),
	})}
}

// transferred are the records as a transfer of the zone gives them.
func transferred(t *rapid.T, rtype string, chosen []spelledRecord) []dns.RR {
	var set []dns.RR
	owner := spelt(t, "_sip._tls.contoso.com.", "live name")
	for _, r := range rapid.Permutation(chosen).Draw(t, "order") {
		text := fmt.Sprintf("%s 3600 IN %s %s", owner, rtype, rapid.SampledFrom(r.wire).Draw(t, "wire"))
		rr, err := dns.NewRR(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		set = append(set, rr)
	}
	return set
}

// listedByCmdlet are the records as Get-DnsServerResourceRecord gives them.
func listedByCmdlet(t *rapid.T, rtype string, chosen []spelledRecord) []dns.RR {
	var set []dns.RR
	for _, r := range rapid.Permutation(chosen).Draw(t, "order") {
		host := rapid.SampledFrom([]string{spelt(t, "_sip._tls", "host"), "_sip._tls.contoso.com."}).Draw(t, "relative")
		cells := []any{
			host, rapid.SampledFrom([]string{rtype, strings.ToLower(rtype)}).Draw(t, "live type"),
			rapid.SampledFrom(timeSpans).Draw(t, "time span"), rapid.SampledFrom(r.windows).Draw(t, "data"),
		}
		rr, err := liveRecord(spelt(t, "contoso.com", "zone"), cells)
		if err != nil {
			t.Fatal(err)
		}
		set = append(set, rr)
	}
	return set
}

// readers are the two ways by which record sets are read.
var readers = map[string]func(*rapid.T, string, []spelledRecord) []dns.RR{"transferred": transferred, "from Windows": listedByCmdlet}

func compare(o planner.Object, set []dns.RR) planner.Change {
	id, found := liveSet(o.Kind, set)
	return planner.Check(&o, planner.Listing{Objects: map[string]planner.Found{id: found}, Complete: true})
}

// drawRecords chooses records of a type, one where there can only be one.
func drawRecords(t *rapid.T, rtype string) []spelledRecord {
	all := spelledRecords[rtype]
	if rtype == "CNAME" {
		return all[:1]
	}
	return slices.Clone(all[:rapid.IntRange(1, len(all)).Draw(t, "records")])
}

// TestRecordSetsAreQuiet feeds record sets in every form that zones and Windows DNS servers have for them.
func TestRecordSetsAreQuiet(t *testing.T) {
	t.Parallel()
	for _, rtype := range recordTypes() {
		for name, read := range readers {
			t.Run(rtype+" "+name, func(t *testing.T) {
				t.Parallel()
				rapid.Check(t, func(t *rapid.T) {
					chosen := drawRecords(t, rtype)
					o, set := drawSet(t, rtype, chosen), read(t, rtype, chosen)
					if c := compare(o, set); c.Action != planner.NoOp || len(c.Unread) > 0 {
						t.Fatalf("%s of %v\nwanted %#v\nlive   %v", c.Action, c.Paths, o.Want, set)
					}
				})
			})
		}
	}
}

// TestNoDifferenceOfARecordSetIsSilent is the counterpart: another record, one less, or another TTL.
func TestNoDifferenceOfARecordSetIsSilent(t *testing.T) {
	t.Parallel()
	for _, rtype := range recordTypes() {
		for name, read := range readers {
			t.Run(rtype+" "+name, func(t *testing.T) {
				t.Parallel()
				rapid.Check(t, func(t *rapid.T) {
					all := spelledRecords[rtype]
					set := read(t, rtype, all[:1])
					o := drawSet(t, rtype, all[1:])
					if c := compare(o, set); c.Action != planner.Update {
						t.Fatalf("%s\nwanted %#v\nlive   %v", c.Action, o.Want, set)
					}
					set, o = read(t, rtype, all[:1]), drawSet(t, rtype, all[:1])
					set[0].Header().Ttl = 3599
					if c := compare(o, set); (c.Action == planner.Update) == o.Want.GetAttr("ttl").IsNull() {
						t.Fatalf("another TTL: %s\nwanted %#v", c.Action, o.Want)
					}
				})
			})
		}
	}
}
