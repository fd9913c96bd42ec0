package wsman

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// A CertificateError says that the server's certificate is not one to send a password to. Nothing was sent.
type CertificateError struct {
	Address     string
	Fingerprint string // SHA-256 of the certificate that the server showed: "AB:CD:…"
	Subject     string
	Reason      string // what is wrong with it and what to do
	Err         error
}

func (e *CertificateError) Error() string {
	return fmt.Sprintf("the certificate of %s (%s, SHA-256 %s) is not accepted: %s", e.Address, e.Subject, e.Fingerprint, e.Reason)
}

func (e *CertificateError) Unwrap() error { return e.Err }

// Delivered is false: the connection ended before a request was sent.
func (e *CertificateError) Delivered() bool { return false }

// tls gives the configuration of a connection.
func (o Options) tls() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: o.ServerName}
	if len(o.CA) > 0 {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(o.CA) {
			return nil, errors.New("the CA file holds no certificate in PEM form (-----BEGIN CERTIFICATE-----); a .cer or .p7b file exported in binary form must be converted first")
		}
	}
	if o.Fingerprint == "" {
		return config, nil
	}
	want, err := readFingerprint(o.Fingerprint)
	if err != nil {
		return nil, err
	}
	config.InsecureSkipVerify = len(o.CA) == 0 // a pinned certificate needs neither a known authority nor a name
	config.VerifyConnection = func(state tls.ConnectionState) error { return pinned(state, want) }
	return config, nil
}

// readFingerprint gives the 32 bytes of "AB:CD:…", "ab cd …" or "abcd…".
func readFingerprint(text string) ([]byte, error) {
	sum, err := hex.DecodeString(strings.NewReplacer(":", "", " ", "").Replace(text))
	if err == nil && len(sum) == sha256.Size {
		return sum, nil
	}
	if len(sum) == 20 {
		return nil, errors.New("the fingerprint is a SHA-1 thumbprint, as Windows shows it; SHA-256 is needed, 64 hexadecimal digits: on the server, Get-PfxCertificate and (Get-FileHash -Algorithm SHA256) of the exported .cer file give it")
	}
	return nil, fmt.Errorf("the fingerprint %q is not a SHA-256 fingerprint of 64 hexadecimal digits", text)
}

// differs is the failure of a pinned fingerprint.
type differs struct{ seen *x509.Certificate }

func (differs) Error() string { return "the fingerprint differs from the pinned one" }

func pinned(state tls.ConnectionState, want []byte) error {
	leaf := state.PeerCertificates[0]
	if sum := sha256.Sum256(leaf.Raw); string(sum[:]) != string(want) {
		return differs{leaf}
	}
	return nil
}

// fingerprint writes a certificate's SHA-256 as administrators see it elsewhere.
func fingerprint(certificate *x509.Certificate) string {
	sum := sha256.Sum256(certificate.Raw)
	pairs := make([]string, len(sum))
	for n, b := range sum {
		pairs[n] = fmt.Sprintf("%02X", b)
	}
	return strings.Join(pairs, ":")
}

// certificateError puts a failed verification in an administrator's words; nil if err is something else.
func certificateError(address string, err error) *CertificateError {
	var other differs
	if errors.As(err, &other) {
		return newCertificateError(address, other.seen, err,
			"its fingerprint is not the pinned one. If the certificate was renewed, compare the fingerprint on the server and pin the new one; otherwise someone may stand in between")
	}
	var failed *tls.CertificateVerificationError
	if !errors.As(err, &failed) || len(failed.UnverifiedCertificates) == 0 {
		return nil
	}
	leaf := failed.UnverifiedCertificates[0]
	return newCertificateError(address, leaf, err, reason(leaf, failed.Err))
}

func newCertificateError(address string, leaf *x509.Certificate, err error, reason string) *CertificateError {
	return &CertificateError{Address: address, Fingerprint: fingerprint(leaf), Subject: leaf.Subject.String(), Reason: reason, Err: err}
}

func reason(leaf *x509.Certificate, err error) string {
	var (
		unknown x509.UnknownAuthorityError
		name    x509.HostnameError
		invalid x509.CertificateInvalidError
	)
	switch {
	case errors.As(err, &name):
		return fmt.Sprintf("it is made out to %s, not to %s. Connect by a name that it bears, or write the one to expect in server_name", names(leaf), name.Host)
	case errors.As(err, &unknown):
		return fmt.Sprintf("it was issued by %q, which is not trusted here. Name that authority's certificate in ca_file, or compare the fingerprint on the server and write it in fingerprint", leaf.Issuer.String())
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("it is valid only from %s to %s. Renew it on the server, or set the clock right", leaf.NotBefore.Format("2006-01-02"), leaf.NotAfter.Format("2006-01-02"))
	}
	return err.Error()
}

// names lists whom a certificate is made out to.
func names(leaf *x509.Certificate) string {
	all := append([]string{}, leaf.DNSNames...)
	for _, address := range leaf.IPAddresses {
		all = append(all, address.String())
	}
	if len(all) == 0 {
		return "no host name at all"
	}
	return strings.Join(all, ", ")
}
