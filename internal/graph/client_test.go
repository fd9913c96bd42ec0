package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"hybrid/internal/rest"
	"hybrid/internal/token"
)

// anyToken is a credential that always has one.
type anyToken struct{}

func (anyToken) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "secret-token", ExpiresOn: time.Now().Add(time.Hour)}, nil
}

// refusedToken is a credential that the sign-in service refuses.
type refusedToken struct{}

func (refusedToken) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{}, errors.New("ClientCertificateCredential authentication failed\nPOST https://login\n{\n  \"error_description\": \"AADSTS700016: Application with identifier 'x' was not found. Trace ID: 0b0b0b0b-0000-4000-8000-000000000000 Correlation ID: c\",\n \"error_codes\": [700016]}")
}

// client is a client of a server over TLS, and what it waited for, without waiting.
func client(t *testing.T, handler http.HandlerFunc) (*Client, *[]time.Duration) {
	t.Helper()
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	return clientOf(t, server, anyToken{})
}

func clientOf(t *testing.T, server *httptest.Server, credential azcore.TokenCredential) (*Client, *[]time.Duration) {
	t.Helper()
	c, err := New(Options{Endpoint: server.URL, Credential: credential, HTTP: server.Client()})
	if err != nil {
		t.Fatal(err)
	}
	waited := &[]time.Duration{}
	c.wait = func(ctx context.Context, d time.Duration) error {
		*waited = append(*waited, d)
		return ctx.Err()
	}
	return c, waited
}

// sequence answers the n-th request with the n-th handler, and every later one with the last.
func sequence(handlers ...http.HandlerFunc) (http.HandlerFunc, *atomic.Int64) {
	n := &atomic.Int64{}
	return func(w http.ResponseWriter, r *http.Request) {
		handlers[min(int(n.Add(1))-1, len(handlers)-1)](w, r)
	}, n
}

func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for n := 0; n+1 < len(header); n += 2 {
			w.Header().Set(header[n], header[n+1])
		}
		w.WriteHeader(code)
		fmt.Fprintf(w, `{"error":{"code":"Code%d","message":"Message %d."}}`, code, code)
	}
}

func text(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }
}

func cut(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func TestAReadWaitsAsLongAsGraphAsksFor(t *testing.T) {
	t.Parallel()
	handler, n := sequence(status(429, "Retry-After", "315"), text(`{"id":"1"}`))
	c, waited := client(t, handler)
	var v struct{ ID string }
	if err := c.Get(t.Context(), "servicePrincipals/1", nil, &v); err != nil || v.ID != "1" {
		t.Fatalf("%+v, %v", v, err)
	}
	if n.Load() != 2 || len(*waited) != 1 || (*waited)[0] != 315*time.Second {
		t.Fatalf("%d requests, waited %v", n.Load(), *waited)
	}
	if c.RoundTrips() != 2 {
		t.Errorf("%d round trips", c.RoundTrips())
	}
}

func TestAReadIsRepeatedOnFaultsOfTheServiceAndTheNetwork(t *testing.T) {
	t.Parallel()
	handler, n := sequence(status(503), cut, status(500), text(`{}`))
	c, waited := client(t, handler)
	if err := c.Get(t.Context(), "x", nil, &struct{}{}); err != nil {
		t.Fatal(err)
	}
	if n.Load() < 4 || len(*waited) < 2 { // net/http itself repeats a read on a connection that was idle
		t.Fatalf("%d requests, waited %v", n.Load(), *waited)
	}
	for at, d := range *waited {
		if least := time.Second << at; d < least || d > least*3/2 {
			t.Errorf("pause %d is %s", at, d)
		}
	}
}

func TestAReadGivesUpAtLast(t *testing.T) {
	t.Parallel()
	handler, n := sequence(status(429))
	c, _ := client(t, handler)
	err := c.Get(t.Context(), "x", nil, &struct{}{})
	if err == nil || n.Load() != rest.MaxAttempts || !strings.Contains(err.Error(), "Graph is throttling") {
		t.Fatalf("%d requests, %v", n.Load(), err)
	}
}

func TestAContextThatEndsEndsTheWaiting(t *testing.T) {
	t.Parallel()
	c, _ := client(t, status(429, "Retry-After", "3600"))
	ctx, cancel := context.WithCancel(t.Context())
	c.wait = func(ctx context.Context, d time.Duration) error {
		go cancel() // while it waits, or just before: either has to end it
		return Wait(ctx, d)
	}
	err := c.Get(ctx, "x", nil, &struct{}{})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "waiting 1 h for it was given up") {
		t.Fatal(err)
	}
}

func TestAWriteIsRepeatedWhenThrottledOnly(t *testing.T) {
	t.Parallel()
	handler, n := sequence(status(429, "Retry-After", "7"), status(204))
	c, waited := client(t, handler)
	if err := c.Patch(t.Context(), "x", []byte(`{"a":1}`)); err != nil || n.Load() != 2 || (*waited)[0] != 7*time.Second {
		t.Fatalf("%d requests, waited %v, %v", n.Load(), *waited, err)
	}
}

func TestAWriteInDoubtIsNotRepeated(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]http.HandlerFunc{"cut": cut, "503": status(503), "500": status(500), "504": status(504)} {
		handler, n := sequence(h, status(204))
		c, _ := client(t, handler)
		err := c.Patch(t.Context(), "x", []byte(`{"a":1}`))
		if !rest.Lost(err) || n.Load() != 1 {
			t.Errorf("%s: %d requests, lost %t, %v", name, n.Load(), rest.Lost(err), err)
		}
	}
}

func TestAWriteThatNeverLeftIsNoDoubt(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(status(204))
	c, _ := clientOf(t, server, anyToken{})
	server.Close()
	err := c.Patch(t.Context(), "x", []byte(`{}`))
	if err == nil || rest.Lost(err) || !strings.Contains(err.Error(), "nothing was sent") || c.RoundTrips() != 1 {
		t.Fatalf("lost %t, %v", rest.Lost(err), err)
	}
}

func TestARefusedWriteIsNoDoubt(t *testing.T) {
	t.Parallel()
	handler, n := sequence(status(400))
	c, _ := client(t, handler)
	err := c.Patch(t.Context(), "servicePrincipals/1", []byte(`{}`))
	if err == nil || rest.Lost(err) || n.Load() != 1 {
		t.Fatalf("%d requests, %v", n.Load(), err)
	}
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		write  bool
		want   []string
	}{
		"read":         {403, false, []string{"reading servicePrincipals/1 at ", ": 403 Code403: Message 403; ", "Application.Read.All", "request-id r-1"}},
		"write":        {403, true, []string{"changing servicePrincipals/1 at ", "Application.ReadWrite.All"}},
		"unauthorized": {401, false, []string{"the token is not accepted", "clock"}},
		"absent":       {404, false, []string{"not instantiated"}},
	} {
		client, _ := client(t, status(c.status, "request-id", "r-1"))
		err := client.Get(t.Context(), "servicePrincipals/1", nil, &struct{}{})
		if c.write {
			err = client.Patch(t.Context(), "servicePrincipals/1", nil)
		}
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q is not in %v", name, want, err)
			}
		}
	}
}

func TestAnAbsenceNeedsGraphsOwnWord(t *testing.T) {
	t.Parallel()
	c, _ := client(t, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>proxy</html>", 404) })
	if err := c.Get(t.Context(), "servicePrincipals/1", nil, &struct{}{}); err == nil || NotFound(err) {
		t.Fatalf("%v", err)
	}
	c, _ = client(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(404)
		fmt.Fprint(w, `{"error":{"code":"Request_ResourceNotFound","message":"No."}}`)
	})
	if err := c.Get(t.Context(), "servicePrincipals/1", nil, &struct{}{}); !NotFound(err) {
		t.Fatalf("%v", err)
	}
}

func TestAnAnswerThatIsNoJSONIsAnError(t *testing.T) {
	t.Parallel()
	c, _ := client(t, text("<html>"))
	if err := c.Get(t.Context(), "x", nil, &struct{}{}); err == nil || !strings.Contains(err.Error(), "is there a proxy in between?") {
		t.Fatal(err)
	}
}

func TestPagesAreFollowed(t *testing.T) {
	t.Parallel()
	var c *Client
	c, _ = client(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("$skiptoken") {
		case "":
			fmt.Fprintf(w, `{"value":[1,2],"@odata.nextLink":"https://%s/v1.0/x?$skiptoken=a%%2Bb"}`, r.Host)
		case "a+b":
			fmt.Fprint(w, `{"value":[3]}`)
		}
	})
	var got []string
	err := c.List(t.Context(), "x", nil, func(e json.RawMessage) error { got = append(got, string(e)); return nil })
	if err != nil || strings.Join(got, "") != "123" {
		t.Fatalf("%v, %v", got, err)
	}
}

func TestAPageElsewhereDoesNotGetTheToken(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	other := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer other.Close()
	for _, next := range []string{other.URL + "/v1.0/x", "http://graph.example.net/v1.0/x", "//graph.example.net/x"} {
		c, _ := client(t, text(`{"value":[1],"@odata.nextLink":"`+next+`"}`))
		err := c.List(t.Context(), "x", nil, func(json.RawMessage) error { return nil })
		if err == nil || !strings.Contains(err.Error(), "leads away") || asked.Load() != 0 {
			t.Errorf("%s: %d requests there, %v", next, asked.Load(), err)
		}
	}
}

// A listing whose pages lead in a circle, or on and on, comes to an end, which is an error: it is never a list of what was read.
func TestAListingWithoutEndEnds(t *testing.T) {
	for name, c := range map[string]struct {
		next func(n int) string
		says string
		most int64
	}{
		"the same page": {func(int) string { return "x" }, "leads to one that was read before", 1},
		"a circle":      {func(n int) string { return fmt.Sprint("x?page=", n%3) }, "leads to one that was read before", 4},
		"on and on":     {func(n int) string { return fmt.Sprint("x?page=", n) }, fmt.Sprintf("the listing has no end: it was given up after %d pages", maxPages), maxPages + 1},
	} {
		t.Run(name, func(t *testing.T) {
			answers := &pages{next: c.next}
			client, err := New(Options{Endpoint: "https://graph.example", Credential: anyToken{}, HTTP: &http.Client{Transport: answers}})
			if err != nil {
				t.Fatal(err)
			}
			elements := 0
			err = client.List(t.Context(), "x", nil, func(json.RawMessage) error { elements++; return nil })
			if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "graph.example") || answers.read > c.most {
				t.Errorf("%v after %d pages and %d elements", err, answers.read, elements)
			}
		})
	}
}

// pages answers with one element and the link to a next page.
type pages struct {
	next func(n int) string
	read int64
}

func (p *pages) RoundTrip(r *http.Request) (*http.Response, error) {
	p.read++
	body := fmt.Sprintf(`{"value":[{}],"@odata.nextLink":"https://graph.example/v1.0/%s"}`, p.next(int(p.read)))
	return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

func TestSigningInThatIsRefusedSaysWhyAndSendsNothing(t *testing.T) {
	t.Parallel()
	handler, n := sequence(status(204))
	server := httptest.NewTLSServer(handler)
	defer server.Close()
	c, _ := clientOf(t, server, refusedToken{})
	err := c.Patch(t.Context(), "x", []byte(`{}`))
	var signIn *token.SignInError
	if !errors.As(err, &signIn) || signIn.Code != "AADSTS700016" || n.Load() != 0 || rest.Lost(err) {
		t.Fatalf("%d requests, %v", n.Load(), err)
	}
	if strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "check client_id") {
		t.Errorf("%v", err)
	}
}

func TestEveryRequestHasAnIDOfItsOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	c, _ := client(t, func(w http.ResponseWriter, r *http.Request) {
		seen[r.Header.Get("client-request-id")] = true
		if len(seen) < 2 {
			status(429)(w, r)
			return
		}
		fmt.Fprint(w, "{}")
	})
	if err := c.Get(t.Context(), "x", nil, &struct{}{}); err != nil || len(seen) != 2 || seen[""] {
		t.Fatalf("%v, %v", seen, err)
	}
}

func TestAnAnswerWithoutEndIsGivenUp(t *testing.T) {
	t.Parallel()
	block := []byte(strings.Repeat(" ", 1<<20))
	c, _ := client(t, func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	if err := c.Get(t.Context(), "x", nil, &struct{}{}); err == nil || !strings.Contains(err.Error(), "larger than 32 MiB") {
		t.Fatal(err)
	}
}
