package lab

import (
	"crypto/tls"
	"errors"
	"regexp"
	"strings"
)

// A WebEndpoint is where autodiscover answers beside [TLSEndpoint], which has the servers' HTTPS, and SIP.
type WebEndpoint struct {
	HTTP      string // host:port of the servers' plain HTTP
	CloudHTTP string // of Microsoft's
	CloudTLS  string // Microsoft's HTTPS and SIP over TLS
}

// cloudHost are the names of Microsoft's ends for clients.
var cloudHost = regexp.MustCompile(`(?i)^(webdir|sipdir|sipfed)[0-9a-z]{0,3}\.`)

// Dial gives the address on loopback, host:port, at which a client reaches a port of a name: "80", or any other for HTTPS and
// SIP, which are told apart by what is asked. The target is the name that aliases lead to as the client has resolved them; ""
// where there were none. Whether a name exists at all is for the name servers to say.
func (e Endpoints) Dial(name, target, port string) string {
	cloud := cloudHost.MatchString(name) || cloudHost.MatchString(target)
	switch defect := e.ends.defect(name); {
	case defect == closedPort:
		return e.TLS.Closed
	case port == "80" && cloud:
		return e.Web.CloudHTTP
	case port == "80":
		return e.Web.HTTP
	case defect == noTLS:
		return e.TLS.Broken
	case cloud:
		return e.Web.CloudTLS
	}
	return e.TLS.Addr
}

// discoveries serve both sides: connections that have done their handshake are handed to them, and they listen for those
// without one.
type discoveries struct {
	servers, cloud *web
}

// startDiscovery serves autodiscover on both sides. It comes before TLS, which hands its connections on.
func (l *Lab) startDiscovery(o Options) error {
	servers, err := startWeb(o.Listen.Host, l.log, &serversSide{l.estate, l.keys.Password}, l.estate.registrar)
	if err != nil {
		return err
	}
	l.discoveries.servers = servers
	cloud, err := startWeb(o.Listen.Host, l.log, &cloudSide{l.estate, l.keys.Password}, func() string { return "sipdir." + l.estate.cloudDomain() })
	if err != nil {
		return err
	}
	l.discoveries.cloud = cloud
	l.endpoints.Web.HTTP, l.endpoints.Web.CloudHTTP = servers.address, cloud.address
	return nil
}

func (d discoveries) close() error {
	var errs []error
	for _, w := range []*web{d.servers, d.cloud} {
		if w != nil {
			errs = append(errs, w.http.Close())
			w.served.Wait()
		}
	}
	return errors.Join(errs...)
}

// cloudName is the name whose certificate Microsoft's end shows: the one that is asked for where it is Microsoft's, else that of
// the cloud's autodiscover.
func (n *tlsEnds) cloudName(hello *tls.ClientHelloInfo) string {
	if name := strings.ToLower(hello.ServerName); cloudHost.MatchString(name) {
		return name
	}
	return "webdir." + n.cloud
}
