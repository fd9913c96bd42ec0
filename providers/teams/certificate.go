package teams

import (
	"crypto/sha1" // by which Windows names certificates; nothing is protected by it
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

var guid = regexp.MustCompile(`(?i)^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func checkGUID(v cty.Value) error {
	if guid.MatchString(v.AsString()) {
		return nil
	}
	return fmt.Errorf("%q is no GUID: write it as the portal shows it, such as \"6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11\".", v.AsString())
}

// checkThumbprint accepts 40 hexadecimal digits in the forms in which Windows shows them.
func checkThumbprint(v cty.Value) error {
	switch hex := bareThumbprint(v.AsString()); {
	case strings.Trim(hex, "0123456789ABCDEF") != "" || len(hex) != 40 && len(hex) != 64:
		return fmt.Errorf("%q is no thumbprint: write its 40 hexadecimal digits.", v.AsString())
	case len(hex) == 64:
		return errors.New("This is a SHA-256 fingerprint: write the SHA-1 thumbprint, as Get-ChildItem Cert:\\ shows it.")
	}
	return nil
}

// bareThumbprint takes out what people copy along: spaces, colons, and the invisible mark with which Windows' dialog
// begins.
func bareThumbprint(text string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", ":", "", "\u200e", "").Replace(text))
}

func checkCertificate(v cty.Value) error {
	_, err := thumbprint(v.AsString())
	return err
}

// thumbprint is that of the first certificate in a PEM text.
func thumbprint(text string) (string, error) {
	for rest := []byte(text); ; {
		block, more := pem.Decode(rest)
		if block == nil {
			return "", errors.New("This holds no certificate: write the application's certificate in PEM, lines between BEGIN CERTIFICATE and END CERTIFICATE.")
		}
		if rest = more; block.Type != "CERTIFICATE" {
			continue
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return "", errors.New("The certificate cannot be read: write it in PEM as it was exported.")
		}
		return fmt.Sprintf("%X", sha1.Sum(block.Bytes)), nil
	}
}
