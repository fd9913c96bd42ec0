package lab

import "strings"

// sipDomain: New-, Set- and Remove-CsSipDomain. There is one default domain, which is taken from whoever has it and never
// given up; the default domain, the last one and one with addresses in it cannot be removed.
func sipDomain() rules {
	return rules{
		defaults: func(*Estate) Object { return Object{"IsDefault": false} },
		check: func(c *call, before, after Object) error {
			after["Name"] = after["Identity"]
			if before == nil && !hostName.MatchString(after.Text("Identity")) {
				return c.unusable("Identity", "%q is no domain.", after.Text("Identity"))
			}
			if c.given("IsDefault") && !c.on("IsDefault") {
				return c.refused("IsDefault can only be set to True. To change the default SIP domain, set another one.")
			}
			if after.Is("IsDefault") {
				c.demoteOthers(after.Text("Identity"))
			}
			return nil
		},
		verbs: map[string]handler{"Remove": removeSipDomain},
	}
}

// demoteOthers takes IsDefault from every other SIP domain.
func (c *call) demoteOthers(identity string) {
	for _, other := range c.estate.Objects("CsSipDomain") {
		if other.Is("IsDefault") && !strings.EqualFold(other.Text("Identity"), identity) {
			c.estate.Put("CsSipDomain", other.with(Object{"IsDefault": false}))
		}
	}
}

func removeSipDomain(c *call) error {
	domain, err := c.target()
	if err != nil {
		return err
	}
	name := domain.Text("Identity")
	switch {
	case domain.Is("IsDefault"):
		return c.refused("%q is the default SIP domain and cannot be removed. Set another default SIP domain first.", name)
	case len(c.estate.Objects("CsSipDomain")) == 1:
		return c.refused("%q is the last SIP domain and cannot be removed.", name)
	}
	for _, a := range c.estate.Accounts {
		if at := strings.LastIndexByte(a.SIP, '@'); at >= 0 && strings.EqualFold(a.SIP[at+1:], name) {
			return c.refused("%q cannot be removed: %s and maybe others have SIP addresses in it.", name, a.SIP)
		}
	}
	return remove(c)
}
