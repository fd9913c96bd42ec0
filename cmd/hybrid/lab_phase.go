package main

import (
	"slices"
	"strings"

	"hybrid/internal/config"
	"hybrid/internal/lab"
	"hybrid/internal/phase"
)

// needBegun asks for an estate in the phase before, where the configuration is about a phase past hybrid.
func needBegun(n *lab.Needs, c *config.Config) {
	var b lab.Begun
	for _, d := range phase.Stated(c.Objects, nil) {
		switch d.Phase {
		case phase.TeamsOnly:
			b.Servers = append(b.Servers, d.Name)
		case phase.Decommissioned:
			b.Cloud = append(b.Cloud, d.Name)
		default:
			continue
		}
		if !slices.Contains(n.SipDomains, d.Name) {
			n.SipDomains = append(n.SipDomains, d.Name)
		}
		b.Providers = append(b.Providers, tenantProvider(c))
		n.Begun = &b
	}
	b.Providers = slices.Compact(b.Providers)
	for u := range n.Users { // in the cloud already
		if user := &n.Users[u]; user.Enabled && slices.Contains(b.Cloud, domain(user.SIP)) {
			user.HostingProvider, user.RegistrarPool = b.Providers[0].ProxyFQDN, ""
		}
	}
}

// tenantProvider is the hosting provider of a cloud, under the name that the configuration has for it.
func tenantProvider(c *config.Config) lab.NeededProvider {
	p := lab.NeededProvider{Name: "LyncOnline", ProxyFQDN: c.Cloud.Text("proxy_fqdn")}
	for i := range c.Objects {
		if o := &c.Objects[i]; o.Kind.Name == "hosting_provider" && (o.Absent || strings.EqualFold(strings.TrimSuffix(known(o.Want, "proxy_fqdn"), "."), p.ProxyFQDN)) {
			p.Name = o.Identity
		}
	}
	return p
}
