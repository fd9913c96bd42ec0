package dns

import (
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/clouds"
	"hybrid/schema"
)

func TestDeclarationIsSound(t *testing.T) {
	t.Parallel()
	s := System()
	for _, found := range schema.Lint(s.Kinds, []*schema.System{s.Schema}) {
		t.Error(found)
	}
}

// set is a wanted record set; ttl -1 leaves it unset.
func set(name, rtype string, ttl int64, values ...string) cty.Value {
	v := map[string]cty.Value{
		"identity": cty.StringVal(name), "type": cty.StringVal(rtype),
		"ttl": cty.NullVal(cty.Number), "values": cty.NullVal(cty.Set(cty.String)), "propagation": cty.NullVal(propagationBlock().Type()),
	}
	if ttl >= 0 {
		v["ttl"] = cty.NumberIntVal(ttl)
	}
	var all []cty.Value
	for _, value := range values {
		all = append(all, cty.StringVal(value))
	}
	if all != nil {
		v["values"] = cty.SetVal(all)
	}
	return cty.ObjectVal(v)
}

// complaints are what the kind's rules and checks say of an object.
func complaints(v cty.Value) (all []string) {
	k := dnsRecord()
	for i := range k.Attrs {
		a := &k.Attrs[i]
		if value := v.GetAttr(a.Name); a.Check != nil && !value.IsNull() {
			if err := a.Check(value); err != nil {
				all = append(all, err.Error())
			}
		}
	}
	for _, r := range k.Rules {
		if said := r.Judge(v.AsValueMap(), clouds.BuiltIn().Serves); said != "" {
			all = append(all, said)
		}
	}
	return all
}

func TestRules(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 64)
	tests := []struct {
		object cty.Value
		want   string // "" accepts
	}{
		{set("sip.contoso.com", "A", 300, "203.0.113.10", "203.0.113.11"), ""},
		{set("sip.contoso.com.", "AAAA", 0, "2001:db8::1"), ""},
		{set("*.contoso.com", "A", -1, "203.0.113.10"), ""},
		{set("_sip._tls.contoso.com", "srv", 3600, "0 0 443 sip.contoso.com"), ""},
		{set("_sip._tls.contoso.com", "SRV", 3600, "0 0 0 ."), ""},
		{set("contoso.com", "TXT", 3600, "MS=ms12345", "v=spf1 include:spf.protection.outlook.com -all"), ""},
		{set("sip.contoso.com", "A", -1), ""}, // absent

		{
			set("lyncdiscover.contoso.com", "A", -1, "webdir.online.lync.com"),
			`An A record holds an IPv4 address, not the name "webdir.online.lync.com"; for a name write a CNAME record.`,
		},
		{
			set("sip.contoso.com", "AAAA", -1, "203.0.113.10"),
			`An AAAA record holds an IPv6 address, and "203.0.113.10" is an IPv4 address; write it in an A record.`,
		},
		{
			set("_sip._tls.contoso.com", "SRV", -1, "0 0 443 203.0.113.10"),
			`The target is a name, never an address, and "203.0.113.10" is one; write a name that has the address in an A or AAAA record.`,
		},
		{
			set("_sip._tls.contoso.com", "SRV", -1, "443 sip.contoso.com"),
			`An SRV record holds priority, weight, port and target, as in "0 0 443 sip.contoso.com.", and "443 sip.contoso.com" has 2 of these 4.`,
		},
		{
			set("_sip._tls.contoso.com", "SRV", -1, "0 0 70000 sip.contoso.com"),
			`The port of the SRV record "0 0 70000 sip.contoso.com" is "70000"; write a whole number from 0 to 65535.`,
		},
		{
			set("_sip._tls.contoso.com", "SRV", -1, "0 0 443 sip"),
			`The target "sip" has one part only; write the whole name, such as sip.contoso.com.`,
		},
		{
			set("_sip._tls.contoso.com", "SRV", -1, "0 0 443 sip:sip.contoso.com"),
			`In the target, the name "sip:sip.contoso.com" holds ':'; a name is made of letters, digits, hyphens, underscores and dots.`,
		},
		{
			set("sip.contoso.com", "SRV", -1, "0 0 443 sip.contoso.com"),
			`The name of an SRV record begins with service and protocol, as in _sip._tls.contoso.com, and "sip.contoso.com" does not.`,
		},
		{set("sip.contoso.com", "CNAME", -1, "sipdir.online.lync.com", "other.contoso.com"), "A CNAME record has one value, and this has 2. Keep one of them."},
		{
			set("sip.contoso.com", "CNAME", -1, "sipdir.online.lync.om."),
			`In the target, the name "sipdir.online.lync.om." ends in lync.om; did you mean "sipdir.online.lync.com"?`,
		},
		{set("sip.contoso.com", "CNAME", -1, "SIP.contoso.com."), `The CNAME record "SIP.contoso.com." points to itself; write the name it stands for.`},
		{set("sip.contoso.com", "CNAME", -1, "203.0.113.10"), "The target is a name, never an address"},
		{set("sip.contoso.com", "CNAME", -1, "*.contoso.com"), `The target "*.contoso.com" is a wildcard`},
		{set("sip..contoso.com", "A", -1, "203.0.113.10"), `The name "sip..contoso.com" has an empty part between two dots; take one dot out.`},
		{set("sip contoso.com", "A", -1, "203.0.113.10"), `The name "sip contoso.com" holds a space; take it out.`},
		{set(long+".contoso.com", "A", -1, "203.0.113.10"), "has 64 characters; a part has at most 63."},
		{set(strings.Repeat("abcdefgh.", 29)+"com", "A", -1, "203.0.113.10"), "has 264 characters; a DNS name has at most 253."},
		{set("-sip.contoso.com", "A", -1, "203.0.113.10"), "begins or ends with a hyphen"},
		{set("zoë.contoso.com", "A", -1, "203.0.113.10"), `holds 'ë'; write international names in their ASCII form, which begins with xn--.`},
		{set("203.0.113.10", "A", -1, "203.0.113.10"), `"203.0.113.10" is an address, not a name.`},
		{set("a.*.contoso.com", "A", -1, "203.0.113.10"), "holds '*'"},
		{set("", "A", -1, "203.0.113.10"), "The name is empty"},
		{set("sip.contoso.com", "A", 1<<31, "203.0.113.10"), "a TTL is a whole number of seconds from 0 to 2147483647, and this is 2147483648"},
	}
	for _, test := range tests {
		said := complaints(test.object)
		switch {
		case test.want == "" && len(said) > 0:
			t.Errorf("%#v is refused: %q", test.object, said)
		case test.want != "" && (len(said) != 1 || !strings.Contains(said[0], test.want)):
			t.Errorf("%#v:\n got %q\nwant %q", test.object, said, test.want)
		}
	}
}

func TestChecksOfTTLAndValues(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"-1", "1.5", "99999999999999999999999"} {
		if err := checkTTL(cty.MustParseNumberVal(text)); err == nil || !strings.Contains(err.Error(), "and this is "+text) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := checkSome(cty.SetValEmpty(cty.String)); err == nil || !strings.Contains(err.Error(), `write ensure = "absent"`) {
		t.Error(err)
	}
}
