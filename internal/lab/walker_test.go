package lab

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// A walker asks a lab as a client does, over the network.
type walker struct {
	t      *testing.T
	at     Endpoints
	http   *http.Client
	target string // what names lead to by aliases
	last   http.Header
}

func walk(t *testing.T, l *Lab) *walker {
	t.Helper()
	w := &walker{t: t, at: l.Endpoints()}
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		name, port, _ := net.SplitHostPort(address)
		return (&net.Dialer{}).DialContext(ctx, network, w.at.Dial(name, w.target, port))
	}
	transport := &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: w.roots()}}
	t.Cleanup(transport.CloseIdleConnections)
	w.http = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return w
}

func (w *walker) roots() *x509.CertPool {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM([]byte(w.at.TLS.RootPEM)) {
		w.t.Fatal("the authority is no certificate")
	}
	return pool
}

// asks sends a request with headers "Name: value".
func (w *walker) asks(method, address, body string, headers ...string) (int, string) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	answer, err := w.http.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	w.last = answer.Header
	return answer.StatusCode, string(text)
}

func (w *walker) get(address string, headers ...string) (int, string) {
	w.t.Helper()
	return w.asks(http.MethodGet, address, "", headers...)
}

// links gives an answer in JSON, by member.
func (w *walker) links(address string, headers ...string) map[string]string {
	w.t.Helper()
	status, text := w.get(address, append(headers, "Accept: application/json")...)
	var read struct {
		Links map[string]struct{ Href string } `json:"_links"`
	}
	if err := json.Unmarshal([]byte(text), &read); err != nil || status != http.StatusOK {
		w.t.Fatalf("%s: %d %q: %v", address, status, text, err)
	}
	all := map[string]string{}
	for name, l := range read.Links {
		all[name] = l.Href
	}
	return all
}

const acceptXML = "Accept: application/vnd.microsoft.rtc.autodiscover+xml;v=1"

// A told is an answer in XML.
type told struct {
	XMLName  xml.Name
	Location string `xml:"AccessLocation,attr"`
	Part     struct {
		XMLName xml.Name
		All     []struct {
			XMLName xml.Name
			Token   string `xml:"token,attr"`
			Href    string `xml:"href,attr"`
			FQDN    string `xml:"fqdn,attr"`
			Port    int    `xml:"port,attr"`
		} `xml:",any"`
	} `xml:",any"`
}

// by is the address of a token, or FQDN:port of an access.
func (d told) by(token string) string {
	for _, one := range d.Part.All {
		switch {
		case one.Token == token:
			return one.Href
		case one.XMLName.Local == token:
			return fmt.Sprintf("%s:%d", one.FQDN, one.Port)
		}
	}
	return ""
}

func (w *walker) xml(address string, headers ...string) told {
	w.t.Helper()
	status, text := w.get(address, append([]string{acceptXML}, headers...)...)
	var read told
	if err := xml.Unmarshal([]byte(text), &read); err != nil || status != http.StatusOK || read.XMLName.Local != "AutodiscoverResponse" {
		w.t.Fatalf("%s: %d %q: %v", address, status, text, err)
	}
	if kind := w.last.Get("Content-Type"); !strings.HasPrefix(kind, "application/vnd.microsoft.rtc.autodiscover+xml") {
		w.t.Errorf("%s: %s", address, kind)
	}
	return read
}

func (w *walker) ticket(address, user, password string) (int, string) {
	w.t.Helper()
	form := url.Values{"grant_type": {"password"}, "username": {user}, "password": {password}}.Encode()
	status, text := w.asks(http.MethodPost, address, form, "Content-Type: application/x-www-form-urlencoded;charset=UTF-8")
	var read struct {
		Token string `json:"access_token"`
		Error string `json:"error"`
	}
	if err := json.Unmarshal([]byte(text), &read); err != nil {
		w.t.Fatalf("%d %q: %v", status, text, err)
	}
	return status, read.Token + read.Error
}

// bearer is the header of a ticket that the lab gives for its password.
func (w *walker) bearer(host, user string) string {
	w.t.Helper()
	status, token := w.ticket("https://"+host+"/WebTicket/oauthtoken", user, w.at.WinRM.Password)
	if status != http.StatusOK || !strings.HasPrefix(token, "cwt=") {
		w.t.Fatalf("%d %s", status, token)
	}
	return "Authorization: Bearer " + token
}

func same(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// registers speaks SIP to an end, and gives the answer.
func (w *walker) registers(name, port, text string) string {
	w.t.Helper()
	c, err := tls.Dial("tcp", w.at.Dial(name, "", port), &tls.Config{ServerName: name, RootCAs: w.roots()})
	if err != nil {
		w.t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	if _, err := io.WriteString(c, strings.ReplaceAll(text, "\n", "\r\n")); err != nil {
		w.t.Fatal(err)
	}
	var all strings.Builder
	for one := make([]byte, 1); !strings.HasSuffix(all.String(), "\r\n\r\n"); {
		if _, err := c.Read(one); err != nil {
			w.t.Fatalf("%v after %s", err, all.String())
		}
		all.Write(one)
	}
	return all.String()
}
