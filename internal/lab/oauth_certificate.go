package lab

import (
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"
	"time"
)

// oauthCertificate is the certificate that the servers sign tokens with, as Get-CsCertificate shows it; false where there is none.
func (e *Estate) oauthCertificate() (Object, bool) {
	now := e.now()
	from, until := now.AddDate(0, -6, 0), now.AddDate(1, 0, 0)
	subject, issuer, print := "CN="+e.defaultSipDomain(), "CN=contoso-DC-CA, DC=contoso, DC=com", thumbprintOf([]byte("the lab's own"))
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

// certificates: Get-CsCertificate. The lab's servers have the certificate for tokens only.
func certificates() rules {
	return rules{verbs: map[string]handler{"Get": getCertificates}, only: []string{"Get"}}
}

func getCertificates(c *call) error {
	types, _ := c.params["Type"].([]any)
	wanted := len(types) == 0
	for _, one := range types {
		text, _ := one.(string)
		wanted = wanted || strings.EqualFold(text, "OAuthTokenIssuer")
	}
	if o, there := c.estate.oauthCertificate(); there && wanted {
		c.objects = append(c.objects, o)
	}
	return nil
}

// provideIssuer has the servers sign tokens with the certificate that the configuration first tells the tenant of.
func (e *Estate) provideIssuer(needs Needs) {
	if needs.OAuthCertificate != "" && e.Trust.Issuer == "" {
		t := e.Trust
		t.Issuer = needs.OAuthCertificate
		e.SetTrust(t)
	}
}

// netDate is when a moment was by a clock that is so far ahead, as Get-Date -Format o writes it.
func netDate(t time.Time, ahead time.Duration) string {
	return t.Add(ahead).Format("2006-01-02T15:04:05.0000000-07:00")
}
