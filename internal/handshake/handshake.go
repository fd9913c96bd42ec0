// Package handshake looks at what a TLS server shows: its certificates, whatever they are worth. It trusts nothing and sends
// nothing but the handshake.
package handshake

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"time"

	"hybrid/internal/socket"
)

// Shown is what a server has shown.
type Shown struct {
	Chain   []*x509.Certificate // as the server sent it, its own first; never empty
	Version string              // "TLS 1.2"; "" where the handshake broke off after the certificates
	Broke   error               // why it broke off then: many Edge servers want a certificate of whoever calls them
}

// Look dials an address, host:port, within a time limit and does the handshake with the name that clients use. The error says
// in words why there are no certificates to look at: a [Failure].
func Look(ctx context.Context, address, name string, limit time.Duration) (Shown, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	raw, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return Shown{}, explained(err, limit)
	}
	defer raw.Close()
	var shown Shown
	c := tls.Client(raw, looking(name, &shown))
	err = c.HandshakeContext(ctx)
	switch {
	case len(shown.Chain) == 0 && ctx.Err() != nil:
		return Shown{}, explained(ctx.Err(), limit)
	case len(shown.Chain) == 0 && err != nil:
		return Shown{}, &Failure{Spoke: true, Text: "it answers, and ends the TLS handshake before it shows a certificate", Err: err}
	case err != nil:
		shown.Broke = err
	default:
		shown.Version = tls.VersionName(c.ConnectionState().Version)
	}
	return shown, nil
}

// looking accepts whatever a server speaks and shows, old versions and ciphers among it: they are looked at, not used.
func looking(name string, shown *Shown) *tls.Config {
	var ciphers []uint16
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		ciphers = append(ciphers, suite.ID)
	}
	return &tls.Config{
		ServerName: name, InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, CipherSuites: ciphers,
		VerifyPeerCertificate: func(raw [][]byte, _ [][]*x509.Certificate) error {
			for _, der := range raw {
				certificate, err := x509.ParseCertificate(der)
				if err != nil {
					return err
				}
				shown.Chain = append(shown.Chain, certificate)
			}
			return nil
		},
	}
}

// A Failure is why there are no certificates to look at.
type Failure struct {
	Text    string
	Refused bool  // somebody said no: nothing listens there, or a firewall refuses
	Spoke   bool  // there was a connection
	Err     error // what the network said
}

func (f *Failure) Error() string { return f.Text }

// Unwrap gives what the network said.
func (f *Failure) Unwrap() error { return f.Err }

func explained(err error, limit time.Duration) error {
	var lookup *net.DNSError
	switch {
	case socket.Refused(err):
		return &Failure{Text: "the connection is refused: nothing listens there, or a firewall refuses it", Refused: true, Err: err}
	case errors.As(err, &lookup):
		return &Failure{Text: "its address cannot be looked up from here", Err: err}
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return &Failure{Text: "no answer within " + limit.String(), Err: err}
	}
	return &Failure{Text: "it cannot be reached from here: " + err.Error(), Err: err}
}
