package discovery

import (
	"net/http"
	"slices"
)

// paths are where the web services are, by token.
var paths = []struct{ token, path string }{
	{"Autodiscover", RootPath},
	{"AuthBroker", "/Reach/sip.svc"},
	{"WebScheduler", "/Scheduler"},
	{"Mcx", "/Mcx/McxService.svc"},
	{"Ucwa", "/ucwa/v1/applications"},
	{"XFrame", "/Autodiscover/XFrame/XFrame.html"},
}

// services are the links to web services on both sides of the firewall; all of them where none is named.
func (s *Service) services(p Place, named ...string) (all []Link) {
	for _, side := range []struct{ name, host string }{{"Internal", p.Internal}, {"External", p.External}} {
		for _, one := range paths {
			if side.host != "" && (named == nil || slices.Contains(named, one.token)) {
				all = append(all, Link{side.name + "/" + one.token, "https://" + side.host + one.path})
			}
		}
	}
	return all
}

// user is the answer to somebody with a ticket.
func (s *Service) user(w http.ResponseWriter, r *http.Request, p Place) {
	account, ok := s.holder(r)
	if !ok {
		s.challenge(w, p)
		return
	}
	home := s.Side.Home(account, p)
	switch {
	case home.Redirect != "":
		s.redirect(w, r, p, "User", home.Redirect)
	case home.Here:
		applications, self := "https://"+p.Web+"/ucwa/oauth/v1/applications", p.root("/oauth/user")
		links := append(s.services(p), Link{"Ucwa", applications}, Link{"XFrame", p.XFrame}, Link{"Self", self})
		s.write(w, r, p, document{part: "User", access: p.Access, links: links, members: []Link{{"self", self}, {"applications", applications}, {"xframe", p.XFrame}}})
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// challenge is the answer to somebody without a ticket: both families of headers.
func (s *Service) challenge(w http.ResponseWriter, p Place) {
	issuer := "00000001-0000-0000-c000-000000000000@" + p.Domain
	bearer := `Bearer trusted_issuers="` + issuer + `", client_id="00000004-0000-0ff1-ce00-000000000000"`
	grants := "urn:microsoft.rtc:windows,urn:microsoft.rtc:anonmeeting"
	if p.LoginURL != "" {
		bearer += `, authorization_uri="` + p.LoginURL + `"`
		grants = "urn:microsoft.rtc:passive,urn:microsoft.rtc:anonmeeting"
	}
	if p.Passwords {
		grants += ",password"
	}
	address := `"https://` + p.Web + ticketAt + `"`
	if s.Side.Shows(p.Host, Unquoted) {
		address = address[1 : len(address)-1]
	}
	oauth := "MsRtcOAuth href=" + address + `,grant_type="` + grants + `"`
	if s.Side.Shows(p.Host, Folded) {
		w.Header().Add("WWW-Authenticate", bearer+", "+oauth)
	} else {
		w.Header().Add("WWW-Authenticate", bearer)
		w.Header().Add("WWW-Authenticate", oauth)
	}
	w.Header()["X-MS-WebTicketURL"] = []string{"https://" + p.Web + "/WebTicket/WebTicketService.svc"}
	w.WriteHeader(http.StatusUnauthorized)
}
