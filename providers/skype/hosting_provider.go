package skype

import (
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// hostingProvider declares an organisation that hosts SIP users: for hybrid, the tenant's side. Which parameters are
// create-only, mandatory and unique is from the pages of New- and Set-CsHostingProvider
// (MicrosoftDocs/office-docs-powershell).
//
// Enable- and Disable-CsHostingProvider are never used: they fail where there is nothing to do. Set- -Enabled does not.
func hostingProvider() *schema.Kind {
	return &schema.Kind{
		Name:      "hosting_provider",
		Concern:   "federation",
		System:    "skype",
		Everybody: true,
		Doc: "An organisation that hosts SIP users, such as Microsoft 365: where calls and messages go whose users are not homed on the servers. " +
			"Hybrid needs the one whose `proxy_fqdn` is that of the tenant's cloud: `cloud.proxy_fqdn`, which is `sipfed.online.lync.com` worldwide.\n\n" +
			"The name varies from deployment to deployment (`LyncOnline`, `SkypeforBusinessOnline`, `Office365`): what counts is the proxy FQDN, which no other " +
			"hosting or public provider may have, and no allowed domain: the Access Edge service would not start (event 14517). A provider that exists under another name is declared by it, with `identity`. The Edge Servers must route by DNS (`access_edge`), or the provider cannot be reached. " +
			"Deleting a provider ends federation with every domain that it hosts; to keep the record, set `enabled = false`.",
		Example: `hosting_provider "LyncOnline" {
  proxy_fqdn                   = "sipfed.online.lync.com"
  enabled                      = true
  enabled_shared_address_space = true
  hosts_ocs_users              = true
  verification_level           = "UseSourceVerification"
}`,
		Lost:   lostProvider,
		Remote: schema.Cmdlet{Noun: "CsHostingProvider"},
		After: []schema.First{
			{Kind: "access_edge", Why: "the Edge Servers must route by DNS to reach a provider"},
			{Kind: "allowed_domain", Why: "a proxy FQDN that an allowed domain gives up is free only then"},
		},
		Leaving: []schema.First{
			{Kind: "hybrid_application_endpoint", Why: "what answers for endpoints of the servers is reached through the provider"},
			{Kind: "user_homing", Why: "users are moved to the tenant through the provider"},
			{Kind: "dns_record", Why: "while DNS leads to the servers, they pass on through the provider what is for users online"},
			{Kind: "tenant_federation", Why: "the tenant stops sharing its address space before the servers forget it"},
		},
		Names: providerNames(),
		Attrs: []schema.Attr{
			{
				Name: "proxy_fqdn", Type: cty.String, Mode: schema.Required, ForceNew: true, Unique: "proxy_fqdn", Cloud: "proxy_fqdn", Home: true, Check: checkFQDN, Norm: normFQDN,
				Doc: "The server that SIP traffic to the provider goes to; for Microsoft 365 `cloud.proxy_fqdn`, and never that of another cloud than the configuration's. It cannot be changed: another one means that the provider is removed and made again, and federation is down in between.",
			},
			{
				Name: "enabled", Type: cty.Bool, Mode: schema.Required, Default: cty.False,
				Doc: "Whether there is federation with the provider.",
			},
			{
				Name: "enabled_shared_address_space", Type: cty.Bool, Mode: schema.Required, Default: cty.False,
				Doc: "Whether users of your own SIP domains may be homed there (split domain). Hybrid needs `true`.",
			},
			{
				Name: "hosts_ocs_users", Type: cty.Bool, Mode: schema.Required, Default: cty.False, Param: "HostsOCSUsers",
				Doc: "Whether the provider hosts SIP users: `true` for Microsoft 365, `false` for one that only hosts voice mail.",
			},
			{
				Name: "verification_level", Type: cty.String, OneOf: verificationLevels(), Default: cty.StringVal("AlwaysVerifiable"),
				Doc: "How far messages of the provider are trusted. Hybrid needs `UseSourceVerification`; a new provider has `AlwaysVerifiable` unless it is said.",
			},
			{
				Name: "is_local", Type: cty.Bool, Default: cty.False,
				Doc: "Whether the provider's servers are part of this deployment. `false` for Microsoft 365.",
			},
			{
				Name: "autodiscover_url", Type: cty.String, Cloud: "autodiscover_url", Check: checkAutodiscoverURL, Norm: normCaseless,
				Doc: "Where clients and the hosted migration service find the provider; for Microsoft 365 `cloud.autodiscover_url`, worldwide `https://webdir.online.lync.com" + autodiscoverPath + "`. Lync Server 2013 and later. Compared without case.",
			},
			{
				Name: "sip_client_port", Type: cty.Number, Default: cty.NumberIntVal(443), Check: checkCount(1, 65535),
				Doc: "The port that SIP clients use. Lync Server 2013 and later.",
			},
		},
		Notes: hostingProviderNotes,
	}
}

func hostingProviderNotes(action string, _, _ map[string]cty.Value) []string {
	switch action {
	case "delete":
		return []string{"ends federation with every domain that the provider hosts, and users homed there can no longer be reached"}
	case "replace":
		return []string{"the provider is removed before it is made again: federation with the domains that it hosts is down in between"}
	}
	return nil
}
