package main

import (
	"encoding/json"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// A spelling says in which forms a far end gives a value that a configuration may have written in another: two values that
// differ, as a configuration has them, and the forms of one. Each is a form that a source documents; nothing else may be
// taken for equal.
type spelling struct {
	samples [2]string
	forms   func(t *rapid.T, value string) any
}

// exactly is for texts whose case counts: comments, descriptions, names that people see.
var exactly = spelling{[2]string{"As agreed: Ticket 4711", "as agreed: ticket 4711"}, func(_ *rapid.T, value string) any { return value }}

// caseless is for names that the servers compare without case: Active Directory and the Central Management store do, and
// tenant ids have been seen in both cases (OnPremDiag's fixtures of OAuth servers).
func caseless(one, other string) spelling { return spelling{[2]string{one, other}, inAnyCase} }

// Names of hosts and domains have no case (RFC 4343).
var fqdns = caseless("sip.contoso.com", "sip.fabrikam.com")

// GUIDs come in upper and lower case (the same fixtures).
var guids = caseless("00000004-0000-0ff1-ce00-000000000000", "00000002-0000-0ff1-ce00-000000000000")

// URLs have no case in scheme and host, no path is the path /, and the port of https is 443 (RFC 3986 sections 6.2.2.1 and
// 6.2.3); the case of a path counts.
var urls = spelling{[2]string{"https://accounts.contoso.com/Metadata/json/1", "https://accounts.contoso.com/metadata/json/1"}, urlForms}

// The path of autodiscover is seen as Autodiscover and as AutoDiscover: Microsoft's own tools compare it without case.
var autodiscover = caseless("https://webdir.online.lync.com/Autodiscover/AutodiscoverService.svc/root", "https://webdir1e.online.lync.com/Autodiscover/AutodiscoverService.svc/root")

// spellings are those of every attribute that is a text, and is compared, of every kind that is kept by cmdlets.
// What has OneOf is an enumeration, whose names PowerShell compares without case.
var spellings = map[string]spelling{
	"hosting_provider.proxy_fqdn":       fqdns,
	"hosting_provider.autodiscover_url": autodiscover,

	"public_provider.proxy_fqdn":                           fqdns,
	"public_provider.icon_url":                             urls,
	"public_provider.name_decoration_domain":               caseless("msn.com", "aol.com"),
	"public_provider.name_decoration_routing_domain":       caseless("msn.com", "aol.com"),
	"public_provider.name_decoration_excluded_domain_list": caseless("msn.com,outlook.com", "msn.com"),

	"allowed_domain.proxy_fqdn": fqdns,
	"allowed_domain.comment":    exactly,
	"blocked_domain.comment":    exactly,

	"oauth_server.metadata_url":               urls,
	"oauth_server.realm":                      guids,
	"oauth_server.type":                       caseless("Acs", "AzureAD"),
	"oauth_server.authorization_uri_override": urls,

	"partner_application.metadata_url":           urls,
	"partner_application.application_identifier": guids,
	"partner_application.realm":                  fqdns,

	"oauth_configuration.service_name":                               guids,
	"oauth_configuration.realm":                                      fqdns,
	"oauth_configuration.client_authorization_oauth_server_identity": caseless("evoSTS", "microsoft.sts"),
	"oauth_configuration.exchange_autodiscover_url":                  urls,
	"oauth_configuration.exchange_autodiscover_allowed_domains":      caseless("*.contoso.com", "fabrikam.com"),

	"access_edge.default_route_fqdn": fqdns,
	"access_edge.skype_search_url":   urls,

	"external_access_policy.description":   exactly,
	"hosted_voicemail_policy.destination":  fqdns,
	"hosted_voicemail_policy.organization": caseless("contoso.onmicrosoft.com", "fabrikam.onmicrosoft.com"),
	"hosted_voicemail_policy.description":  exactly,

	"hybrid_application_endpoint.application_id": guids,
	"hybrid_application_endpoint.display_name":   exactly,
	"hybrid_application_endpoint.line_uri":       caseless("tel:+14255550100", "tel:+14255550100;ext=7"),

	"user.line_uri":      caseless("tel:+14255550100", "tel:+14255550100;ext=7"),
	"user_homing.target": fqdns,

	"tenant_federation.allowed_domains":              caseless("contoso.com", "gmail.com"),
	"tenant_federation.blocked_domains":              caseless("contoso.com", "gmail.com"),
	"tenant_federation.allowed_trial_tenant_domains": caseless("contoso.com", "gmail.com"),
}

func inAnyCase(t *rapid.T, value string) any {
	return rapid.SampledFrom([]string{value, strings.ToUpper(value), strings.ToLower(value), strings.ToUpper(value[:1]) + value[1:]}).Draw(t, "case")
}

func urlForms(t *rapid.T, value string) any {
	scheme, rest, _ := strings.Cut(value, "://")
	host, path, _ := strings.Cut(rest, "/")
	if rapid.Bool().Draw(t, "upper case") {
		scheme, host = strings.ToUpper(scheme), strings.ToUpper(host)
	}
	if rapid.Bool().Draw(t, "port") {
		host += ":443"
	}
	switch {
	case path == "" && rapid.Bool().Draw(t, "no path"):
		return scheme + "://" + host
	default:
		return scheme + "://" + host + "/" + path
	}
}

// numbers come as JSON has them from either decoder, and as their text where an object was too deep to be taken apart.
func numberForms(t *rapid.T, n int64) any {
	text := json.Number(itoa(n))
	return rapid.SampledFrom([]any{n, int(n), float64(n), text, text + ".0", text.String()}).Draw(t, "number")
}

// truths come as Booleans, and as True and False in whatever case where only a text is left (LDAP writes TRUE).
func truthForms(t *rapid.T, b bool) any {
	if b {
		return rapid.SampledFrom([]any{true, "True", "TRUE", "true"}).Draw(t, "true")
	}
	return rapid.SampledFrom([]any{false, "False", "FALSE", "false"}).Draw(t, "false")
}

// listForms are those of a set of texts: in any order, one element several times, and where it is one only, without the list
// that PowerShell unrolls.
func listForms(t *rapid.T, s spelling, values []string) any {
	list := []any{}
	for _, value := range rapid.Permutation(values).Draw(t, "order") {
		list = append(list, s.forms(t, value))
		if rapid.Bool().Draw(t, "twice") {
			list = append(list, s.forms(t, value))
		}
	}
	if len(list) == 1 && rapid.Bool().Draw(t, "unrolled") {
		return list[0]
	}
	return list
}

// joinedForms are those of a set that the far end keeps as one text; the page of New-CsHostedVoicemailPolicy has spaces
// behind the commas.
func joinedForms(t *rapid.T, s spelling, between string, values []string) any {
	var texts []string
	for _, value := range rapid.Permutation(values).Draw(t, "order") {
		texts = append(texts, s.forms(t, value).(string))
	}
	return strings.Join(texts, between+rapid.SampledFrom([]string{"", " "}).Draw(t, "space"))
}

// domainForms are those of a list of domain patterns: objects with a Domain, their texts, or, below the depth to which
// objects are taken apart, one text of all of them, Domain=a,Domain=b (Merged_custom_PsExt.ps1 of the module MicrosoftTeams).
func domainForms(t *rapid.T, values []string) any {
	var objects, texts []any
	var patterns []string
	for _, value := range rapid.Permutation(values).Draw(t, "order") {
		name := inAnyCase(t, value).(string)
		objects, texts = append(objects, map[string]any{"Domain": name}), append(texts, "Domain="+name)
		patterns = append(patterns, "Domain="+name)
	}
	if len(values) == 0 {
		return rapid.SampledFrom([]any{[]any{}, nil}).Draw(t, "none")
	}
	forms := []any{objects, texts, strings.Join(patterns, ",")}
	if len(values) == 1 {
		forms = append(forms, objects[0], texts[0])
	}
	return rapid.SampledFrom(forms).Draw(t, "domains")
}

// allowedForms are those of AllowedDomains: all domains are an object without members or its type's name, a list is in the
// member AllowedDomain, and nobody is an empty one (the same script, and CIPP's standard for federation).
func allowedForms(t *rapid.T, values []string) any {
	if slices.Equal(values, []string{"all"}) {
		return rapid.SampledFrom([]any{map[string]any{}, "AllowAllKnownDomains", "Microsoft.Rtc.Management.WritableConfig.Settings.Edge.AllowAllKnownDomains"}).Draw(t, "all")
	}
	if len(values) == 0 {
		return map[string]any{"AllowedDomain": []any{}}
	}
	inner := domainForms(t, values)
	if text, whole := inner.(string); whole && rapid.Bool().Draw(t, "one text") {
		return text
	}
	return map[string]any{"AllowedDomain": inner}
}
