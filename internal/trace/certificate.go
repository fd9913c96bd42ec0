package trace

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"time"
)

// A Certificate is what a server has shown.
type Certificate struct {
	Subject string // common name, "" where there is none
	Names   []string
	Issuer  string
	Ends    time.Time
	Problem string // why clients do not accept it; "" where they do
	// Stranger says that the only problem is that this machine does not trust the authority: others may.
	Stranger bool
	// Own says that it is a Stranger that no authority has issued: the server has signed it itself.
	Own bool
}

// Good says whether clients accept it.
func (c *Certificate) Good() bool { return c.Problem == "" }

// readCertificate judges a chain, as clients do that use the name.
func readCertificate(chain []*x509.Certificate, host string, trusted *x509.CertPool, now time.Time) *Certificate {
	if len(chain) == 0 {
		return &Certificate{Problem: "it shows no certificate"}
	}
	leaf := chain[0]
	c := &Certificate{Subject: leaf.Subject.CommonName, Names: leaf.DNSNames, Issuer: leaf.Issuer.CommonName, Ends: leaf.NotAfter.UTC()}
	switch {
	case leaf.VerifyHostname(host) != nil:
		c.Problem = "its certificate does not have the name " + host
	case now.After(leaf.NotAfter):
		c.Problem = "its certificate expired on " + c.Ends.Format(time.DateOnly)
	case now.Before(leaf.NotBefore):
		c.Problem = "its certificate is good from " + leaf.NotBefore.UTC().Format(time.DateOnly) + " on only"
	default:
		c.trust(chain, trusted, now)
	}
	return c
}

// trust verifies the chain up to an authority of this machine.
func (c *Certificate) trust(chain []*x509.Certificate, trusted *x509.CertPool, now time.Time) {
	between := x509.NewCertPool()
	for _, one := range chain[1:] {
		between.AddCert(one)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: trusted, Intermediates: between, CurrentTime: now})
	var stranger x509.UnknownAuthorityError
	last := chain[len(chain)-1]
	switch {
	case err == nil:
	case errors.As(err, &stranger) && signsItself(chain[0]):
		c.Problem = "its certificate is self-signed: no authority has issued it, and this machine does not trust it"
		c.Stranger, c.Own = true, true
	case errors.As(err, &stranger):
		c.Problem = fmt.Sprintf("its certificate leads to %q, an authority that this machine does not trust, or whose certificate is not sent along", last.Issuer.CommonName)
		c.Stranger = true
	default:
		c.Problem = "its certificate is not good: " + err.Error()
	}
}

// signsItself says whether a certificate is self-signed. That the algorithm is one of old, which the library does not compute,
// says nothing else.
func signsItself(c *x509.Certificate) bool {
	err := c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature)
	var old x509.InsecureAlgorithmError
	return bytes.Equal(c.RawIssuer, c.RawSubject) && (err == nil || errors.As(err, &old))
}
