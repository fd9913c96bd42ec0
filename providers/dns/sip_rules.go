package dns

import (
	"fmt"
	"strings"

	"github.com/miekg/dns"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/clouds"
)

// The rules of names that Skype for Business gives a meaning (Microsoft: "Advanced Edge Server DNS planning", "DNS
// requirements for Skype for Business Server", "External Domain Name System records for Microsoft 365").

// sipServices are the SRV records of which clients or partners believe only targets in the record's own domain, and what
// comes of another one.
var sipServices = map[string]string{
	"_sip._tls":              "clients outside do not trust a sign-in server in another domain than the user's",
	"_sipfederationtls._tcp": "partners refuse an Access Edge in another domain than the user's",
	"_sipinternaltls._tcp":   "clients inside refuse a pool in another domain than the user's",
	"_sipinternal._tcp":      "clients inside refuse a pool in another domain than the user's",
}

// A named is a record set as rules look at it: names canonical, values as they are written.
type named struct {
	owner, rtype string
	values       []string
}

func namedSet(v map[string]cty.Value) named {
	n := named{owner: dns.CanonicalName(text(v["identity"])), rtype: strings.ToUpper(text(v["type"]))}
	values := v["values"]
	if values == cty.NilVal || values.IsNull() || !values.IsWhollyKnown() {
		return n
	}
	for _, value := range values.AsValueSlice() {
		n.values = append(n.values, text(value))
	}
	return n
}

// below cuts a service or host in front of the name, and gives the domain; "" where the name does not begin with it.
func (n named) below(front string) string {
	if domain, ok := strings.CutPrefix(n.owner, front+"."); ok {
		return domain
	}
	return ""
}

// targets are the names that the records lead to, canonical. What is not data of the type has a rule of its own, and the
// root says that a service is not offered (RFC 2782).
func (n named) targets() (all []string) {
	for _, value := range n.values {
		if checkData(n.owner, n.rtype, value) != nil {
			continue
		}
		rr, _ := parseData(n.rtype, value)
		switch rr := rr.(type) {
		case *dns.SRV:
			all = append(all, dns.CanonicalName(rr.Target))
		case *dns.CNAME:
			all = append(all, dns.CanonicalName(rr.Target))
		}
	}
	return all
}

// stray is the first target that is neither in a domain nor Microsoft's, "" where there is none.
func (n named) stray(domain string, ofCloud func(string) bool) string {
	for _, target := range n.targets() {
		if target != "." && !dns.IsSubDomain(domain, target) && !ofCloud(target) {
			return display(target)
		}
	}
	return ""
}

func ruleSIPTarget(v map[string]cty.Value, ofCloud func(host string) bool) string {
	n := namedSet(v)
	if n.rtype != "SRV" {
		return ""
	}
	for service, why := range sipServices {
		domain := n.below(service)
		if domain == "" {
			continue
		}
		if target := n.stray(domain, ofCloud); target != "" {
			return fmt.Sprintf("The target %q is not in %s, and %s. Let it lead to a name in %s that has an address record and stands in the server's certificate, such as %s.",
				target, display(domain), why, display(domain), exampleTarget(service, display(domain)))
		}
	}
	return ""
}

func exampleTarget(service, domain string) string {
	if strings.HasPrefix(service, "_sipinternal") {
		return "pool01." + domain
	}
	return "sip." + domain
}

func ruleOnePool(v map[string]cty.Value) string {
	n := namedSet(v)
	if n.rtype != "SRV" || n.below("_sipinternaltls._tcp") == "" {
		return ""
	}
	pools := map[string]bool{}
	for _, target := range n.targets() {
		pools[target] = true
	}
	if len(pools) < 2 {
		return ""
	}
	return fmt.Sprintf("%s leads to %d pools, and clients sign in through any of them: one pool redirects all users to theirs. Keep one of them, unless the others stand by with a higher priority number.",
		display(n.owner), len(pools))
}

// ruleDiscover knows that mobile clients take the alias's own domain for what the certificate must show.
func ruleDiscover(v map[string]cty.Value, ofCloud func(host string) bool) string {
	n := namedSet(v)
	if n.rtype != "CNAME" {
		return ""
	}
	for _, host := range []string{"lyncdiscover", "lyncdiscoverinternal"} {
		domain := n.below(host)
		if domain == "" {
			continue
		}
		if target := n.stray(domain, ofCloud); target != "" {
			return fmt.Sprintf("The target %q is in another domain than %s, and mobile clients fail over HTTPS there. Lead to a name in %s, or write address records; with this one port 80 has to be published, too.",
				target, display(n.owner), display(domain))
		}
	}
	return ""
}

func ruleActivation(v map[string]cty.Value) string {
	n := namedSet(v)
	if n.rtype != "CNAME" || n.below("msoid") == "" {
		return ""
	}
	for _, target := range n.targets() {
		if !clouds.BuiltIn().Activates(target) {
			return fmt.Sprintf("The record msoid is for Microsoft 365 operated by 21Vianet only; with %q Office is not activated in any other cloud. Take it away with ensure = \"absent\".",
				display(target))
		}
	}
	return ""
}
