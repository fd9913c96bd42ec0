package dns

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

// inZone is a change in a zone of a Windows DNS server.
func inZone(zone string, live, want cty.Value) planner.Change {
	c := change(live, want)
	c.Place = zone
	return c
}

func TestWindowsCommands(t *testing.T) {
	t.Parallel()
	unknown := set("sip.contoso.com", "A", 300, "203.0.113.10").AsValueMap()
	unknown["values"] = cty.UnknownVal(cty.Set(cty.String))
	secret := set("contoso.com", "TXT", 300, "hush").AsValueMap()
	secret["values"] = cty.SetVal([]cty.Value{cty.StringVal("hush").Mark(schema.Sensitive)})
	a := func(ttl int64, values ...string) cty.Value { return set("sip.contoso.com", "A", ttl, values...) }
	const (
		add    = "Add-DnsServerResourceRecordA -ZoneName:'contoso.com' -Name:'sip' -IPv4Address:'"
		remove = "Remove-DnsServerResourceRecord -ZoneName:'contoso.com' -Name:'sip' -RRType:'A' -RecordData:@('"
		forced = "') -Force:$true -Confirm:$false"
		five   = "' -TimeToLive:'00:05:00' -Confirm:$false"
		day    = "' -TimeToLive:'1.00:00:00' -Confirm:$false"
	)
	tests := map[string]struct {
		zone       string
		live, want cty.Value
		do, undo   []string
	}{
		"what is new comes before what goes": {
			"contoso.com", a(300, "203.0.113.1", "203.0.113.2"), a(-1, "203.0.113.2", "203.0.113.3"),
			[]string{add + "203.0.113.3" + five, remove + "203.0.113.1" + forced},
			[]string{add + "203.0.113.1" + five, remove + "203.0.113.3" + forced},
		},
		"with another TTL what stays is renewed one by one": {
			"contoso.com", a(300, "203.0.113.1", "203.0.113.2"), a(86400, "203.0.113.2", "203.0.113.3"),
			[]string{add + "203.0.113.3" + day, remove + "203.0.113.1" + forced, remove + "203.0.113.2" + forced, add + "203.0.113.2" + day},
			[]string{add + "203.0.113.1" + five, remove + "203.0.113.3" + forced, remove + "203.0.113.2" + forced, add + "203.0.113.2" + five},
		},
		"an alias goes first": {
			"contoso.com", set("lyncdiscover.contoso.com", "CNAME", 3600, "webdir.online.lync.com."),
			set("lyncdiscover.contoso.com", "CNAME", -1, "proxy.contoso.com"),
			[]string{
				"Remove-DnsServerResourceRecord -ZoneName:'contoso.com' -Name:'lyncdiscover' -RRType:'CNAME' -RecordData:@('webdir.online.lync.com.') -Force:$true -Confirm:$false",
				"Add-DnsServerResourceRecordCName -ZoneName:'contoso.com' -Name:'lyncdiscover' -HostNameAlias:'proxy.contoso.com.' -TimeToLive:'01:00:00' -Confirm:$false",
			},
			[]string{
				"Remove-DnsServerResourceRecord -ZoneName:'contoso.com' -Name:'lyncdiscover' -RRType:'CNAME' -RecordData:@('proxy.contoso.com.') -Force:$true -Confirm:$false",
				"Add-DnsServerResourceRecordCName -ZoneName:'contoso.com' -Name:'lyncdiscover' -HostNameAlias:'webdir.online.lync.com.' -TimeToLive:'01:00:00' -Confirm:$false",
			},
		},
		"at the top of a pin-point zone": {
			"_sipinternaltls._tcp.Contoso.com", cty.NilVal, set("_SIPinternaltls._tcp.contoso.com", "SRV", 0, "0 5 5061 pool01.contoso.com"),
			[]string{"Add-DnsServerResourceRecord -ZoneName:'_sipinternaltls._tcp.Contoso.com' -Name:'@' -Srv:$true -DomainName:'pool01.contoso.com.' -Priority:0 -Weight:5 -Port:5061 -TimeToLive:'00:00:00' -Confirm:$false"},
			[]string{"Remove-DnsServerResourceRecord -ZoneName:'_sipinternaltls._tcp.Contoso.com' -Name:'@' -RRType:'SRV' -RecordData:@('0','5','5061','pool01.contoso.com.') -Force:$true -Confirm:$false"},
		},
		"a wildcard, each record once however it is spelled": {
			"contoso.com", cty.NilVal, set("*.wild.contoso.com", "AAAA", 2147483647, "2001:db8::1", "2001:DB8:0::1"),
			[]string{"Add-DnsServerResourceRecordAAAA -ZoneName:'contoso.com' -Name:'*.wild' -IPv6Address:'2001:db8::1' -TimeToLive:'24855.03:14:07' -Confirm:$false"},
			[]string{"Remove-DnsServerResourceRecord -ZoneName:'contoso.com' -Name:'*.wild' -RRType:'AAAA' -RecordData:@('2001:db8::1') -Force:$true -Confirm:$false"},
		},
		"a text in parts": {
			"contoso.com", cty.NilVal, set("contoso.com", "TXT", 300, `"a\"b\\" "it's"`),
			[]string{"Add-DnsServerResourceRecord -ZoneName:'contoso.com' -Name:'@' -Txt:$true -DescriptiveText:'a\"b\\\r\nit''s' -TimeToLive:'00:05:00' -Confirm:$false"},
			[]string{"Remove-DnsServerResourceRecord -ZoneName:'contoso.com' -Name:'@' -RRType:'TXT' -RecordData:@('a\"b\\\r\nit''s') -Force:$true -Confirm:$false"},
		},
		"sensitive": {
			"contoso.com", cty.NilVal, cty.ObjectVal(secret),
			[]string{"Add-DnsServerResourceRecord -ZoneName:'contoso.com' -Name:'@' -Txt:$true -DescriptiveText:(sensitive) -TimeToLive:'00:05:00' -Confirm:$false"},
			[]string{"Remove-DnsServerResourceRecord -ZoneName:'contoso.com' -Name:'@' -RRType:'TXT' -RecordData:(sensitive) -Force:$true -Confirm:$false"},
		},
		"known after apply": {
			"contoso.com", a(300, "203.0.113.1"), cty.ObjectVal(unknown),
			[]string{"# not all records are known before apply"},
			[]string{"# not all records are known before apply"},
		},
		"nothing": {"contoso.com", a(300, "203.0.113.1"), a(-1, "203.0.113.1"), nil, nil},
	}
	for label, test := range tests {
		t.Run(label, func(t *testing.T) {
			c := inZone(test.zone, test.live, test.want)
			for _, side := range []struct {
				of   planner.Change
				want []string
			}{{c, test.do}, {c.Reverse(), test.undo}} {
				commands, err := System().Commands(side.of)
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, command := range commands {
					got = append(got, command.String())
				}
				if diff := cmp.Diff(side.want, got); diff != "" {
					t.Errorf("%s:\n%s", side.of.Action, diff)
				}
			}
		})
	}
}

// The cmdlets' documentation splits texts at 252 characters. What was added so is removed so.
func TestLongTextIsSplitForCmdlets(t *testing.T) {
	t.Parallel()
	c := inZone("contoso.com", cty.NilVal, set("contoso.com", "TXT", 300, strings.Repeat("z", 600)))
	want := strings.Repeat("z", 252) + "\r\n" + strings.Repeat("z", 252) + "\r\n" + strings.Repeat("z", 96)
	for _, side := range []planner.Change{c, c.Reverse()} {
		commands, err := System().Commands(side)
		if err != nil || len(commands) != 1 || !strings.Contains(commands[0].String(), "'"+want+"'") {
			t.Errorf("%v, %v", commands, err)
		}
	}
}

func TestWindowsCommandsRefuseWhatCmdletsWouldChange(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		`""`:       "the text is empty, which the cmdlets of Windows DNS refuse",
		"grün":     "a character outside printable ASCII",
		`"a\010b"`: "a character outside printable ASCII",
	} {
		if _, err := System().Commands(inZone("contoso.com", cty.NilVal, set("contoso.com", "TXT", 300, value))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", value, err, want)
		}
	}
	secret := set("contoso.com", "TXT", 300, "x").AsValueMap()
	secret["values"] = cty.SetVal([]cty.Value{cty.StringVal("hüsh").Mark(schema.Sensitive)})
	_, err := System().Commands(inZone("contoso.com", cty.NilVal, cty.ObjectVal(secret)))
	if err == nil || !strings.Contains(err.Error(), "it is sensitive") || strings.Contains(err.Error(), "hüsh") {
		t.Error(err)
	}
	pending := set("sip.contoso.com", "A", 300, "203.0.113.10").AsValueMap()
	pending["ttl"] = cty.UnknownVal(cty.Number)
	_, p := windowsWith(t, nil)
	if err := p.Apply(t.Context(), inZone("contoso.com", cty.NilVal, cty.ObjectVal(pending))); !errors.Is(err, errPending) {
		t.Errorf("a change of which not everything is known: %v", err)
	}
	if err := p.Apply(t.Context(), inZone("", cty.NilVal, set("sip.contoso.com", "A", 300, "203.0.113.10"))); err == nil || !strings.Contains(err.Error(), "it is not known which zone") {
		t.Errorf("a change without a zone: %v", err)
	}
}

// Where the cmdlets leave a name without an answer for a moment, the plan says so, since a switch may be cut short there.
func TestWindowsAdviseOfAGap(t *testing.T) {
	t.Parallel()
	a := func(ttl int64, values ...string) cty.Value { return set("sip.contoso.com", "A", ttl, values...) }
	alias := func(ttl int64, value string) cty.Value { return set("meet.contoso.com", "CNAME", ttl, value) }
	for name, test := range map[string]struct {
		before, after cty.Value
		want          int
	}{
		"another TTL of the only record":    {a(3600, "192.0.2.1"), a(300, "192.0.2.1"), 1},
		"another TTL of two":                {a(3600, "192.0.2.1", "192.0.2.2"), a(300, "192.0.2.1", "192.0.2.2"), 0},
		"another address":                   {a(300, "192.0.2.1"), a(300, "192.0.2.2"), 0},
		"another address and TTL":           {a(3600, "192.0.2.1"), a(300, "192.0.2.2"), 0},
		"one goes, and one has another TTL": {a(3600, "192.0.2.1", "192.0.2.2"), a(300, "192.0.2.1"), 1},
		"another alias":                     {alias(300, "a.contoso.com."), alias(300, "b.contoso.com."), 1},
		"it goes":                           {a(300, "192.0.2.1"), cty.NilVal, 0},
		"it comes":                          {cty.NilVal, a(300, "192.0.2.1"), 0},
	} {
		if got := (&windows{}).Advise(inZone("contoso.com", test.before, test.after)); len(got) != test.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
