package wsman

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"hybrid/internal/kerberos"
)

// Kerberos signs in with a ticket for the host, bound to the TLS connection. Hosts share the identity; each has its own ticket.
type Kerberos struct {
	Identity *kerberos.Identity
	Service  string // the service principal name, "WSMAN/fe01.contoso.com"; of a class alone ("HTTP") the host's. "": WSMAN
}

// defaultService is the class of service that Windows itself registers for the listener of every member of a domain. HTTP may
// belong to the account of a web site on the same host.
const defaultService = "WSMAN"

func (k Kerberos) name(host string) (string, error) {
	switch {
	case k.Service == "":
		return kerberos.ServiceName(defaultService, host)
	case !strings.Contains(k.Service, "/"):
		return kerberos.ServiceName(k.Service, host)
	}
	return k.Service, nil
}

func (k Kerberos) check(host string) error {
	if k.Identity == nil {
		return errors.New("nobody is named who signs in by Kerberos to " + host)
	}
	_, err := k.name(host)
	return err
}

func (Kerberos) prepare(*tls.Config) error { return nil }
func (k Kerberos) who() string             { return k.Identity.String() }

func (k Kerberos) over(way *http.Transport, at Options) http.RoundTripper {
	name, _ := k.name(at.Host) // checked
	t := &ticketed{way: way, identity: k.Identity, service: name, url: at.url()}
	return roundTripper{way, t.post}
}

func (k Kerberos) refused(r *http.Response) string {
	if text := negotiable(r, "Kerberos", "Kerberos"); text != "" {
		return text
	}
	if off := skew(r); off > tolerated {
		return fmt.Sprintf("the host's clock and this machine's differ by %s; Kerberos permits five minutes. Set the one that is wrong", off.Round(time.Second))
	}
	name, _ := k.name(r.Request.URL.Hostname())
	return fmt.Sprintf("the host does not take the ticket of %s for %s. Does that name belong to the host's own account (setspn -Q %s)? Else spn takes another service. %s", k.who(), name, name, hardened)
}

// tolerated is how far Kerberos lets clocks be apart (RFC 4120 1.6, and Active Directory's default).
const tolerated = 5 * time.Minute

// ticketed posts each request with a token of its own, so that requests may be under way side by side, over any connection.
type ticketed struct {
	way          *http.Transport
	identity     *kerberos.Identity
	service, url string
	leaf         atomic.Pointer[x509.Certificate] // of the server, as it was last seen; nil before
}

// post sends a request, and once more where the host did not take the token: its account may have a new key, or it shows
// another certificate than before.
func (t *ticketed) post(r *http.Request) (*http.Response, error) {
	if t.leaf.Load() == nil {
		answer, err := t.introduce(r.Context())
		if err != nil || answer != nil {
			return answer, err
		}
	}
	answer, err := t.send(r)
	if err != nil || answer.StatusCode != http.StatusUnauthorized {
		return answer, err
	}
	t.identity.Forget(t.service)
	if again := rewound(r); again != nil {
		drain(answer.Body)
		return t.send(again)
	}
	return answer, nil
}

func (t *ticketed) send(r *http.Request) (*http.Response, error) {
	token, err := t.identity.Token(r.Context(), t.service, kerberos.BindingOf(t.leaf.Load()))
	if err != nil {
		return nil, &SignInError{Err: err}
	}
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Negotiate "+base64.StdEncoding.EncodeToString(token))
	answer, err := t.way.RoundTrip(r)
	if err == nil {
		t.see(answer)
	}
	return answer, err
}

// introduce asks for nothing, before the first request: the answer shows the certificate that tokens are bound to. An answer
// that does not offer Kerberos is given back, and the KDC is left alone.
func (t *ticketed) introduce(ctx context.Context) (*http.Response, error) {
	ctx, cancel := untraced(ctx)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, http.NoBody)
	if err != nil {
		cancel()
		return nil, err
	}
	request.Header.Set("Content-Type", contentType+";charset=UTF-8")
	answer, err := t.way.RoundTrip(request)
	if err != nil {
		cancel()
		return nil, err
	}
	t.see(answer)
	if offered := schemes(answer.Header); answer.StatusCode != http.StatusUnauthorized || !offers(offered, "Negotiate") && !offers(offered, "Kerberos") {
		answer.Body = closing{answer.Body, cancel}
		return answer, nil
	}
	drain(answer.Body)
	cancel()
	return nil, nil
}

func (t *ticketed) see(answer *http.Response) {
	if answer.TLS != nil && len(answer.TLS.PeerCertificates) > 0 {
		t.leaf.Store(answer.TLS.PeerCertificates[0])
	}
}

// untraced ends with a context and has nothing else of it: that something is sent which carries no request is nobody's
// business.
func untraced(ctx context.Context) (context.Context, context.CancelFunc) {
	own, cancel := context.WithCancelCause(context.Background())
	stop := context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) })
	return own, func() { stop(); cancel(nil) }
}

// closing is a body after which something is to be done.
type closing struct {
	io.ReadCloser
	then func()
}

func (c closing) Close() error {
	defer c.then()
	return c.ReadCloser.Close()
}

// rewound is a request with its body from the start; nil where there is no way back.
func rewound(r *http.Request) *http.Request {
	if r.GetBody == nil {
		return nil
	}
	body, err := r.GetBody()
	if err != nil {
		return nil
	}
	again := r.Clone(r.Context())
	again.Body = body
	return again
}

// challenge is the token of an answer that goes on with Negotiate, nil where there is none.
func challenge(header http.Header) []byte {
	for _, value := range header.Values("WWW-Authenticate") {
		name, text, _ := strings.Cut(value, " ")
		if token, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text)); err == nil && len(token) > 0 &&
			(strings.EqualFold(name, "Negotiate") || strings.EqualFold(name, "NTLM")) {
			return token
		}
	}
	return nil
}
