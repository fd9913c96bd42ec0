package trace

import (
	"context"
	"crypto/x509"
	"net/http"
	"net/url"
	"time"

	"hybrid/internal/handshake"
)

// A Source is what a walk asks.
type Source interface {
	// Lookup resolves a name as clients in a view do. That there is no such name is an answer; an error is that nobody told.
	Lookup(ctx context.Context, v View, name string, types ...string) (Names, error)
	// Send sends one request and follows nothing. Its error is an [*Unanswered] where there is no whole answer.
	Send(ctx context.Context, r Request) (Response, error)
	// Handshake dials an address, host:port, and looks at what is shown to clients that use the name.
	Handshake(ctx context.Context, address, name string) (handshake.Shown, error)
	// Trusted are the authorities that this machine trusts, nil for the system's.
	Trusted() *x509.CertPool
	// Now is the time by which certificates are judged.
	Now() time.Time
}

// Names are what was said of a name.
type Names struct {
	By        string   // who said it: "the name server ns1.contoso.com, inside"
	Unsure    bool     // whoever said it may look from elsewhere than the view: this machine's own resolver
	Aliases   []string // the names that it leads over, in order
	Addresses []string // in order; none where it has none
	Targets   []string // of SRV records: "sip.contoso.com:443"
}

// none says whether there is nothing.
func (n Names) none() bool { return len(n.Aliases)+len(n.Addresses)+len(n.Targets) == 0 }

// last is the name that the aliases lead to; "" where there are none.
func (n Names) last() string {
	if len(n.Aliases) == 0 {
		return ""
	}
	return n.Aliases[len(n.Aliases)-1]
}

// A Request is one to an HTTP server.
type Request struct {
	URL       *url.URL
	Addresses []string    // those of the host, tried in order; none leaves it to this machine's resolver
	Target    string      // the name that the host's aliases lead to; "" where it is none
	Header    http.Header // nil for none
	Form      url.Values  // posted; nil for a GET
	// Secret says that header or form hold a secret: nothing is sent before the server has shown a certificate that is good.
	Secret bool
}

// A Response is an answer.
type Response struct {
	Status  int    // 200
	Text    string // "200 OK"
	Header  http.Header
	Body    []byte
	Cut     bool                // the body goes on beyond what is read
	Chain   []*x509.Certificate // as it was shown, the server's first; nil without TLS
	Version string              // "TLS 1.2", the newest that the server speaks; "" without TLS
	Address string              // that was dialled, host:port
	Took    time.Duration
}

// Unanswered is why there is no whole answer.
type Unanswered struct {
	Text    string
	Refused bool // nothing listens, or somebody said no
	Spoke   bool // there was a connection
	Slow    bool // it let this machine in, and did not answer in time
	NoTLS   bool // something answers there in the clear
	Err     error
	// Chain, Version and Address are as in [Response], as far as it came.
	Chain   []*x509.Certificate
	Version string
	Address string
	Took    time.Duration
}

func (u *Unanswered) Error() string { return u.Text }

// Unwrap gives what the network said.
func (u *Unanswered) Unwrap() error { return u.Err }
