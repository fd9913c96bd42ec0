package skype

import (
	"errors"

	"github.com/zclconf/go-cty/cty"

	"hybrid/providers/shell"
	"hybrid/schema"
)

// sipDomain declares a domain of SIP addresses. What the servers refuse is from the pages of Set- and Remove-CsSipDomain
// (MicrosoftDocs/office-docs-powershell).
func sipDomain() *schema.Kind {
	return &schema.Kind{
		Name:   "sip_domain",
		System: "skype",
		Doc: "A domain in which users have SIP addresses; the label is the domain. It must exist before a user gets an address in it, and with hybrid every one of them must exist in the tenant as well.\n\n" +
			"The servers keep the default domain, the last one, and any in which somebody has an address: these cannot be absent.",
		Remote: schema.Cmdlet{Noun: "CsSipDomain"},
		After:  afterTrust(),
		Leaving: []schema.First{
			{Kind: "user", Why: "the servers keep a domain in which somebody has an address"},
			{Kind: "user_homing", Why: "users are moved while the servers know their domain"},
			{Kind: "dns_record", Why: "clients no longer look for a domain before it goes"},
		},
		Attrs: []schema.Attr{
			{Name: "is_default", Type: cty.Bool, Unique: "default_sip_domain", Check: checkOnlyDefault,
				Doc: "Set to `true` on the default SIP domain, of which there is one: the former is demoted. It cannot be set to `false`; set it on another domain instead."},
		},
		Rules:  []schema.Rule{domainRule()},
		Notes:  sipDomainNotes,
		Refuse: refuseSipDomain,
	}
}

func checkOnlyDefault(v cty.Value) error {
	if v.True() {
		return nil
	}
	return errors.New("The servers take only true: leave it out, and write is_default = true on the domain that shall be the default instead.")
}

func sipDomainNotes(action string, before, after map[string]cty.Value) []string {
	switch {
	case action == "delete":
		return []string{"the servers refuse this while anybody has a SIP address in the domain"}
	case isTrue(after["is_default"]) && (before == nil || !isTrue(before["is_default"])):
		return []string{"the former default SIP domain is demoted; restart the services RTCCAA and RTCCAS on the Front End Servers afterwards"}
	case action == "create":
		return []string{"certificates and DNS records of the servers must have the new domain before its users sign in"}
	}
	return nil
}

// refuseSipDomain says what the servers refuse of the default domain.
func refuseSipDomain(action string, before, after map[string]cty.Value) string {
	switch {
	case !isTrue(before["is_default"]):
		return ""
	case action == "delete":
		return "it is the default SIP domain, which cannot be removed. Make another domain the default (is_default = true) in a run before this one."
	case action == "update" && !isTrue(after["is_default"]):
		return "the default SIP domain cannot be demoted: make another domain the default instead."
	}
	return ""
}

func isTrue(v cty.Value) bool { return shell.Tells(v) && v.True() }
