package wsman

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// A SignIn is a way of proving to a listener who is asking: [Basic], [NTLM], [Kerberos] or [Certificate].
type SignIn interface {
	check(host string) error                                // of what is missing, before anything is contacted
	prepare(config *tls.Config) error                       // what it adds to the TLS connection
	over(way *http.Transport, at Options) http.RoundTripper // posts requests signed in, over a transport that is its own from then on
	who() string                                            // for messages
	refused(r *http.Response) string                        // why a listener that answers 401 may have done so, and what helps
}

// Basic signs in by user name and password, which only TLS protects. Windows takes local accounts of the host only, and
// only where its listener permits Basic.
type Basic struct{ Username, Password string }

func (b Basic) check(host string) error {
	if err := bothGiven(b.Username, b.Password, host); err != nil {
		return err
	}
	if strings.Contains(b.Username, ":") {
		return errors.New("a user name with a colon cannot sign in by Basic authentication (RFC 7617 section 2)")
	}
	return nil
}

// bothGiven tells who signs in by password what is missing. A password that is there and empty has most often been lost on its
// way: a variable that was exported before it was set.
func bothGiven(username, password, host string) error {
	switch {
	case username != "" && password == "":
		return fmt.Errorf("the password of %q for %s is empty: look at what the variable or file holds that it comes from", username, host)
	case username == "":
		return errors.New("a user name and a password are needed to sign in to " + host)
	}
	return nil
}

func (Basic) prepare(*tls.Config) error { return nil }
func (b Basic) who() string             { return b.Username }

func (b Basic) over(way *http.Transport, _ Options) http.RoundTripper {
	return roundTripper{way, func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.SetBasicAuth(b.Username, b.Password)
		return way.RoundTrip(r)
	}}
}

func (b Basic) refused(r *http.Response) string {
	if offered := schemes(r.Header); len(offered) > 0 && !offers(offered, "Basic") {
		return fmt.Sprintf("the listener does not take Basic authentication, it offers %s. For an account of the domain write auth = \"kerberos\"; to permit Basic, on the host: winrm set winrm/config/service/auth @{Basic=\"true\"}", strings.Join(offered, ", "))
	}
	return fmt.Sprintf("user name or password of %q refused. Check both; Basic authentication takes local accounts of the host only", b.Username)
}

// A roundTripper posts by a function, and closes idle connections by the transport under it.
type roundTripper struct {
	way  *http.Transport
	post func(*http.Request) (*http.Response, error)
}

func (r roundTripper) RoundTrip(request *http.Request) (*http.Response, error) {
	return r.post(request)
}
func (r roundTripper) CloseIdleConnections() { r.way.CloseIdleConnections() }

// A SignInError says that nothing was posted, since this side could not sign in.
type SignInError struct {
	Address string
	Err     error
}

func (e *SignInError) Error() string { return e.Address + ": " + e.Err.Error() }
func (e *SignInError) Unwrap() error { return e.Err }

// Delivered is false: no request was sent.
func (e *SignInError) Delivered() bool { return false }

// schemes lists the ways of signing in that a server offers, in its order.
func schemes(header http.Header) []string {
	var names []string
	for _, value := range header.Values("WWW-Authenticate") {
		name, _, _ := strings.Cut(value, " ")
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func offers(offered []string, name string) bool {
	return slices.ContainsFunc(offered, func(scheme string) bool { return strings.EqualFold(scheme, name) })
}

// negotiable says whether a listener takes what is wrapped as Negotiate; where not, what it offers and how that is changed.
func negotiable(r *http.Response, way, setting string) string {
	offered := schemes(r.Header)
	if offers(offered, "Negotiate") || offers(offered, way) {
		return ""
	}
	what := "nothing"
	if len(offered) > 0 {
		what = strings.Join(offered, ", ")
	}
	return fmt.Sprintf("the listener does not take %s, it offers %s. On the host: winrm set winrm/config/service/auth @{%s=\"true\"}", way, what, setting)
}

// skew is by how much a server's clock is off by its own word; 0 where it says nothing.
func skew(r *http.Response) time.Duration {
	theirs, err := http.ParseTime(r.Header.Get("Date"))
	if err != nil {
		return 0
	}
	return time.Until(theirs).Abs()
}

// hardened is what a listener does that wants proof of the channel and is given none, or cannot tell that it is the same.
const hardened = "Where the listener demands channel binding (CbtHardeningLevel=Strict), a proxy or load balancer that ends TLS in between makes it refuse everybody; connect to the host itself"
