package lab

import (
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"fmt"
)

// oauthCertificate is the certificate that the servers sign tokens with, as Get-CsCertificate shows it; false where there is none.
func (e *Estate) oauthCertificate() (Object, bool) {
	now := e.now()
	from, until := now.AddDate(0, -6, 0), now.AddDate(1, 0, 0)
	subject, issuer, print := "CN="+e.defaultSipDomain(), internalAuthority, thumbprintOf([]byte("the lab's own"))
	if own := e.Trust.certificate(); own != nil {
		from, until, subject, issuer, print = own.NotBefore, own.NotAfter, own.Subject.String(), own.Issuer.String(), thumbprintOf(own.Raw)
	}
	switch e.Trust.Certificate {
	case none:
		return nil, false
	case "other":
		print = thumbprintOf([]byte("another"))
	case "expired":
		until = now.AddDate(0, 0, -3)
	case "expiring":
		until = now.AddDate(0, 0, 12)
	}
	return Object{
		"Issuer": issuer, "NotAfter": netTime(until), "NotBefore": netTime(from), "SerialNumber": "1A00000002", "Subject": subject, "AlternativeNames": []any{},
		"Thumbprint": print, "EffectiveDate": netTime(from), "PreviousThumbprint": "", "UpdateTime": "", "Use": "OAuthTokenIssuer", "SourceScope": "Global",
	}, true
}

// certificate is the one that the configuration tells the tenant of, nil where it tells of none.
func (t Trust) certificate() *x509.Certificate {
	der, err := base64.StdEncoding.DecodeString(t.Issuer)
	if err != nil || len(der) == 0 {
		return nil
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil
	}
	return c
}

func thumbprintOf(der []byte) string { return fmt.Sprintf("%X", sha1.Sum(der)) }

// provideIssuer has the servers sign tokens with the certificate that the configuration first tells the tenant of.
func (e *Estate) provideIssuer(needs Needs) {
	if needs.OAuthCertificate != "" && e.Trust.Issuer == "" {
		t := e.Trust
		t.Issuer = needs.OAuthCertificate
		e.SetTrust(t)
	}
}
