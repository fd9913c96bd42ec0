package teams

import (
	"github.com/zclconf/go-cty/cty"

	"hybrid/providers/shell"
	"hybrid/schema"
)

// onlineExternalAccessPolicy declares with whom users who are homed online may talk outside. Parameters and defaults are from the
// page of Set-CsExternalAccessPolicy of module MicrosoftTeams (MicrosoftDocs/office-docs-powershell), which contradicts itself on
// the default of EnableFederationAccess: it has none here. What it calls a public preview is not offered, nor what it says is
// not applicable to Teams.
func onlineExternalAccessPolicy() *schema.Kind {
	return &schema.Kind{
		Name:    "online_external_access_policy",
		Concern: "federation",
		System:  "teams",
		Doc: "What users who are homed online may do across the boundary of the organisation. `Global` applies to everybody who has been granted no other policy, any other name to those to whom it is granted (the tenant shows it as `Tag:NAME`).\n\n" +
			"It is the twin of `external_access_policy`, which applies to the same users while they are homed on the servers: who is moved changes from one to the other. " +
			"A policy and `tenant_federation` must both allow a thing. `Global` exists in every tenant: it is only changed, and cannot be absent.",
		Example: `# Whoever is moved may go on talking with partners, and with nobody's private account.
online_external_access_policy "Global" {
  enable_federation_access     = true
  enable_teams_consumer_access = false
}`,
		After: []schema.First{
			{Kind: "tenant_federation", Why: "a policy can only allow what the tenant does"},
		},
		Before: []schema.First{
			{Kind: "user_homing", Why: "what users may do in the cloud is settled before any is moved there"},
		},
		Remote:       schema.Cmdlet{Noun: "CsExternalAccessPolicy", Leaves: policyLeaves()},
		NormIdentity: shell.PolicyName,
		BuiltIn:      []string{"Global"},
		Attrs: []schema.Attr{
			{
				Name: "enable_federation_access", Type: cty.Bool,
				Doc: "Whether users may talk with those of other organisations.",
			},
			{
				Name: "enable_teams_consumer_access", Type: cty.Bool, Default: cty.True,
				Doc: "Whether users may talk to people with a Teams account of their own, which no organisation manages.",
			},
			{
				Name: "enable_teams_consumer_inbound", Type: cty.Bool, Default: cty.True,
				Doc: "Whether such people may find the users and begin.",
			},
			{
				Name: "restrict_teams_consumer_access_to_external_user_profiles", Type: cty.Bool,
				Doc: "Whether such people are kept to those in the extended directory. The page names no default.",
			},
			{
				Name: "enable_acs_federation_access", Type: cty.Bool, Default: cty.True,
				Doc: "Whether users may talk with those of applications that are built on Azure Communication Services. It counts only while the tenant allows them at all.",
			},
		},
		Notes: func(action string, _, _ map[string]cty.Value) []string {
			if action != "delete" {
				return nil
			}
			return []string{"users to whom the policy is granted fall back to the global one of the tenant"}
		},
		Lost: func(action string, _, _ map[string]cty.Value) []string {
			if !schema.Gone(action, nil, nil) {
				return nil
			}
			return []string{"grants: whoever had been granted the policy must be granted it again"}
		},
	}
}

// policyLeaves are the parameters that are not offered.
func policyLeaves() map[string]string {
	const preview, servers = "a public preview", "of the servers: not applicable to Teams"
	return map[string]string{
		"AllowedExternalDomains": preview, "BlockedExternalDomains": preview, "CommunicationWithExternalOrgs": preview,
		"Description": servers, "EnableOutsideAccess": servers, "EnablePublicCloudAudioVideoAccess": servers, "EnableXmppAccess": servers,
		"EnableTeamsSmsAccess":    "text messages are no matter of who is talked to outside",
		"FederatedBilateralChats": "takes users out of chats that they are in, which nothing brings back",
	}
}
