package main

import (
	"encoding/base64"
	"encoding/pem"
	"slices"
	"sort"
	"strings"

	"hybrid/internal/config"
	"hybrid/internal/lab"
	"hybrid/internal/phase"
	"hybrid/planner"
	"hybrid/providers/teams"
	"hybrid/schema"
)

// needs is what the estate must have for a configuration to make sense there: accounts for its users, pools to move
// them to, SIP domains and zones.
func needs(c *config.Config) lab.Needs {
	n := lab.Needs{Views: map[string][]string{}, Zones: map[string][]string{}}
	born := map[string]bool{}
	for i := range c.Objects {
		if o := &c.Objects[i]; o.Kind.Name == "user" {
			needUsers(&n, o, born)
		}
	}
	for i := range c.Objects {
		switch o := &c.Objects[i]; o.Kind.Name {
		case "user_homing":
			needHomes(&n, o, born, c.Cloud.Text("proxy_fqdn"))
			needMover(&n, o)
		case "data.tenant", "data.forest":
			n.Discovered = true
		case "data.service_principal":
			if id := schema.Text(o.Want.GetAttr("application_id")); strings.HasPrefix(id, "0000000") { // Microsoft's own, which every tenant has
				n.Principals = append(n.Principals, id)
			}
		case "dns_record":
			n.Views[o.Provider] = append(n.Views[o.Provider], o.Identity+" "+schema.Text(o.Want.GetAttr("type")))
		case "directory_sync":
			n.Sync = true
		case "service_principal":
			n.Principals = append(n.Principals, o.Identity)
			needIssuer(&n, o)
		}
	}
	n.SipDomains = domains(n)
	needEndpoints(&n, c)
	needBegun(&n, c)
	needTenant(&n, c)
	needZones(&n, c)
	return n
}

// needEndpoints asks for the SIP domains of application endpoints, unless the configuration itself makes them.
func needEndpoints(n *lab.Needs, c *config.Config) {
	own := map[string]bool{}
	for i := range c.Objects {
		if o := &c.Objects[i]; o.Kind.Name == "sip_domain" {
			own[strings.ToLower(o.Identity)] = true
		}
	}
	for i := range c.Objects {
		o := &c.Objects[i]
		if d := strings.ToLower(domain(o.Identity)); o.Kind.Name == "hybrid_application_endpoint" && !own[d] && !slices.Contains(n.SipDomains, d) {
			n.SipDomains = append(n.SipDomains, d)
		}
	}
}

// needUsers asks for accounts that are not yet enabled, or enabled where they are to be disabled.
func needUsers(n *lab.Needs, o *planner.Object, born map[string]bool) {
	for row := range o.Users.Len() {
		born[o.Users.SIP(row)] = true
		n.Users = append(n.Users, lab.NeededUser{SIP: o.Users.SIP(row), Identity: o.Users.Row(row)[1], Enabled: o.Absent, HostingProvider: "SRV:", RegistrarPool: "pool01." + domain(o.Users.SIP(row))})
	}
	if pool := schema.Text(o.Want.GetAttr("registrar_pool")); pool != "" {
		n.Pools = append(n.Pools, pool)
	}
}

// needHomes asks for users who are homed on the other side of where they are to go: a pool, or the proxy FQDN of the cloud.
func needHomes(n *lab.Needs, o *planner.Object, born map[string]bool, cloud string) {
	target := schema.Text(o.Want.GetAttr("target"))
	home := lab.NeededUser{Enabled: true, HostingProvider: cloud}
	switch {
	case !online(target):
		n.Pools = append(n.Pools, target)
	case o.Users.Len() > 0:
		home.HostingProvider, home.RegistrarPool = "SRV:", "pool01."+domain(o.Users.SIP(0))
	}
	for row := range o.Users.Len() {
		if sip := o.Users.SIP(row); !born[sip] {
			user := home
			user.SIP, user.Identity = sip, o.Users.Row(row)[1]
			n.Users = append(n.Users, user)
		}
	}
}

// online says whether a target of moves is Microsoft's side.
func online(target string) bool { return strings.HasPrefix(strings.ToLower(target), "sipfed.") }

func domain(sip string) string {
	_, domain, _ := strings.Cut(sip, "@")
	return domain
}

func domains(n lab.Needs) []string {
	seen := map[string]bool{}
	for _, u := range n.Users {
		seen[domain(u.SIP)] = true
	}
	var all []string
	for d := range seen {
		all = append(all, d)
	}
	sort.Strings(all)
	return all
}

// needZones asks for the zones that a dns block names: they decide in which zone a name is, and are there without any record
// that is declared. A tenant in Entra has the service principal of the servers, whether or not it is declared.
func needZones(n *lab.Needs, c *config.Config) {
	for i := range c.Providers {
		p := &c.Providers[i]
		if p.System.Name == "entra" && len(n.Principals) == 0 {
			n.Principals = append(n.Principals, "00000004-0000-0ff1-ce00-000000000000")
		}
		if p.System.Name != "dns" {
			continue
		}
		zones, _ := p.Values.GetAttr("zones").UnmarkDeep()
		if zones.IsNull() || !zones.IsWhollyKnown() {
			continue
		}
		for _, zone := range zones.AsValueSlice() {
			n.Zones[p.Name] = append(n.Zones[p.Name], zone.AsString())
			n.Views[p.Name] = append(n.Views[p.Name], zone.AsString())
		}
	}
}

// needTenant asks for a tenant where the configuration has one, with the domains that it speaks of.
func needTenant(n *lab.Needs, c *config.Config) {
	for i := range c.Providers {
		if c.Providers[i].System.Name == "teams" {
			own := teams.SignInOf(c.Providers[i].Values)
			n.Tenant = &lab.SignIn{TenantID: own.TenantID, ClientID: own.ClientID, Thumbprint: own.Thumbprint, Environment: c.Cloud.Text("teams_environment_name")}
		}
	}
	for i := range c.Objects {
		o := &c.Objects[i]
		if domain := strings.ToLower(o.Identity); o.Kind.Name == "online_sip_domain" && !slices.Contains(n.SipDomains, domain) {
			n.OnlineDomains = append(n.OnlineDomains, domain)
		}
	}
}

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
		if o := &c.Objects[i]; o.Kind.Name == "hosting_provider" && (o.Absent || strings.EqualFold(strings.TrimSuffix(schema.Text(o.Want.GetAttr("proxy_fqdn")), "."), p.ProxyFQDN)) {
			p.Name = o.Identity
		}
	}
	return p
}

// needIssuer asks for servers that sign tokens with the certificate that the tenant is told of.
func needIssuer(n *lab.Needs, o *planner.Object) {
	keys, _ := o.Want.GetAttr("key_credential").UnmarkDeep()
	if o.Identity != "00000004-0000-0ff1-ce00-000000000000" || keys.IsNull() || !keys.IsWhollyKnown() {
		return
	}
	for _, key := range keys.AsValueSlice() {
		text := schema.Text(key.GetAttr("certificate"))
		if block, _ := pem.Decode([]byte(text)); block != nil {
			text = base64.StdEncoding.EncodeToString(block.Bytes)
		}
		if text != "" && schema.Text(key.GetAttr("ensure")) != "absent" {
			n.OAuthCertificate = strings.Join(strings.Fields(text), "")
			return
		}
	}
}

// needMover asks for the account of the tenant under which users are moved.
func needMover(n *lab.Needs, o *planner.Object) {
	account, _ := o.Want.GetAttr("credential").UnmarkDeep()
	if account.IsNull() || !account.IsWhollyKnown() || !account.CanIterateElements() {
		return
	}
	if name := schema.Text(account.GetAttr("username")); name != "" && !slices.Contains(n.Movers, name) {
		n.Movers = append(n.Movers, name)
	}
}
