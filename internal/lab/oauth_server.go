package lab

import (
	"net/url"
	"regexp"
	"strings"
)

// oauthServer: New- and Set-CsOAuthServer. IssuerIdentifier and Realm come from the metadata document, which the lab
// derives from its address.
func oauthServer() rules {
	return rules{
		defaults: func(*Estate) Object {
			return Object{"AuthorizationUriOverride": "", "Type": "", "AcceptSecurityIdentifierInformation": false}
		},
		check: func(c *call, before, after Object) error {
			metadata, err := c.metadata(after)
			if err != nil {
				return err
			}
			after["Name"] = after["Identity"]
			after["IssuerIdentifier"] = issuer(metadata)
			if before == nil && after.Text("Realm") == "" {
				after["Realm"] = realm(c.estate, metadata)
			}
			if after.Text("Type") == "" {
				after["Type"] = "Acs"
			}
			return nil
		},
	}
}

// metadata gives the address of the metadata document, which the server must be able to fetch when New- or Set- runs.
func (c *call) metadata(o Object) (*url.URL, error) {
	text := o.Text("MetadataUrl")
	address, err := url.Parse(text)
	if err != nil || address.Scheme != "https" || !hostName.MatchString(address.Hostname()) {
		return nil, c.refused("The metadata document could not be downloaded from the URL in the MetadataUrl parameter or downloaded data is not a valid metadata document: %q.", text)
	}
	return address, nil
}

var tenantID = regexp.MustCompile(`(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// issuer is the issuer that the document names: the token service of Access Control by its well-known principal,
// others by their address.
func issuer(metadata *url.URL) string {
	if strings.EqualFold(metadata.Hostname(), "accounts.accesscontrol.windows.net") {
		return "00000001-0000-0000-c000-000000000000"
	}
	return "https://" + strings.ToLower(metadata.Hostname()) + "/" + tenantID.FindString(metadata.Path)
}

// realm is the tenant that the document is about, else the default SIP domain.
func realm(e *Estate, metadata *url.URL) string {
	if id := tenantID.FindString(metadata.Path); id != "" {
		return strings.ToLower(id)
	}
	return e.defaultSipDomain()
}

// defaultSipDomain is the name of the default SIP domain, "" where there is none.
func (e *Estate) defaultSipDomain() string {
	for domain := range e.of("CsSipDomain").all() {
		if domain.Is("IsDefault") {
			return domain.Text("Identity")
		}
	}
	return ""
}
