package lab

import "strings"

// federatedDomain: New-, Set- and Remove- of an allowed or a blocked domain, of which a domain may be one only. New- takes
// the domain as -Identity or as -Domain, and each sets the other (New-CsAllowedDomain).
func federatedDomain(otherList string, fresh Object) rules {
	own := rules{
		defaults: func(*Estate) Object { return fresh },
		check: func(c *call, before, after Object) error {
			domain := after.Text("Identity")
			after["Domain"] = domain
			if proxy := after.Text("ProxyFqdn"); proxy != "" && !hostName.MatchString(proxy) {
				return c.unusable("ProxyFqdn", "%q is no fully qualified domain name.", proxy)
			}
			if before != nil {
				return nil
			}
			if !hostName.MatchString(domain) {
				return c.unusable("Identity", "%q is no domain.", domain)
			}
			if _, taken := c.estate.Object(otherList, domain); taken {
				return c.refused("%q is on the list of %ss already. A domain can be on one of the two lists only.", domain, strings.ToLower(strings.TrimPrefix(otherList, "Cs")))
			}
			return nil
		},
	}
	own.verbs = map[string]handler{"New": func(c *call) error {
		if c.given("Domain") {
			c.params["Identity"] = c.text("Domain")
		}
		return create(own)(c)
	}}
	return own
}
