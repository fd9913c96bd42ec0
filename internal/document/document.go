// Package document fetches what services publish for everybody: metadata by which others find their keys, and the time that they
// have. Nobody signs in for it.
package document

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hybrid/internal/bounded"
)

// A Document is an answer, whatever its status.
type Document struct {
	Status   int
	Location string // where a redirect leads, which is not followed; "" for none
	Body     []byte
	Date     time.Time // of the answer, by the service's clock; zero where it says none
}

// How long one answer may take, and how large it may be.
const (
	limit   = 15 * time.Second
	largest = 1 << 20  // bytes
	header  = 64 << 10 // bytes
)

// Options say how services are reached; the zero value reaches them as this machine does.
type Options struct {
	TLS *tls.Config
	// Address gives the address, host:port, at which a host is reached; nil where it is the host itself.
	Address func(host string) string
}

// Client makes a client that follows no redirects.
func Client(o Options) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig, transport.DisableKeepAlives, transport.MaxResponseHeaderBytes = o.TLS, true, header
	if o.Address != nil {
		transport.Proxy = nil
		transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			host, _, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			return (&net.Dialer{}).DialContext(ctx, network, o.Address(host))
		}
	}
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// Fetch gets a document by its address, which begins with https://. No answer within 15 seconds, one of more than 1 MiB and one
// that breaks off are errors; a status that is no success is not.
func Fetch(ctx context.Context, client *http.Client, address string) (Document, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return Document{}, fmt.Errorf("%q is no address of a document: it must begin with https://", address)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return Document{}, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return Document{}, fmt.Errorf("%s does not answer: %w", u.Host, cause(err))
	}
	defer resp.Body.Close()
	body, err := bounded.Read(resp.Body, largest)
	if err == nil { // where the time ends while a body without a length comes, net/http tells that as its end
		err = ctx.Err()
	}
	switch {
	case bounded.TooLarge(err):
		return Document{}, fmt.Errorf("the answer of %s is larger than %s, and was given up", u.Host, bounded.Size(largest))
	case err != nil:
		return Document{}, fmt.Errorf("the answer of %s ended early: %w", u.Host, cause(err))
	}
	date, _ := http.ParseTime(resp.Header.Get("Date")) // none is not fatal: who needs it says so
	return Document{Status: resp.StatusCode, Location: resp.Header.Get("Location"), Body: body, Date: date}, nil
}

// cause takes off what the sentence already has.
func cause(err error) error {
	var address *url.Error
	if errors.As(err, &address) {
		err = address.Err
	}
	var name *net.DNSError
	switch {
	case errors.As(err, &name) && name.IsNotFound:
		return fmt.Errorf("there is no host %q in DNS", name.Name)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("nothing came within %s", limit)
	}
	return errors.New(strings.TrimPrefix(err.Error(), "tls: "))
}
