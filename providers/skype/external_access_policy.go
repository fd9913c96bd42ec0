package skype

import (
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/providers/shell"
	"hybrid/schema"
)

// globalPolicy is the policy that applies where no other does.
const globalPolicy = "Global"

// externalAccessPolicy declares who may use what from outside. Parameters are from the pages of New- and
// Set-CsExternalAccessPolicy (MicrosoftDocs/office-docs-powershell), which contradict one another on the default of
// EnableFederationAccess: it has none here.
func externalAccessPolicy() *schema.Kind {
	return &schema.Kind{
		Name:    "external_access_policy",
		Concern: "federation",
		System:  "skype",
		Doc: "What users may do across the boundary of the organisation. `Global` applies where no other policy does, `site:NAME` to the users of a site, any other name to those to whom it is granted (the servers show it as `Tag:NAME`).\n\n" +
			"A policy and `access_edge` must both allow a thing. `Global` exists in every deployment: it is only changed, and cannot be absent.",
		Example: `external_access_policy "Global" {
  enable_federation_access = true
  enable_outside_access    = true
}`,
		Lost:   lostPolicy,
		Remote: schema.Cmdlet{Noun: "CsExternalAccessPolicy"},
		After: []schema.First{
			{Kind: "access_edge", Why: "a policy can only allow what the Edge Servers do"},
		},
		NormIdentity: shell.PolicyName,
		BuiltIn:      []string{globalPolicy},
		Attrs: []schema.Attr{
			{
				Name: "enable_federation_access", Type: cty.Bool,
				Doc: "Whether users may talk with those of federated domains. Users who shall be in hybrid need `true`.",
			},
			{
				Name: "enable_outside_access", Type: cty.Bool, Default: cty.False,
				Doc: "Whether users may sign in across the Internet.",
			},
			{
				Name: "enable_public_cloud_audio_video_access", Type: cty.Bool,
				Doc: "Whether users may use audio and video with those of public providers.",
			},
			{
				Name: "enable_xmpp_access", Type: cty.Bool, Default: cty.False,
				Doc: "Whether users may talk with those of XMPP partners. Lync Server 2013 and Skype for Business Server 2015.",
			},
			{
				Name: "description", Type: cty.String,
				Doc: "What the policy is for.",
			},
		},
		Notes: func(action string, before, _ map[string]cty.Value) []string {
			if action == "delete" {
				return []string{fallback(before)}
			}
			return nil
		},
	}
}

// fallback says what applies to users once their policy is gone.
func fallback(policy map[string]cty.Value) string {
	if name := shell.TextOf(policy["identity"]); len(name) > 5 && strings.EqualFold(name[:5], "site:") {
		return "the global policy applies to the users of the site from then on"
	}
	return "users to whom the policy is granted fall back to the policy of their site, or the global one"
}
