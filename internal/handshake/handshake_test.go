package handshake

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"hybrid/internal/hostile"
)

// serve answers every connection with a function, and gives the address.
func serve(t *testing.T, answer func(net.Conn)) string {
	t.Helper()
	address, _ := hostile.Listen(t, answer)
	return address
}

func pair(t *testing.T) tls.Certificate {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "edge"}, NotBefore: time.Now().AddDate(-2, 0, 0), NotAfter: time.Now().AddDate(-1, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: k}
}

// A certificate is shown whatever it is worth, by servers of old and by those that want one of their clients, too.
func TestLook(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config  *tls.Config
		version string
	}{
		"today's": {&tls.Config{MinVersion: tls.VersionTLS12}, "TLS 1.3"},
		"old":     {&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10}, "TLS 1.0"},
		"of both": {&tls.Config{MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, ClientAuth: tls.RequireAnyClientCert}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.config.Certificates = []tls.Certificate{pair(t)}
			asked := make(chan string, 1)
			address := serve(t, func(raw net.Conn) {
				server := tls.Server(raw, c.config)
				_ = server.Handshake()
				asked <- server.ConnectionState().ServerName
			})
			shown, err := Look(t.Context(), address, "sip.contoso.com", time.Minute)
			if err != nil || len(shown.Chain) != 1 || shown.Chain[0].Subject.CommonName != "edge" || shown.Version != c.version || (shown.Broke != nil) != (c.version == "") {
				t.Errorf("%+v, %v", shown, err)
			}
			if name := <-asked; name != "sip.contoso.com" {
				t.Errorf("asked for %q", name)
			}
		})
	}
}

// Why there is no certificate is said in words.
func TestFailures(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	mute := serve(t, func(c net.Conn) { _, _ = c.Read(make([]byte, 1<<16)); <-t.Context().Done() })
	for name, c := range map[string]struct {
		address string
		limit   time.Duration
		text    string
		is      Failure
	}{
		"closed": {closed.Addr().String(), time.Minute, "the connection is refused", Failure{Refused: true}},
		"no TLS": {serve(t, func(c net.Conn) { _, _ = c.Write([]byte("220 hello\r\n")) }), time.Minute, "before it shows a certificate", Failure{Spoke: true}},
		"mute":   {mute, 50 * time.Millisecond, "no answer within 50ms", Failure{}},
	} {
		_, err := Look(t.Context(), c.address, "sip.contoso.com", c.limit)
		var failure *Failure
		if !errors.As(err, &failure) || !strings.Contains(err.Error(), c.text) || failure.Refused != c.is.Refused || failure.Spoke != c.is.Spoke {
			t.Errorf("%s: %+v", name, err)
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := Look(ended, mute, "sip.contoso.com", time.Minute); err == nil {
		t.Error("looked after the end")
	}
}
