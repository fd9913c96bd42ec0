package main

import (
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/config"
	"hybrid/internal/lab"
	"hybrid/providers/teams"
)

// teamsInLab leads a teams block to the lab's host. How it signs in stays as far as it is known: the estate was made to
// know it, and a tenant or an application that is changed afterwards is refused.
func teamsInLab(values map[string]cty.Value, e lab.Endpoints) {
	own := teams.SignInOf(cty.ObjectVal(values))
	values["host"] = cty.NullVal(cty.String)
	skypeInLab(values, e)
	delete(values, "endpoint") // which only servers have
	if account, _ := values["credential"].UnmarkDeep(); !account.IsNull() && account.IsWhollyKnown() {
		return
	}
	values["credential"] = cty.NullVal(values["credential"].Type())
	values["certificate"] = cty.NullVal(cty.String)
	for name, text := range map[string][2]string{
		"tenant_id":              {own.TenantID, e.Teams.TenantID},
		"client_id":              {own.ClientID, e.Teams.ClientID},
		"certificate_thumbprint": {own.Thumbprint, e.Teams.Thumbprint},
	} {
		if text[0] == "" {
			text[0] = text[1]
		}
		values[name] = cty.StringVal(text[0])
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
