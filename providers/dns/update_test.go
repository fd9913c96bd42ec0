package dns

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

// change is what the planner makes of a live and a wanted record set; cty.NilVal is absent.
func change(live, want cty.Value) planner.Change {
	k := dnsRecord()
	name, null := "", cty.NullVal(k.Type())
	for _, v := range []*cty.Value{&live, &want} {
		if *v == cty.NilVal {
			*v = null
			continue
		}
		name = v.GetAttr("identity").AsString()
	}
	c := planner.Diff(k, live, want)
	c.Provider, c.Identity = "dns.external", strings.TrimSuffix(name, ".")
	rtype := changedType(c)
	c.Address = planner.Address{Kind: "dns_record", Labels: []string{c.Identity, rtype}}
	return c
}

func TestCommands(t *testing.T) {
	t.Parallel()
	unknown := set("sip.contoso.com", "A", 300, "203.0.113.10").AsValueMap()
	unknown["values"] = cty.UnknownVal(cty.Set(cty.String))
	secret := set("contoso.com", "TXT", 300, "hush").AsValueMap()
	secret["values"] = cty.SetVal([]cty.Value{cty.StringVal("hush").Mark(schema.Sensitive)})
	tests := map[string]struct {
		live, want cty.Value
		text, undo string
	}{
		"create": {cty.NilVal, set("SIP.contoso.com.", "A", -1, "203.0.113.10"), `
prereq nxrrset SIP.contoso.com. IN A
prereq nxrrset SIP.contoso.com. IN CNAME
update add SIP.contoso.com. 3600 IN A 203.0.113.10
send`, `
prereq yxrrset SIP.contoso.com. IN A 203.0.113.10
update delete SIP.contoso.com. IN A
send`},
		"create an alias": {cty.NilVal, set("lyncdiscover.contoso.com", "CNAME", 300, "webdir.online.lync.com"), `
prereq nxdomain lyncdiscover.contoso.com.
update add lyncdiscover.contoso.com. 300 IN CNAME webdir.online.lync.com.
send`, `
prereq yxrrset lyncdiscover.contoso.com. IN CNAME webdir.online.lync.com.
update delete lyncdiscover.contoso.com. IN CNAME
send`},
		"change of values keeps the TTL": {
			set("_sip._tls.contoso.com", "SRV", 600, "0 0 443 sip.contoso.com."),
			set("_sip._tls.contoso.com", "srv", -1, "100 1 443 sipdir.online.lync.com"), `
prereq yxrrset _sip._tls.contoso.com. IN SRV 0 0 443 sip.contoso.com.
update delete _sip._tls.contoso.com. IN SRV
update add _sip._tls.contoso.com. 600 IN SRV 100 1 443 sipdir.online.lync.com.
send`, `
prereq yxrrset _sip._tls.contoso.com. IN SRV 100 1 443 sipdir.online.lync.com.
update delete _sip._tls.contoso.com. IN SRV
update add _sip._tls.contoso.com. 600 IN SRV 0 0 443 sip.contoso.com.
send`,
		},
		"change of the TTL keeps the values": {set("sip.contoso.com", "A", 3600, "203.0.113.10", "203.0.113.11"), set("sip.contoso.com", "A", 300,
			"203.0.113.11", "203.0.113.10"), `
prereq yxrrset sip.contoso.com. IN A 203.0.113.10
prereq yxrrset sip.contoso.com. IN A 203.0.113.11
update delete sip.contoso.com. IN A
update add sip.contoso.com. 300 IN A 203.0.113.10
update add sip.contoso.com. 300 IN A 203.0.113.11
send`, `
prereq yxrrset sip.contoso.com. IN A 203.0.113.10
prereq yxrrset sip.contoso.com. IN A 203.0.113.11
update delete sip.contoso.com. IN A
update add sip.contoso.com. 3600 IN A 203.0.113.10
update add sip.contoso.com. 3600 IN A 203.0.113.11
send`},
		"delete": {set("contoso.com", "TXT", 300, `"a\"b" "c;d"`), cty.NilVal, `
prereq yxrrset contoso.com. IN TXT "a\"b" "c;d"
update delete contoso.com. IN TXT
send`, `
prereq nxrrset contoso.com. IN TXT
prereq nxrrset contoso.com. IN CNAME
update add contoso.com. 300 IN TXT "a\"b" "c;d"
send`},
		"each record once, however it is spelled": {cty.NilVal, set("a.contoso.com", "AAAA", 1, "2001:db8::1", "2001:DB8:0::1"), `
prereq nxrrset a.contoso.com. IN AAAA
prereq nxrrset a.contoso.com. IN CNAME
update add a.contoso.com. 1 IN AAAA 2001:db8::1
send`, `
prereq yxrrset a.contoso.com. IN AAAA 2001:db8::1
update delete a.contoso.com. IN AAAA
send`},
		"known after apply": {set("sip.contoso.com", "A", 300, "203.0.113.10"), cty.ObjectVal(unknown), `
prereq yxrrset sip.contoso.com. IN A 203.0.113.10
update delete sip.contoso.com. IN A
; not all records are known before apply
send`, `
update delete sip.contoso.com. IN A
update add sip.contoso.com. 300 IN A 203.0.113.10
; not all records are known before apply
send`},
		"sensitive": {cty.NilVal, cty.ObjectVal(secret), `
prereq nxrrset contoso.com. IN TXT
prereq nxrrset contoso.com. IN CNAME
update add contoso.com. 300 IN TXT (sensitive value)
send`, `
prereq yxrrset contoso.com. IN TXT (sensitive value)
update delete contoso.com. IN TXT
send`},
	}
	for label, test := range tests {
		t.Run(label, func(t *testing.T) {
			c := change(test.live, test.want)
			for _, side := range []struct {
				of   planner.Change
				want string
			}{{c, test.text}, {c.Reverse(), test.undo}} {
				got, err := commands(side.of)
				if err != nil || len(got) != 1 {
					t.Fatalf("%v, %v", got, err)
				}
				if diff := cmp.Diff(strings.TrimPrefix(side.want, "\n"), got[0].String()); diff != "" {
					t.Errorf("%s:\n%s", side.of.Action, diff)
				}
			}
		})
	}
}

func TestCommandsOfNothing(t *testing.T) {
	t.Parallel()
	same := set("sip.contoso.com", "A", 300, "203.0.113.10")
	c := change(same, set("sip.contoso.com.", "a", -1, "203.0.113.10"))
	if c.Action != planner.NoOp {
		t.Errorf("action %s", c.Action)
	}
	if got, err := commands(c); len(got) != 0 || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}

func TestCommandsRefuseWhatIsNoData(t *testing.T) {
	t.Parallel()
	c := change(cty.NilVal, set("sip.contoso.com", "A", 300, "sip"))
	if _, err := commands(c); err == nil || !strings.Contains(err.Error(),
		`dns_record["sip.contoso.com"]["A"]: what is declared cannot be written as an update: an A record holds an IPv4 address`) {
		t.Error(err)
	}
	secret := set("sip.contoso.com", "A", 300, "hush").AsValueMap()
	secret["values"] = secret["values"].Mark(schema.Sensitive)
	if _, err := commands(change(cty.NilVal, cty.ObjectVal(secret))); err == nil || strings.Contains(err.Error(), "hush") {
		t.Error(err)
	}
}
