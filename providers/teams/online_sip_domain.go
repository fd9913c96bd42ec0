package teams

import (
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/providers/shell"
	"hybrid/schema"
)

// onlineSipDomain declares whether the tenant takes users into a SIP domain. What Disable- does is from its page
// (MicrosoftDocs/office-docs-powershell); the properties Name and Status from public scripts that read them.
func onlineSipDomain() *schema.Kind {
	return &schema.Kind{
		Name:      "online_sip_domain",
		Concern:   "domains",
		System:    "teams",
		Everybody: true,
		Doc: "Whether the tenant takes users into one of its SIP domains. The tenant has one for every verified domain: they are enabled and disabled, never created or deleted.\n\n" +
			"A domain is disabled while its users are on the servers of a forest that is not the one in hybrid. The label is the domain. " +
			"Enabling takes effect within 15 minutes to an hour.",
		Example: `online_sip_domain "contoso.com" {
  enabled = true
}`,
		After: []schema.First{
			{Kind: "service_principal", Why: "trust between servers and tenant is made before anything is opened between them"},
			{Kind: "sip_domain", Why: "every SIP domain exists on both sides, and the servers are where it is made"},
		},
		Remote: schema.Cmdlet{Noun: "CsOnlineSipDomain", Create: "-", Delete: "-", Toggle: "enabled", IdentityProp: "Name", Arrange: arrangeDomain},
		Attrs: []schema.Attr{
			{
				Name: "enabled", Type: cty.Bool, Mode: schema.Required, Prop: "Status", Read: enabledStatus,
				Doc: "Whether users of the domain are provisioned online. `false` is destructive for those who are homed there: they lose their addresses, contacts and meetings.",
			},
		},
		Unmakes: func(action string, _, after map[string]cty.Value) bool {
			return schema.Gone(action, nil, nil) || disables(action, after)
		},
		Notes: domainNotes,
		Lost:  lostDomain,
	}
}

// disables says whether an action disables a domain that exists.
func disables(action string, after map[string]cty.Value) bool {
	return action == "update" && shell.Tells(after["enabled"]) && after["enabled"].False()
}

func domainNotes(action string, _, after map[string]cty.Value) []string {
	switch {
	case action == "create":
		return []string{"the tenant has no such SIP domain, and apply cannot make one: verify the domain in Microsoft 365 first"}
	case disables(action, after):
		return []string{"DESTRUCTIVE for users of this domain who are homed online: Disable-CsOnlineSipDomain removes their SIP addresses and deletes their contacts and meetings, which enabling the domain again does not bring back"}
	}
	return nil
}

// lostDomain is what Disable-CsOnlineSipDomain deletes (its page, MicrosoftDocs/office-docs-powershell).
func lostDomain(action string, _, after map[string]cty.Value) []string {
	if action != "update" || !shell.Tells(after["enabled"]) || after["enabled"].True() {
		return nil
	}
	return []string{"SIP addresses, contacts and meetings of the users of the domain who are homed online"}
}

// enabledStatus reads the Status of a domain, Enabled or Disabled.
func enabledStatus(property any) cty.Value {
	switch status, _ := property.(string); {
	case strings.EqualFold(status, "Enabled"):
		return cty.True
	case strings.EqualFold(status, "Disabled"):
		return cty.False
	}
	return cty.UnknownVal(cty.Bool)
}

// arrangeDomain names the domain as these cmdlets do. The verb says the rest.
func arrangeDomain(_ string, args []schema.Arg, _, _ map[string]cty.Value) []schema.Arg {
	args = slices.DeleteFunc(args, func(a schema.Arg) bool { return a.Name == "Enabled" })
	for n := range args {
		if args[n].Name == "Identity" {
			args[n].Name = "Domain"
		}
	}
	return args
}
