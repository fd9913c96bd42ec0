package lab

import "strings"

// The states of an online SIP domain.
const (
	domainEnabled  = "Enabled"
	domainDisabled = "Disabled"
)

// onlineSipDomain: Get-, Enable- and Disable-CsOnlineSipDomain.
func onlineSipDomain() rules {
	return rules{
		verbs: map[string]handler{"Get": getOnlineSipDomain, "Enable": switchDomain(domainEnabled), "Disable": switchDomain(domainDisabled)},
		only:  []string{"Get", "Enable", "Disable"},
	}
}

func getOnlineSipDomain(c *call) error {
	status := c.text("DomainStatus")
	for _, o := range c.list() {
		byName := c.text("Domain") == "" || strings.EqualFold(c.text("Domain"), o.Text("Name"))
		if byName && (status == "" || status == "All" || strings.EqualFold(status, o.Text("Status"))) {
			c.objects = append(c.objects, Object{"Name": o["Name"], "Status": o["Status"]})
		}
	}
	return nil
}

// switchDomain is Enable- or Disable-. Disabling takes from users of the domain who are homed online what they have there.
func switchDomain(status string) handler {
	return func(c *call) error {
		before, ok := c.estate.Object(c.kept, c.text("Domain"))
		if !ok {
			return c.notFound(c.text("Domain"))
		}
		c.estate.Put(c.kept, before.with(Object{"Status": status}))
		if status != domainDisabled {
			return nil
		}
		for row, a := range c.estate.Accounts {
			if _, domain, _ := strings.Cut(a.SIP, "@"); strings.EqualFold(domain, before.Text("Name")) && a.HostingProvider != "" && a.HostingProvider != onServers {
				after := *a
				after.More = a.More.with(Object{"ContactsAndMeetings": "deleted by Disable-CsOnlineSipDomain"})
				c.store(row, &after)
			}
		}
		return nil
	}
}
