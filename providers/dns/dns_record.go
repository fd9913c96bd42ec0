package dns

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/miekg/dns"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// defaultTTL is the time to live of a record set that is created without one, in seconds: what Microsoft's tables of DNS
// records for Skype for Business and Teams give.
const defaultTTL = 3600

// maxTTL is the highest time to live, in seconds (RFC 2181 section 8).
const maxTTL = 1<<31 - 1

// dnsRecord declares the kind: one record set, that is all records of one type at one name.
func dnsRecord() *schema.Kind {
	return &schema.Kind{
		Name:      "dns_record",
		Concern:   "dns",
		System:    "dns",
		Everybody: true,
		Labels:    []string{"identity", "type"},
		Remote:    schema.RRset{},
		After: []schema.First{
			{Kind: "sip_domain", Why: "servers must know a domain before clients are sent to them for it"},
			{Kind: "access_edge", Why: "DNS leads partners to Edge Servers that are ready for them"},
			{Kind: "hosting_provider", Why: "whoever DNS leads to the servers may look for somebody who is homed online"},
			{Kind: "tenant_federation", Why: "whoever DNS leads to the servers may look for somebody who is homed online"},
			{Kind: "user", Why: "the servers must know users before clients are sent to them"},
			{Kind: "directory_sync", Why: "the tenant must know of users on the servers before clients no longer ask it"},
		},
		Leaving: []schema.First{
			{Kind: "user_homing", Why: "clients are led to the cloud when the users are there"},
		},
		Names: dnsNames, NormIdentity: withoutDot, Shares: sharesName,
		Doc: "All records of one type at one name. The first label is the name, the second the type. The declaration owns the " +
			"whole set: values that are not in it are removed. An update is sent together with what was read when the plan was " +
			"made, so that it changes nothing where somebody else has changed the set since.\n\n" +
			"A name is always a whole name: `sip.contoso.com`, with or without the trailing dot. `identity` overrides the first " +
			"label, so that two views of one name can be declared behind two provider blocks.\n\n" +
			"To put a CNAME record in place of other records, or the other way round, declare the old set with " +
			"`ensure = \"absent\"` and let the new one depend on it: a CNAME record stands alone at its name.",
		Example: `dns_record "_sip._tls.contoso.com" "SRV" {
  provider = dns.external
  ttl      = 3600
  values   = ["0 0 443 sip.contoso.com."]
}`,
		Attrs: []schema.Attr{
			{
				Name: "type", Type: cty.String, Mode: schema.Required, OneOf: recordTypes(),
				Doc: "The type of the records; part of what names the set.",
			},
			{
				Name: "ttl", Type: cty.Number, Check: checkTTL, Default: cty.NumberIntVal(defaultTTL),
				Doc: "For how many seconds others may remember the records, from 0 to 2147483647. Unset, a set that exists keeps " +
					"what it has and a new one gets 3600. Lower it at least one old TTL before a switch.",
			},
			{
				Name: "values", Type: cty.Set(cty.String), Mode: schema.Required, NormIn: canonicalValues, Check: checkSome,
				Doc: "The records' data, in any order, as zone files write it (RFC 1035 section 5.1): `203.0.113.10`; `2001:db8::10`; " +
					"`sip.contoso.com.`; `0 0 443 sip.contoso.com.` (priority, weight, port, target). Names are whole names, the trailing " +
					"dot is optional. A text of a TXT record is written as it is, spaces included, or in quotes with the escapes of " +
					"zone files; texts beyond 255 octets are split by themselves.",
			},
		},
		Blocks:   []schema.Block{propagationBlock()},
		Unmakes:  schema.Gone,
		Notes:    switchNotes,
		Lost:     lostAnswers,
		Ahead:    ahead,
		Patience: patience,
		Rules: []schema.Rule{
			{
				Attrs: []string{"identity", "type"}, Check: ruleOwner,
				Doc: "The name is a DNS name; that of an SRV record begins with service and protocol.",
			},
			{
				Attrs: []string{"values", "type", "identity"}, Check: ruleValues,
				Doc: "Every value is data of the record's type.",
			},
			{
				Attrs: []string{"values", "type", "identity"}, CheckNames: ruleSIPTarget,
				Doc: "An SRV record that clients and partners find servers by (`_sip._tls`, `_sipfederationtls._tcp`, `_sipinternaltls._tcp`, " +
					"`_sipinternal._tcp`) leads to a name in its own domain, or to Microsoft's.",
			},
			{
				Attrs: []string{"propagation"}, Check: ruleSomebodyIsAsked,
				Doc: "A block `propagation` asks somebody.",
			},
			{
				Attrs: []string{"values", "type", "identity"}, Check: ruleActivation,
				Doc: "A CNAME record `msoid` leads to Microsoft 365 operated by 21Vianet; in every other cloud there must be none.",
			},
			{
				Attrs: []string{"values", "type", "identity"}, Check: ruleOnePool, Warns: true,
				Doc: "`_sipinternaltls._tcp` leads to one pool.",
			},
			{
				Attrs: []string{"values", "type", "identity"}, CheckNames: ruleDiscover, Warns: true,
				Doc: "A CNAME record `lyncdiscover` or `lyncdiscoverinternal` leads to a name in its own domain, or to Microsoft's.",
			},
		},
	}
}

// dnsNames are the names at which records stand: those of several types share one, and a CNAME record stands alone
// (RFC 1034 section 3.6.2).
var dnsNames = &schema.Set{
	Name: "dns_names", Why: "a CNAME record stands alone at its name",
	Remedy: "Keep one of the two. To put one in the place of the other, declare the old set with ensure = \"absent\" and let the new one depend on it.",
}

func sharesName(v map[string]cty.Value) bool { return !strings.EqualFold(text(v["type"]), "CNAME") }

func withoutDot(name string) string { return strings.TrimSuffix(name, ".") }

func checkTTL(v cty.Value) error {
	f := v.AsBigFloat()
	if n, _ := f.Int64(); f.IsInt() && n >= 0 && n <= maxTTL {
		return nil
	}
	return fmt.Errorf("a TTL is a whole number of seconds from 0 to %d, and this is %s", maxTTL, f.Text('f', -1))
}

func checkSome(v cty.Value) error {
	if v.LengthInt() == 0 {
		return errors.New(`the list is empty; to remove the record set write ensure = "absent"`)
	}
	return nil
}

// canonicalValues is the canonical form of the values of a record set, as its type has it.
func canonicalValues(object map[string]cty.Value, v cty.Value) cty.Value {
	rtype := text(object["type"])
	if rtype == "" || v.LengthInt() == 0 {
		return v
	}
	var all []cty.Value
	for _, value := range v.AsValueSlice() {
		if value.IsNull() {
			return v
		}
		all = append(all, cty.StringVal(canonical(strings.ToUpper(rtype), value.AsString())))
	}
	return cty.SetVal(all)
}

// text is a text value, "" where there is none.
func text(v cty.Value) string { return schema.Text(v) }

// typeOf is the record type of an object of the kind, in upper case, "" where the object is null or unknown.
func typeOf(v cty.Value) string {
	if v == cty.NilVal {
		return ""
	}
	if v, _ = v.Unmark(); v.IsNull() || !v.IsKnown() {
		return ""
	}
	return strings.ToUpper(text(v.GetAttr("type")))
}

func ruleOwner(v map[string]cty.Value) string {
	name := text(v["identity"])
	if err := checkName(name); err != nil {
		return sentence(err)
	}
	if strings.EqualFold(text(v["type"]), "SRV") && !strings.HasPrefix(name, "_") {
		return fmt.Sprintf("The name of an SRV record begins with service and protocol, as in _sip._tls.contoso.com, and %q does not.", name)
	}
	return ""
}

func ruleValues(v map[string]cty.Value) string {
	rtype, values := strings.ToUpper(text(v["type"])), v["values"]
	if rtype == "" || values == cty.NilVal || values.IsNull() {
		return ""
	}
	values, _ = values.UnmarkDeep()
	if rtype == "CNAME" && values.LengthInt() > 1 {
		return fmt.Sprintf("A CNAME record has one value, and this has %d. Keep one of them.", values.LengthInt())
	}
	for _, value := range values.AsValueSlice() {
		if value.IsNull() {
			return "One of the values is null. Take it out."
		}
		if err := checkData(text(v["identity"]), rtype, value.AsString()); err != nil {
			return sentence(err)
		}
	}
	return ""
}

// checkData is stricter than [parseData], which also has to take what stands in a zone already.
func checkData(owner, rtype, value string) error {
	rr, err := parseData(rtype, value)
	if err != nil {
		return err
	}
	switch rr := rr.(type) {
	case *dns.CNAME:
		if dns.CanonicalName(owner) == dns.CanonicalName(rr.Target) {
			return fmt.Errorf("the CNAME record %q points to itself; write the name it stands for", value)
		}
		return checkTarget(value)
	case *dns.SRV:
		if rr.Target == "." {
			return nil // the service is not offered (RFC 2782)
		}
		return checkTarget(strings.Fields(value)[3])
	}
	return nil
}

func checkTarget(name string) error {
	if _, err := netip.ParseAddr(strings.TrimSuffix(name, ".")); err == nil {
		return fmt.Errorf("the target is a name, never an address, and %q is one; write a name that has the address in an A or AAAA record", name)
	}
	if err := checkName(name); err != nil {
		return fmt.Errorf("in the target, %w", err)
	}
	if strings.HasPrefix(name, "*") {
		return fmt.Errorf("the target %q is a wildcard; write the name of a host", name)
	}
	if !strings.Contains(name, ".") {
		return fmt.Errorf("the target %q has one part only; write the whole name, such as %s.contoso.com", name, name)
	}
	return nil
}

// sentence makes an error's text a sentence of its own.
func sentence(err error) string {
	s := err.Error()
	s = strings.ToUpper(s[:1]) + s[1:]
	if !strings.HasSuffix(s, "?") {
		s += "."
	}
	return s
}
