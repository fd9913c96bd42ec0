package skype

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/roster"
	"hybrid/providers/shell"
	"hybrid/schema"
)

// hybridApplicationEndpoint declares the account on-premises of an auto attendant or call queue that is online. Parameters
// are from the pages of New-, Set- and Remove-CsHybridApplicationEndpoint (MicrosoftDocs/office-docs-powershell).
//
// An endpoint is known by its SIP address, since New- makes its name: an account CN={GUID} in the OU. The cmdlets that
// change and remove it are given that account's distinguished name, which is what was read as its Identity: the page of
// Set- contradicts itself on whether anything else is taken.
func hybridApplicationEndpoint() *schema.Kind {
	return &schema.Kind{
		Name:    "hybrid_application_endpoint",
		Concern: "voice",
		System:  "skype",
		Doc: "The account on-premises of an auto attendant or a call queue that is online; the label is its SIP address. Lync Server 2013 and later.\n\n" +
			"The servers make a disabled account in Active Directory for it, which becomes a resource account of the tenant by directory synchronisation. " +
			"Deleting the endpoint deletes that account. Endpoints must have gone before the last server does.",
		Example: `# Left behind by somebody who has gone to the cloud.
hybrid_application_endpoint "reception" {
  ensure = "absent"
}`,
		Lost:   lostEndpoint,
		Remote: schema.Cmdlet{Noun: "CsHybridApplicationEndpoint", IdentityProp: "SipAddress", Arrange: arrangeEndpoint},
		After:  endpointAfter(),

		NormIdentity: roster.Canonical,
		Attrs: []schema.Attr{
			{
				Name: "application_id", Type: cty.String, Mode: schema.Required, ForceNew: true, Check: checkApplication, Norm: normApplication,
				Doc: "What answers: `auto_attendant`, `call_queue`, or the id of another application. It cannot be changed: another one means that the account is deleted and made again.",
			},
			{
				Name: "ou", Type: cty.String, Mode: schema.Required, Initial: true, Param: "OU", Check: checkOU,
				Doc: "The organisational unit in which the account is made, a distinguished name such as `OU=Voice,DC=contoso,DC=com`. It must be one that is synchronised. An account that somebody moves to another is left there.",
			},
			{
				Name: "display_name", Type: cty.String, Mode: schema.Required,
				Doc: "The name that callers see.",
			},
			{
				Name: "line_uri", Type: cty.String, Prop: "LineURI", Check: orNothing(checkLine), Norm: normLine,
				Doc: "The telephone number, `tel:+14255550100`; `\"\"` takes it away.",
			},
			{
				Name: "distinguished_name", Type: cty.String, Mode: schema.Computed, Prop: "Identity",
				Doc: "The account in Active Directory.",
			},
		},
		Rules: []schema.Rule{{
			Attrs: []string{"identity"},
			Doc:   "The label is a SIP address in lower case, with `sip:` before it.",
			Check: func(v map[string]cty.Value) string { return endpointAddress(textOf(v["identity"])) },
		}},
		Notes: endpointNotes,
		Again: func(before map[string]cty.Value) map[string]cty.Value {
			unit := unitOf(before)
			if unit == "" {
				return nil
			}
			return map[string]cty.Value{"ou": cty.StringVal(unit)}
		},
	}
}

func endpointAfter() []schema.First {
	const why = "whom callers reach is settled before there is something to call"
	list := []schema.First{
		{Kind: "sip_domain", Why: "an endpoint can only have its address in a SIP domain that exists"},
		{Kind: "online_sip_domain", Why: "the tenant must take addresses of a domain before there are any"},
		{Kind: "hosting_provider", Why: "what answers is online, and the servers must know the way there"},
		{Kind: "tenant_federation", Why: "what answers is online, and the tenant must share its address space with the servers"},
	}
	for _, kind := range []string{"access_edge", "allowed_domain", "blocked_domain", "public_provider", "external_access_policy", "hosted_voicemail_policy"} {
		list = append(list, schema.First{Kind: kind, Why: why})
	}
	return list
}

// applications are the ids of what an endpoint can be (page of New-CsHybridApplicationEndpoint).
func applications() map[string]string {
	return map[string]string{
		"auto_attendant": "ce933385-9390-45d1-9512-c8d228074e07",
		"call_queue":     "11cd3e2e-fccb-42ad-ad00-878b93575e07",
	}
}

func checkApplication(v cty.Value) error {
	if applications()[strings.ToLower(v.AsString())] != "" || guidForm.MatchString(v.AsString()) {
		return nil
	}
	return fmt.Errorf("%q is no application: write \"auto_attendant\", \"call_queue\", or an id such as %q.", v.AsString(), applications()["auto_attendant"])
}

// normApplication is the id of an application, whether it is said by name or by id.
func normApplication(v cty.Value) cty.Value {
	text := strings.ToLower(v.AsString())
	if id := applications()[text]; id != "" {
		text = id
	}
	return cty.StringVal(text)
}

// checkOU accepts a distinguished name that begins with a unit or a container.
func checkOU(v cty.Value) error {
	name := strings.ToLower(v.AsString())
	if (strings.HasPrefix(name, "ou=") || strings.HasPrefix(name, "cn=")) && strings.Contains(name, "dc=") {
		return nil
	}
	return fmt.Errorf("%q is no distinguished name of an organisational unit: write it whole, such as \"OU=Voice,DC=contoso,DC=com\".", v.AsString())
}

// endpointAddress says what is wrong with the SIP address of an endpoint, "" where nothing is.
func endpointAddress(address string) string {
	bare, prefixed := strings.CutPrefix(strings.ToLower(address), "sip:")
	local, domain, parts := strings.Cut(bare, "@")
	switch {
	case !prefixed || !parts || local == "" || strings.ContainsAny(local, " \t@") || fqdnProblem(domain) != "":
		return fmt.Sprintf("%q is no SIP address: write sip:, a name and a SIP domain, such as \"sip:reception@contoso.com\".", address)
	case address != strings.ToLower(address):
		return fmt.Sprintf("The servers take the SIP address of an endpoint in lower case only: write %q.", strings.ToLower(address))
	}
	return ""
}

// arrangeEndpoint names the endpoint as each cmdlet knows it: New- by its address, the others by the account that New- has
// made, which is known once it has been read.
func arrangeEndpoint(verb string, args []schema.Arg, before, after map[string]cty.Value) []schema.Arg {
	switch verb {
	case "Set": // the same account before and after, and shown on the side that was read
		args[0].Value = accountOf(before, after)
		return args
	case "Remove": // after may be another account
		args[0].Value = accountOf(before)
		return args
	}
	args[0].Name = "SipAddress"
	for n := range args {
		if args[n].Name == "ApplicationId" && shell.Tells(args[n].Value) {
			args[n].Value = normApplication(args[n].Value)
		}
	}
	if unit := unitOf(after); unit != "" && !slices.ContainsFunc(args, func(a schema.Arg) bool { return a.Name == "OU" }) {
		args = append(args, schema.Arg{Name: "OU", Value: cty.StringVal(unit)})
	}
	return args
}

// unitOf is where the account of an endpoint that was read is, "" where it was not: an endpoint that is made again, as when
// a deletion is undone, is made there.
func unitOf(endpoint map[string]cty.Value) string {
	name := shell.TextOf(endpoint["distinguished_name"])
	for n := 1; n < len(name); n++ {
		if name[n] == ',' && name[n-1] != '\\' { // RFC 4514 section 2.4
			return name[n+1:]
		}
	}
	return ""
}

// accountOf is the distinguished name of an endpoint's account, unknown before it has been read.
func accountOf(sides ...map[string]cty.Value) cty.Value {
	for _, side := range sides {
		if account := side["distinguished_name"]; shell.Tells(account) {
			return account
		}
	}
	return cty.UnknownVal(cty.String)
}

func endpointNotes(action string, _, _ map[string]cty.Value) []string {
	switch action {
	case "create":
		return []string{"a disabled account is made in Active Directory; the endpoint can be used online once directory synchronisation has brought it there"}
	case "update":
		return []string{"the change reaches the tenant with the next directory synchronisation"}
	case "delete":
		return []string{"the account in Active Directory is deleted, and with the next directory synchronisation the tenant's resource account: what answers under this address and number answers no longer"}
	case "replace":
		return []string{"the account in Active Directory is deleted and another one made: what the tenant has assigned to the endpoint must be assigned anew after directory synchronisation"}
	}
	return nil
}
