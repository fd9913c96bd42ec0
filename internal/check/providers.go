package check

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// providerChecks are those of hosting providers, public providers and what gets in their way.
func providerChecks() []Check {
	lists := map[string][]string{"skype": {"Get-CsHostingProvider", "Get-CsPublicProvider", "Get-CsAllowedDomain"}}
	return []Check{{
		ID: "H-PROV", Group: Providers, Blocks: true, Title: "Exactly one hosting provider leads to the cloud, and users can be homed there",
		Reads:   "Get-CsHostingProvider, Get-CsPublicProvider",
		Remedy:  "Declare one hosting_provider with the cloud's proxy_fqdn, enabled, with enabled_shared_address_space, hosts_ocs_users and is_local = false, and remove the others; hybrid plan shows what differs.",
		Source:  "New-CsHostingProvider's page; Microsoft, configure hybrid connectivity",
		Systems: []string{"skype"}, Asks: lists, Kinds: []string{"user_homing"}, Mends: []string{"hosting_provider", "public_provider"}, After: []string{"E-ROUTE"}, Run: oneCloudProvider,
	}, {
		ID: "H-CONFL", Group: Providers, Blocks: true, Title: "No allowed domain names a provider's server",
		Reads:   "Get-CsAllowedDomain, Get-CsHostingProvider, Get-CsPublicProvider",
		Remedy:  "Clear ProxyFqdn of the allowed domain (proxy_fqdn = null, or Set-CsAllowedDomain -ProxyFqdn $null), wait for replication, and start the Edge's services.",
		Source:  "New-CsHostingProvider's page on uniqueness; event 14517",
		Systems: []string{"skype"}, Asks: lists, Kinds: []string{"hosting_provider", "public_provider", "allowed_domain"},
		Mends: []string{"hosting_provider", "public_provider", "allowed_domain"}, Run: noPartnerIsProvider,
	}}
}

// cloudFields are what a hosting provider of the cloud must say.
func cloudFields() map[string]bool {
	return map[string]bool{"enabled": true, "enabled_shared_address_space": true, "hosts_ocs_users": true, "is_local": false}
}

func oneCloudProvider(ctx context.Context, e *Estate) Result {
	hosting, err := e.objects(ctx, "skype", "hosting_provider")
	if err != nil {
		return Unread(err)
	}
	public, err := e.objects(ctx, "skype", "public_provider")
	if err != nil {
		return Unread(err)
	}
	want := hostName(e.Config.Cloud.Text("proxy_fqdn"))
	if want == "" {
		return Unread(fmt.Errorf("no source says what the hosting provider of %s is called", e.Config.Cloud.DisplayName))
	}
	var clouds []live
	var seen []Evidence
	for _, p := range hosting {
		if p.host("proxy_fqdn") == want {
			clouds = append(clouds, p)
			seen = append(seen, e.Saw("hosting provider "+p.identity, p.text("proxy_fqdn"), "the servers"))
		}
	}
	for _, p := range public {
		if p.host("proxy_fqdn") == want {
			return Failed("the public provider "+p.identity+" takes the cloud's proxy FQDN for itself", append(seen, e.Saw("public provider "+p.identity, p.text("proxy_fqdn"), "the servers"))...)
		}
	}
	switch len(clouds) {
	case 0:
		return Failed("no hosting provider leads to "+want, e.Saw("hosting providers", leading(hosting), "the servers"))
	case 1:
		return e.wellSaid(clouds[0], seen)
	}
	return Failed(fmt.Sprintf("%d hosting providers lead to %s", len(clouds), want), seen...)
}

// leading lists hosting providers with where each leads.
func leading(all []live) string {
	var list []string
	for _, p := range all {
		list = append(list, p.identity+" to "+cmp.Or(p.text("proxy_fqdn"), "nowhere"))
	}
	return cmp.Or(strings.Join(list, ", "), "none")
}

// wellSaid holds the switches of the cloud's hosting provider against what they must be.
func (e *Estate) wellSaid(p live, seen []Evidence) Result {
	var wrong []string
	for _, name := range []string{"enabled", "enabled_shared_address_space", "hosts_ocs_users", "is_local"} {
		seen = append(seen, e.Saw(name, p.text(name), "the servers"))
		if p.is(name) != cloudFields()[name] {
			wrong = append(wrong, name)
		}
	}
	if len(wrong) > 0 {
		return Failed("of the hosting provider "+p.identity+" these are not as they must be: "+strings.Join(wrong, ", "), seen...)
	}
	return Passed(seen...)
}

func noPartnerIsProvider(ctx context.Context, e *Estate) Result {
	servers := map[string]string{}
	for _, kind := range []string{"hosting_provider", "public_provider"} {
		list, err := e.objects(ctx, "skype", kind)
		if err != nil {
			return Unread(err)
		}
		for _, p := range list {
			servers[p.host("proxy_fqdn")] = p.identity
		}
	}
	partners, err := e.objects(ctx, "skype", "allowed_domain")
	if err != nil {
		return Unread(err)
	}
	var seen []Evidence
	var both []string
	for _, p := range partners {
		if provider, taken := servers[p.host("proxy_fqdn")]; taken && p.host("proxy_fqdn") != "" {
			seen = append(seen, e.Saw("ProxyFqdn of the allowed domain "+p.identity, p.text("proxy_fqdn"), "the servers"))
			both = append(both, p.identity+" and the provider "+provider)
		}
	}
	if len(both) > 0 {
		slices.Sort(both)
		return Failed("one server is both a partner's and a provider's: "+strings.Join(both, "; "), seen...)
	}
	return Passed(e.Saw("allowed domains with a server of their own that is a provider's", "none of "+fmt.Sprint(len(partners)), "the servers"))
}
