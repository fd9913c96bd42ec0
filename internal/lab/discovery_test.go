package lab

import (
	"crypto/x509"
	"encoding/xml"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"

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
	for _, want := range []string{
		`Bearer trusted_issuers="`, `client_id="00000004-0000-0ff1-ce00-000000000000"`,
		`MsRtcOAuth href="https://pool01-web.contoso.com/WebTicket/oauthtoken",grant_type="urn:microsoft.rtc:windows,urn:microsoft.rtc:anonmeeting,password"`,
	} {
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
	first, second := w.bearer("pool01-web.contoso.com", "alan@contoso.com"), w.bearer("pool01-web.contoso.com", "alan@contoso.com")
	if first == second {
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
		{"pool01.contoso.com", dns.RcodeSuccess, true},
		{"POOL01-web.contoso.com", dns.RcodeSuccess, true},
		{"webdir0a.online.lync.com", dns.RcodeSuccess, true},
		{"webdir.online.lync.com", dns.RcodeNameError, false},
		{"nowhere.contoso.com", dns.RcodeNameError, false},
		{"www.example.org", dns.RcodeRefused, false},
	} {
		m, _, err := new(dns.Client).Exchange(new(dns.Msg).SetQuestion(dns.Fqdn(c.name), dns.TypeA), l.Endpoints().NameServer("dns.external", "ns1.contoso.com"))
		if err != nil || m.Rcode != c.rcode || (len(m.Answer) > 0) != c.found {
			t.Errorf("%s: %v %v", c.name, m, err)
		}
	}
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
