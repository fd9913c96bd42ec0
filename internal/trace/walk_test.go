package trace

import (
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const (
	service = "/Autodiscover/AutodiscoverService.svc/root"
	cloud   = "https://webdir.online.lync.com" + service
	pass    = "correct-horse-9"
	cwt     = "cwt=AAEBHAEFAA-secret"
)

const rootDocument = `{"_links":{"self":{"href":"https://web.contoso.com` + service + `"},"user":{"href":"https://web.contoso.com` + service + `/oauth/user?originalDomain=contoso.com"},"xframe":{"href":"https://web.contoso.com/x"}}}`

const homedDocument = `{"_links":{"self":{"href":"/"},"applications":{"href":"https://web.contoso.com/ucwa/oauth/v1/applications"}}}`

func (w *world) walk(t *testing.T, k Known, as *Credential, v View) Path {
	t.Helper()
	tr := Walker{Source: w.start(t), Known: k, As: as}.Walk(t.Context(), "sip:ada@contoso.com", v)
	if out := told(tr.Paths[0]); strings.Contains(out, pass) || strings.Contains(out, cwt) {
		t.Errorf("a secret is told:\n%s", out)
	}
	return tr.Paths[0]
}

var ada = &Credential{User: "ada@contoso.com", Password: pass}

func TestPathsThatAreAsDescribed(t *testing.T) {
	t.Parallel()
	holds(t, contoso().walk(t, onServers(), nil, Outside), Described,
		"as described | name | lyncdiscoverinternal.contoso.com A, AAAA", "there is no such name",
		"as described | root | GET http://lyncdiscover.contoso.com/?sipuri=ada%40contoso.com | 203.0.113.5:80 | 200 OK | it leads to https://lyncdiscover.contoso.com/",
		"as described | root | GET https://lyncdiscover.contoso.com/?sipuri=ada%40contoso.com | 203.0.113.5:443 | 200 OK",
		"as described | domain | GET https://web.contoso.com"+service+"/domain?originalDomain=contoso.com", "SIP outside: sip.contoso.com:443",
		"as described | user |", "401 Unauthorized", "MsRtcOAuth at https://web.contoso.com/WebTicket/oauthtoken",
		"expected, not walked | home | where the servers lead ada@contoso.com", "HostingProvider: SRV: (the servers)",
		"as described | sip | TLS sip.contoso.com:443 | 203.0.113.6:443",
		"beside the path | name | _sip._tls.contoso.com SRV", "it leads to sip.contoso.com:443", "It ends at the servers: pool01.contoso.com, as far as is expected.")
	holds(t, contoso().walk(t, online(), nil, Inside), Described,
		"root | GET https://lyncdiscoverinternal.contoso.com/", "a redirect of this user to "+cloud, "root | GET "+cloud+"?originalDomain=contoso.com",
		"it leads to https://webdir1e.online.lync.com", "sign-in at https://login.microsoftonline.com", "HostingProvider: sipfed.online.lync.com (the tenant)", "It ends in Microsoft 365, as far as is expected.")
	holds(t, contoso().walk(t, onServers(), ada, Inside), Described,
		"as described | ticket | POST https://web.contoso.com/WebTicket/oauthtoken", "it grants a ticket for 480 minutes", "(signed in as ada@contoso.com)",
		"the user is homed here: https://web.contoso.com/ucwa", "It ends at the servers: https://web.contoso.com/ucwa")
	w := contoso()
	w.hosts["https://web.contoso.com"] = pool(redirectTo(cloud))
	holds(t, w.walk(t, online(), ada, Outside), Described, "it leads this user to "+cloud, "It ends in Microsoft 365, as far as is expected.")
	k := online()
	k.InCloud = true
	holds(t, (&world{}).walk(t, k, nil, Outside), Described, "Teams signs in at Microsoft 365", "It ends at Microsoft 365, by Teams.")
}

func host(url string, h http.Handler) change { return func(w *world, _ *Known) { w.hosts[url] = h } }
func name(name, data string) change          { return func(w *world, _ *Known) { w.names[name] = data } }
func shown(host string, l leaf) change       { return func(w *world, _ *Known) { w.shown[host] = l } }
func know(set func(*Known)) change           { return func(_ *world, k *Known) { set(k) } }

const discover, outsideName, discoverHost = "https://lyncdiscover.contoso.com", "outside lyncdiscover.contoso.com", "lyncdiscover.contoso.com"

// Each of these is bad in one thing, as seen from outside by somebody who is homed online.
func TestWhereAPathIsLeft(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change change
		worst  Verdict
		told   []string
	}{
		"no name":                     {name(outsideName, ""), Left, []string{"clients outside find no autodiscover service", "No autodiscover service was found"}},
		"an alias to nothing":         {name(outsideName, "reverse.contoso.com>"), Left, []string{"alias for reverse.contoso.com, which has no address"}},
		"it leads to the cloud":       {name(outsideName, "webdir.online.lync.com>198.51.100.1"), Left, []string{"it leads to Microsoft 365 (webdir.online.lync.com), and in a hybrid it leads to the own servers"}},
		"nobody tells of the name":    {func(w *world, _ *Known) { w.dark[discoverHost] = true }, Unknown, []string{"no answer within 5s"}},
		"it refuses":                  {func(w *world, _ *Known) { delete(w.hosts, discover) }, Left, []string{"the connection is refused", "let the firewall and the reverse proxy pass TCP port 443"}},
		"the wrong name":              {shown(discoverHost, leaf{names: []string{"other.contoso.com"}}), Left, []string{"its certificate does not have the name lyncdiscover.contoso.com", "It ends in Microsoft 365"}},
		"expired":                     {shown(discoverHost, leaf{ended: true}), Left, []string{"its certificate expired on 2026-11-12"}},
		"an authority of its own":     {shown(discoverHost, leaf{stranger: true}), Left, []string{`leads to "Contoso Internal CA", an authority that this machine does not trust`}},
		"signed by itself":            {shown(discoverHost, leaf{own: true}), Left, []string{"its certificate is self-signed: no authority has issued it", "so clients end the connection"}},
		"TLS of old":                  {shown(discoverHost, leaf{old: true}), Warns, []string{"it speaks TLS 1.1 at the most: clients that want TLS 1.2", "Switch TLS 1.2 on at what answers for lyncdiscover.contoso.com", "It ends in Microsoft 365"}},
		"TLS of old from the cloud":   {shown("webdir.online.lync.com", leaf{old: true}), Warns, []string{"Microsoft 365 speaks TLS 1.2: something on the way takes TLS apart"}},
		"not found":                   {host(discover, says(404, "")), Left, []string{"there is no autodiscover service behind the name"}},
		"a proxy that wants a name":   {host(discover, says(401, "")), Left, []string{"the root needs no sign-in"}},
		"an error":                    {host(discover, says(503, "", "X-MS-Server-Fqdn: fe01.contoso.com")), Left, []string{"has an error", "fe01.contoso.com (IIS"}},
		"a page":                      {host(discover, says(200, "<html><body>Welcome</body></html>")), Left, []string{"not as an autodiscover service does"}},
		"nothing":                     {host(discover, says(200, "")), Left, []string{"it answers with an empty document"}},
		"other JSON":                  {host(discover, says(200, `{"error":"x"}`)), Left, []string{"not as an autodiscover service does"}},
		"an endless answer":           {host(discover, endless()), Left, []string{"the answer goes on beyond 1048576 bytes"}},
		"no link":                     {host(discover, says(200, `{"_links":{"self":{"href":"x"}}}`)), Left, []string{"the document has no link to the user's"}},
		"down to HTTP":                {host(discover, says(200, redirectTo("http://web.contoso.com/"))), Left, []string{"leads to http://web.contoso.com/, which is not protected by TLS: it is not followed"}},
		"user link to HTTP":           {host(discover, says(200, strings.ReplaceAll(rootDocument, "https:", "http:"))), Left, []string{"the link to the user's document leads to http://web"}},
		"no address":                  {host(discover, says(200, redirectTo("sip:pool01"))), Left, []string{`the redirect is "sip:pool01", which is no address`}},
		"a password in it":            {host(discover, says(200, redirectTo("https://u:p4ssw0rd@web.contoso.com/"))), Left, []string{"has a name or password in it"}},
		"30x":                         {host(discover, says(302, "", "Location: https://web.contoso.com"+service)), Warns, []string{"redirects by HTTP 302", "It ends in Microsoft 365"}},
		"30x to HTTP":                 {host(discover, says(302, "", "Location: http://web.contoso.com"+service)), Left, []string{"not protected by TLS"}},
		"XML":                         {host(discover, says(200, `<AutodiscoverResponse AccessLocation="External"><Root><Link token="User" href=" https://web.contoso.com`+service+`/user "/></Root></AutodiscoverResponse>`)), Warns, []string{"JSON was asked for, and XML came", "It ends in Microsoft 365"}},
		"old JSON":                    {host(discover, says(200, `{"AccessLocation":"External","Root":{"Links":[{"token":"USER","href":"https://web.contoso.com`+service+`/user"}]}}`)), Warns, []string{"JSON of the first clients came"}},
		"inside's site":               {host(discover, says(200, `{"AccessLocation":"Internal",`+rootDocument[1:])), Warns, []string{"clients outside are told the internal addresses"}},
		"to itself":                   {host(discover, says(200, redirectTo(discover+"/?SIPURI=ada%40contoso.com"))), Left, []string{"in a circle", "The path never ends"}},
		"for ever":                    {host(discover, forever()), Left, []string{"was sent on 10 times"}},
		"the user's host has no name": {name("outside web.contoso.com", ""), Left, []string{"web.contoso.com has no address outside"}},
		"user without 401":            {host("https://web.contoso.com", says(200, "{}")), Left, []string{"it answers 200 to somebody who has not signed in"}},
		"401 of a proxy":              {host("https://web.contoso.com", says(401, "", "WWW-Authenticate: Negotiate")), Left, []string{"does not say where tickets are granted"}},
		"plain discovery":             {host("http://lyncdiscover.contoso.com", says(200, rootDocument)), Left, []string{"it serves discovery without TLS"}},
		"port 80 leads to HTTP":       {host("http://lyncdiscover.contoso.com", says(200, redirectTo("http://web.contoso.com/"))), Left, []string{"not protected by TLS"}},
		"port 80 is shut":             {func(w *world, _ *Known) { delete(w.hosts, "http://lyncdiscover.contoso.com") }, Described, []string{"beside the path | root | GET http://"}},
		"port 80 is a page":           {host("http://lyncdiscover.contoso.com", says(200, "<p>")), Described, []string{"beside the path | root | GET http://"}},
		"an alias elsewhere, no 80": {func(w *world, _ *Known) {
			delete(w.hosts, "http://lyncdiscover.contoso.com")
			w.names[outsideName] = "proxy.example.net>203.0.113.5"
		}, Warns, []string{"mobile clients do not follow the alias to proxy.example.net"}},
		"no provider":             {know(func(k *Known) { k.Provider = Provider{} }), Left, []string{"no hosting provider of the servers has the proxy FQDN"}},
		"provider off":            {know(func(k *Known) { k.Provider.Enabled = false }), Left, []string{"LyncOnline is not enabled"}},
		"no AutodiscoverUrl":      {know(func(k *Known) { k.Provider.AutodiscoverURL = "" }), Left, []string{"has no AutodiscoverUrl"}},
		"bad AutodiscoverUrl":     {know(func(k *Known) { k.Provider.AutodiscoverURL = "/root" }), Left, []string{"AutodiscoverUrl of LyncOnline is no address"}},
		"plain AutodiscoverUrl":   {know(func(k *Known) { k.Provider.AutodiscoverURL = "http://webdir.online.lync.com/" }), Left, []string{"not protected by TLS"}},
		"own AutodiscoverUrl":     {know(func(k *Known) { k.Provider.AutodiscoverURL = discover + service }), Left, []string{"in a circle"}},
		"provider not read":       {know(func(k *Known) { k.Provider.Err = errors.New("busy") }), Unknown, []string{"where the hosting provider leads is not known: busy"}},
		"home not read":           {know(func(k *Known) { k.Home = Home{Err: errors.New("busy")} }), Unknown, []string{"where the user is homed is not known: busy"}},
		"nobody":                  {know(func(k *Known) { k.Home = Home{Problem: "there is no such user"} }), Left, []string{"there is no such user", "hybrid check user sip:ada@contoso.com"}},
		"not in the tenant":       {know(func(k *Known) { k.Tenant.Missing = true }), Left, []string{"the tenant has no such user"}},
		"the tenant says servers": {know(func(k *Known) { k.Tenant.OnServers = true }), Left, []string{"each side sends to the other"}},
		"tenant not read":         {know(func(k *Known) { k.Tenant.Err = errors.New("busy") }), Unknown, []string{"what the tenant has of the user is not known: busy"}},
		"the cloud's name is gone": {
			func(w *world, _ *Known) { delete(w.names, "webdir.online.lync.com") }, Gone,
			[]string{"webdir.online.lync.com has no address any more", "the user signs in with Teams", "It ends where Microsoft's discovery was."},
		},
		"the cloud's service is gone": {host("https://webdir.online.lync.com", says(404, "")), Gone, []string{"answers 404, whatever it is asked for"}},
		"410":                         {host("https://webdir.online.lync.com", says(410, "")), Gone, []string{"answers 410"}},
		"the cloud knows no domain":   {host("https://webdir.online.lync.com", picky()), Left, []string{"Microsoft 365 does not know contoso.com"}},
		"TLS taken apart":             {shown("webdir.online.lync.com", leaf{stranger: true}), Left, []string{"something on the way takes TLS apart"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, k := contoso(), online()
			test.change(w, &k)
			holds(t, w.walk(t, k, nil, Outside), test.worst, test.told...)
		})
	}
}

// Inside a missing name is a doubt of its own, and an authority of the company's may be trusted by clients.
func TestInside(t *testing.T) {
	t.Parallel()
	w := contoso()
	delete(w.names, "inside lyncdiscoverinternal.contoso.com")
	holds(t, w.walk(t, onServers(), nil, Inside), Warns, "clients inside use the external name instead", "root | GET https://lyncdiscover.contoso.com/")
	delete(w.names, "inside lyncdiscover.contoso.com")
	holds(t, w.walk(t, onServers(), nil, Inside), Left, "neither discovery name exists inside")
	w.unsure = true
	holds(t, w.walk(t, onServers(), nil, Inside), Unknown, "whether it looks from inside is not said")
	w = contoso()
	w.shown["lyncdiscoverinternal.contoso.com"] = leaf{stranger: true}
	holds(t, w.walk(t, onServers(), nil, Inside), Unknown, "clients inside may trust it")
	w.shown["lyncdiscoverinternal.contoso.com"] = leaf{own: true}
	holds(t, w.walk(t, onServers(), nil, Inside), Unknown, "self-signed", "only where it is among their trusted authorities")
	w = contoso()
	delete(w.hosts, "https://lyncdiscoverinternal.contoso.com")
	holds(t, w.walk(t, onServers(), nil, Inside), Left, "the connection is refused", "root | GET https://lyncdiscover.contoso.com/", "It ends at the servers: pool01")
	k := online()
	k.InCloud = true
	holds(t, contoso().walk(t, k, nil, Inside), Left, "by the configuration nobody may be led there any more")
}

// A walk from one view is not ended by what happens in the other.
func TestViewsAreWalkedApart(t *testing.T) {
	t.Parallel()
	w := contoso()
	delete(w.names, outsideName)
	tr := Walker{Source: w.start(t), Known: onServers()}.Walk(t.Context(), "sip:ada@contoso.com", Inside, Outside)
	if tr.Paths[0].Worst().Verdict != Described || tr.Paths[1].Worst().Verdict != Left || tr.Worst() != Left {
		t.Errorf("%s\n%s", told(tr.Paths[0]), told(tr.Paths[1]))
	}
}

func TestSignedIn(t *testing.T) {
	t.Parallel()
	with := func(doc string) *world {
		w := contoso()
		w.hosts["https://web.contoso.com"] = pool(doc)
		return w
	}
	holds(t, with("").walk(t, onServers(), ada, Outside), Left, "the servers do not know where the user is homed")
	holds(t, with(redirectTo(cloud)).walk(t, onServers(), ada, Outside), Left, "Active Directory has the user homed on the servers")
	holds(t, with(homedDocument).walk(t, online(), ada, Outside), Left, "the servers have the user homed here, and Active Directory online")
	holds(t, with(`{"_links":{}}`).walk(t, onServers(), ada, Outside), Left, "has no link to any service")
	holds(t, with("<html>").walk(t, onServers(), ada, Outside), Left, "not as an autodiscover service does")
	holds(t, with(redirectTo(discover+service)).walk(t, onServers(), ada, Outside), Left, "in a circle")
	holds(t, with(`<AutodiscoverResponse AccessLocation="External"><User><Link token="External/Ucwa" href="https://web.contoso.com/ucwa/v1/applications"/></User></AutodiscoverResponse>`).
		walk(t, onServers(), ada, Outside), Described, "the user is homed here: https://web.contoso.com/ucwa/v1/applications")
	holds(t, contoso().walk(t, onServers(), &Credential{"ada@contoso.com", "wrong-horse"}, Outside), Left, "invalid_grant (28020: No valid security token.)", "expected, not walked | home")
}

// A password goes to the own servers alone, and only to one that shows who it is.
func TestWhereAPasswordIsSent(t *testing.T) {
	t.Parallel()
	asked := func(change func(*world, *Known)) (Path, bool) {
		w, k := contoso(), onServers()
		sent := false
		change(w, &k)
		for at, handler := range maps.Clone(w.hosts) {
			w.hosts[at] = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				sent = sent || strings.Contains(string(body), pass)
				r.Body = io.NopCloser(strings.NewReader(string(body)))
				handler.ServeHTTP(rw, r)
			})
		}
		return w.walk(t, k, ada, Outside), sent
	}
	if p, sent := asked(func(*world, *Known) {}); !sent {
		t.Errorf("it is never sent:\n%s", told(p))
	}
	p, sent := asked(func(w *world, _ *Known) { w.shown["web.contoso.com"] = leaf{names: []string{"x.contoso.com"}} })
	if holds(t, p, Left, "the password is not sent there, since its certificate does not have the name web.contoso.com"); sent {
		t.Error("it is sent to a server with another name")
	}
	p, sent = asked(func(w *world, _ *Known) { w.shown["web.contoso.com"] = leaf{stranger: true} })
	if holds(t, p, Left, "Mend the certificate of web.contoso.com, or let this machine trust its authority"); sent {
		t.Error("it is sent to a server that anybody could be")
	}
	p, sent = asked(func(w *world, _ *Known) { w.shown["web.contoso.com"] = leaf{old: true} })
	if holds(t, p, Unknown, "the password is not sent there, since it speaks TLS 1.1 at the most"); sent {
		t.Error("it is sent over a version that can be broken")
	}
	p, sent = asked(func(_ *world, k *Known) { k.Own = []string{"fabrikam.com"} })
	if holds(t, p, Unknown, "the password is not sent to web.contoso.com, which is in none of the own domains"); sent {
		t.Error("it is sent to a foreign server")
	}
	lure := says(401, "", `WWW-Authenticate: MsRtcOAuth href="http://web.contoso.com/t",grant_type="password"`)
	p, sent = asked(func(w *world, _ *Known) { w.hosts["https://web.contoso.com"] = lure })
	if holds(t, p, Left, "not protected by TLS"); sent {
		t.Error("it is sent without TLS")
	}
	p, _ = asked(func(w *world, _ *Known) {
		w.hosts["https://web.contoso.com"] = says(401, "", "X-MS-WebTicketURL: https://web.contoso.com/WebTicket/WebTicketService.svc")
	})
	holds(t, p, Unknown, "it grants no tickets to names and passwords", "expected, not walked | home")
}

// An answer that does not come is not known, and says nothing of the server.
func TestSlowAnswers(t *testing.T) {
	t.Parallel()
	w := contoso()
	stop, asked := make(chan struct{}), atomic.Bool{}
	w.hosts[discover] = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked.Store(true)
		select {
		case <-stop:
		case <-r.Context().Done():
		}
	})
	l := w.start(t)
	t.Cleanup(func() { close(stop) })
	var tr Trace
	for limit := 300 * time.Millisecond; !asked.Load(); limit *= 4 { // on a busy machine it may take longer to be let in
		l.client.Limit = limit
		tr = Walker{Source: l, Known: onServers()}.Walk(t.Context(), "sip:ada@contoso.com", Outside)
	}
	holds(t, tr.Paths[0], Unknown, "no whole answer within "+l.client.Limit.String())
	slow := slices.IndexFunc(tr.Paths[0].Hops, func(h Hop) bool { return h.Certificate != nil && h.Verdict == Unknown })
	if slow < 0 || !strings.HasPrefix(tr.Paths[0].Hops[slow].Do, "Ask again with a longer --timeout;") {
		t.Errorf("who was let in is not told to wait longer: %+v", tr.Paths[0].Hops)
	}
}

// A path is told by the first hop that clients do not get past; what they get past tells it only where there is no such hop.
func TestTheHopThatDecides(t *testing.T) {
	t.Parallel()
	plain := host("http://lyncdiscover.contoso.com", says(200, rootDocument))
	refused := func(w *world, _ *Known) { delete(w.hosts, "https://lyncdiscoverinternal.contoso.com") }
	noCloud := know(func(k *Known) { k.Tenant.Missing = true })
	for name, test := range map[string]struct {
		view    View
		changes []change
		asked   string
		passed  bool
	}{
		"HTTP alone":                 {Outside, []change{plain}, "GET http://lyncdiscover.contoso.com/", true},
		"HTTP, and the tenant":       {Outside, []change{plain, noCloud}, "where Microsoft 365 has", false},
		"a name before":              {Inside, []change{refused}, "GET https://lyncdiscoverinternal.contoso.com/", true},
		"a name before, and the end": {Inside, []change{refused, noCloud}, "where Microsoft 365 has", false},
		"the domain's document":      {Outside, []change{host("https://web.contoso.com", noDomain()), noCloud}, "where Microsoft 365 has", false},
		"the name gone by":           {Outside, []change{name(outsideName, "webdir.online.lync.com>198.51.100.1"), noCloud}, "lyncdiscover.contoso.com A", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, k := contoso(), online()
			for _, change := range test.changes {
				change(w, &k)
			}
			p := w.walk(t, k, nil, test.view)
			if got := p.Worst(); got.Verdict != Left || !strings.HasPrefix(got.Asked, test.asked) || got.Passed != test.passed {
				t.Errorf("%q, passed %v, decides:\n%s", got.Asked, got.Passed, told(p))
			}
		})
	}
}
