package autodiscover

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const root = "https://webdir.online.lync.com" + Path

// cloud answers by host; a host that is not in it does not exist.
type cloud map[string]http.HandlerFunc

// finder asks a cloud over TLS: names are those of the real one, connections go to the test.
func (c cloud) finder(t *testing.T) Finder {
	t.Helper()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c[r.Host](w, r) }))
	t.Cleanup(server.Close)
	transport := server.Client().Transport.(*http.Transport).Clone()
	transport.TLSClientConfig.InsecureSkipVerify = true // the test's certificate has other names
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		name, _, _ := net.SplitHostPort(address)
		if c[name] == nil {
			return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
		}
		return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return Finder{HTTP: &http.Client{Transport: transport, CheckRedirect: stay}, Root: root}
}

// here answers as a host that leads nowhere else.
func here(w http.ResponseWriter, r *http.Request) {
	self := r.Host
	if self == "webdir.online.lync.com" {
		self = "webdir0e.online.lync.com"
	}
	fmt.Fprintf(w, `{"_links":{"self":{"href":"https://%s%s?%s"},"user":{"href":"https://x/"},"xframe":{"href":"https://x/"}}}`, self, r.URL.Path, r.URL.RawQuery)
}

// to answers with a redirect in the body.
func to(address string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept") != "application/json" || r.URL.Query().Get("originalDomain") != "contoso.com" {
			http.Error(w, "asked in another way", http.StatusTeapot)
			return
		}
		fmt.Fprintf(w, `{"_links":{"self":{"href":"https://webdir0e.online.lync.com%s"},"redirect":{"href":%q}}}`, Path, address)
	}
}

func forestURL(forest string) string {
	return "https://webdir" + forest + ".online.lync.com" + Path + "?originalDomain=contoso.com"
}

func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

func TestAForestIsFound(t *testing.T) {
	t.Parallel()
	tests := map[string]cloud{
		"sent there": {"webdir.online.lync.com": to(forestURL("1e")), "webdir1e.online.lync.com": here},
		"in several hops": {
			"webdir.online.lync.com": to(forestURL("2a")), "webdir2a.online.lync.com": to("https://WEBDIR1E.Online.lync.com" + Path + "?originalDomain=contoso.com"),
			"webdir1e.online.lync.com": here, "WEBDIR1E.Online.lync.com": here,
		},
		"with a relative link on the way": {"webdir.online.lync.com": to(Path + "/again?originalDomain=contoso.com"), "webdir1e.online.lync.com": here},
		"by a proxy": {"webdir.online.lync.com": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", forestURL("1e"))
			w.WriteHeader(http.StatusFound)
		}, "webdir1e.online.lync.com": here},
	}
	relative := tests["with a relative link on the way"]
	first := relative["webdir.online.lync.com"]
	relative["webdir.online.lync.com"] = func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/again") {
			first = to(forestURL("1e"))
		}
		first(w, r)
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := c.finder(t).Forest(t.Context(), "contoso.com")
			if err != nil || got != (Forest{Name: "1e", Host: "webdir1e.online.lync.com"}) {
				t.Errorf("%+v, %v", got, err)
			}
			if want := "https://admin1e.online.lync.com/HostedMigration/hostedmigrationService.svc"; got.MigrationURL() != want {
				t.Errorf("%s, want %s", got.MigrationURL(), want)
			}
		})
	}
}

// The forest that happens to answer at the cloud's name leads nowhere when it is the domain's own: another one does.
func TestTheForestThatAnswersIsTheDomainsOwn(t *testing.T) {
	t.Parallel()
	c := cloud{"webdir.online.lync.com": here, "webdir0a.online.lync.com": to(forestURL("0e")), "webdir0e.online.lync.com": here}
	if got, err := c.finder(t).Forest(t.Context(), "contoso.com"); err != nil || got.Name != "0e" {
		t.Errorf("%+v, %v", got, err)
	}
	delete(c, "webdir0a.online.lync.com")
	_, err := c.finder(t).Forest(t.Context(), "contoso.com")
	if err == nil || !strings.Contains(err.Error(), "cannot be told") {
		t.Errorf("without another to ask: %v", err)
	}
}

func TestNoSourceSaysWhereOtherCloudsMigrate(t *testing.T) {
	t.Parallel()
	f := Forest{Name: "1a", Host: "webdir1a.online.gov.skypeforbusiness.us"}
	if got := f.MigrationURL(); got != "" {
		t.Error(got)
	}
}

func TestAnUnknownDomainIsNotAServiceThatIsGone(t *testing.T) {
	t.Parallel()
	missing := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery != "" {
			http.NotFound(w, r)
			return
		}
		here(w, r)
	}
	unknown := map[string]cloud{
		"no forest leads on":      {"webdir.online.lync.com": here, "webdir0a.online.lync.com": here},
		"not found":               {"webdir.online.lync.com": missing},
		"not found in a forest":   {"webdir.online.lync.com": to(forestURL("1e")), "webdir1e.online.lync.com": missing},
		"the answer names no one": {"webdir.online.lync.com": says(200, `{"_links":{}}`)},
	}
	for name, c := range unknown {
		_, err := c.finder(t).Forest(t.Context(), "contoso.com")
		var want *UnknownDomainError
		if !errors.As(err, &want) || !strings.Contains(err.Error(), "does not know contoso.com: check the spelling") {
			t.Errorf("%s: %v", name, err)
		}
	}
	gone := map[string]cloud{
		"no such name":        {},
		"no such forest":      {"webdir.online.lync.com": to(forestURL("1e"))},
		"gone":                {"webdir.online.lync.com": says(410, "")},
		"nothing but absence": {"webdir.online.lync.com": says(404, "")},
	}
	for name, c := range gone {
		_, err := c.finder(t).Forest(t.Context(), "contoso.com")
		var want *GoneError
		if !errors.As(err, &want) || !strings.Contains(err.Error(), "is gone from webdir") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatIsNotFollowed(t *testing.T) {
	t.Parallel()
	endless := cloud{}
	for _, n := range []string{"", "0a", "0b", "0c", "0d", "0e", "0f", "1a", "1b", "1c", "1d", "1e"} {
		at := n
		endless["webdir"+n+".online.lync.com"] = func(w http.ResponseWriter, r *http.Request) {
			next := map[string]string{"": "0a", "0a": "0b", "0b": "0c", "0c": "0d", "0d": "0e", "0e": "0f", "0f": "1a", "1a": "1b", "1b": "1c", "1c": "1d", "1d": "1e"}[at]
			to(forestURL(next))(w, r)
		}
	}
	start := func(handler http.HandlerFunc) cloud { return cloud{"webdir.online.lync.com": handler} }
	tests := map[string]struct {
		cloud cloud
		want  string
	}{
		"a circle":         {cloud{"webdir.online.lync.com": to(forestURL("0a")), "webdir0a.online.lync.com": to(strings.ToUpper(root[:30]) + root[30:] + "?originalDomain=contoso.com")}, "in a circle"},
		"eleven hops":      {endless, "was sent on 10 times"},
		"another domain":   {start(to("https://webdir0a.online.lync.com.example.net" + Path)), "which is not of the cloud (*.online.lync.com): it is not followed"},
		"a lookalike":      {start(to("https://evilonline.lync.com" + Path)), "not of the cloud"},
		"another port":     {start(to("https://webdir0a.online.lync.com:8443" + Path)), "not of the cloud"},
		"with a password":  {start(to("https://u:p4ss@webdir0a.online.lync.com" + Path)), "not of the cloud"},
		"without TLS":      {start(to("http://webdir0a.online.lync.com" + Path)), "not protected by TLS"},
		"no address":       {start(to("https://webdir0a.online.lync.com/%zz")), "which is no address"},
		"a proxy's page":   {start(says(200, "<html>Sign in</html>")), "not as an autodiscover service does"},
		"other JSON":       {start(says(200, `{"error":"x"}`)), "not as an autodiscover service does"},
		"an error":         {start(says(503, "")), "answers 503"},
		"a broken off one": {start(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), "does not answer"},
	}
	for name, test := range tests {
		_, err := test.cloud.finder(t).Forest(t.Context(), "contoso.com")
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "p4ss") {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
		var unknown *UnknownDomainError
		var gone *GoneError
		if errors.As(err, &unknown) || errors.As(err, &gone) {
			t.Errorf("%s is taken for an answer about the domain or the service: %v", name, err)
		}
	}
}
