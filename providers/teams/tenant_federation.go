package teams

import (
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/powershell"
	"hybrid/providers/shell"
	"hybrid/schema"
)

// everyone is the word for all domains that are not blocked.
const everyone = "all"

// tenantFederation declares with whom the tenant's users may talk. Parameters, defaults, limits and the interplay of the
// lists are from the page of Set-CsTenantFederationConfiguration (MicrosoftDocs/office-docs-powershell). Nothing that is
// retired (AllowPublicUsers) or accepted and not kept (Enable…ChatParticipants) is offered.
func tenantFederation() *schema.Kind {
	return &schema.Kind{
		Name:      "tenant_federation",
		Concern:   "federation",
		System:    "teams",
		Singleton: true,
		Doc: "With whom the tenant's users may talk outside, and whether it shares its SIP domains with the servers. It exists once in a tenant and is only ever changed.\n\n" +
			"Hybrid needs `shared_sip_address_space = true`; only one forest may share with a tenant. Without it users cannot be moved (fault 510), and it takes a while until a change of it is known everywhere.",
		Example: `tenant_federation {
  shared_sip_address_space = true
}`,
		After: []schema.First{
			{Kind: "service_principal", Why: "trust between servers and tenant is made before anything is opened between them"},
			{Kind: "sip_domain", Why: "the servers must know every domain that the tenant shares with them"},
			{Kind: "access_edge", Why: "the Edge Servers must let through what the tenant sends"},
			{Kind: "hosting_provider", Why: "the servers must know the tenant before it shares its address space with them"},
		},
		Leaving: []schema.First{
			{Kind: "hybrid_application_endpoint", Why: "endpoints of the servers answer through the shared address space"},
			{Kind: "user_homing", Why: "without a shared address space the tenant refuses moves (fault 510)"},
			{Kind: "dns_record", Why: "while DNS leads to the servers, users of both sides reach one another by the shared address space alone"},
		},
		Remote: schema.Cmdlet{
			Noun: "CsTenantFederationConfiguration", Create: "-", Delete: "-", Arrange: arrangeFederation,
			Uses: []string{allKnown, allowList}, Leaves: map[string]string{
				"AllowedDomainsAsAList":                               "allowed_domains, where it is a list",
				"EnableExternalAccessRestrictionsForChatParticipants": "accepted and not kept",
				"EnableMutualFederationForChatParticipants":           "accepted and not kept",
				"SecurityTeamAllowBlockListDelegation":                "renamed from one version of the module to the next",
			},
		},
		Attrs: append(federationSwitches(), federationLists()...),
		Rules: federationRules(),
		Notes: federationNotes,
		Lost:  lostFederation,
	}
}

func federationSwitches() []schema.Attr {
	return []schema.Attr{
		{
			Name: "shared_sip_address_space", Type: cty.Bool, Default: cty.False,
			Doc: "Whether users of the tenant's SIP domains may be homed on the servers as well (split domain). Hybrid needs `true`; it is taken back only when nobody is homed on the servers any more.",
		},
		{
			Name: "allow_federated_users", Type: cty.Bool, Default: cty.True,
			Doc: "Whether users may talk to other organisations at all. `false` overrides both lists and every external access policy.",
		},
		{
			Name: "allow_teams_consumer", Type: cty.Bool, Default: cty.True,
			Doc: "Whether users may talk to people with a Teams account of their own, which no organisation manages.",
		},
		{
			Name: "allow_teams_consumer_inbound", Type: cty.Bool, Default: cty.True,
			Doc: "Whether such people may find your users and begin. It counts only while `allow_teams_consumer` is on.",
		},
		{
			Name: "treat_discovered_partners_as_unverified", Type: cty.Bool, Default: cty.False,
			Doc: "Whether messages of partners that were found through DNS are taken for unverified.",
		},
		{
			Name: "restrict_teams_consumer_to_external_user_profiles", Type: cty.Bool, Default: cty.False,
			Doc: "Whether people without an organisation are kept to those with an external user profile.",
		},
		{
			Name: "external_access_with_trial_tenants", Type: cty.String, OneOf: []string{"Allowed", "Blocked"}, Default: cty.StringVal("Blocked"),
			Doc: "Whether users may talk to tenants that have only trial licences.",
		},
	}
}

func federationLists() []schema.Attr {
	return []schema.Attr{
		{
			Name: "allowed_domains", Type: cty.Set(cty.String), Word: everyone, Check: checkAllowed, Norm: normDomains, Read: readAllowed,
			Doc: "The domains that users may talk to: `\"all\"` for every one that is not blocked, or a list of up to 4,000, without wildcards. An empty list means nobody.",
		},
		{
			Name: "blocked_domains", Type: cty.Set(cty.String), Check: checkDomains, Norm: normDomains, Read: readDomains,
			Doc: "The domains that users may not talk to, up to 4,000, without wildcards. They count only while `allowed_domains` is `\"all\"`. An empty list blocks none.",
		},
		{
			Name: "block_all_subdomains", Type: cty.Bool, Default: cty.False,
			Doc: "Whether the subdomains of blocked domains are blocked too.",
		},
		{
			Name: "allowed_trial_tenant_domains", Type: cty.Set(cty.String), Check: checkDomains, Norm: normDomains, Read: readDomains,
			Doc: "Domains of trial tenants that users may talk to while `external_access_with_trial_tenants` is `Blocked`, up to 4,000.",
		},
	}
}

func federationRules() []schema.Rule {
	return []schema.Rule{
		{
			Attrs: []string{"blocked_domains", "allowed_domains"}, Doc: "`blocked_domains` only while `allowed_domains` is `\"all\"`: with a list of allowed domains they are not looked at.",
			Check: func(v map[string]cty.Value) string {
				if v["blocked_domains"].IsNull() || v["blocked_domains"].LengthInt() == 0 || v["allowed_domains"].IsNull() || isEveryone(v["allowed_domains"]) {
					return ""
				}
				return `blocked_domains is looked at only while allowed_domains = "all": with a list of allowed domains, leave those out that must not be reached and take blocked_domains out.`
			},
		},
		{
			Attrs: []string{"block_all_subdomains", "blocked_domains"}, Doc: "`block_all_subdomains = true` needs `blocked_domains`.",
			Check: func(v map[string]cty.Value) string {
				if v["block_all_subdomains"].IsNull() || v["block_all_subdomains"].False() || !v["blocked_domains"].IsNull() && v["blocked_domains"].LengthInt() > 0 {
					return ""
				}
				return "block_all_subdomains = true blocks the subdomains of blocked_domains, and none is written: name them."
			},
		},
	}
}

// federationNotes tell what a change does to people.
func federationNotes(action string, before, after map[string]cty.Value) []string {
	if action != "update" {
		return nil
	}
	var notes []string
	turned := func(name string, on bool) bool {
		return shell.Tells(after[name]) && after[name].True() == on && !(shell.Tells(before[name]) && before[name].True() == on)
	}
	if turned("shared_sip_address_space", true) {
		notes = append(notes, "it takes a while until the shared address space is known everywhere: until then moves fail with fault 510")
	}
	if turned("shared_sip_address_space", false) {
		notes = append(notes, "users who are still homed on the servers can then neither be moved nor be reached by those online: this is the last step of disabling hybrid")
	}
	if turned("allow_federated_users", false) {
		notes = append(notes, "ends all talk with other organisations, whatever the lists and the external access policies say")
	}
	if allowed := after["allowed_domains"]; shell.Tells(allowed) && allowed.LengthInt() == 0 && !(shell.Tells(before["allowed_domains"]) && before["allowed_domains"].LengthInt() == 0) {
		notes = append(notes, "an empty list of allowed domains means nobody: users can then talk to no other organisation")
	}
	return notes
}

// lostFederation: who is cut off is cut off at once; the settings themselves come back, and are known everywhere after a
// while.
func lostFederation(_ string, before, after map[string]cty.Value) []string {
	allowed := func(v map[string]cty.Value) bool {
		on, ok := v["allow_federated_users"]
		return ok && shell.Tells(on) && on.True()
	}
	if !allowed(before) || allowed(after) {
		return nil
	}
	return []string{"sessions with other organisations that were under way"}
}

// The cmdlets that make the objects which -AllowedDomains takes.
const (
	allKnown  = "New-CsEdgeAllowAllKnownDomains"
	allowList = "New-CsEdgeAllowList"
)

// arrangeFederation gives the lists in the forms that the cmdlet takes: an object for all domains and for none, and a
// list of texts otherwise. -Identity would demand -Tenant, which the session has signed in to.
func arrangeFederation(_ string, args []schema.Arg, _, _ map[string]cty.Value) []schema.Arg {
	var kept []schema.Arg
	for _, arg := range args {
		switch arg.Name {
		case "Identity":
			continue
		case "AllowedDomains":
			arg = allowedArg(arg)
		case "BlockedDomains":
			if plain, _ := arg.Value.UnmarkDeep(); shell.Tells(plain) && plain.LengthInt() == 0 {
				arg.Value = cty.NullVal(cty.String)
			}
		}
		kept = append(kept, arg)
	}
	return kept
}

func allowedArg(arg schema.Arg) schema.Arg {
	plain, marks := arg.Value.UnmarkDeep()
	object := func(c powershell.Command) schema.Arg {
		return schema.Arg{Name: arg.Name, Value: shell.ResultOf(c).WithMarks(marks)}
	}
	switch {
	case shell.Tells(plain) && isEveryone(plain):
		return object(powershell.Command{Cmdlet: allKnown})
	case shell.Tells(plain) && plain.LengthInt() == 0:
		return object(powershell.Command{Cmdlet: allowList, Params: []powershell.Param{{Name: "AllowedDomain"}}})
	}
	arg.Name = "AllowedDomainsAsAList"
	return arg
}
