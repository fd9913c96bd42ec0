package skype

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/providers/shell"
	"hybrid/schema"
)

// oauthConfiguration declares what the deployment is called in server-to-server authentication. Parameters are from the
// page of Set-CsOAuthConfiguration (MicrosoftDocs/office-docs-powershell), which reserves AlternateAudienceUrl and
// AdditionalAudienceUrls for Microsoft: they are left out. What Hybrid Modern Authentication needs is from Microsoft's
// page on configuring Skype for Business on-premises for it (MicrosoftDocs/microsoft-365-docs).
func oauthConfiguration() *schema.Kind {
	return &schema.Kind{
		Name:      "oauth_configuration",
		Concern:   "trust",
		Lost:      schema.Nothing, // it is only changed, and all of its values are read
		System:    "skype",
		Singleton: true,
		Doc: "What the deployment is called in server-to-server authentication, and where it looks for Exchange. It exists once and is only ever changed, never created or deleted. " +
			"Lync Server 2013 and later.\n\n" +
			"Trust with Exchange Online needs `service_name = \"00000004-0000-0ff1-ce00-000000000000\"`. " +
			"Hybrid Modern Authentication needs an `oauth_server` for `evoSTS` with `type = \"AzureAD\"`, and its name in `client_authorization_oauth_server_identity`.",
		Example: `oauth_configuration {
  service_name = "00000004-0000-0ff1-ce00-000000000000"
}`,
		Remote: schema.Cmdlet{Noun: "CsOAuthConfiguration", Create: "-", Delete: "-"},
		After: []schema.First{
			{Kind: "oauth_server", Why: "the token server that clients sign in with must exist"},
			{Kind: "service_principal", Why: "clients get no token for pools whose names the tenant does not know"},
		},
		Attrs: []schema.Attr{
			{
				Name: "service_name", Type: cty.String, Check: checkGUID, Norm: normCaseless,
				Doc: "The id by which the servers are known to partners; for Skype for Business with Exchange Online `00000004-0000-0ff1-ce00-000000000000`.",
			},
			{
				Name: "realm", Type: cty.String, Norm: normCaseless,
				Doc: "The security realm of the deployment; where nobody has said otherwise, the default SIP domain. Partners must know it under the same name.",
			},
			{
				Name: "client_authorization_oauth_server_identity", Type: cty.String, Param: "ClientAuthorizationOAuthServerIdentity", Norm: normCaseless,
				Doc: "The token server that clients sign in with: `oauth_server.evoSTS.identity`. It must exist first. From then on clients that can use modern authentication must; set to `\"\"` they sign in as before. Skype for Business Server 2015 and later.",
			},
			{
				Name: "exchange_autodiscover_url", Type: cty.String, Check: orNothing(checkURL), Norm: normURL,
				Doc: "Where the servers look for mailboxes, such as `https://autodiscover-s.outlook.com/autodiscover/autodiscover.svc`.",
			},
			{
				Name: "exchange_autodiscover_allowed_domains", Type: cty.Set(cty.String), Join: ";", Check: checkDomainPatterns, Norm: normNames,
				Doc: "The domains to which autodiscover may lead the servers; `*` stands for any text: `[\"*.contoso.com\"]`. All of them are written at once: what is not named is taken away.",
			},
			{
				Name: "client_adal_auth_override", Type: cty.String, OneOf: []string{"NoOverride", "Allowed", "Disallowed"}, Default: cty.StringVal("NoOverride"),
				Doc: "Whether clients may use modern authentication, whatever else is set. Shown by later builds of Skype for Business Server only.",
			},
		},
		Notes: oauthConfigurationNotes,
	}
}

func oauthConfigurationNotes(_ string, before, after map[string]cty.Value) []string {
	differs := func(name string) bool {
		return shell.Tells(before[name]) && shell.Tells(after[name]) && !strings.EqualFold(shell.TextOf(before[name]), shell.TextOf(after[name]))
	}
	var notes []string
	if differs("realm") || differs("service_name") {
		notes = append(notes, "partners that know the deployment by its old realm or service name can no longer authenticate until they learn the new one")
	}
	const server = "client_authorization_oauth_server_identity"
	if name := shell.TextOf(after[server]); name != "" && !strings.EqualFold(name, shell.TextOf(before[server])) {
		notes = append(notes, "clients that can use modern authentication sign in with "+name+" from now on: the service principals of the tenant must have the names of the pools first")
	}
	return notes
}

var guidForm = regexp.MustCompile(`(?i)^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$`)

// checkGUID accepts an id as Microsoft writes it, without braces.
func checkGUID(v cty.Value) error {
	if guidForm.MatchString(v.AsString()) {
		return nil
	}
	return fmt.Errorf("%q is no id: write its 32 hexadecimal digits in groups, such as \"00000004-0000-0ff1-ce00-000000000000\".", v.AsString())
}

// checkDomainPatterns accepts DNS names in which labels may be, or hold, an asterisk.
func checkDomainPatterns(v cty.Value) error {
	for _, pattern := range v.AsValueSlice() {
		if problem := shell.FQDNProblem(strings.ReplaceAll(shell.TextOf(pattern), "*", "x")); problem != "" {
			return fmt.Errorf("%q is neither a domain nor a pattern of domains: write one name an element, such as \"*.contoso.com\".", shell.TextOf(pattern))
		}
	}
	return nil
}

// normNames is for sets of names that the servers compare without case.
func normNames(v cty.Value) cty.Value {
	if v.LengthInt() == 0 {
		return v
	}
	var names []cty.Value
	for _, name := range v.AsValueSlice() {
		names = append(names, cty.StringVal(strings.ToLower(shell.TextOf(name))))
	}
	return cty.SetVal(names)
}
