package lab

import (
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
	"sync"
	"time"
)

// What can be wrong with an end, as the setting tls.shows names it.
const (
	expired      = "expired"      // its certificate is of last year
	expiring     = "expiring"     // it is good for ten more days
	wrongName    = "wrong_name"   // it has another name
	selfSigned   = "self_signed"  // nobody has issued it
	incomplete   = "incomplete"   // the intermediate authority is not sent
	untrusted    = "untrusted"    // the root is an authority of the company's own
	deadRoot     = "dead_root"    // the chain leads to Baltimore CyberTrust Root
	oldTLS       = "old_tls"      // nothing newer than TLS 1.1 is spoken
	wantsClients = "wants_client" // it ends the handshake with clients that show no certificate, as Edge servers do at 5061
	noTLS        = "no_tls"       // somebody answers who speaks no TLS
	closedPort   = "closed"       // nothing listens
)

var defects = []string{expired, expiring, wrongName, selfSigned, incomplete, untrusted, deadRoot, oldTLS, wantsClients, noTLS, closedPort}

// An authority signs certificates.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// issue makes a certificate that the authority signs; without one it signs itself.
func (a *authority) issue(template *x509.Certificate) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template.SerialNumber = new(big.Int).SetBytes(random(16))
	parent := &authority{template, key}
	if a != nil {
		parent = a
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent.certificate, &key.PublicKey, parent.key)
	if err != nil {
		return nil, err
	}
	made, err := x509.ParseCertificate(der)
	return &authority{made, key}, err
}

// signing is the template of an authority.
func signing(name string, now time.Time) *x509.Certificate {
	return &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		NotBefore: now.AddDate(-3, 0, 0), NotAfter: now.AddDate(10, 0, 0),
	}
}

// tlsEnds shows certificates by the name that clients use, made when they are first asked for.
type tlsEnds struct {
	estate  *Estate
	root    *authority
	between *authority
	stop    []func() error
	cloud   string // what Microsoft's hosts are below

	mu    sync.Mutex
	shown map[string]*tls.Config
}

// startTLS serves the ends on two ports: one that shows certificates, and one that speaks no TLS.
func (l *Lab) startTLS(o Options) error {
	now := l.estate.clock.Now()
	root, err := (*authority)(nil).issue(signing("hybrid lab root", now))
	if err != nil {
		return err
	}
	between, err := root.issue(signing("hybrid lab authority", now))
	if err != nil {
		return err
	}
	l.estate.authority = root.certificate
	l.ends = &tlsEnds{estate: l.estate, root: root, between: between, cloud: l.estate.cloudDomain(), shown: map[string]*tls.Config{}}
	shows, err := l.ends.listen(o.Listen.Host, l.ends.handshake(askedName, l.discoveries.servers))
	if err != nil {
		return err
	}
	l.endpoints.Web.CloudTLS, err = l.ends.listen(o.Listen.Host, l.ends.handshake(l.ends.cloudName, l.discoveries.cloud))
	if err != nil {
		return err
	}
	broken, err := l.ends.listen(o.Listen.Host, func(c net.Conn) { _, _ = c.Write([]byte("no TLS\r\n")) })
	if err != nil {
		return err
	}
	nothing, err := closed(o.Listen.Host)
	l.endpoints.TLS = TLSEndpoint{Addr: shows, RootPEM: pemText("CERTIFICATE", root.certificate.Raw), Closed: nothing, Broken: broken}
	l.endpoints.ends = l.estate.Ends
	return err
}

// listen hands every connection to a function, and ends it then.
func (n *tlsEnds) listen(host string, serve func(net.Conn)) (string, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return "", err
	}
	n.stop = append(n.stop, listener.Close)
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_ = c.SetDeadline(time.Now().Add(time.Minute))
				serve(c)
			}()
		}
	}()
	return listener.Addr().String(), nil
}

func (n *tlsEnds) close() error {
	var errs []error
	for _, stop := range n.stop {
		errs = append(errs, stop())
	}
	return errors.Join(errs...)
}

// askedName is the name that a client asks for.
func askedName(hello *tls.ClientHelloInfo) string { return strings.ToLower(hello.ServerName) }

// handshake does one, with the certificate of a name, and serves what the client asks for then, if it does.
func (n *tlsEnds) handshake(name func(*tls.ClientHelloInfo) string, w *web) func(net.Conn) {
	return func(c net.Conn) {
		server := tls.Server(c, &tls.Config{MinVersion: tls.VersionTLS10, GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			return n.config(name(hello))
		}})
		if server.Handshake() == nil {
			w.take(server)
		}
	}
}

func (n *tlsEnds) config(host string) (*tls.Config, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.shown[host] == nil {
		var defect string
		n.estate.look(func(e *Estate) { defect = e.Ends.defect(host) })
		certificate, err := n.certificate(host, defect)
		if err != nil {
			return nil, err
		}
		made := &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS10}
		switch defect {
		case oldTLS:
			made.MaxVersion = tls.VersionTLS11
		case wantsClients:
			made.ClientAuth, made.MaxVersion = tls.RequireAnyClientCert, tls.VersionTLS12
		}
		n.shown[host] = made
	}
	return n.shown[host], nil
}

// certificate is what a host shows.
func (n *tlsEnds) certificate(host, defect string) (tls.Certificate, error) {
	now := n.estate.clock.Now()
	_, domain, _ := strings.Cut(host, ".")
	leaf := &x509.Certificate{
		Subject: pkix.Name{CommonName: host}, DNSNames: []string{host, "sip." + domain}, NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(1, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	switch defect {
	case expired:
		leaf.NotAfter = now.AddDate(0, 0, -10)
	case expiring:
		leaf.NotAfter = now.AddDate(0, 0, 10)
	case wrongName:
		leaf.DNSNames = []string{"other." + domain}
	}
	by, err := n.issuer(defect, now)
	if err != nil {
		return tls.Certificate{}, err
	}
	made, err := by.issue(leaf)
	if err != nil {
		return tls.Certificate{}, err
	}
	chain := [][]byte{made.certificate.Raw}
	if by != nil && defect != incomplete {
		chain = append(chain, by.certificate.Raw)
	}
	return tls.Certificate{Certificate: chain, PrivateKey: made.key}, nil
}

// issuer is the authority of a certificate; nil where it signs itself.
func (n *tlsEnds) issuer(defect string, now time.Time) (*authority, error) {
	above := map[string]string{untrusted: "Contoso Internal CA", deadRoot: "Baltimore CyberTrust Root"}[defect]
	switch {
	case defect == selfSigned:
		return nil, nil
	case above == "":
		return n.between, nil
	}
	root, err := (*authority)(nil).issue(signing(above, now))
	if err != nil {
		return nil, err
	}
	return root.issue(signing("authority below "+above, now))
}
