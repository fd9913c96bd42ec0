package skype

import (
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// oauthServer declares a token server that the deployment trusts. Parameters are from the pages of New- and
// Set-CsOAuthServer (MicrosoftDocs/office-docs-powershell). The metadata URL is changed in place: to remove the server
// and make it again, as older procedures do, would break every trust that uses it in between.
func oauthServer() *schema.Kind {
	return &schema.Kind{
		Name:      "oauth_server",
		Concern:   "trust",
		System:    "skype",
		Everybody: true,
		Doc: "A token server that the deployment trusts for server-to-server authentication, such as `microsoft.sts` for Exchange Online. " +
			"Lync Server 2013 and later.\n\n" +
			"The servers fetch the metadata when the object is made or changed: the URL must be reachable from them at that moment, or the cmdlet fails.",
		Example: `oauth_server "microsoft.sts" {
  metadata_url = "https://accounts.accesscontrol.windows.net/${data.tenant.contoso.id}/metadata/json/1"
}`,
		Lost:   lostOAuthServer,
		Remote: schema.Cmdlet{Noun: "CsOAuthServer"},
		Attrs: []schema.Attr{
			{
				Name: "metadata_url", Type: cty.String, Mode: schema.Required, Check: checkURL, Norm: normURL,
				Doc: "Where the server publishes its keys, such as `https://accounts.accesscontrol.windows.net/TENANT-ID/metadata/json/1`. Changed in place, without a gap in the trust.",
			},
			{
				Name: "realm", Type: cty.String, ForceNew: true, Norm: normCaseless,
				Doc: "The security realm, usually the tenant's id; where it is not said, the default SIP domain. It cannot be changed: another one means that the server is removed and made again.",
			},
			{
				Name: "type", Type: cty.String, Norm: normCaseless,
				Doc: "The kind of token server: `Acs`, `ADFS`, `AzureAD`. Skype for Business Server 2015 and later.",
			},
			{
				Name: "authorization_uri_override", Type: cty.String, Check: checkURL, Norm: normURL,
				Doc: "Where clients are sent for authorization instead of the address in the metadata, so that signed-in users are not asked again. Skype for Business Server 2015 and later.",
			},
			{
				Name: "accept_security_identifier_information", Type: cty.Bool, Default: cty.False,
				Doc: "Whether security identifiers (SIDs) may be used for authentication. Skype for Business Server 2015 and later.",
			},
			{
				Name: "issuer_identifier", Type: cty.String, Mode: schema.Computed,
				Doc: "The issuer's id as the metadata tells it: a sign that they were fetched.",
			},
		},
		Notes: func(action string, _, _ map[string]cty.Value) []string {
			switch action {
			case "delete":
				return []string{"partner applications that rely on an OAuth server can no longer authenticate through this one"}
			case "replace":
				return []string{"the server is removed before it is made again: what authenticates through it fails in between"}
			}
			return nil
		},
	}
}
