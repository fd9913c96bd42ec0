package lab

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"hybrid/internal/lab/discovery"
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

// A web serves one side's HTTP and SIP.
type web struct {
	http    *http.Server
	handed  *handed
	sip     func() string // FQDN of the registrar
	served  sync.WaitGroup
	address string // of plain HTTP
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

func startWeb(host string, log hclog.Logger, side discovery.Side, sip func() string) (*web, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return nil, err
	}
	w := &web{handed: newHanded(listener.Addr()), sip: sip, address: listener.Addr().String()}
	w.http = &http.Server{
		Handler: &discovery.Service{Side: side}, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.Named("discovery").StandardLogger(&hclog.StandardLoggerOptions{ForceLevel: hclog.Debug}),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			if _, ok := c.(*arrived); ok {
				return discovery.Secure(ctx)
			}
			return ctx
		},
	}
	for _, at := range []net.Listener{listener, w.handed} {
		w.served.Go(func() { _ = w.http.Serve(at) }) // ends with ErrServerClosed
	}
	return w, nil
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

// take serves a connection whose handshake is done, until it ends: SIP or HTTP, by its first line.
func (w *web) take(c net.Conn) {
	reader := bufio.NewReader(c)
	line, err := firstLine(reader)
	if err != nil {
		return
	}
	a := &arrived{Conn: c, reader: reader, ended: make(chan struct{})}
	if strings.Contains(strings.ToUpper(line), " SIP/2.0") {
		discovery.AnswerSIP(a, w.sip())
		return
	}
	if w.handed.put(a) {
		<-a.ended
	}
}

// firstLine looks at the first line of a connection that says something, and leaves it unread; an error where there is none
// within 4096 bytes.
func firstLine(r *bufio.Reader) (string, error) {
	for n := 1; ; n = r.Buffered() + 1 {
		if _, err := r.Peek(n); err != nil {
			return "", err
		}
		seen, _ := r.Peek(r.Buffered())
		if line, _, ok := bytes.Cut(bytes.TrimLeft(seen, "\r\n"), []byte("\n")); ok {
			return string(line), nil
		}
	}
}

// arrived is a connection whose first line has been looked at.
type arrived struct {
	net.Conn
	reader *bufio.Reader
	once   sync.Once
	ended  chan struct{}
}

func (a *arrived) Read(b []byte) (int, error) { return a.reader.Read(b) }

func (a *arrived) Close() error {
	a.once.Do(func() { close(a.ended) })
	return a.Conn.Close()
}

// handed is a listener of connections that somebody else has accepted.
type handed struct {
	address net.Addr
	come    chan net.Conn
	once    sync.Once
	closed  chan struct{}
}

func newHanded(address net.Addr) *handed {
	return &handed{address: address, come: make(chan net.Conn), closed: make(chan struct{})}
}

// put hands a connection over; false where nobody takes any more.
func (h *handed) put(c net.Conn) bool {
	select {
	case h.come <- c:
		return true
	case <-h.closed:
		return false
	}
}

func (h *handed) Accept() (net.Conn, error) {
	select {
	case c := <-h.come:
		return c, nil
	case <-h.closed:
		return nil, net.ErrClosed
	}
}

func (h *handed) Close() error {
	h.once.Do(func() { close(h.closed) })
	return nil
}

func (h *handed) Addr() net.Addr { return h.address }

// cloudName is the name whose certificate Microsoft's end shows: the one that is asked for where it is Microsoft's, else that of
// the cloud's autodiscover.
func (n *tlsEnds) cloudName(hello *tls.ClientHelloInfo) string {
	if name := strings.ToLower(hello.ServerName); cloudHost.MatchString(name) {
		return name
	}
	return "webdir." + n.cloud
}
