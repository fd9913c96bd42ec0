package document

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func serve(t *testing.T, handler http.HandlerFunc) *http.Client {
	t.Helper()
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	config := server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	config.ServerName = "example.com"
	return Client(Options{TLS: config, Address: func(string) string { return server.Listener.Addr().String() }})
}

func TestADocumentIsFetchedWithTheTimeOfTheService(t *testing.T) {
	t.Parallel()
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", "Sun, 22 Nov 2026 12:00:00 GMT")
		_, _ = w.Write([]byte(r.Host + r.URL.Path))
	})
	d, err := Fetch(t.Context(), client, "https://login.example.com/x/metadata/json/1")
	if err != nil || d.Status != 200 || string(d.Body) != "login.example.com/x/metadata/json/1" || !d.Date.Equal(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)) {
		t.Fatalf("%+v %q %v", d, d.Body, err)
	}
}

func TestARedirectIsToldAndNotFollowed(t *testing.T) {
	t.Parallel()
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "https://elsewhere.example.net/")
		w.WriteHeader(http.StatusFound)
	})
	d, err := Fetch(t.Context(), client, "https://login.example.com/")
	if err != nil || d.Status != http.StatusFound || d.Location != "https://elsewhere.example.net/" {
		t.Fatalf("%+v %v", d, err)
	}
}

func TestWhatIsNoAnswerIsAnError(t *testing.T) {
	t.Parallel()
	large := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, largest+1)) })
	short := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write([]byte("x"))
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	closed := Client(Options{Address: func(string) string { return listener.Addr().String() }})
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, x := range map[string]struct {
		ctx     context.Context
		client  *http.Client
		address string
		want    string
	}{
		"plain HTTP": {t.Context(), closed, "http://login.example.com/", "must begin with https://"},
		"nobody":     {t.Context(), closed, "https://login.example.com/", "login.example.com does not answer: "},
		"large":      {t.Context(), large, "https://login.example.com/", "is larger than 1 MiB"},
		"short":      {t.Context(), short, "https://login.example.com/", "ended early"},
		"given up":   {ended, large, "https://login.example.com/", "context canceled"},
		"untrusted":  {t.Context(), Client(Options{Address: func(string) string { return listenTLS(t) }}), "https://login.example.com/", "certificate"},
	} {
		if _, err := Fetch(x.ctx, x.client, x.address); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// listenTLS is the address of a server whose certificate nobody trusts.
func listenTLS(t *testing.T) string {
	t.Helper()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}
