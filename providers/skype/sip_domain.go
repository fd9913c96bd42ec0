package skype

import (
	"errors"
	"slices"

	"github.com/zclconf/go-cty/cty"

	"hybrid/providers/shell"
	"hybrid/schema"
)

// sipDomain declares a domain of SIP addresses. What the servers refuse is from the pages of Set- and Remove-CsSipDomain
// (MicrosoftDocs/office-docs-powershell).
func sipDomain() *schema.Kind {
	return &schema.Kind{
		Name:      "sip_domain",
		Concern:   "domains",
		Lost:      schema.Nothing, // the servers keep a domain in which somebody has an address, so nothing hangs on one that goes
		System:    "skype",
		Everybody: true,
		Doc: "A domain in which users have SIP addresses; the label is the domain. It must exist before a user gets an address in it, and with hybrid every one of them must exist in the tenant as well.\n\n" +
			"The servers keep the default domain, the last one, and any in which somebody has an address: these cannot be absent.",
		Example: `sip_domain "contoso.com" {
  phase = "hybrid"
}`,
		Remote: schema.Cmdlet{Noun: "CsSipDomain", Arrange: arrangeSipDomain},
		After:  afterTrust(),
		Leaving: []schema.First{
			{Kind: "user", Why: "the servers keep a domain in which somebody has an address"},
			{Kind: "hybrid_application_endpoint", Why: "the servers keep a domain in which an endpoint has its address"},
			{Kind: "user_homing", Why: "users are moved while the servers know their domain"},
			{Kind: "dns_record", Why: "clients no longer look for a domain before it goes"},
		},
		Attrs: []schema.Attr{
			{
				Name: "is_default", Type: cty.Bool, Unique: "default_sip_domain", Check: checkOnlyDefault,
				Doc: "Set to `true` on the default SIP domain, of which there is one: the former is demoted. It cannot be set to `false`; set it on another domain instead.",
			},
			{
				Name: "phase", Type: cty.String, OneOf: []string{"onprem", "hybrid", "teams_only", "decommissioned"}, Settings: true,
				Doc: "Where the domain is to be on its way to the cloud: `onprem`, `hybrid` (users on both sides), `teams_only` (every user online, hybrid still on), `decommissioned` (hybrid off). " +
					"It is held against everything else that is declared of the domain, and decides the order of what takes hybrid back. A plan that would skip a phase, or leave users behind, is refused.",
			},
			{
				Name: "legacy_cloud_records", Type: cty.String, OneOf: []string{"keep", "remove"}, Settings: true,
				Doc: "What becomes of `lyncdiscover`, `sip` and `_sip._tls` from `teams_only` on: `keep` wants them at the cloud's values of old where they are declared, `remove` wants them absent. " +
					"Unset allows both: Microsoft's current tables do not have them any more, older phones and management cmdlets may ask for them. Only with `phase`.",
			},
		},
		Rules:   []schema.Rule{domainRule(), onlyWithPhase("legacy_cloud_records")},
		Unmakes: schema.Gone,
		Notes:   sipDomainNotes,
		Refuse:  refuseSipDomain,
	}
}

// onlyWithPhase refuses an argument that says nothing without a phase.
func onlyWithPhase(name string) schema.Rule {
	return schema.Rule{
		Attrs: []string{name, "phase"}, Doc: "`" + name + "` only with `phase`.",
		Check: func(v map[string]cty.Value) string {
			if v[name].IsNull() || !v["phase"].IsNull() {
				return ""
			}
			return name + " says something of a phase, and none is stated: write phase, or take " + name + " out."
		},
	}
}

func checkOnlyDefault(v cty.Value) error {
	if v.True() {
		return nil
	}
	return errors.New("The servers take only true: leave it out, and write is_default = true on the domain that shall be the default instead.")
}

// arrangeSipDomain leaves out that a domain is not the default: the cmdlets take only true, and what is made anew, as when a
// deletion is undone, is none.
func arrangeSipDomain(_ string, args []schema.Arg, _, _ map[string]cty.Value) []schema.Arg {
	return slices.DeleteFunc(args, func(a schema.Arg) bool { return a.Name == "IsDefault" && isSwitchOff(a) })
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
