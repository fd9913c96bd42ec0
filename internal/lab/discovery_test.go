package lab

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"hybrid/internal/lab/graph"
)

// discoverable is an estate with users on both sides and the cloud's hosting provider. Several pools answer.
func discoverable(answers ...string) *Estate {
	needs := needed()
	needs.Users = append(needs.Users, NeededUser{SIP: "sip:hedy@contoso.com", Enabled: true, RegistrarPool: "pool02.contoso.com"})
	e := Seed(needs, SeedOptions{})
	e.Put("CsHostingProvider", Object{
		"Identity": "LyncOnline", "Name": "LyncOnline", "ProxyFqdn": "sipfed.online.lync.com", "Enabled": true, "EnabledSharedAddressSpace": true,
		"HostsOCSUsers": true, "AutodiscoverUrl": "https://webdir.online.lync.com/Autodiscover/AutodiscoverService.svc/root",
	})
	ends := e.Ends
	ends.Answers = answers
	e.SetEnds(ends)
	return e
}

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

const (
	rootAt   = "/Autodiscover/AutodiscoverService.svc/root"
	outside1 = "https://pool01-web.contoso.com" + rootAt
	inside1  = "https://pool01.contoso.com" + rootAt
	ofDomain = "?originalDomain=contoso.com"
)

func TestAutodiscoverIsServedOnBothSitesInBothForms(t *testing.T) {
	t.Parallel()
	w := walk(t, start(t, discoverable()))
	for _, c := range []struct{ host, base, location string }{
		{"lyncdiscover.contoso.com", outside1, "External"}, {"lyncdiscoverinternal.contoso.com", inside1, "Internal"},
	} {
		plain := w.links("http://" + c.host + "/?sipuri=alan@contoso.com")
		same(t, "over plain HTTP", plain["redirect"], c.base+ofDomain)
		if got := w.xml("http://" + c.host + "/"); got.by("Redirect") != c.base+ofDomain || len(got.Part.All) != 1 || got.Part.XMLName.Local != "Root" {
			t.Errorf("over plain HTTP: %+v", got)
		}
		root := w.links("https://" + c.host + "/")
		same(t, "user in JSON", root["user"], c.base+"/oauth/user"+ofDomain)
		same(t, "self", root["self"], c.base+ofDomain)
		same(t, "no redirect", root["redirect"], "")
		same(t, "who answered", w.last.Get("X-MS-Server-Fqdn"), "pool01.contoso.com")
		same(t, "how long it may be kept", w.last.Get("Cache-Control"), "no-cache")
		document := w.xml("https://" + c.host + strings.ToUpper(rootAt))
		same(t, "location", document.Location, c.location)
		same(t, "user in XML", document.by("User"), c.base+"/user"+ofDomain)
		same(t, "oauth", document.by("OAuth"), c.base+"/oauth/user"+ofDomain)
		domain := w.xml(document.by("Domain"))
		same(t, "part", domain.Part.XMLName.Local, "Domain")
		same(t, "inside", domain.by("Internal/Autodiscover"), inside1)
		same(t, "outside", domain.by("External/Autodiscover"), outside1)
		same(t, "hybrid", domain.by("Hybrid"), "https://webdir.online.lync.com"+rootAt)
		same(t, "SIP inside", domain.by("SipServerInternalAccess"), "pool01.contoso.com:5061")
		same(t, "SIP outside", domain.by("SipClientExternalAccess"), "sip.contoso.com:443")
	}
	if status, text := w.get("https://lyncdiscover.contoso.com/"); status != 200 || !strings.HasPrefix(text, `{"_links"`) {
		t.Errorf("to whoever says nothing: %d %s", status, text)
	}
	if status, _ := w.get("https://lyncdiscover.contoso.com/elsewhere"); status != http.StatusNotFound {
		t.Errorf("another path: %d", status)
	}
	if status, _ := w.get("http://lyncdiscover.contoso.com" + rootAt + "/user"); status != http.StatusForbidden {
		t.Errorf("a user over plain HTTP: %d", status)
	}
	same(t, "domain of the query", w.links(outside1 + "?SIPURI=sip:a@fabrikam.com")["self"], outside1+"?originalDomain=fabrikam.com")
}

func TestUserWithoutATicketIsChallenged(t *testing.T) {
	t.Parallel()
	w := walk(t, start(t, discoverable()))
	status, text := w.get(outside1 + "/user" + ofDomain)
	families := strings.Join(w.last.Values("WWW-Authenticate"), "\n")
	if status != http.StatusUnauthorized || text != "" || len(w.last.Values("WWW-Authenticate")) != 2 {
		t.Errorf("%d %q %s", status, text, families)
	}
	for _, want := range []string{`Bearer trusted_issuers="`, `client_id="00000004-0000-0ff1-ce00-000000000000"`,
		`MsRtcOAuth href="https://pool01-web.contoso.com/WebTicket/oauthtoken",grant_type="urn:microsoft.rtc:windows,urn:microsoft.rtc:anonmeeting,password"`} {
		if !strings.Contains(families, want) {
			t.Errorf("%s\nlacks %s", families, want)
		}
	}
	tickets := w.last.Get("X-MS-WebTicketURL")
	same(t, "web tickets", tickets, "https://pool01-web.contoso.com/WebTicket/WebTicketService.svc")
	if status, text = w.get(tickets + "/mex"); status != 200 || !strings.Contains(text, `port name="WebTicketServiceWinNegotiate"><soap:address location="https://pool01-web.contoso.com/`) || xml.Unmarshal([]byte(text), &told{}) != nil {
		t.Errorf("%d %s", status, text)
	}
	if status, _ = w.asks(http.MethodPost, tickets, "<RST/>"); status != http.StatusUnauthorized || !strings.Contains(w.last.Get("X-Ms-Diagnostics"), "28020") {
		t.Errorf("a ticket by WS-Trust: %d %v", status, w.last)
	}
	if status, _ = w.get(outside1+"/user", "Authorization: Bearer cwt=AAEBforged"); status != http.StatusUnauthorized {
		t.Errorf("a forged ticket: %d", status)
	}
}

func TestTicketsAreGivenForTheLabsPassword(t *testing.T) {
	t.Parallel()
	w := walk(t, start(t, discoverable()))
	const at = "https://pool01-web.contoso.com/WebTicket/oauthtoken"
	for _, c := range []struct{ user, password string }{{"alan@contoso.com", "wrong"}, {"alan@contoso.com", ""}, {"nobody@contoso.com", w.at.WinRM.Password}} {
		if status, code := w.ticket(at, c.user, c.password); status != http.StatusBadRequest || code != "invalid_grant" {
			t.Errorf("%v: %d %s", c, status, code)
		}
		if got := w.last.Get("X-Ms-Diagnostics"); !regexp.MustCompile(`^28020;source="pool01\.contoso\.com";reason="[^"]+";$`).MatchString(got) {
			t.Errorf("diagnostics %s", got)
		}
	}
	form := "Content-Type: application/x-www-form-urlencoded"
	if status, text := w.asks(http.MethodPost, at, "grant_type=urn:microsoft.rtc:windows", form); status != http.StatusBadRequest || text != `{"error":"unsupported_grant_type"}` {
		t.Errorf("Windows' own: %d %s", status, text)
	}
	if status, text := w.asks(http.MethodPost, at, "", form); status != http.StatusBadRequest || text != `{"error":"invalid_request"}` {
		t.Errorf("nothing: %d %s", status, text)
	}
	if w.bearer("pool01-web.contoso.com", "alan@contoso.com") == w.bearer("pool01-web.contoso.com", "alan@contoso.com") {
		t.Error("two tickets are the same")
	}
}

func TestUserIsToldWhereHome(t *testing.T) {
	t.Parallel()
	l := start(t, discoverable())
	w := walk(t, l)
	as := func(user string) string { return w.bearer("pool01-web.contoso.com", user) }
	alan := as("alan@contoso.com")
	same(t, "at home, in JSON", w.links(outside1+"/oauth/user", alan)["applications"], "https://pool01-web.contoso.com/ucwa/oauth/v1/applications")
	home := w.xml(outside1+"/user", alan)
	same(t, "part", home.Part.XMLName.Local, "User")
	for token, want := range map[string]string{
		"Internal/Ucwa": "https://pool01.contoso.com/ucwa/v1/applications", "External/Mcx": "https://pool01-web.contoso.com/Mcx/McxService.svc",
		"External/AuthBroker": "https://pool01-web.contoso.com/Reach/sip.svc", "SipClientExternalAccess": "sip.contoso.com:443", "Redirect": "",
	} {
		same(t, token, home.by(token), want)
	}
	hedy := as("hedy@contoso.com")
	same(t, "on another pool, outside", w.links(outside1+"/user", hedy)["redirect"], "https://pool02-web.contoso.com"+rootAt)
	same(t, "on another pool, inside", w.links(inside1+"/user", hedy)["redirect"], "https://pool02.contoso.com"+rootAt)
	same(t, "there", w.links("https://pool02.contoso.com"+rootAt+"/user", hedy)["redirect"], "")
	grace := w.xml(outside1+"/user", as("grace@contoso.com"))
	if grace.by("Redirect") != "https://webdir.online.lync.com"+rootAt || len(grace.Part.All) != 1 {
		t.Errorf("homed online: %+v", grace)
	}
	if status, text := w.get(outside1+"/user", as("ada@contoso.com")); status != http.StatusNotFound || text != "" {
		t.Errorf("never enabled: %d %q", status, text)
	}
	moved(t, l)
	same(t, "after a move", w.links(outside1+"/user", alan)["redirect"], "https://webdir.online.lync.com"+rootAt)
}

// moved moves Alan to the cloud, as apply does.
func moved(t *testing.T, l *Lab) {
	t.Helper()
	rows(t, session(t, l, "Move-CsUser"), command("Move-CsUser", "Identity", "sip:alan@contoso.com", "Target", "sipfed.online.lync.com", "Confirm", false))
}

func TestCloudSendsATenantToItsForest(t *testing.T) {
	t.Parallel()
	e := discoverable()
	e.SetDirectory(graph.Directory{Domains: []string{"contoso.com"}, Forest: "1e"})
	w := walk(t, start(t, e))
	const home = "https://webdir1e.online.lync.com" + rootAt + ofDomain
	first := w.links("https://webdir.online.lync.com" + rootAt + ofDomain)
	same(t, "redirect", first["redirect"], home)
	same(t, "self", first["self"], "https://webdir0e.online.lync.com"+rootAt+ofDomain)
	same(t, "in XML", w.xml("https://webdir.online.lync.com"+rootAt+ofDomain).by("Redirect"), home)
	there := w.links(home)
	same(t, "there", there["redirect"], "")
	same(t, "who answered", w.last.Get("X-MS-Server-Fqdn"), "webdir1e.online.lync.com")
	domain := w.xml(w.xml(home).by("Domain"))
	if domain.by("Hybrid") != "" || domain.by("External/RemotePowerShell") == "" || domain.by("Internal/Autodiscover") != "" {
		t.Errorf("%+v", domain)
	}
	status, _ := w.get(there["user"])
	if got := strings.Join(w.last.Values("WWW-Authenticate"), "\n"); status != http.StatusUnauthorized || !strings.Contains(got, `authorization_uri="https://login.microsoftonline.com/`) || strings.Contains(got, "password") {
		t.Errorf("%d %s", status, got)
	}
	if _, text := w.get("https://webdir1e.online.lync.com/WebTicket/WebTicketService.svc/mex", "X-User-Identity: alan@contoso.com"); !strings.Contains(text, `authorizationUri="https://login.microsoftonline.com/`) {
		t.Error(text)
	}
	same(t, "unknown to it", w.links("https://webdir.online.lync.com" + rootAt + "?originalDomain=else.where")["redirect"], "")
	if status, code := w.ticket("https://webdir1e.online.lync.com/WebTicket/oauthtoken", "alan@contoso.com", w.at.WinRM.Password); status != http.StatusBadRequest || code != "unsupported_grant_type" {
		t.Errorf("a password: %d %s", status, code)
	}
	w.target = "webdir.online.lync.com"
	same(t, "by an alias, over plain HTTP", w.links("http://lyncdiscover.contoso.com/")["redirect"], "https://webdir0e.online.lync.com"+rootAt+ofDomain)
	_, err := w.http.Get("https://lyncdiscover.contoso.com/")
	if wrong := (x509.HostnameError{}); !errors.As(err, &wrong) {
		t.Errorf("by an alias, over HTTPS: %v", err)
	}
}

func TestCloudTellsWhereHomeIfItTakesPasswords(t *testing.T) {
	t.Parallel()
	e := discoverable()
	e.SetEnds(Ends{CloudPasswords: true})
	w := walk(t, start(t, e))
	const user = "https://webdir0a.online.lync.com" + rootAt + "/oauth/user" + ofDomain
	same(t, "online", w.links(user, w.bearer("webdir0a.online.lync.com", "grace@contoso.com"))["applications"], "https://webdir0a.online.lync.com/ucwa/oauth/v1/applications")
	alan := w.bearer("webdir0a.online.lync.com", "alan@contoso.com")
	same(t, "on the servers", w.links(user, alan)["redirect"], "https://lyncdiscover.contoso.com"+rootAt)
	if status, _ := w.get(outside1+"/user", alan); status != http.StatusUnauthorized {
		t.Errorf("the cloud's ticket on the servers: %d", status)
	}
}

func TestNamesOnTheWayResolve(t *testing.T) {
	t.Parallel()
	e := discoverable("webdir.online.lync.com=gone")
	l := start(t, e)
	for _, c := range []struct {
		name  string
		rcode int
		found bool
	}{
		{"pool01.contoso.com", dns.RcodeSuccess, true}, {"POOL01-web.contoso.com", dns.RcodeSuccess, true}, {"webdir0a.online.lync.com", dns.RcodeSuccess, true},
		{"webdir.online.lync.com", dns.RcodeNameError, false}, {"nowhere.contoso.com", dns.RcodeNameError, false}, {"www.example.org", dns.RcodeRefused, false},
	} {
		m, _, err := new(dns.Client).Exchange(new(dns.Msg).SetQuestion(dns.Fqdn(c.name), dns.TypeA), l.Endpoints().NameServer("dns.external", "ns1.contoso.com"))
		if err != nil || m.Rcode != c.rcode || (len(m.Answer) > 0) != c.found {
			t.Errorf("%s: %v %v", c.name, m, err)
		}
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

func TestSIPOffersWaysToSignIn(t *testing.T) {
	t.Parallel()
	w := walk(t, start(t, discoverable()))
	const rest = "Via: SIP/2.0/TLS 10.0.0.1:5061;branch=z9hG4bK1\nFrom: <sip:alan@contoso.com>;tag=1\nTo: <sip:alan@contoso.com>\nCall-ID: c1\nCSeq: 1 "
	for _, port := range []string{"5061", "443"} {
		got := w.registers("sip.contoso.com", port, "REGISTER sip:contoso.com SIP/2.0\n"+rest+"REGISTER\nContent-Length: 0\n\n")
		order := regexp.MustCompile(`(?s)^SIP/2\.0 401 Unauthorized\r\nVia: SIP/2\.0/TLS 10\.0\.0\.1:5061;branch=z9hG4bK1\r\n.*Call-ID: c1\r\nCSeq: 1 REGISTER\r\nWWW-Authenticate: TLS-DSK .*\r\nWWW-Authenticate: Kerberos .*\r\nWWW-Authenticate: NTLM .*targetname="pool01\.contoso\.com"`)
		if !order.MatchString(got) {
			t.Errorf("port %s:\n%s", port, got)
		}
	}
	if got := w.registers("sip.contoso.com", "5061", "OPTIONS sip:contoso.com SIP/2.0\n"+rest+"OPTIONS\nl: 2\n\nhi"); !strings.HasPrefix(got, "SIP/2.0 200 OK\r\n") {
		t.Error(got)
	}
	if got := w.registers("sip.contoso.com", "5061", "\n\nINVITE sip:contoso.com SIP/2.0\n"+rest+"INVITE\n\n"); !strings.HasPrefix(got, "SIP/2.0 405 ") {
		t.Error(got)
	}
	if got := w.registers("sipdir.online.lync.com", "443", "REGISTER sip:contoso.com SIP/2.0\n"+rest+"REGISTER\n\n"); !strings.Contains(got, `targetname="sipdir.online.lync.com"`) {
		t.Error(got)
	}
}
