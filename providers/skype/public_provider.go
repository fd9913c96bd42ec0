package skype

import (
	"errors"

	"github.com/zclconf/go-cty/cty"

	"hybrid/providers/shell"
	"hybrid/schema"
)

// providerNames is the set of names of hosting and public providers: the pages of New-CsHostingProvider and
// New-CsPublicProvider (MicrosoftDocs/office-docs-powershell) have them unique across both.
func providerNames() *schema.Set {
	return &schema.Set{Name: "provider", Why: "the servers take a name only once among hosting and public providers"}
}

// publicProvider declares a public instant messaging service. Only Enabled and VerificationLevel can be changed: the
// pages of New- and Set-CsPublicProvider (MicrosoftDocs/office-docs-powershell). Enable- and Disable-CsPublicProvider
// are never used: they fail where there is nothing to do.
func publicProvider() *schema.Kind {
	return &schema.Kind{
		Name:    "public_provider",
		Concern: "federation",
		System:  "skype",
		Doc: "A public instant messaging service, such as Skype or the former MSN, AOL and Yahoo!, with which users may talk. " +
			"The servers come with entries for those three, switched off.\n\n" +
			"The name and `proxy_fqdn` may occur once among hosting and public providers. The Edge Servers must route by DNS (`access_edge`). " +
			"All but `enabled` and `verification_level` can only be set when the provider is made: another value means that it is removed and made again.",
		Example: `# The servers come with this one. It is to stay off.
public_provider "AOL" {
  proxy_fqdn = "sip.oscar.aol.com"
  enabled    = false
}`,
		Lost:   lostProvider,
		Remote: schema.Cmdlet{Noun: "CsPublicProvider"},
		After: []schema.First{
			{Kind: "access_edge", Why: "the Edge Servers must route by DNS to reach a provider"},
			{Kind: "allowed_domain", Why: "a proxy FQDN that an allowed domain gives up is free only then"},
		},
		Names: providerNames(),
		Attrs: []schema.Attr{
			{
				Name: "proxy_fqdn", Type: cty.String, Mode: schema.Required, ForceNew: true, Unique: "proxy_fqdn", Check: shell.CheckFQDN, Norm: shell.NormFQDN,
				Doc: "The server that SIP traffic to the provider goes to, such as `federation.messenger.msn.com`.",
			},
			{
				Name: "enabled", Type: cty.Bool, Mode: schema.Required,
				Doc: "Whether there is federation with the provider. `false` keeps its record.",
			},
			{
				Name: "verification_level", Type: cty.String, OneOf: verificationLevels(), Default: cty.StringVal("AlwaysVerifiable"), Check: checkPublicLevel,
				Doc: "How far messages of the provider are trusted. `UseSourceVerification` is deprecated for public providers and refused here.",
			},
			{
				Name: "icon_url", Type: cty.String, ForceNew: true, Check: checkURL, Norm: normURL,
				Doc: "The picture that clients show for the provider's users. Lync Server 2013 and later.",
			},
			{
				Name: "name_decoration_domain", Type: cty.String, ForceNew: true, Norm: normCaseless,
				Doc: "The domain that is added to the provider's addresses (`user(fabrikam.com)@msn.com`). Lync Server 2013 and later.",
			},
			{
				Name: "name_decoration_routing_domain", Type: cty.String, ForceNew: true, Norm: normCaseless,
				Doc: "The domain under which decorated names are routed. Skype for Business Server 2015 and later.",
			},
			{
				Name: "name_decoration_excluded_domain_list", Type: cty.String, ForceNew: true, Norm: normCaseless,
				Doc: "The domains whose addresses are not decorated, in one text as the cmdlet takes it. Skype for Business Server 2015 and later.",
			},
			{
				Name: "enable_skype_id_routing", Type: cty.Bool, ForceNew: true, Default: cty.False,
				Doc: "Whether users are reached by their Skype ids. Skype for Business Server 2015 and later.",
			},
			{
				Name: "enable_skype_directory_search", Type: cty.Bool, ForceNew: true, Default: cty.False,
				Doc: "Whether the directory of Skype can be searched. Skype for Business Server 2015 and later.",
			},
		},
		Notes: func(action string, _, _ map[string]cty.Value) []string {
			switch action {
			case "delete":
				return []string{"users can no longer talk with anybody at this provider; enabled = false would keep the record"}
			case "replace":
				return []string{"the provider is removed before it is made again: nobody there can be reached in between"}
			}
			return nil
		},
	}
}

func checkPublicLevel(v cty.Value) error {
	if isText(v, "UseSourceVerification") {
		return errors.New("UseSourceVerification is deprecated for public providers (New-CsPublicProvider): write \"AlwaysVerifiable\" or \"AlwaysUnverifiable\".")
	}
	return nil
}
