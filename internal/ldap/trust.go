package ldap

import (
	"cmp"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
)

// Trust says by what a server's certificate is believed.
type Trust struct {
	CA          []byte // authorities in PEM; nil for those of this machine
	ServerName  string // the name in the certificate, where it is not the URL's
	Fingerprint string // SHA-256 of the one certificate that is believed, without CA whatever it says: "AB:CD:…"
}

// tls is the configuration of connections to a host.
func (t Trust) tls(host string) (*tls.Config, error) {
	config := &tls.Config{ServerName: cmp.Or(t.ServerName, host), MinVersion: tls.VersionTLS12}
	if t.CA != nil {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(t.CA) {
			return nil, errors.New("there is no certificate in PEM among the authorities")
		}
	}
	if t.Fingerprint != "" {
		config.InsecureSkipVerify = t.CA == nil // then the one certificate is compared instead
		config.VerifyConnection = t.compare
	}
	return config, nil
}

func (t Trust) compare(state tls.ConnectionState) error {
	sum := sha256.Sum256(state.PeerCertificates[0].Raw)
	shown := strings.ReplaceAll(fmt.Sprintf("% X", sum[:]), " ", ":")
	if plain(shown) != plain(t.Fingerprint) {
		return fmt.Errorf("its certificate has the fingerprint %s, and not the one that is declared", shown)
	}
	return nil
}

func plain(fingerprint string) string {
	return strings.ToLower(strings.NewReplacer(":", "", " ", "").Replace(fingerprint))
}
