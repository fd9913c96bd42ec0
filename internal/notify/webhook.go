package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"net/url"
)

// The headers of a webhook.
const (
	SignatureHeader = "X-Hybrid-Signature" // "sha256=" and the HMAC-SHA256 of the body in hex
	EventHeader     = "X-Hybrid-Event"     // "run", "drift"
)

// webhook posts the message as JSON.
func (t *Target) webhook(ctx context.Context, m Message) error {
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	header := http.Header{EventHeader: {m.Event}}
	if t.Secret != "" {
		header.Set(SignatureHeader, Sign(t.Secret, body))
	}
	return t.post(ctx, body, header)
}

// Sign is the signature of a body: "sha256=" and its HMAC-SHA256 (RFC 2104) in hex.
func Sign(secret string, body []byte) string {
	sum := hmac.New(sha256.New, []byte(secret))
	sum.Write(body)
	return "sha256=" + hex.EncodeToString(sum.Sum(nil))
}

// post sends a body once and looks at nothing but the status. It follows no redirection: whoever redirects could have
// the message, and its signature, sent anywhere.
func (t *Target) post(ctx context.Context, body []byte, header http.Header) error {
	connected := false
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected = true }}
	request, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, trace), http.MethodPost, t.URL, bytes.NewReader(body))
	if err != nil {
		return errors.New("the URL cannot be used")
	}
	header.Set("Content-Type", "application/json")
	header.Set("User-Agent", "hybrid")
	request.Header = header
	request.GetBody = nil // so that nothing is sent twice
	client := t.client()
	defer client.CloseIdleConnections()
	answer, err := client.Do(request)
	if err != nil {
		return &deliveryError{withoutURL(err), connected}
	}
	defer answer.Body.Close()
	switch code := answer.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code >= 300 && code < 400:
		return fmt.Errorf("the answer is a redirection (%s), which is not followed: write the final URL", answer.Status)
	default:
		return fmt.Errorf("the answer is %s", answer.Status)
	}
}

// client is for one message.
func (t *Target) client() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10,
			TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: t.roots},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// withoutURL is an error of net/http without the URL that stands in it.
func withoutURL(err error) error {
	if of := (*url.Error)(nil); errors.As(err, &of) {
		return of.Err
	}
	return err
}

// A deliveryError says whether a connection was made before something went wrong.
type deliveryError struct {
	error
	connected bool
}

func (e *deliveryError) Unwrap() error { return e.error }

// unconnected says whether nothing can have arrived.
func unconnected(err error) bool {
	var of *deliveryError
	return errors.As(err, &of) && !of.connected
}

// secrets are what of a target must not be shown, the longest first.
func (t *Target) secrets() []string {
	all := []string{t.URL}
	if u, err := url.Parse(t.URL); err == nil {
		all = append(all, u.RequestURI(), u.Host, u.Hostname(), u.Path, u.RawQuery)
	}
	return append(all, t.Secret, t.Password)
}
