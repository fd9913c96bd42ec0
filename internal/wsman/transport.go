package wsman

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"

	"github.com/masterzen/winrm"
	"github.com/masterzen/winrm/soap"

	"hybrid/internal/amount"
)

// A Transport posts envelopes. It is a [winrm.Transporter], so that the library's client works over it as well; unlike
// the library's own it makes an error of every fault, obeys a context, and may be used for a Send while a Receive waits.
type Transport struct {
	client       *http.Client
	signIn       SignIn
	url, address string
	patience     time.Duration // for one answer: longer than the server may hold a poll
	posts        atomic.Int64
}

var _ winrm.Transporter = (*Transport)(nil)

const (
	contentType = "application/soap+xml"
	maxHeader   = 256 << 10        // bytes of an answer's headers: a token of Kerberos has some ten thousand
	maxAnswer   = 16 << 20         // bytes; a server keeps to the envelope size it is told, this bounds one that does not
	grace       = 25 * time.Second // how much longer than the poll itself an answer is waited for
	dialTimeout = 10 * time.Second
)

func newTransport(o Options) (*Transport, error) {
	config, err := o.tls()
	if err != nil {
		return nil, err
	}
	if err := o.SignIn.prepare(config); err != nil {
		return nil, err
	}
	way := &http.Transport{
		Proxy:               http.ProxyFromEnvironment, // which leaves loopback alone
		DialContext:         (&net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:     config,
		TLSHandshakeTimeout: dialTimeout,
		MaxIdleConnsPerHost: 64,               // two a session: one polls, one sends
		IdleConnTimeout:     90 * time.Second, // Windows closes idle connections after 120 s

		MaxResponseHeaderBytes: maxHeader,
	}
	if o.Dial != "" {
		direct := way.DialContext
		way.Proxy = nil
		way.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) { return direct(ctx, network, o.Dial) }
	}
	return &Transport{
		client: &http.Client{
			Transport: o.SignIn.over(way, o),
			// A redirect would carry the password elsewhere.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		url:      o.url(),
		address:  o.address(),
		signIn:   o.SignIn,
		patience: o.Timeout + grace,
	}, nil
}

// Transport satisfies [winrm.Transporter]. Where to connect, and whom to trust, is settled by [Options].
func (t *Transport) Transport(*winrm.Endpoint) error { return nil }

// Post satisfies [winrm.Transporter]. The client's own address, name and password are not used.
func (t *Transport) Post(_ *winrm.Client, message *soap.SoapMessage) (string, error) {
	return t.Do(context.Background(), message)
}

// Do posts one envelope and returns the answering one. Errors are *[Fault], *[HTTPError], *[CertificateError] and
// *[ConnectError]; where the context ended, they wrap its error.
func (t *Transport) Do(ctx context.Context, message *soap.SoapMessage) (string, error) {
	body, _, err := t.roundTrip(ctx, message)
	return string(body), err
}

// exchange is Do for those who want the answer read.
func (t *Transport) exchange(ctx context.Context, message *soap.SoapMessage) (*envelope, error) {
	_, answer, err := t.roundTrip(ctx, message)
	return answer, err
}

func (t *Transport) roundTrip(ctx context.Context, message *soap.SoapMessage) ([]byte, *envelope, error) {
	t.posts.Add(1)
	bounded, cancel := context.WithTimeout(ctx, t.patience)
	defer cancel()
	var sent atomic.Bool
	bounded = httptrace.WithClientTrace(bounded, &httptrace.ClientTrace{WroteHeaders: func() { sent.Store(true) }})
	request, err := t.request(bounded, message)
	if err != nil {
		return nil, nil, err
	}
	response, err := t.client.Do(request)
	if err != nil {
		return nil, nil, t.failure(ctx, sent.Load(), err)
	}
	defer drain(response.Body)
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err == nil { // where the time ends while a body without a length comes, net/http tells that as its end
		err = bounded.Err()
	}
	if err != nil {
		return nil, nil, t.failure(ctx, true, err)
	}
	answer, err := t.judge(response, body)
	switch {
	case err != nil && ctx.Err() != nil: // a server says strange things to who hangs up
		return nil, nil, t.failure(ctx, true, err)
	case err != nil:
		return nil, nil, err
	}
	return body, answer, nil
}

func (t *Transport) request(ctx context.Context, message *soap.SoapMessage) (*http.Request, error) {
	// The library asks for a console as standard input; a pipe is what PowerShell is fed through. The first
	// occurrence is the header's option, for the header comes before the body.
	text := strings.Replace(message.String(), consoleInput, pipeInput, 1)
	text = strings.Replace(text, lastOfShell, idleTimeout+lastOfShell, 1)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, strings.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("the address %s cannot be used: %w", t.url, err)
	}
	request.Header.Set("Content-Type", contentType+";charset=UTF-8")
	return request, nil
}

const (
	consoleInput = `Name="WINRS_CONSOLEMODE_STDIN">TRUE<`
	pipeInput    = `Name="WINRS_CONSOLEMODE_STDIN">FALSE<`
	// The library asks for no idle timeout, and a host's own may be two hours: so long a shell counts against the account's
	// quota whose client was killed. Polls keep a shell that is in use from being idle. It is no more than hosts permit by
	// themselves (learn.microsoft.com/windows/win32/winrm/quotas: 180,000 ms), and stands where MS-WSMV 2.2.4.37 wants it.
	lastOfShell = `</rsp:Shell>`
	idleTimeout = `<rsp:IdleTimeOut>PT180S</rsp:IdleTimeOut>`
)

// judge tells an answer from a fault and from something that is not WS-Man at all.
func (t *Transport) judge(response *http.Response, body []byte) (*envelope, error) {
	refused := &HTTPError{
		Address: t.address, Username: t.signIn.who(), Status: response.StatusCode,
		ContentType: response.Header.Get("Content-Type"),
	}
	if response.StatusCode == http.StatusUnauthorized {
		refused.Reason = t.signIn.refused(response)
		_, refused.Ticket = t.signIn.(Kerberos) // another host may well take it
	}
	if len(body) > maxAnswer || !strings.Contains(refused.ContentType, contentType) {
		return nil, refused
	}
	answer, err := parse(body)
	switch {
	case err == nil && answer.Body.Fault != nil:
		return nil, answer.Body.Fault.error(t.address)
	case response.StatusCode != http.StatusOK:
		return nil, refused
	case err != nil:
		return nil, &ConnectError{Address: t.address, Sent: true, Err: err}
	}
	return answer, nil
}

// failure names what kept an envelope from being answered.
func (t *Transport) failure(ctx context.Context, sent bool, err error) error {
	if ctx.Err() != nil {
		return &ConnectError{Address: t.address, Sent: sent, Err: context.Cause(ctx)}
	}
	var unsigned *SignInError
	if errors.As(err, &unsigned) {
		return &SignInError{Address: t.address, Err: unsigned.Err}
	}
	if refused := certificateError(t.address, err); refused != nil {
		return refused
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("no answer within %s", amount.Lasting(t.patience))
	}
	return &ConnectError{Address: t.address, Sent: sent, Err: err}
}

// drain reads the little that may be left, without which the connection could not be used again.
func drain(body io.ReadCloser) {
	_, _ = io.CopyN(io.Discard, body, 64<<10)
	_ = body.Close()
}

// escape makes an identifier that came from the server safe to stand in an envelope, which the library builds
// without escaping.
func escape(text string) string {
	var b bytes.Buffer
	for _, r := range text {
		switch r {
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '"':
			b.WriteString("&quot;")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
