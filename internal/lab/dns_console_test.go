package lab

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"hybrid/internal/powershell"
	"hybrid/internal/wsman"
)

func dnsCmdlets() []string {
	return []string{
		"Get-DnsServerZone", "Get-DnsServerResourceRecord", "Add-DnsServerResourceRecord", "Add-DnsServerResourceRecordA",
		"Add-DnsServerResourceRecordAAAA", "Add-DnsServerResourceRecordCName", "Remove-DnsServerResourceRecord",
	}
}

// dnsSession is a session with the module DnsServer, of the account of a view or, with "", of the plain one.
func dnsSession(t testing.TB, l *Lab, view string) (*powershell.Session, error) {
	t.Helper()
	at := l.Endpoints().WinRM
	name := at.Username
	if view != "" {
		name += "@" + view
	}
	host, err := powershell.WinRM(wsman.Options{Host: at.Host, Port: at.Port, Fingerprint: at.Fingerprint, Username: name, Password: at.Password})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if closer, ok := host.(interface{ Close() error }); ok {
			_ = closer.Close()
		}
	})
	s, err := powershell.Start(t.Context(), host, powershell.Open{Modules: []string{"DnsServer"}, Cmdlets: dnsCmdlets()}, powershell.SessionOptions{Deadline: 20 * time.Second})
	if err == nil {
		t.Cleanup(func() { _ = s.Close() })
	}
	return s, err
}

// splitView is an estate with a zone of one name in each of two views.
func splitView(t testing.TB) *Lab {
	e := Seed(needed(), SeedOptions{})
	zone := func(address string) map[string][]string {
		return map[string][]string{
			"contoso.com.": {
				"contoso.com. 3600 IN SOA ns1.contoso.com. h.contoso.com. 1 900 600 86400 3600", "contoso.com. 3600 IN NS ns1.contoso.com.",
				"sip.contoso.com. 300 IN A " + address, "x.y.sip.contoso.com. 60 IN A 192.0.2.9", "alias.contoso.com. 86400 IN CNAME sip.contoso.com.",
				`contoso.com. 300 IN TXT "a\"b" "c d"`, "_sip._tls.contoso.com. 300 IN SRV 0 5 443 sip.contoso.com.",
			},
			"pin.contoso.com.": {"pin.contoso.com. 3600 IN SOA ns1.contoso.com. h.contoso.com. 1 900 600 86400 3600", "pin.contoso.com. 300 IN AAAA 2001:db8::1"},
		}
	}
	e.SetView("dns.external", zone("192.0.2.1"))
	e.SetView("dns.internal", zone("10.0.0.1"))
	return start(t, e)
}

// record is how a test writes down a record that a cmdlet gives.
func dnsRows(t testing.TB, s *powershell.Session, params ...any) [][]any {
	t.Helper()
	return rows(t, s, command("Get-DnsServerResourceRecord", params...), "HostName", "RecordType", "TimeToLive", "RecordData")
}

func TestDNSCmdletsSeeWhatTheNameServerOfTheirViewServes(t *testing.T) {
	t.Parallel()
	l := splitView(t)
	inside, err := dnsSession(t, l, "DNS.internal")
	if err != nil {
		t.Fatal(err)
	}
	a := func(name, ttl, address string) []any {
		return []any{name, "A", ttl, map[string]any{"IPv4Address": address}}
	}
	n := func(text string) json.Number { return json.Number(text) }
	for _, test := range []struct {
		params []any
		want   [][]any
	}{
		{[]any{"ZoneName", "contoso.com", "Name", "sip", "Node", true}, [][]any{a("sip", "00:05:00", "10.0.0.1")}},
		{[]any{"ZoneName", "contoso.com", "Name", "SIP"}, [][]any{a("sip", "00:05:00", "10.0.0.1"), a("x.y.sip", "00:01:00", "192.0.2.9")}},
		{[]any{"ZoneName", "contoso.com", "Name", "y.sip", "Node", true}, nil}, // has names below, so it exists
		{[]any{"ZoneName", "contoso.com", "Name", "sip", "Node", true, "RRType", "CName"}, nil},
		{[]any{"ZoneName", "contoso.com", "RRType", "CName"}, [][]any{{"alias", "CNAME", "1.00:00:00", map[string]any{"HostNameAlias": "sip.contoso.com."}}}},
		{[]any{"ZoneName", "contoso.com", "Type", 33}, [][]any{{
			"_sip._tls", "SRV", "00:05:00",
			map[string]any{"DomainName": "sip.contoso.com.", "Priority": n("0"), "Weight": n("5"), "Port": n("443")},
		}}},
		{[]any{"ZoneName", "contoso.com", "Node", true, "RRType", "Txt"}, [][]any{{"@", "TXT", "00:05:00", map[string]any{"DescriptiveText": "a\"b\r\nc d"}}}},
		{[]any{"ZoneName", "pin.contoso.com", "RRType", "AAAA"}, [][]any{{"@", "AAAA", "00:05:00", map[string]any{"IPv6Address": "2001:db8::1"}}}},
	} {
		if diff := cmp.Diff(test.want, dnsRows(t, inside, test.params...)); diff != "" {
			t.Errorf("%v:\n%s", test.params, diff)
		}
	}
	zones := [][]any{{"contoso.com", "Primary", false}, {"pin.contoso.com", "Primary", false}}
	if diff := cmp.Diff(zones, rows(t, inside, command("Get-DnsServerZone"), "ZoneName", "ZoneType", "IsReadOnly")); diff != "" {
		t.Error(diff)
	}

	rows(t, inside, command("Add-DnsServerResourceRecordA", "ZoneName", "contoso.com", "Name", "sip", "IPv4Address", "10.0.0.2", "TimeToLive", "00:05:00"))
	rows(t, inside, command("Remove-DnsServerResourceRecord", "ZoneName", "contoso.com", "Name", "sip", "RRType", "A", "RecordData", []any{"10.0.0.1"}, "Force", true))
	for view, want := range map[string]string{"dns.internal": "10.0.0.2", "dns.external": "192.0.2.1"} {
		if got := asked(t, l, view, "sip.contoso.com.", dns.TypeA); len(got) != 1 || got[0].(*dns.A).A.String() != want {
			t.Errorf("%s: %v, want %s", view, got, want)
		}
	}
	err = l.Change(func(e *Estate) error { return e.settle() })
	if got := l.estate.Views["dns.internal"]["contoso.com."]; err != nil || !contains(got, "sip.contoso.com. 300 IN A 10.0.0.2") {
		t.Errorf("the estate does not keep it: %v, %v", err, got)
	}
}

// asked is what the name server of a view answers.
func asked(t testing.TB, l *Lab, view, name string, rtype uint16) []dns.RR {
	t.Helper()
	c := &dns.Client{Net: "tcp", Timeout: 5 * time.Second}
	m, _, err := c.Exchange(new(dns.Msg).SetQuestion(name, rtype), l.Endpoints().DNS[view].Addr)
	if err != nil {
		t.Fatal(err)
	}
	return m.Answer
}

func TestDNSCmdletsWriteEveryType(t *testing.T) {
	t.Parallel()
	l := splitView(t)
	s, err := dnsSession(t, l, "dns.internal")
	if err != nil {
		t.Fatal(err)
	}
	add := func(cmdlet string, params ...any) {
		t.Helper()
		rows(t, s, command(cmdlet, append([]any{"ZoneName", "contoso.com", "TimeToLive", "1.00:00:01", "Confirm", false}, params...)...))
	}
	add("Add-DnsServerResourceRecordAAAA", "Name", "new", "IPv6Address", []any{"2001:db8::2", "2001:db8::3"})
	add("Add-DnsServerResourceRecordCName", "Name", "other", "HostNameAlias", "sip.contoso.com.")
	add("Add-DnsServerResourceRecord", "Srv", true, "Name", "_sip._tls", "DomainName", "b.contoso.com.", "Priority", 10, "Weight", 1, "Port", 5061)
	add("Add-DnsServerResourceRecord", "Txt", true, "Name", "@", "DescriptiveText", "one \\\r\n\"two\"")
	for name, want := range map[string][]string{
		"new.contoso.com.":       {"86401 IN AAAA 2001:db8::2", "86401 IN AAAA 2001:db8::3"},
		"other.contoso.com.":     {"86401 IN CNAME sip.contoso.com."},
		"_sip._tls.contoso.com.": {"86401 IN SRV 0 5 443 sip.contoso.com.", "86401 IN SRV 10 1 5061 b.contoso.com."},
		"contoso.com.":           {`86401 IN TXT "a\"b" "c d"`, `86401 IN TXT "one \\" "\"two\""`},
	} {
		set := asked(t, l, "dns.internal", name, map[string]uint16{"AAAA": 28, "CNAME": 5, "SRV": 33, "TXT": 16}[fieldsOf(want[0])])
		var got []string
		for _, rr := range set {
			got = append(got, trimmed(rr, name))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	remove := func(name, rtype string, data ...any) {
		t.Helper()
		rows(t, s, command("Remove-DnsServerResourceRecord", "ZoneName", "contoso.com", "Name", name, "RRType", rtype, "RecordData", data, "Force", true))
	}
	remove("_sip._tls", "Srv", "0", "5", "443", "SIP.contoso.com.")
	remove("@", "Txt", "a\"b\r\nc d")
	rows(t, s, command("Remove-DnsServerResourceRecord", "ZoneName", "contoso.com", "Name", "new", "RRType", "AAAA", "Force", true)) // both
	if got := dnsRows(t, s, "ZoneName", "contoso.com", "Name", "_sip._tls", "Node", true); len(got) != 1 {
		t.Error(got)
	}
	if got := asked(t, l, "dns.internal", "new.contoso.com.", dns.TypeAAAA); len(got) != 0 {
		t.Error(got)
	}
}

func fieldsOf(text string) string {
	rr, _ := dns.NewRR("x. " + text)
	return dns.TypeToString[rr.Header().Rrtype]
}

func trimmed(rr dns.RR, name string) string { return texts([]dns.RR{rr})[0][len(name)+1:] }

// texts are records with single spaces between their fields.
func texts(records []dns.RR) []string {
	var all []string
	for _, rr := range records {
		h := *rr.Header()
		all = append(all, h.Name+" "+number(int64(h.Ttl))+" IN "+dns.TypeToString[h.Rrtype]+" "+rr.String()[len(h.String()):])
	}
	return all
}

func TestDNSCmdletsRefuse(t *testing.T) {
	t.Parallel()
	l := splitView(t)
	s, err := dnsSession(t, l, "dns.internal")
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := dnsSession(t, l, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		s              *powershell.Session
		c              powershell.Command
		kind, category string
	}{
		{s, command("Get-DnsServerResourceRecord", "ZoneName", "nosuch.com"), "WIN32 9601,Get-DnsServerResourceRecord", "ObjectNotFound"},
		{s, command("Get-DnsServerZone", "Name", "nosuch.com"), "WIN32 9601,Get-DnsServerZone", "ObjectNotFound"},
		{s, command("Get-DnsServerResourceRecord", "ZoneName", "contoso.com", "Name", "nobody"), "WIN32 9714,Get-DnsServerResourceRecord", "ObjectNotFound"},
		{s, command("Add-DnsServerResourceRecordA", "ZoneName", "nosuch.com", "Name", "a", "IPv4Address", "192.0.2.1"), "WIN32 9601,Add-DnsServerResourceRecordA", "ObjectNotFound"},
		{s, command("Add-DnsServerResourceRecordA", "ZoneName", "contoso.com", "Name", "sip", "IPv4Address", "10.0.0.1", "TimeToLive", "00:00:01"), "WIN32 9711,Add-DnsServerResourceRecordA", "ResourceExists"},
		{s, command("Add-DnsServerResourceRecordA", "ZoneName", "contoso.com", "Name", "alias", "IPv4Address", "10.0.0.1"), "WIN32 9711,Add-DnsServerResourceRecordA", "ResourceExists"},
		{s, command("Add-DnsServerResourceRecordCName", "ZoneName", "contoso.com", "Name", "sip", "HostNameAlias", "x."), "WIN32 9711,Add-DnsServerResourceRecordCName", "ResourceExists"},
		{s, command("Remove-DnsServerResourceRecord", "ZoneName", "contoso.com", "Name", "nobody", "RRType", "A", "Force", true), "WIN32 9714,Remove-DnsServerResourceRecord", "ObjectNotFound"},
		{s, command("Remove-DnsServerResourceRecord", "ZoneName", "contoso.com", "Name", "sip", "RRType", "A", "RecordData", []any{"10.0.0.7"}, "Force", true), "WIN32 9701,Remove-DnsServerResourceRecord", "ObjectNotFound"},
		{s, command("Remove-DnsServerResourceRecord", "ZoneName", "contoso.com", "Name", "sip", "RRType", "A"), "InvalidOperation,Remove-DnsServerResourceRecord", "InvalidOperation"},
		{s, command("Add-DnsServerResourceRecordA", "ZoneName", "contoso.com", "Name", "a", "IPv4Address", "sip"), "WIN32 87,Add-DnsServerResourceRecordA", "InvalidArgument"},
		{s, command("Add-DnsServerResourceRecordA", "ZoneName", "contoso.com", "Name", "a", "IPv4Address", "192.0.2.1", "TimeToLive", "soon"), "ParameterArgumentTransformationError,Add-DnsServerResourceRecordA", "InvalidData"},
		{s, command("Get-DnsServerZone", "ComputerName", "dc02"), "NotSimulated,Get-DnsServerZone", "NotImplemented"},
		{s, command("Add-DnsServerResourceRecord", "Ptr", true, "ZoneName", "contoso.com", "Name", "a", "PtrDomainName", "b."), "NotSimulated,Add-DnsServerResourceRecord", "NotImplemented"},
		{stranger, command("Get-DnsServerZone"), "WIN32 5,Get-DnsServerZone", "PermissionDenied"},
	} {
		err := test.s.Call(t.Context(), test.c, powershell.CallOptions{})
		refused := (*powershell.CmdletError)(nil)
		if !errors.As(err, &refused) || refused.Kind != test.kind || refused.Category != test.category {
			t.Errorf("%s: %#v, want %s, %s", test.c, err, test.kind, test.category)
		}
	}
	if _, err := dnsSession(t, l, "dns.nowhere"); err == nil {
		t.Error("an account of a view that there is not was let in")
	}
	if got := dnsRows(t, s, "ZoneName", "contoso.com", "Name", "sip", "Node", true); len(got) != 1 || got[0][2] != "00:05:00" {
		t.Errorf("a refused call has changed something: %v", got)
	}
}

// PowerShell makes 300 ticks of 100 ns of a bare 300.
func TestTTLInTicks(t *testing.T) {
	t.Parallel()
	l := splitView(t)
	s, err := dnsSession(t, l, "dns.internal")
	if err != nil {
		t.Fatal(err)
	}
	rows(t, s, command("Add-DnsServerResourceRecordA", "ZoneName", "contoso.com", "Name", "quick", "IPv4Address", "192.0.2.1", "TimeToLive", 300))
	if got := dnsRows(t, s, "ZoneName", "contoso.com", "Name", "quick", "Node", true); len(got) != 1 || got[0][2] != "00:00:00" {
		t.Error(got)
	}
}
