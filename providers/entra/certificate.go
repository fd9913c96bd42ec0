package entra

import (
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/zclconf/go-cty/cty"
)

// checkCertificate accepts one certificate without its private key. What it says never shows what stands there.
func checkCertificate(v cty.Value) error {
	_, err := parseCertificate(v.AsString())
	return err
}

// parseCertificate reads a certificate in PEM, or DER in base64, which is what Windows exports as Base-64 encoded X.509.
func parseCertificate(text string) (*x509.Certificate, error) {
	const remedy = `write file("….cer") of the certificate exported as Base-64 encoded X.509, without its private key`
	var der []byte
	for rest := []byte(text); ; {
		block, more := pem.Decode(rest)
		switch {
		case block == nil && der != nil:
			return certificateOf(der, remedy)
		case block == nil:
			if strings.Contains(text, "PRIVATE KEY") {
				return nil, privateKeyError(remedy)
			}
			der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(strings.TrimPrefix(text, "\ufeff")), ""))
			if err != nil {
				return nil, fmt.Errorf("this is no certificate, neither in PEM nor in base64: %s", remedy)
			}
			return certificateOf(der, remedy)
		case strings.HasSuffix(block.Type, "PRIVATE KEY"):
			return nil, privateKeyError(remedy)
		case block.Type != "CERTIFICATE":
			return nil, fmt.Errorf("this is PEM of the type %s, not a certificate: %s", block.Type, remedy)
		case der != nil:
			return nil, errors.New("there is more than one certificate here: keep the one with the key that signs, and leave its authorities out")
		}
		der, rest = block.Bytes, more
	}
}

func privateKeyError(remedy string) error {
	return fmt.Errorf("there is a private key here, and it must not leave the servers: %s", remedy)
}

func certificateOf(der []byte, remedy string) (*x509.Certificate, error) {
	certificate, err := x509.ParseCertificate(der)
	if err == nil {
		return certificate, nil
	}
	for _, isKey := range []func() error{
		func() error { _, err := x509.ParsePKCS8PrivateKey(der); return err },
		func() error { _, err := x509.ParsePKCS1PrivateKey(der); return err },
		func() error { _, err := x509.ParseECPrivateKey(der); return err },
	} {
		if isKey() == nil {
			return nil, privateKeyError(remedy)
		}
	}
	return nil, fmt.Errorf("this is no X.509 certificate, though it is base64; a .pfx or .p7b file is something else: %s", remedy)
}

// thumbprint is the SHA-1 of a certificate in hex, as Windows shows it: it names the certificate and protects nothing.
func thumbprint(certificate *x509.Certificate) string {
	sum := sha1.Sum(certificate.Raw)
	return fmt.Sprintf("%X", sum[:])
}

// keyID is the id that a certificate's key gets: always the same for the same certificate, so that what the plan prints is
// what is sent, and the undo knows what to remove. It is a UUID of version 5 (RFC 9562 section 5.5).
func keyID(certificate *x509.Certificate) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, certificate.Raw).String()
}

// moment writes a time as Graph does.
func moment(t time.Time) string { return t.UTC().Format(time.RFC3339) }
