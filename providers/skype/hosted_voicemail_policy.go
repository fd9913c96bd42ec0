package skype

import (
	"fmt"
	"regexp"

	"github.com/zclconf/go-cty/cty"

	"hybrid/providers/shell"
	"hybrid/schema"
)

// hostedVoicemailPolicy declares where voice mail of users is hosted. Parameters and the form of the destination are from
// the pages of New- and Set-CsHostedVoicemailPolicy (MicrosoftDocs/office-docs-powershell).
func hostedVoicemailPolicy() *schema.Kind {
	return &schema.Kind{
		Name:    "hosted_voicemail_policy",
		Concern: "voice",
		System:  "skype",
		Doc: "Where the voice mail of users is hosted: Cloud Voicemail in the days of Skype for Business Server 2019, Exchange Online before. `Global` applies where no other policy does, `site:NAME` to the users of a site, " +
			"any other name to those to whom it is granted (the servers show it as `Tag:NAME`).\n\n" +
			"The order is: a `hosting_provider` for the destination, this policy, its grant, then hosted voice mail for the users. `Global` exists in every deployment: it is only changed, and cannot be absent.",
		Example: `hosted_voicemail_policy "Global" {
  destination  = "exap.um.outlook.com"
  organization = ["contoso.onmicrosoft.com"]
}`,
		Lost:   lostPolicy,
		Remote: schema.Cmdlet{Noun: "CsHostedVoicemailPolicy"},
		After: []schema.First{
			{Kind: "hosting_provider", Why: "the destination of a policy is a provider"},
		},
		NormIdentity: shell.PolicyName,
		BuiltIn:      []string{globalPolicy},
		Attrs: []schema.Attr{
			{
				Name: "destination", Type: cty.String, Check: checkDestination, Norm: shell.NormFQDN,
				Doc: "The proxy FQDN of the hosting provider with the voice mail: `exap.um.outlook.com` for Exchange Online. Without one, hosted voice mail cannot be switched on for a user.",
			},
			{
				Name: "organization", Type: cty.Set(cty.String), Join: ",", Check: checkOrganizations, Norm: normNames,
				Doc: "The domains of the tenants that hold the mailboxes, such as `[\"contoso.onmicrosoft.com\"]`. All of them are written at once: what is not named is taken away.",
			},
			{
				Name: "description", Type: cty.String,
				Doc: "What the policy is for.",
			},
		},
		Notes: func(action string, before, after map[string]cty.Value) []string {
			switch {
			case action == "delete":
				return []string{fallback(before)}
			case action == "update" && shell.Tells(before["destination"]) && shell.TextOf(after["destination"]) == "":
				return []string{"without a destination, hosted voice mail no longer works for the users of the policy"}
			}
			return nil
		},
	}
}

// destinationForm and its limit of 255 characters are those that the page of New-CsHostedVoicemailPolicy prints.
var destinationForm = regexp.MustCompile(`^[a-zA-Z0-9_-]+(\.[a-zA-Z0-9_-]+)*$`)

func checkDestination(v cty.Value) error {
	if text := v.AsString(); len(text) > 255 || !destinationForm.MatchString(text) && text != "" {
		return fmt.Errorf("%q is no destination: write the proxy FQDN of a hosting provider, such as \"exap.um.outlook.com\", at most 255 characters.", text)
	}
	return nil
}

func checkOrganizations(v cty.Value) error {
	for _, name := range v.AsValueSlice() {
		if problem := shell.FQDNProblem(shell.TextOf(name)); problem != "" {
			return fmt.Errorf("%s One domain is one element.", problem)
		}
	}
	return nil
}
