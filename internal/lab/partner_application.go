package lab

// partnerApplication: New- and Set-CsPartnerApplication. The four key sources come back as one text, AuthToken.
func partnerApplication() rules {
	return rules{
		defaults: func(*Estate) Object {
			return Object{"ApplicationTrustLevel": "Full", "AcceptSecurityIdentifierInformation": false, "Enabled": true}
		},
		check: func(c *call, before, after Object) error {
			after["Name"] = after["Identity"]
			token, err := c.authToken(after)
			if err != nil {
				return err
			}
			if token != "" {
				after["AuthToken"] = token
			}
			for _, source := range []string{"UseOAuthServer", "MetadataUrl", "CertificateFileData", "CertificateRawData"} {
				delete(after, source)
			}
			if before == nil && after.Text("Realm") == "" {
				after["Realm"] = c.estate.defaultSipDomain()
			}
			if after.Text("ApplicationIdentifier") == "" { // named by the metadata document: Exchange's, in the lab
				after["ApplicationIdentifier"] = "00000002-0000-0ff1-ce00-000000000000"
			}
			return nil
		},
	}
}

// The texts of AuthToken. The first two are as seen on servers; that of a certificate has not been seen, so it is the
// type's name by analogy.
const (
	settingsSSAuth   = "Microsoft.Rtc.Management.WritableConfig.Settings.SSAuth."
	tokenOAuthServer = settingsSSAuth + "UseOAuthServer"
	tokenCertificate = settingsSSAuth + "CertificateData"
)

// authToken is the text of the key source that a call gives, "" where it gives none.
func (c *call) authToken(after Object) (string, error) {
	switch {
	case c.given("UseOAuthServer"):
		return tokenOAuthServer, nil
	case c.given("MetadataUrl"):
		_, err := c.metadata(after)
		return "Value=" + c.text("MetadataUrl"), err
	case c.given("CertificateFileData"), c.given("CertificateRawData"):
		return tokenCertificate, nil
	}
	return "", nil
}
