package wsman_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"hybrid/internal/wsman"
	"hybrid/internal/wsman/wsmantest"
)

func countNew(count *atomic.Int32, next func(net.Conn, http.ConnState)) func(net.Conn, http.ConnState) {
	return func(c net.Conn, state http.ConnState) {
		if state == http.StateNew {
			count.Add(1)
		}
		if next != nil {
			next(c, state)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	good := wsman.Options{Host: "fe01.contoso.com", Username: "u", Password: "p"}
	for want, change := range map[string]func(*wsman.Options){
		`host "https://fe01" is not a host name`:   func(o *wsman.Options) { o.Host = "https://fe01" },
		"host \"\" is not a host name":             func(o *wsman.Options) { o.Host = "" },
		"port 70000 is not between":                func(o *wsman.Options) { o.Port = 70000 },
		"a user name and a password are needed":    func(o *wsman.Options) { o.Username = "" },
		`the password of "u" for fe01.contoso.com`: func(o *wsman.Options) { o.Password = "" },
		"a user name with a colon":                 func(o *wsman.Options) { o.Username = "a:b" },
		"the CA file holds no certificate in PEM":  func(o *wsman.Options) { o.CA = []byte("nonsense") },
		"is a SHA-1 thumbprint":                    func(o *wsman.Options) { o.Fingerprint = strings.Repeat("AB", 20) },
		"is not a SHA-256 fingerprint":             func(o *wsman.Options) { o.Fingerprint = "xyz" },
		"envelope size of 100 bytes is too small":  func(o *wsman.Options) { o.EnvelopeSize = 100 },
	} {
		options := good
		change(&options)
		if _, err := wsman.New(options); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		options wsman.Options
		want    string
	}{
		{wsman.Options{Host: "fe01"}, "fe01:5986"},
		{wsman.Options{Host: "2001:db8::1", Port: 443}, "[2001:db8::1]:443"},
		{wsman.Options{Host: "[2001:db8::1]"}, "[2001:db8::1]:5986"},
	} {
		c.options.Username, c.options.Password = "u", "p"
		if got := host(t, c.options).String(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

func TestReachesIPv6(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		t.Skip("SKIPPED: this machine has no IPv6 loopback:", err)
	}
	server := wsmantest.Unstarted(echo)
	_ = server.Listener.Close()
	server.Listener = listener
	server.StartTLS()
	t.Cleanup(server.Stop)
	if err := start(t, host(t, server.Options()), "echo").Close(); err != nil {
		t.Error(err)
	}
}

func TestCertificates(t *testing.T) {
	t.Parallel()
	server := wsmantest.New(t, echo)
	sum := sha256.Sum256(server.Certificate().Raw)
	right := hex.EncodeToString(sum[:])
	shown := strings.TrimSuffix(strings.ToUpper(fmt.Sprintf("% x", sum[:])), " ")
	shown = strings.ReplaceAll(shown, " ", ":")
	for _, c := range []struct {
		name, fingerprint, want string
		ca                      bool
		serverName              string
	}{
		{name: "CA", ca: true},
		{name: "pinned", fingerprint: right},
		{name: "pinned, with colons and another name", fingerprint: shown, serverName: "fe01.contoso.com"},
		{name: "pinned and CA", fingerprint: right, ca: true},
		{name: "unknown authority", want: "was issued by \"O=Acme Co\", which is not trusted here"},
		{name: "another fingerprint", fingerprint: strings.Repeat("00", 32), want: "its fingerprint is not the pinned one"},
		{name: "another fingerprint, CA right", fingerprint: strings.Repeat("00", 32), ca: true, want: "its fingerprint is not the pinned one"},
		{name: "pinned and CA, wrong name", fingerprint: right, ca: true, serverName: "fe01.contoso.com", want: "it is made out to"},
	} {
		t.Run(c.name, func(t *testing.T) {
			options := server.Options()
			options.Fingerprint, options.ServerName = c.fingerprint, c.serverName
			if !c.ca {
				options.CA = nil
			}
			before := len(server.Actions())
			p, err := host(t, options).Start(t.Context(), "echo")
			if c.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				_ = p.Close()
				return
			}
			var refused *wsman.CertificateError
			if !errors.As(err, &refused) || refused.Delivered() || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), shown) {
				t.Errorf("got %v\nwant %s, and %s", err, c.want, shown)
			}
			if len(server.Actions()) != before {
				t.Error("something was sent")
			}
		})
	}
}

// unused is a port that nobody listens at, and none of those that systems give to whoever asks for any, as other tests do.
func unused(t *testing.T) int {
	t.Helper()
	for range 100 {
		if l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 15000+rand.IntN(15000))); err == nil {
			defer func() { _ = l.Close() }()
			return l.Addr().(*net.TCPAddr).Port
		}
	}
	t.Fatal("no port is free")
	return 0
}

func TestUnanswered(t *testing.T) {
	t.Parallel()
	port := unused(t)
	for _, c := range []struct {
		name    string
		options wsman.Options
		want    string
	}{
		{"refused", wsman.Options{Host: "127.0.0.1", Port: port}, fmt.Sprintf("127.0.0.1:%d: connection refused. Is the host up", port)},
		{"no such host", wsman.Options{Host: "fe01.invalid"}, "fe01.invalid"},
	} {
		c.options.Username, c.options.Password = "u", "hunter2"
		_, err := host(t, c.options).Start(t.Context(), "x")
		var broken *wsman.ConnectError
		if !errors.As(err, &broken) || broken.Delivered() || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := host(t, wsman.Options{Host: "127.0.0.1", Username: "u", Password: "p"}).Start(ctx, "x")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
}

func TestStrangeAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		answer func(http.ResponseWriter)
		want   string
		sent   bool
	}{
		{"wrong password", func(w http.ResponseWriter) {
			w.Header().Add("WWW-Authenticate", `Basic realm="WSMAN"`)
			w.WriteHeader(401)
		}, `user name or password of "CONTOSO\\svc-hybrid" refused. Check both`, false},
		{"no Basic", func(w http.ResponseWriter) {
			w.Header().Add("WWW-Authenticate", "Negotiate")
			w.Header().Add("WWW-Authenticate", "Kerberos")
			w.WriteHeader(401)
		}, "does not take Basic authentication, it offers Negotiate, Kerberos", false},
		{"no listener", func(w http.ResponseWriter) { w.WriteHeader(404) }, "no WS-Man listener", false},
		{"no POST", func(w http.ResponseWriter) { w.WriteHeader(405) }, "no WS-Man listener", false},
		{"forbidden", func(w http.ResponseWriter) { w.WriteHeader(403) }, "may not use Windows Remote Management", false},
		{"a web page", func(w http.ResponseWriter) { _, _ = w.Write([]byte("<html>")) }, `this is not WS-Man: content type "text/html`, true},
		{"a gateway", func(w http.ResponseWriter) { w.WriteHeader(502) }, "HTTP 502: this is not an answer of WS-Man", true},
		{"cut XML", func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/soap+xml;charset=UTF-8")
			_, _ = w.Write([]byte("<s:Envelope"))
		}, "the answer is not a SOAP envelope", true},
		{"another action", func(w http.ResponseWriter) { wsmantest.Envelope(w, 200, "urn:other", "", "") }, `action "urn:other" instead of`, true},
		{"no shell", func(w http.ResponseWriter) {
			wsmantest.Envelope(w, 200, "http://schemas.xmlsoap.org/ws/2004/09/transfer/CreateResponse", "", "")
		}, "it names no shell", true},
		{"a fault with 200", func(w http.ResponseWriter) {
			wsmantest.Envelope(w, 200, "x", "", "<s:Fault><s:Reason><s:Text>odd</s:Text></s:Reason></s:Fault>")
		}, "refused: odd", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := wsmantest.New(t, echo)
			server.Intercept = func(_ string, w http.ResponseWriter, _ *http.Request) bool { c.answer(w); return true }
			_, err := host(t, server.Options()).Start(t.Context(), "echo")
			var known interface{ Delivered() bool }
			if !errors.As(err, &known) || known.Delivered() != c.sent || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), wsmantest.Password) {
				t.Error("the password stands in the message")
			}
		})
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want bool
	}{
		{&wsman.HTTPError{Status: 401}, true},
		{fmt.Errorf("x: %w", &wsman.HTTPError{Status: 403}), true},
		{&wsman.Fault{Code: wsman.CodeAccessDenied}, true},
		{&wsman.HTTPError{Status: 404}, false},
		{&wsman.Fault{Code: wsman.CodeTooManyShells}, false},
		{errors.New("x"), false},
	} {
		if got := wsman.Refused(c.err); got != c.want {
			t.Errorf("%v: %v", c.err, got)
		}
	}
}
