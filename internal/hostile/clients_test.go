package hostile_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"hybrid/internal/autodiscover"
	"hybrid/internal/clouds"
	"hybrid/internal/dnsservice"
	"hybrid/internal/document"
	"hybrid/internal/graph"
	"hybrid/internal/hostile"
	"hybrid/internal/rest"
	"hybrid/internal/token"
	"hybrid/internal/trace"
	"hybrid/internal/wsman"
)

const (
	patience = 250 * time.Millisecond             // of a client for one answer, where it can be told
	most     = rest.MostAnswer + hostile.OnItsWay // bytes that a far end may send of one answer
	room     = 400 << 20                          // bytes of memory that one answer may take
	tooLong  = 2 * time.Minute                    // for one case, on a machine that has much else to do
)

// A client is one that asks over HTTPS.
type client struct {
	name, kind, begin string
	culprit           string // that errors name; "" for the host
	passes            string // answers that are no error for it, since it reports them: by their names
	ask               func(ctx context.Context, server *httptest.Server, through *http.Client) error
}

type anyToken struct{}

func (anyToken) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "secret-token", ExpiresOn: time.Now().Add(time.Hour)}, nil
}

// clients are all that the program has.
func clients() []client {
	const jsonType = "application/json"
	zone := dnsservice.Zone{ID: "Z1", Name: "contoso.com."}
	sets := func(ctx context.Context, s dnsservice.Service, err error) error {
		if err == nil {
			_, err = s.Sets(ctx, zone)
		}
		return err
	}
	options := func(server *httptest.Server, through *http.Client) dnsservice.Options {
		return dnsservice.Options{URL: server.URL, HTTP: through, Timeout: patience, Sleep: func(context.Context, time.Duration) bool { return false }}
	}
	return []client{
		{"Graph, a list", jsonType, `{"value":[`, "", "", func(ctx context.Context, server *httptest.Server, through *http.Client) error {
			c, err := graph.New(graph.Options{Endpoint: server.URL, Credential: anyToken{}, HTTP: through, Timeout: patience})
			if err != nil {
				return err
			}
			return c.List(ctx, "users", nil, func(json.RawMessage) error { return nil })
		}},
		{"finding a tenant", jsonType, `{"error_codes":[`, "", "", func(ctx context.Context, server *httptest.Server, through *http.Client) error {
			here := clouds.Cloud{Name: "commercial", LoginHosts: []string{server.Listener.Addr().String()}}
			_, err := graph.Discovery{HTTP: through, Cloud: here}.Tenant(ctx, "contoso.com")
			return err
		}},
		{"signing in to Entra", jsonType, `{"error":[`, "Entra", "", func(ctx context.Context, server *httptest.Server, through *http.Client) error {
			c, err := token.Identity{
				Method: "secret", TenantID: "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11", ClientID: "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b12",
				Secret: "secret", LoginURL: server.URL, Private: true, HTTP: through,
			}.Credential()
			if err == nil {
				_, err = token.Issue(ctx, c, "https://graph.example/.default")
			}
			return err
		}},
		{"Route 53", "text/xml", `<ListResourceRecordSetsResponse><ResourceRecordSets>`, "Route 53", "", func(ctx context.Context, server *httptest.Server, through *http.Client) error {
			s, err := dnsservice.NewRoute53(dnsservice.Route53Options{Options: options(server, through), Credentials: credentials.NewStaticCredentialsProvider("AKID", "secret", "")})
			return sets(ctx, s, err)
		}},
		{"Azure DNS", jsonType, `{"value":[`, "Azure DNS", "", func(ctx context.Context, server *httptest.Server, through *http.Client) error {
			s, err := dnsservice.NewAzure(dnsservice.AzureOptions{Options: options(server, through), Credential: anyToken{}, Subscription: "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11"})
			return sets(ctx, s, err)
		}},
		{"Cloudflare", jsonType, `{"success":true,"result":[`, "Cloudflare", "", func(ctx context.Context, server *httptest.Server, through *http.Client) error {
			s, err := dnsservice.NewCloudflare(dnsservice.CloudflareOptions{Options: options(server, through), Token: "secret"})
			return sets(ctx, s, err)
		}},
		{"a document", "text/xml", `<a>`, "", "deep, cut off, no text, another type, endless refusal", func(ctx context.Context, server *httptest.Server, through *http.Client) error {
			_, err := document.Fetch(ctx, through, server.URL)
			return err
		}},
		{"the path of a sign-in", jsonType, `{"_links":[`, "no host: hops name it", "endless, endless text, unpacks without end, deep, cut off, no text, another type, endless refusal", func(ctx context.Context, server *httptest.Server, _ *http.Client) error {
			u, err := url.Parse(server.URL)
			if err != nil {
				return err
			}
			_, err = (&trace.Client{Limit: patience, Now: time.Now}).Send(ctx, trace.Request{URL: u})
			return err
		}},
		{"the forest", jsonType, `{"_links":[`, "webdir.online.example", "", func(ctx context.Context, server *httptest.Server, _ *http.Client) error {
			there := document.Client(document.Options{TLS: &tls.Config{InsecureSkipVerify: true}, Address: func(string) string { return server.Listener.Addr().String() }})
			_, err := autodiscover.Finder{HTTP: there, Root: "https://webdir.online.example/Autodiscover/AutodiscoverService.svc/root"}.Forest(ctx, "contoso.com")
			return err
		}},
		{"WS-Man", "application/soap+xml;charset=UTF-8", `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>`, "", "", func(ctx context.Context, server *httptest.Server, _ *http.Client) error {
			host, text, _ := net.SplitHostPort(server.Listener.Addr().String())
			port, _ := strconv.Atoi(text)
			h, err := wsman.New(wsman.Options{Host: host, Port: port, CA: authority(server), Username: "svc", Password: "secret"})
			if err != nil {
				return err
			}
			defer h.Close()
			_, err = h.Start(ctx, "powershell.exe")
			return err
		}},
	}
}

func authority(server *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
}

// Whatever answers, every client comes to an end, with an error that names the culprit, and without taking what it is sent.
func TestNoAnswerIsTakenWithoutEnd(t *testing.T) {
	for _, c := range clients() {
		for _, way := range hostile.Answers() {
			t.Run(c.name+"/"+way.Name, func(t *testing.T) {
				s := &hostile.Server{Answer: way, Type: c.kind, Begin: c.begin}
				asked(t, c, s)
			})
		}
	}
}

func asked(t *testing.T, c client, s *hostile.Server) {
	limit := tooLong
	if s.Slow { // those that have no shorter time of their own end with their caller's
		limit = 2 * patience
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	requests := 0
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests++; requests == 2 { // asked again, which is fair: once is enough for a test
			cancel()
			return
		}
		s.ServeHTTP(w, r)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	defer server.CloseClientConnections()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, authority(server), 0o600); err != nil {
		t.Fatal(err)
	}
	through, err := rest.Client("", ca, "")
	if err != nil {
		t.Fatal(err)
	}
	defer through.CloseIdleConnections()
	began := time.Now()
	var failed error
	peak := hostile.Peak(t, func() { failed = c.ask(ctx, server, through) })
	if took := time.Since(began); took >= tooLong {
		t.Errorf("it took %s", took)
	}
	if sent := s.Sent.Load(); sent > most && s.Name != "unpacks without end" {
		t.Errorf("%d bytes were taken", sent)
	}
	if peak > room {
		t.Errorf("it took %d bytes of memory", peak)
	}
	tells(t, c, s, server, failed)
}

func tells(t *testing.T, c client, s *hostile.Server, server *httptest.Server, err error) {
	if err == nil {
		if !strings.Contains(", "+c.passes+", ", ", "+s.Name+", ") {
			t.Error("it is taken for an answer")
		}
		return
	}
	culprit := c.culprit
	if culprit == "" {
		culprit = server.Listener.Addr().String()
	}
	if text := err.Error(); !strings.Contains(text, culprit) && c.name != "the path of a sign-in" || len(text) > 2000 {
		t.Errorf("%s is not named, or too much is said: %.400s", culprit, text)
	}
	if text := fmt.Sprint(err); strings.Contains(text, "secret") {
		t.Errorf("a secret is told: %.400s", text)
	}
}
