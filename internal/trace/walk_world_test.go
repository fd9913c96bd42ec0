package trace

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"syscall"
)

var errRefused = fmt.Errorf("dial: %w", syscall.ECONNREFUSED)

func mustURL(text string) *url.URL {
	u, err := url.Parse(text)
	if err != nil {
		panic(err)
	}
	return u
}

// pool serves the own side at web.contoso.com: root, domain, user, tickets.
func pool(userDocument string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-MS-Server-Fqdn", "fe01.contoso.com")
		switch path := strings.ToLower(r.URL.Path); {
		case strings.HasSuffix(path, "/domain"):
			fmt.Fprint(w, `<AutodiscoverResponse AccessLocation="External"><Domain><SipClientExternalAccess fqdn=" sip.contoso.com " port="443"/>`+
				`<Link token="Hybrid" href="`+cloud+`"/></Domain></AutodiscoverResponse>`)
		case strings.HasSuffix(path, "/oauthtoken"):
			_ = r.ParseForm()
			if r.Form.Get("grant_type") != "password" || r.Form.Get("username") != "ada@contoso.com" || r.Form.Get("password") != pass {
				w.Header().Set("X-Ms-Diagnostics", `28020;source="fe01.contoso.com";reason="No valid security token."`)
				w.WriteHeader(http.StatusBadRequest)
				fmt.Fprint(w, `{"error":"invalid_grant"}`)
				return
			}
			fmt.Fprint(w, `{"access_token":"`+cwt+`","expires_in":28800,"token_type":"Bearer"}`)
		case strings.HasSuffix(path, "/user") && r.Header.Get("Authorization") == "Bearer "+cwt:
			if userDocument == "" {
				w.WriteHeader(http.StatusNotFound)
			}
			fmt.Fprint(w, userDocument)
		case strings.HasSuffix(path, "/user"):
			w.Header().Add("WWW-Authenticate", `Bearer trusted_issuers="x@contoso.com", client_id="00000004-0000-0ff1-ce00-000000000000", MsRtcOAuth href=https://web.contoso.com/WebTicket/oauthtoken,grant_type="urn:microsoft.rtc:windows,password"`)
			w.Header().Set("X-MS-WebTicketURL", "https://web.contoso.com/WebTicket/WebTicketService.svc")
			w.WriteHeader(http.StatusUnauthorized)
		default:
			fmt.Fprint(w, rootDocument)
		}
	})
	return mux
}

func redirectTo(address string) string {
	return `{"_links":{"redirect":{"href":"` + address + `"}}}`
}

// contoso is a world in which everything is as described.
func contoso() *world {
	leads := says(200, redirectTo("https://lyncdiscover.contoso.com/"))
	forest := "https://webdir1e.online.lync.com" + service
	return &world{
		names: map[string]string{
			"inside lyncdiscoverinternal.contoso.com": "10.0.0.11", "inside lyncdiscover.contoso.com": "10.0.0.11", "inside web.contoso.com": "10.0.0.11",
			"outside lyncdiscover.contoso.com": "reverse.contoso.com>203.0.113.5", "outside web.contoso.com": "203.0.113.5", "sip.contoso.com": "203.0.113.6",
			"webdir.online.lync.com": "198.51.100.1", "webdir1e.online.lync.com": "198.51.100.2", "outside _sip._tls.contoso.com": "srv:sip.contoso.com:443",
		},
		dark: map[string]bool{}, shown: map[string]leaf{},
		hosts: map[string]http.Handler{
			"http://lyncdiscoverinternal.contoso.com": leads, "http://lyncdiscover.contoso.com": leads,
			"https://lyncdiscoverinternal.contoso.com": pool(homedDocument), "https://lyncdiscover.contoso.com": pool(homedDocument), "https://web.contoso.com": pool(homedDocument),
			"sip://sip.contoso.com":          says(200, ""),
			"https://webdir.online.lync.com": says(200, redirectTo(forest+"?originalDomain=contoso.com")),
			"https://webdir1e.online.lync.com": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "user") {
					w.Header().Set("WWW-Authenticate", `Bearer trusted_issuers="x", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"`)
					w.WriteHeader(401)
					return
				}
				fmt.Fprint(w, `{"_links":{"user":{"href":"`+forest+`/oauth/user"}}}`)
			}),
		},
	}
}

func onServers() Known {
	return Known{Cloud: ".online.lync.com", Own: []string{"contoso.com"}, Home: Home{OnServers: true, Pool: "pool01.contoso.com", Facts: []Fact{{"HostingProvider", "SRV:", "the servers", today}}}}
}

func online() Known {
	return Known{
		Cloud: ".online.lync.com", Own: []string{"contoso.com"}, Home: Home{Online: true, Facts: []Fact{{"HostingProvider", "sipfed.online.lync.com", "the servers", today}}},
		Provider: Provider{Name: "LyncOnline", Enabled: true, AutodiscoverURL: cloud, Facts: []Fact{{"AutodiscoverUrl", cloud, "the servers", today}}},
		Tenant:   Tenant{Facts: []Fact{{"HostingProvider", "sipfed.online.lync.com", "the tenant", today}}},
	}
}

// A change makes one thing of a good world bad.
type change func(*world, *Known)

func endless() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range 3 << 10 {
			if _, err := io.WriteString(w, strings.Repeat(" ", 1<<10)); err != nil {
				return
			}
		}
	})
}

func forever() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, redirectTo(r.URL.Path+"x"))
	})
}

// picky knows no domain, and answers without one.
func picky() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery != "" {
			w.WriteHeader(404)
			return
		}
		fmt.Fprint(w, rootDocument)
	})
}

// noDomain is a pool whose document of the domain is no document.
func noDomain() http.Handler {
	whole := pool(homedDocument)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/domain") {
			fmt.Fprint(w, "<html>")
			return
		}
		whole.ServeHTTP(w, r)
	})
}
