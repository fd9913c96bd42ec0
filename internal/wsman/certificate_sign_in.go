package wsman

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Certificate signs in by a certificate that the host has mapped to a local account (winrm/config/service/certmapping).
type Certificate struct {
	PEM []byte // the certificate, and those of the authorities between it and the root
	Key []byte // its private key in PEM, not encrypted
}

// mutual is how WS-Man is told that the certificate of the connection signs in (MS-WSMV 2.2.9.2, DSP0226 C.3.1).
const mutual = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"

func (c Certificate) check(string) error {
	pair, err := c.pair()
	if err != nil {
		return err
	}
	if now := time.Now(); now.Before(pair.Leaf.NotBefore) || now.After(pair.Leaf.NotAfter) {
		return fmt.Errorf("the certificate of %s is valid only from %s to %s: renew it, and map the new one on the hosts",
			pair.Leaf.Subject, pair.Leaf.NotBefore.Format(time.DateOnly), pair.Leaf.NotAfter.Format(time.DateOnly))
	}
	return nil
}

func (c Certificate) pair() (tls.Certificate, error) {
	if block, _ := pem.Decode(c.Key); block != nil && (strings.HasPrefix(block.Type, "ENCRYPTED") || block.Headers["DEK-Info"] != "") {
		return tls.Certificate{}, errors.New("the private key is encrypted, and there is nobody to ask for its passphrase: keep it unencrypted in a file that only this account can read (openssl pkey -in key.pem -out plain.pem)")
	}
	pair, err := tls.X509KeyPair(c.PEM, c.Key)
	if err != nil {
		return pair, fmt.Errorf("the client certificate and its key cannot be used: %w. Both must be PEM, and belong together; a .pfx file is converted by openssl pkcs12 -nodes", err)
	}
	if pair.Leaf == nil {
		pair.Leaf, err = x509.ParseCertificate(pair.Certificate[0])
	}
	return pair, err
}

// prepare shows the certificate. Windows asks for it only once it has read the request, by renegotiation, which TLS 1.3 no
// longer has.
func (c Certificate) prepare(config *tls.Config) error {
	pair, err := c.pair()
	if err != nil {
		return err
	}
	config.Certificates = []tls.Certificate{pair}
	config.MaxVersion, config.Renegotiation = tls.VersionTLS12, tls.RenegotiateOnceAsClient
	return nil
}

func (c Certificate) who() string {
	pair, err := c.pair()
	if err != nil {
		return "the client certificate"
	}
	return pair.Leaf.Subject.String()
}

func (c Certificate) over(way *http.Transport, _ Options) http.RoundTripper {
	return roundTripper{way, func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", mutual)
		return way.RoundTrip(r)
	}}
}

func (c Certificate) refused(*http.Response) string {
	issuer := ""
	if pair, err := c.pair(); err == nil {
		issuer = pair.Leaf.Issuer.String()
	}
	return fmt.Sprintf("the certificate of %s is not taken. On the host: winrm set winrm/config/service/auth @{Certificate=\"true\"}; winrm enumerate winrm/config/service/certmapping must map its user principal name and issuer (%s) to a local account, and that authority must be trusted there", c.who(), issuer)
}
