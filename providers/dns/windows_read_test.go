package dns

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/powershell"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/providers/shell"
)

// A script stands in for sessions: it gives the rows, or the error, of each call, by its text.
type script struct {
	answers map[string]any
	calls   []string
}

func (s *script) Call(_ context.Context, c powershell.Command, o powershell.CallOptions) error {
	s.calls = append(s.calls, c.String())
	switch answer := s.answers[c.String()].(type) {
	case error:
		return answer
	case [][]any:
		for _, cells := range answer {
			if err := o.Row(cells); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("nobody expected %s", c)
}

func (s *script) Calls() int64 { return int64(len(s.calls)) }
func (s *script) Close() error { return nil }

// windowsWith is a provider in front of a script.
func windowsWith(t *testing.T, answers map[string]any, zones ...string) (*script, *windows) {
	t.Helper()
	s := &script{answers: answers}
	values := block(map[string]cty.Value{"zones": settings("x", labKey, zones...).Values.GetAttr("zones")})
	opened, err := shell.Open(providers.Settings{Name: "dns.internal", Values: values}, shell.Options{
		Translator: shell.NewTranslator(windowsModule), Advise: advised, Pool: s,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, &windows{Provider: opened, name: "dns.internal", host: "dc01", zones: zonesOf(values)}
}

// refusal is an error as the DNS server gives it, in whatever language.
func refusal(n int) error {
	return &powershell.CmdletError{Cmdlet: getRecord, Message: "Fehler beim Abrufen.", Kind: fmt.Sprintf("WIN32 %d,%s", n, getRecord)}
}

func zoneRows(zones ...string) [][]any {
	var rows [][]any
	for _, zone := range zones {
		rows = append(rows, []any{zone, "Primary", false})
	}
	return rows
}

const (
	listing = "Get-DnsServerZone"
	cuts    = "Get-DnsServerResourceRecord -ZoneName:'contoso.com' -RRType:'NS'"
	sipNode = "Get-DnsServerResourceRecord -ZoneName:'contoso.com' -Name:'sip' -Node:$true"
)

var apexNS = [][]any{{"@", "NS", "01:00:00", map[string]any{"NameServer": "dc01."}}}

// What a real PowerShell may make of addresses, lengths of time, lists and numbers on the way.
func TestShapesOfRecords(t *testing.T) {
	t.Parallel()
	n := func(text string) any { return json.Number(text) }
	tests := map[string]struct {
		cells []any
		want  string // "" is an error
	}{
		"text":                  {[]any{"sip", "A", "00:05:00", map[string]any{"IPv4Address": "203.0.113.1"}}, "sip.contoso.com. 300 IN A 203.0.113.1"},
		"object":                {[]any{"sip", "A", map[string]any{"TotalSeconds": n("3600"), "Ticks": n("36000000000")}, map[string]any{"IPv4Address": map[string]any{"IPAddressToString": "203.0.113.1"}}}, "sip.contoso.com. 3600 IN A 203.0.113.1"},
		"days":                  {[]any{"@", "AAAA", "1.02:00:01", map[string]any{"IPv6Address": "2001:DB8:0::1"}}, "contoso.com. 93601 IN AAAA 2001:db8::1"},
		"a scope in an address": {[]any{"@", "AAAA", "00:00:00.0000000", map[string]any{"IPv6Address": map[string]any{"IPAddressToString": "fe80::1%3"}}}, "contoso.com. 0 IN AAAA fe80::1"},
		"alias without a dot":   {[]any{"a.b", "CNAME", "01:00:00", map[string]any{"HostNameAlias": "sip.contoso.com"}}, "a.b.contoso.com. 3600 IN CNAME sip.contoso.com."},
		"a whole name":          {[]any{"a.contoso.com.", "CName", "01:00:00", map[string]any{"HostNameAlias": "sip.contoso.com."}}, "a.contoso.com. 3600 IN CNAME sip.contoso.com."},
		"numbers":               {[]any{"_sip._tls", "SRV", "01:00:00", map[string]any{"Priority": n("0"), "Weight": "5", "Port": n("443"), "DomainName": "sip.contoso.com."}}, "_sip._tls.contoso.com. 3600 IN SRV 0 5 443 sip.contoso.com."},
		"lines":                 {[]any{"@", "TXT", "01:00:00", map[string]any{"DescriptiveText": "a \"b\"\r\nc"}}, `contoso.com. 3600 IN TXT "a \"b\"" "c"`},
		"a list of texts":       {[]any{"@", "TXT", "01:00:00", map[string]any{"DescriptiveText": []any{"a", "b"}}}, `contoso.com. 3600 IN TXT "a" "b"`},
		"nothing but its name":  {[]any{"@", "TXT", "01:00:00", "DnsServerResourceRecordTxt"}, ""},
		"no address":            {[]any{"@", "A", "01:00:00", map[string]any{}}, ""},
		"another member":        {[]any{"@", "A", "01:00:00", map[string]any{"IPv4Address": "sip"}}, ""},
		"ticks":                 {[]any{"@", "A", n("300"), map[string]any{"IPv4Address": "203.0.113.1"}}, ""},
		"beyond any TTL":        {[]any{"@", "A", "99999.00:00:00", map[string]any{"IPv4Address": "203.0.113.1"}}, ""},
		"no type":               {[]any{"@", nil, "01:00:00", nil}, ""},
	}
	for label, test := range tests {
		rr, err := liveRecord("contoso.com", test.cells)
		if test.want == "" {
			if err == nil || rr != nil {
				t.Errorf("%s: %v", label, rr)
			}
			continue
		}
		if err != nil || strings.ReplaceAll(rr.String(), "\t", " ") != test.want {
			t.Errorf("%s: %v, %v, want %s", label, rr, err, test.want)
		}
	}
}

func TestWindowsReadsByName(t *testing.T) {
	t.Parallel()
	s, p := windowsWith(t, map[string]any{
		listing: zoneRows("contoso.com", "_tcp.contoso.com"), cuts: apexNS,
		sipNode: [][]any{
			{"sip", "A", "00:05:00", map[string]any{"IPv4Address": "203.0.113.1"}},
			{"sip", "A", "00:10:00", map[string]any{"IPv4Address": "203.0.113.2"}},
			{"sip", "MX", "00:05:00", "DnsServerResourceRecordMX"},
			{"x.sip", "A", "00:05:00", map[string]any{"IPv4Address": "203.0.113.9"}},
		},
		"Get-DnsServerResourceRecord -ZoneName:'contoso.com' -Name:'gone' -Node:$true":   refusal(9714),
		"Get-DnsServerResourceRecord -ZoneName:'contoso.com' -Name:'hollow' -Node:$true": [][]any{},
	})
	want := []planner.Object{
		wanted(set("sip.contoso.com", "A", -1, "192.0.2.1")), wanted(set("sip.contoso.com", "AAAA", -1, "2001:db8::1")),
		wanted(set("gone.contoso.com", "A", -1, "192.0.2.1")), wanted(set("hollow.contoso.com", "A", -1, "192.0.2.1")),
	}
	l := p.Read(t.Context(), dnsRecord(), want)
	if l.Err != nil || len(l.Objects) != 1 || l.Complete || len(l.Parts) != 0 {
		t.Fatalf("%v, %v, parts %v", l.Err, l.Objects, l.Parts)
	}
	if v := l.Objects[want[0].LiveID()].Value; !v.GetAttr("ttl").RawEquals(cty.NumberIntVal(300)) || v.GetAttr("values").LengthInt() != 2 {
		t.Errorf("%#v", v)
	}
	if diff := cmp.Diff([]string{listing, cuts, sipNode, s.calls[3], s.calls[4]}, s.calls); diff != "" {
		t.Errorf("a name is read once, with all its types:\n%s", diff)
	}
	for name, zone := range map[string]string{"new.contoso.com": "contoso.com", "a._TCP.contoso.com.": "_tcp.contoso.com", "contoso.com": "contoso.com", "fabrikam.com": ""} {
		if got := l.Place(name); got != zone {
			t.Errorf("%s is in %q, want %q", name, got, zone)
		}
	}
}

// Many names of a zone are read with it, in one call.
func TestWindowsReadsManyNamesWithTheirZone(t *testing.T) {
	t.Parallel()
	records := [][]any{apexNS[0]}
	var want []planner.Object
	for n := range mostNames + 1 {
		name := fmt.Sprintf("host%d", n)
		records = append(records, []any{name, "A", "00:05:00", map[string]any{"IPv4Address": "203.0.113.1"}})
		want = append(want, wanted(set(name+".contoso.com", "A", -1, "192.0.2.1")))
	}
	s, p := windowsWith(t, map[string]any{listing: zoneRows("contoso.com"), "Get-DnsServerResourceRecord -ZoneName:'contoso.com'": records})
	if l := p.Read(t.Context(), dnsRecord(), want); l.Err != nil || len(l.Objects) != len(want) || len(s.calls) != 2 || l.Complete || l.Parts["contoso.com"] != len(want) {
		t.Errorf("%v, %d objects, %d calls, parts %v", l.Err, len(l.Objects), len(s.calls), l.Parts)
	}
	_, p = windowsWith(t, map[string]any{listing: zoneRows("contoso.com"), "Get-DnsServerResourceRecord -ZoneName:'contoso.com'": records}, "contoso.com")
	if l := p.Read(t.Context(), dnsRecord(), nil); l.Err != nil || len(l.Objects) != len(want) || !l.Complete || l.Place("new.contoso.com") != "contoso.com" {
		t.Errorf("all of the declared zones: %v, %d objects, complete %v", l.Err, len(l.Objects), l.Complete)
	}
}

// What cannot be read, or is not to be written on this server, is an error and never an absence.
func TestWindowsReadErrors(t *testing.T) {
	t.Parallel()
	lost := &powershell.LostError{Sent: true, Host: "dc01", Err: errors.New("cut")}
	for label, test := range map[string]struct {
		answers map[string]any
		zones   []string
		want    string
	}{
		"zones":             {map[string]any{listing: refusal(5)}, nil, "listing the zones on dc01: Get-DnsServerResourceRecord: Fehler beim Abrufen. (error 5)\nThe account may not do this on the DNS server"},
		"another number":    {map[string]any{listing: zoneRows("contoso.com"), cuts: apexNS, sipNode: refusal(1722)}, nil, "reading sip.contoso.com in the zone contoso.com on dc01: Get-DnsServerResourceRecord: Fehler beim Abrufen."},
		"the text of 9714":  {map[string]any{listing: zoneRows("contoso.com"), cuts: apexNS, sipNode: &powershell.CmdletError{Message: "WIN32 9714,x"}}, nil, "WIN32 9714"},
		"no such zone":      {map[string]any{listing: zoneRows("contoso.com"), cuts: refusal(9601)}, nil, "The DNS server has no such zone any more: run plan again."},
		"lost twice":        {map[string]any{listing: lost}, nil, "cut"},
		"without a zone":    {map[string]any{listing: zoneRows("fabrikam.com")}, nil, "dc01 has no zone that holds sip.contoso.com"},
		"declared only":     {map[string]any{listing: zoneRows("fabrikam.com")}, []string{"contoso.com"}, "dc01 has no zone contoso.com, which zones names; it has fabrikam.com"},
		"a deeper zone":     {map[string]any{listing: zoneRows("contoso.com", "sip.contoso.com")}, []string{"contoso.com"}, "sip.contoso.com is in the zone sip.contoso.com on dc01, which zones of provider dns.internal does not name"},
		"a copy":            {map[string]any{listing: [][]any{{"contoso.com", "Secondary", false}}}, nil, "dc01 has the zone contoso.com as secondary only, not as primary"},
		"a forwarder":       {map[string]any{listing: [][]any{{"contoso.com", "Forwarder", nil}}}, nil, "dc01 has the zone contoso.com as forwarder only"},
		"read-only":         {map[string]any{listing: [][]any{{"contoso.com", "Primary", true}}}, nil, "dc01 holds the zone contoso.com read-only"},
		"a zone of no type": {map[string]any{listing: [][]any{{"contoso.com", nil, false}}}, nil, "a zone without name or type"},
		"handed over":       {map[string]any{listing: zoneRows("contoso.com"), cuts: [][]any{{"SIP", "NS", "01:00:00", nil}}}, nil, "the zone contoso.com on dc01 hands sip.contoso.com over to another zone"},
		"no data":           {map[string]any{listing: zoneRows("contoso.com"), cuts: apexNS, sipNode: [][]any{{"sip", "A", "00:05:00", "DnsServerResourceRecordA"}}}, nil, "the A record at sip in the zone contoso.com cannot be read: its data came as string"},
	} {
		_, p := windowsWith(t, test.answers, test.zones...)
		l := p.Read(t.Context(), dnsRecord(), []planner.Object{wanted(set("sip.contoso.com", "A", -1, "192.0.2.1"))})
		if l.Err == nil || !strings.Contains(l.Err.Error(), test.want) || l.Objects != nil || l.Complete {
			t.Errorf("%s:\ngot  %v\nwant %s", label, l.Err, test.want)
		}
	}
}

// Where no zones are named they are not all read: those that could be managed are named, so that some can be chosen.
func TestWindowsAsksWhichZones(t *testing.T) {
	t.Parallel()
	_, p := windowsWith(t, map[string]any{listing: append(zoneRows("fabrikam.com", "contoso.com"), []any{"copy.example", "Secondary", false})})
	err := p.Read(t.Context(), dnsRecord(), nil).Err
	if err == nil || !strings.Contains(err.Error(), "write those that you mean into zones of the provider block. dc01 has contoso.com, fabrikam.com") || strings.Contains(err.Error(), "copy") {
		t.Error(err)
	}
	var many []string
	for n := range 22 {
		many = append(many, fmt.Sprintf("z%02d.example", n))
	}
	_, p = windowsWith(t, map[string]any{listing: zoneRows(many...)})
	if err := p.Read(t.Context(), dnsRecord(), nil).Err; err == nil || !strings.Contains(err.Error(), "z19.example and 2 more") {
		t.Error(err)
	}
	_, p = windowsWith(t, map[string]any{listing: [][]any{{"copy.example", "Secondary", false}}})
	if err := p.Read(t.Context(), dnsRecord(), nil).Err; err == nil || !strings.Contains(err.Error(), "has none that can be changed there") {
		t.Error(err)
	}
}

// What was done before a failure is told, and an answer that was lost is in doubt.
func TestWindowsFailsHalfway(t *testing.T) {
	t.Parallel()
	const (
		add    = "Add-DnsServerResourceRecordA -ZoneName:'contoso.com' -Name:'sip' -IPv4Address:'203.0.113.2' -TimeToLive:'00:05:00' -Confirm:$false"
		remove = "Remove-DnsServerResourceRecord -ZoneName:'contoso.com' -Name:'sip' -RRType:'A' -RecordData:@('203.0.113.1') -Force:$true -Confirm:$false"
	)
	c := inZone("contoso.com", set("sip.contoso.com", "A", 300, "203.0.113.1"), set("sip.contoso.com", "A", 300, "203.0.113.2"))
	there := [][]any{{"sip", "A", "00:05:00", map[string]any{"IPv4Address": "203.0.113.1"}}}
	lost := &powershell.LostError{Sent: true, Host: "dc01", Err: errors.New("cut")}
	for label, test := range map[string]struct {
		answers     map[string]any
		want        string
		half, doubt bool
	}{
		"second":           {map[string]any{sipNode: there, add: [][]any{}, remove: refusal(9701)}, "carried out before:\n  " + add + "\nstill to be carried out:\n  " + remove + "\nRemove the cause and run plan again", true, false},
		"second lost":      {map[string]any{sipNode: there, add: [][]any{}, remove: lost}, "carried out before:\n  " + add + "\nperhaps carried out:\n  " + remove + "\nRemove", true, true},
		"first lost":       {map[string]any{sipNode: there, add: lost}, "perhaps carried out:\n  " + add + "\nstill to be carried out:\n  " + remove + "\nRemove", false, true},
		"first":            {map[string]any{sipNode: there, add: refusal(9711)}, "Somebody else has made the record, or one that cannot stand beside it", false, false},
		"before any":       {map[string]any{sipNode: lost}, "was to be read once more before it is changed, and nothing was changed", false, false},
		"somebody quicker": {map[string]any{sipNode: refusal(9714)}, "changed by somebody else after the plan was made: now there is none; nothing was changed; run plan again", false, false},
	} {
		_, p := windowsWith(t, test.answers)
		err := p.Apply(t.Context(), c)
		if err == nil || !strings.Contains(err.Error(), test.want) || providers.Halfway(err) != test.half || providers.InDoubt(err) != test.doubt {
			t.Errorf("%s:\ngot  %v\nwant %s", label, err, test.want)
		}
	}
}
