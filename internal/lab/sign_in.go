package lab

import (
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/types"

	"hybrid/internal/kerberos"
)

// SignInOptions say by what else than its own login the lab's WS-Management can be signed in to.
type SignInOptions struct {
	Keytab   string // path: whoever has a ticket for a service whose keys are in it may come in by Kerberos; "" for nobody
	Strict   bool   // by Kerberos only what is bound to the TLS connection (CbtHardeningLevel=Strict); else what is bound to another is refused
	ClientCA []byte // PEM: whoever has a certificate of this authority may come in by it
	NoBasic  bool   // the login is not taken, as in a domain usually
}

// clockSkew is how far Kerberos lets clocks be apart.
const clockSkew = 5 * time.Minute

// A gate lets in whom the listener knows.
type gate struct {
	SignInOptions
	login   Login
	views   []string // of each of which the login has an account of its own: "administrator@dns.internal"
	keys    *keytab.Keytab
	binding kerberos.Binding

	mutex sync.Mutex
	seen  map[string]time.Time // authenticators, until they are too old anyway
}

func newGate(o SignInOptions, login Login, views []string, k *keys) (*gate, error) {
	g := &gate{SignInOptions: o, login: login, views: views, seen: map[string]time.Time{}}
	if o.Keytab == "" {
		return g, nil
	}
	var err error
	if g.keys, err = keytab.Load(o.Keytab); err != nil {
		return nil, fmt.Errorf("the keytab of the lab's WS-Management: %w", err)
	}
	pair, err := tls.X509KeyPair([]byte(k.Certificate), []byte(k.Key))
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return nil, err
	}
	g.binding = kerberos.BindingOf(leaf)
	return g, nil
}

// ask has TLS ask for client certificates, where some are taken.
func (g *gate) ask(config *tls.Config) error {
	if len(g.ClientCA) == 0 {
		return nil
	}
	config.ClientAuth, config.ClientCAs = tls.VerifyClientCertIfGiven, x509.NewCertPool()
	if !config.ClientCAs.AppendCertsFromPEM(g.ClientCA) {
		return errors.New("the authority of the lab's client certificates is no certificate in PEM")
	}
	return nil
}

// mutual is what is said with a certificate that signs in (DSP0226 C.3.1).
const mutual = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"

// opens says whether a request is signed in, and for which view; what Kerberos proves in return is in the answer's header.
func (g *gate) opens(w http.ResponseWriter, r *http.Request) (view string, ok bool) {
	how, what, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	switch {
	case strings.EqualFold(how, "Basic") && !g.NoBasic:
		view, ok = g.basic(r)
	case how == mutual:
		ok = len(g.ClientCA) > 0 && r.TLS != nil && len(r.TLS.VerifiedChains) > 0
	case g.keys != nil && (strings.EqualFold(how, "Negotiate") || strings.EqualFold(how, "Kerberos")):
		token, err := base64.StdEncoding.DecodeString(strings.TrimSpace(what))
		if err != nil {
			break
		}
		var proof []byte
		if proof, err = g.ticket(token); err == nil {
			ok = true
			w.Header().Set("WWW-Authenticate", how+" "+base64.StdEncoding.EncodeToString(proof))
		}
	}
	if !ok {
		g.refuse(w)
	}
	return view, ok
}

// refuse answers what Windows does, with a header for each scheme that is taken.
func (g *gate) refuse(w http.ResponseWriter) {
	w.Header().Set("Server", "Microsoft-HTTPAPI/2.0")
	if g.keys != nil {
		w.Header().Add("WWW-Authenticate", "Negotiate")
		w.Header().Add("WWW-Authenticate", "Kerberos")
	}
	if !g.NoBasic {
		w.Header().Add("WWW-Authenticate", `Basic realm="WSMAN"`)
	}
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusUnauthorized)
}

// basic compares the login in constant time, and says which view the account is for.
func (g *gate) basic(r *http.Request) (view string, ok bool) {
	name, password, given := r.BasicAuth()
	name, of, named := strings.Cut(name, "@")
	same := subtle.ConstantTimeCompare([]byte(strings.ToLower(name)), []byte(strings.ToLower(g.login.Username))) &
		subtle.ConstantTimeCompare([]byte(password), []byte(g.login.Password))
	if !given || same != 1 || !named {
		return "", given && same == 1
	}
	n := slices.IndexFunc(g.views, func(view string) bool { return strings.EqualFold(view, of) })
	if n < 0 {
		return "", false
	}
	return g.views[n], true
}

// ticket lets in who shows a ticket for one of the keytab's services, and gives the proof that this is the service.
func (g *gate) ticket(token []byte) (proof []byte, err error) {
	t, err := readToken(token)
	if err != nil {
		return nil, err
	}
	local := types.HostAddress{}
	if ok, err := t.request.Verify(g.keys, clockSkew, local, nil); err != nil || !ok {
		return nil, fmt.Errorf("the ticket is not taken: %w", err)
	}
	if err := g.bound(t.request.Authenticator.Cksum.Checksum); err != nil {
		return nil, err
	}
	if !g.first(t.request.Authenticator) {
		return nil, errors.New("this token was sent before")
	}
	return t.proof()
}

// bound holds the binding of an authenticator's checksum (RFC 4121 4.1.1) against the listener's certificate.
func (g *gate) bound(checksum []byte) error {
	var said kerberos.Binding
	if len(checksum) >= 4+len(said) {
		copy(said[:], checksum[4:])
	}
	switch {
	case said == g.binding, said == kerberos.Binding{} && !g.Strict:
		return nil
	case said == kerberos.Binding{}:
		return errors.New("the token is not bound to the TLS connection")
	}
	return errors.New("the token is bound to another TLS connection")
}

// first says whether an authenticator is seen for the first time.
func (g *gate) first(a types.Authenticator) bool {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	now := time.Now()
	for other, until := range g.seen {
		if now.After(until) {
			delete(g.seen, other)
		}
	}
	id := fmt.Sprintf("%s@%s %d.%06d %d", a.CName.PrincipalNameString(), a.CRealm, a.CTime.Unix(), a.Cusec, a.SeqNumber)
	if _, known := g.seen[id]; known {
		return false
	}
	g.seen[id] = now.Add(2 * clockSkew)
	return true
}
