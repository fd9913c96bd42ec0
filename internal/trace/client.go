package trace

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"hybrid/internal/socket"
)

// mostBytes is how much of an answer is read: the service's documents are a few thousand bytes.
const mostBytes = 1 << 20

// A Client sends requests as clients do, straight, without a proxy, and looks at the certificate instead of refusing a bad one.
type Client struct {
	// Dial opens a connection to an address, host:port, of a host that is an alias for target; nil for an ordinary one.
	Dial    func(ctx context.Context, host, target, address string) (net.Conn, error)
	Limit   time.Duration  // of one answer
	Trusted *x509.CertPool // nil for the system's
	Now     func() time.Time
}

// Send is [Source.Send].
func (c *Client) Send(ctx context.Context, r Request) (Response, error) {
	ctx, cancel := context.WithTimeout(ctx, c.Limit)
	defer cancel()
	x := &exchange{client: c, request: r, begun: time.Now()}
	transport := &http.Transport{DialContext: x.dial, TLSClientConfig: x.tls(), TLSHandshakeTimeout: c.Limit, DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10}
	defer transport.CloseIdleConnections()
	req, err := r.http(ctx)
	if err != nil {
		return Response{}, &Unanswered{Text: "the address cannot be asked: " + err.Error(), Err: err}
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return Response{}, x.failed(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, mostBytes+1))
	if err == nil { // where the time ends while a body without a length comes, net/http tells that as its end
		err = ctx.Err()
	}
	if err != nil {
		return Response{}, x.failed(err)
	}
	chain, version, address := x.seen()
	return Response{
		Status: resp.StatusCode, Text: fmt.Sprint(resp.StatusCode, " ", http.StatusText(resp.StatusCode)), Header: resp.Header,
		Body: body[:min(len(body), mostBytes)], Cut: len(body) > mostBytes, Chain: chain, Version: version, Address: address, Took: time.Since(x.begun),
	}, nil
}

// http is the request as the library has it.
func (r Request) http(ctx context.Context) (*http.Request, error) {
	method, body := http.MethodGet, io.Reader(nil)
	if r.Form != nil {
		method, body = http.MethodPost, strings.NewReader(r.Form.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, method, r.URL.String(), body)
	if err != nil {
		return nil, err
	}
	for name, values := range r.Header {
		req.Header[name] = values
	}
	if r.Form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return req, nil
}

// An exchange is one request on its way. The library dials and shakes hands in goroutines of its own.
type exchange struct {
	client  *Client
	request Request
	begun   time.Time

	mu      sync.Mutex
	chain   []*x509.Certificate
	version string // "TLS 1.2"
	address string
}

func (x *exchange) seen() (chain []*x509.Certificate, version, address string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.chain, x.version, x.address
}

// dial tries the addresses in order.
func (x *exchange) dial(ctx context.Context, _, fallback string) (c net.Conn, err error) {
	host, port, err := net.SplitHostPort(fallback)
	if err != nil {
		return nil, err
	}
	addresses := []string{fallback}
	if len(x.request.Addresses) > 0 {
		addresses = nil
		for _, one := range x.request.Addresses {
			addresses = append(addresses, net.JoinHostPort(one, port))
		}
	}
	for _, address := range addresses {
		x.mu.Lock()
		x.address = address
		x.mu.Unlock()
		if c, err = x.connect(ctx, host, address); err == nil || ctx.Err() != nil {
			return c, err
		}
	}
	return nil, err
}

func (x *exchange) connect(ctx context.Context, host, address string) (net.Conn, error) {
	if x.client.Dial != nil {
		return x.client.Dial(ctx, host, x.request.Target, address)
	}
	return new(net.Dialer).DialContext(ctx, "tcp", address)
}

// tls keeps what is shown. Where a secret is to be sent certificate and version must be good; otherwise they are looked at, not
// relied on. An old version is refused once it is spoken and not before, so that it can be named.
func (x *exchange) tls() *tls.Config {
	host := x.request.URL.Hostname()
	made := &tls.Config{ServerName: host, InsecureSkipVerify: true, MinVersion: tls.VersionTLS10}
	made.VerifyConnection = func(s tls.ConnectionState) error {
		x.mu.Lock()
		x.chain, x.version = s.PeerCertificates, tls.VersionName(s.Version)
		x.mu.Unlock()
		if !x.request.Secret {
			return nil
		}
		if shown := readCertificate(s.PeerCertificates, host, x.client.Trusted, x.client.Now()); !shown.Good() {
			return &untold{shown.Problem}
		}
		if s.Version < tls.VersionTLS12 {
			return &untold{"it speaks " + tls.VersionName(s.Version) + " at the most"}
		}
		return nil
	}
	return made
}

// An untold is why a secret was not sent: the certificate is bad, or the version of TLS is one that can be broken.
type untold struct{ problem string }

func (u *untold) Error() string {
	return "the password is not sent there, since " + u.problem
}

// failed says in words why there is no whole answer.
func (x *exchange) failed(err error) error {
	u := &Unanswered{Err: err, Took: time.Since(x.begun)}
	u.Chain, u.Version, u.Address = x.seen()
	u.Spoke = u.Chain != nil
	var lookup *net.DNSError
	var bad *untold
	var wrapped *url.Error
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &bad):
		u.Text = bad.Error()
	case socket.Refused(err):
		u.Text, u.Refused = "the connection is refused: nothing listens there, or a firewall refuses it", true
	case errors.As(err, &lookup):
		u.Text = "its address cannot be looked up from here"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		u.Text, u.Spoke = "no whole answer within "+x.client.Limit.String(), false
		u.Slow = u.Chain != nil
	case errors.As(err, &record):
		u.Text, u.Spoke = "it answers, and speaks no TLS", true
		u.NoTLS = true
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), socket.Reset(err):
		u.Text, u.Spoke = "it ends the connection before it has answered", true
	case errors.As(err, &wrapped):
		u.Text = "it does not answer: " + wrapped.Err.Error()
	default:
		u.Text = "it does not answer: " + err.Error()
	}
	return u
}
