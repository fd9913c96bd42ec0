package check

import (
	"context"
	"strings"
	"time"

	"hybrid/planner"
	"hybrid/schema"
)

// The applications between which there is trust, by their ids in every tenant.
const (
	skypeOnline    = "00000004-0000-0ff1-ce00-000000000000"
	exchangeOnline = "00000002-0000-0ff1-ce00-000000000000"
)

// oauthChecks are those of the trust between servers and tenant.
func oauthChecks() []Check {
	const configure = "Microsoft, configuring Lync Server in a cross-premises environment"
	servers := map[string][]string{"skype": {"Get-CsOAuthServer", "Get-CsPartnerApplication", "Get-CsOAuthConfiguration"}}
	with := func(more string) map[string][]string {
		return map[string][]string{"skype": append([]string{more}, servers["skype"]...)}
	}
	return []Check{{
		ID: "O-STS", Group: Providers, Title: "The token servers that the servers trust are the right ones, and publish keys that are good",
		Reads:  "Get-CsOAuthServer; its metadata document, fetched by this machine",
		Remedy: "Set-CsOAuthServer -MetadataUrl with the address of the tenant's own document, which leaves no gap in the trust.",
		Source: configure + "; Set-CsOAuthServer's page", Systems: []string{"skype"}, Asks: servers, Kinds: []string{"oauth_server", "partner_application"}, Run: tokenServers,
	}, {
		ID: "O-PART", Group: Providers, Title: "Partner applications are trusted as they must be",
		Reads:  "Get-CsPartnerApplication, Get-CsOAuthServer",
		Remedy: "Declare partner_application as it must be, and apply.",
		Source: configure + "; New-CsPartnerApplication's page", Systems: []string{"skype"}, Asks: servers, Kinds: []string{"partner_application"}, After: []string{"O-STS"}, Run: partners,
	}, {
		ID: "O-SP", Group: Providers, Title: "The tenant knows every pool by its external web address",
		Reads:  "servicePrincipalNames of " + skypeOnline + " by Microsoft Graph; Get-CsService -WebServer, Get-CsOAuthConfiguration",
		Remedy: "Add the names to service_principal \"" + skypeOnline + "\" and apply.",
		Source: configure + "; Microsoft, hybrid modern authentication for Skype for Business on-premises", Systems: []string{"skype", "entra"},
		Asks: with("Get-CsService"), Kinds: []string{"oauth_configuration"}, After: []string{"C-AUTH"}, Run: poolNames,
	}, {
		ID: "O-KEY", Group: Providers, Title: "The tenant has the key that the servers sign tokens with",
		Reads:  "keyCredentials of " + skypeOnline + " by Microsoft Graph; Get-CsCertificate -Type OAuthTokenIssuer",
		Remedy: "Export the servers' certificate without its private key, write it into a key_credential of service_principal \"" + skypeOnline + "\", and apply.",
		Source: configure + "; Microsoft Graph, keyCredential", Systems: []string{"skype", "entra"}, Asks: with("Get-CsCertificate"), After: []string{"C-AUTH"}, Run: signingKey,
	}, {
		ID: "O-EXKEY", Group: Providers, Title: "No key is left on Exchange Online's service principal",
		Reads:  "keyCredentials of " + exchangeOnline + " by Microsoft Graph",
		Remedy: "Set up the dedicated Exchange hybrid application, and then remove every key: service_principal \"" + exchangeOnline + "\" with a key_credential { key_id = …, ensure = \"absent\" } each.",
		Source: "CVE-2025-53786, Microsoft Security Response Center", Systems: []string{"entra"}, After: []string{"C-AUTH"}, Run: exchangeKeys,
	}}
}

// Access Control publishes metadata in this form, and so do token servers of the same kind.
const metadataPath = "/metadata/json/1"

// tokensSigned says whether the servers sign tokens for the tenant: they trust a token server of the kind that takes them, or the
// configuration declares so. The error is that it is not known.
func (e *Estate) tokensSigned(ctx context.Context) (bool, error) {
	if o := e.declaredAs("service_principal", skypeOnline); o != nil && len(elements(o.Want.GetAttr("key_credential"))) > 0 {
		return true, nil
	}
	for _, o := range e.declared("oauth_server") {
		if forTokens(schema.Text(o.Want.GetAttr("metadata_url"))) {
			return true, nil
		}
	}
	servers, err := e.objects(ctx, "skype", "oauth_server")
	for _, s := range servers {
		if forTokens(s.text("metadata_url")) {
			return true, nil
		}
	}
	return false, err
}

func forTokens(metadata string) bool {
	return strings.HasSuffix(strings.ToLower(strings.TrimSuffix(metadata, "/")), metadataPath)
}

// clientsSignIn says whether clients of the servers sign in with the tenant (hybrid modern authentication).
func (e *Estate) clientsSignIn(ctx context.Context) (bool, error) {
	all, err := e.objects(ctx, "skype", "oauth_configuration")
	for _, c := range all {
		if name := c.text("client_authorization_oauth_server_identity"); name != "" && name != "none" {
			return true, nil
		}
	}
	return false, err
}

// principal reads a service principal; found is false where the tenant has none.
func (e *Estate) principal(ctx context.Context, id string) (p live, found bool, err error) {
	block := e.Block("entra")
	listing, err := Once(e, "find "+block+" "+id, func() (planner.Listing, error) {
		l := e.Source.Find(ctx, block, "service_principal", id)
		return l, l.Err
	})
	for _, o := range listing.Objects {
		return live{o.Identity, o.Value}, true, err
	}
	return live{}, false, err
}

// daysLeft is how many days there are until a moment, as Graph and PowerShell write it.
func (e *Estate) daysLeft(text string) (days int, known bool) {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return 0, false
	}
	return int(at.Sub(e.Now()).Hours() / 24), true
}
