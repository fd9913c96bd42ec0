package trace

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hybrid/internal/handshake"
)

// today is when the tests are.
var today = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// A world is names and web servers, as a test makes them.
type world struct {
	names  map[string]string       // "inside lyncdiscover.contoso.com" to "10.0.0.1", "alias.contoso.com>10.0.0.1", "srv:sip.contoso.com:443"
	dark   map[string]bool         // names that nobody tells of
	unsure bool                    // whoever tells may look from elsewhere
	hosts  map[string]http.Handler // "https://web.contoso.com"; a host without one refuses
	shown  map[string]leaf         // by host, what its certificate has otherwise
}

// A leaf is what a certificate has.
type leaf struct {
	names    []string
	ended    bool
	stranger bool
	own      bool // signed by itself
	old      bool // over TLS 1.1 at the most
}

func (w *world) Lookup(_ context.Context, v View, name string, types ...string) (Names, error) {
	n := Names{By: "the name server ns1.contoso.com, " + string(v), Unsure: w.unsure}
	if w.dark[name] {
		return n, errors.New("no answer within 5s")
	}
	data, ok := w.names[string(v)+" "+name]
	if !ok {
		data = w.names[name]
	}
	switch srv, is := strings.CutPrefix(data, "srv:"); {
	case is && types[0] == "SRV":
		n.Targets = []string{srv}
	case data != "" && !is:
		parts := strings.Split(data, ">")
		n.Aliases = parts[:len(parts)-1]
		if last := parts[len(parts)-1]; last != "" {
			n.Addresses = []string{last}
		}
	}
	return n, nil
}

// A live is a world with its servers running.
type live struct {
	*world
	client  *Client
	trusted *x509.CertPool
}

func (l *live) Send(ctx context.Context, r Request) (Response, error) { return l.client.Send(ctx, r) }
func (l *live) Trusted() *x509.CertPool                               { return l.trusted }
func (l *live) Now() time.Time                                        { return today }

func (l *live) Handshake(ctx context.Context, _, name string) (handshake.Shown, error) {
	if l.hosts["sip://"+name] == nil {
		return handshake.Shown{}, &handshake.Failure{Text: "no answer within 10s"}
	}
	resp, err := l.Send(ctx, Request{URL: mustURL("https://" + name + "/"), Addresses: []string{"10.0.0.9"}})
	return handshake.Shown{Chain: resp.Chain, Version: resp.Version}, err
}

// start runs the servers: one for HTTP, one for HTTPS, which tell hosts apart by their names.
func (w *world) start(t *testing.T) *live {
	t.Helper()
	root, key := sign(t, "test root", nil, nil, nil, leaf{})
	other, otherKey := sign(t, "Contoso Internal CA", nil, nil, nil, leaf{})
	serve := func(scheme string) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			handler := w.hosts[scheme+"://"+r.Host]
			if handler == nil {
				handler = w.hosts["sip://"+r.Host]
			}
			if handler == nil {
				panic(http.ErrAbortHandler)
			}
			handler.ServeHTTP(rw, r)
		})
	}
	plain := httptest.NewServer(serve("http"))
	t.Cleanup(plain.Close)
	secure := httptest.NewUnstartedServer(serve("https"))
	certificate := func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		l, is := w.shown[hello.ServerName]
		if !is || l.names == nil {
			l.names = []string{hello.ServerName}
		}
		by, byKey := root, key
		if l.stranger {
			by, byKey = other, otherKey
		}
		if l.own {
			made, madeKey := sign(t, "web", l.names, nil, nil, l)
			return &tls.Certificate{Certificate: [][]byte{made.Raw}, PrivateKey: madeKey}, nil
		}
		made, madeKey := sign(t, "", l.names, by, byKey, l)
		return &tls.Certificate{Certificate: [][]byte{made.Raw, by.Raw}, PrivateKey: madeKey}, nil
	}
	secure.TLS = &tls.Config{GetCertificate: certificate, GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if w.shown[hello.ServerName].old {
			return &tls.Config{GetCertificate: certificate, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, nil
		}
		return nil, nil
	}}
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	pool := x509.NewCertPool()
	pool.AddCert(root)
	dial := func(ctx context.Context, host, _, address string) (net.Conn, error) {
		_, port, _ := net.SplitHostPort(address)
		scheme, to := "https", secure.Listener.Addr().String()
		if port == "80" {
			scheme, to = "http", plain.Listener.Addr().String()
		}
		if w.hosts[scheme+"://"+host] == nil && w.hosts["sip://"+host] == nil {
			return nil, errRefused
		}
		return new(net.Dialer).DialContext(ctx, "tcp", to)
	}
	return &live{world: w, client: &Client{Dial: dial, Limit: 10 * time.Second, Trusted: pool, Now: func() time.Time { return today }}, trusted: pool}
}

// sign makes a certificate; without an issuer it is an authority.
func sign(t *testing.T, name string, hosts []string, by *x509.Certificate, byKey *ecdsa.PrivateKey, l leaf) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: name}, DNSNames: hosts, NotBefore: today.AddDate(-1, 0, 0), NotAfter: today.AddDate(1, 0, 0)}
	if l.ended {
		template.NotAfter = today.AddDate(0, 0, -10)
	}
	if by == nil {
		template.IsCA, template.BasicConstraintsValid, template.KeyUsage = true, true, x509.KeyUsageCertSign
		by, byKey = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, by, &key.PublicKey, byKey)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return made, key
}

// says answers always the same.
func says(status int, body string, headers ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for _, line := range headers {
			name, value, _ := strings.Cut(line, ": ")
			w.Header().Add(name, value)
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	})
}

// told is everything that a path says, for tests to look in.
func told(p Path) string {
	var b strings.Builder
	for _, h := range p.Hops {
		fmt.Fprintf(&b, "%s | %s | %s | %s | %s | %s | %s | %s\n", h.Verdict, h.Step, h.Asked, h.At, h.Status, strings.Join(h.Said, "; "), h.Why, h.Do)
		for _, f := range h.Facts {
			fmt.Fprintf(&b, "    %s: %s (%s)\n", f.What, f.Value, f.Where)
		}
	}
	return b.String() + p.End
}

// holds demands the gravest verdict of a path, and texts in what it says.
func holds(t *testing.T, p Path, worst Verdict, texts ...string) {
	t.Helper()
	if got := p.Worst().Verdict; got != worst {
		t.Errorf("%s, not %s:\n%s", got, worst, told(p))
	}
	for _, h := range p.Hops {
		if (h.Verdict == Left || h.Verdict == Warns) && (h.Why == "" || h.Do == "") {
			t.Errorf("a hop that is not as described says not why, or not what to do: %+v", h)
		}
	}
	for _, text := range texts {
		if !strings.Contains(told(p), text) {
			t.Errorf("%q is not told:\n%s", text, told(p))
		}
	}
}
