package skype

import (
	"github.com/zclconf/go-cty/cty"

	"hybrid/providers/shell"
	"hybrid/schema"
)

// federatedDomains is the set of domains on the lists of allowed and blocked domains: the pages of New-CsAllowedDomain and
// New-CsBlockedDomain (MicrosoftDocs/office-docs-powershell) let a domain be on one of them.
func federatedDomains() *schema.Set {
	return &schema.Set{Name: "federated_domain", Why: "a domain is either allowed or blocked: the servers refuse one that is on the other list"}
}

// allowedDomain declares a federated partner. Its identity is the domain: -Identity sets -Domain (New-CsAllowedDomain).
func allowedDomain() *schema.Kind {
	return &schema.Kind{
		Name:    "allowed_domain",
		Concern: "federation",
		System:  "skype",
		Doc: "A domain whose users yours may talk with; the label is the domain. The partner must allow yours in return, and `allow_federated_users` of `access_edge` must be on.\n\n" +
			"A domain is either allowed or blocked. To move one from the blocked to the allowed list in one run, give this block `depends_on` of the `blocked_domain` that is to be absent. " +
			"With hybrid, the tenant's list should be the same.",
		Example: `allowed_domain "fabrikam.com" {
  comment = "supplier"
}`,
		Lost:   lostFederation("delete"),
		Remote: schema.Cmdlet{Noun: "CsAllowedDomain"},
		After: []schema.First{
			{Kind: "access_edge", Why: "what the Edge Servers allow at all is settled before single domains are"},
		},
		Names: federatedDomains(),
		Attrs: []schema.Attr{
			{
				Name: "proxy_fqdn", Type: cty.String, Check: orNothing(shell.CheckFQDN), Norm: shell.NormFQDN,
				Barred: &schema.Set{Name: "proxy_fqdn", Why: "an Access Edge service that finds a provider's proxy FQDN on an allowed domain does not start (event 14517): leave proxy_fqdn of the domain out, it is found through DNS"},
				Doc:    "The partner's Access Edge service. Unset on a new domain it is found through DNS (`_sipfederationtls._tcp`); `\"\"` takes away one that is set. It must not be the proxy FQDN of a hosting or public provider, or the Access Edge service no longer starts (event 14517).",
			},
			{
				Name: "verification_level", Type: cty.String, OneOf: verificationLevels(), Default: cty.StringVal("UseSourceVerification"),
				Doc: "How far messages of the partner are trusted.",
			},
			{
				Name: "comment", Type: cty.String,
				Doc: "Why the domain is on the list.",
			},
		},
		Rules:   []schema.Rule{domainRule()},
		Unmakes: schema.Gone,
		Notes: func(action string, _, _ map[string]cty.Value) []string {
			if action == "delete" {
				return []string{"federation with the domain ends, unless partners are found through DNS (enable_partner_discovery)"}
			}
			return nil
		},
	}
}

// blockedDomain declares a domain that is kept out. Only its comment can be changed (Set-CsBlockedDomain).
func blockedDomain() *schema.Kind {
	return &schema.Kind{
		Name:    "blocked_domain",
		Concern: "federation",
		System:  "skype",
		Doc: "A domain whose users yours cannot talk with, whatever else is allowed; the label is the domain.\n\n" +
			"A domain is either allowed or blocked. One that an `allowed_domain` block takes off the other list (`ensure = \"absent\"`) is blocked after that. " +
			"With hybrid, the tenant's list should be the same.",
		Example: `blocked_domain "tailspintoys.com" {
  comment = "unwanted calls"
}`,
		Lost:   lostFederation("create"),
		Remote: schema.Cmdlet{Noun: "CsBlockedDomain"},
		After: []schema.First{
			{Kind: "access_edge", Why: "what the Edge Servers allow at all is settled before single domains are"},
			{Kind: "allowed_domain", Why: "a domain comes off the one list before it goes on the other"},
		},
		Names: federatedDomains(),
		Attrs: []schema.Attr{
			{
				Name: "comment", Type: cty.String,
				Doc: "Why the domain is on the list.",
			},
		},
		Rules:   []schema.Rule{domainRule()},
		Unmakes: schema.Gone,
		Notes: func(action string, _, _ map[string]cty.Value) []string {
			switch action {
			case "create":
				return []string{"nobody in the domain can be reached any more, and nobody there reaches your users"}
			case "delete":
				return []string{"the domain is no longer kept out: partner discovery may let it in"}
			}
			return nil
		},
	}
}

// domainRule demands that the identity is a domain.
func domainRule() schema.Rule {
	return schema.Rule{
		Attrs: []string{"identity"},
		Doc:   "The label, or `identity`, is the name of a domain.",
		Check: func(v map[string]cty.Value) string { return shell.FQDNProblem(shell.TextOf(v["identity"])) },
	}
}
