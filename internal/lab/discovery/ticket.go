package discovery

import (
	"crypto/rand"
	"fmt"
	"html"
	"net/http"
	"strings"
	"time"
)

// Where tickets are given, as written and as compared.
const (
	ticketAt      = "/WebTicket/oauthtoken"
	ticketPath    = "/webticket/oauthtoken"
	webTicketPath = "/webticket/webticketservice.svc"
	mexPath       = webTicketPath + "/mex"
)

// life is how long a ticket is good: the 28289 seconds of Microsoft's sample.
const life = 28289 * time.Second

type ticket struct {
	account string
	ends    time.Time
}

// issue gives a ticket for a password. Windows' own sign-in is refused: nobody's domain is behind the lab.
func (s *Service) issue(w http.ResponseWriter, r *http.Request, p Place) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	switch grant := r.PostFormValue("grant_type"); {
	case grant == "":
		denied(w, p, "invalid_request", "The request names no grant type.")
	case grant != "password" || !p.Passwords:
		denied(w, p, "unsupported_grant_type", "No ticket is given for this grant type.")
	default:
		account, ok := s.Side.SignIn(r.PostFormValue("username"), r.PostFormValue("password"))
		if !ok {
			denied(w, p, "invalid_grant", "No valid security token.")
			return
		}
		send(w, typeJSON, map[string]any{"access_token": s.admit(account), "expires_in": int(life / time.Second), "ms_rtc_identityscope": "local", "token_type": "Bearer"})
	}
}

func (s *Service) admit(account string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tickets == nil {
		s.tickets = map[string]ticket{}
	}
	token := "cwt=AAEB" + rand.Text()
	s.tickets[token] = ticket{account, s.Side.Now().Add(life)}
	return token
}

// holder is whose ticket a request carries; false without a good one.
func (s *Service) holder(r *http.Request) (account string, ok bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	s.mu.Lock()
	defer s.mu.Unlock()
	t, known := s.tickets[token]
	return t.account, known && strings.EqualFold(scheme, "Bearer") && s.Side.Now().Before(t.ends)
}

// denied refuses a ticket, in the words of Microsoft's sample.
func denied(w http.ResponseWriter, p Place, code, reason string) {
	diagnose(w, p, 28020, reason)
	w.Header().Set("Content-Type", typeJSON)
	w.WriteHeader(http.StatusBadRequest)
	fmt.Fprintf(w, "{%q:%q}", "error", code)
}

func diagnose(w http.ResponseWriter, p Place, id int, reason string) {
	w.Header().Set("X-Ms-diagnostics", fmt.Sprintf("%d;source=%q;reason=%q;", id, p.Server, reason))
}

// refuse answers whoever wants a ticket by WS-Trust, which the lab gives nobody.
func refuse(w http.ResponseWriter, p Place) {
	diagnose(w, p, 28020, "No valid security token.")
	w.WriteHeader(http.StatusUnauthorized)
}

// mex says without asking who wants to know by which bindings tickets are given. The names of the ports are those that
// open clients look for; the cloud's has the address at which the tenant's users sign in.
func (s *Service) mex(w http.ResponseWriter, _ *http.Request, p Place) {
	base := "https://" + p.Web + "/WebTicket/WebTicketService.svc"
	port, policy := "WebTicketServiceWinNegotiate", ""
	if p.LoginURL != "" {
		port = "WsFedBearer"
		policy = `<af:OAuth xmlns:af="urn:component:Microsoft.Rtc.WebAuthentication.2010" af:authorizationUri="` + html.EscapeString(p.LoginURL) + `"/>`
	}
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	fmt.Fprintf(w, `<?xml version="1.0" encoding="utf-8"?>
<wsdl:definitions name="WebTicketService" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy" xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"><wsp:Policy wsu:Id="%[1]s_policy"><wsp:ExactlyOne><wsp:All>%[2]s</wsp:All></wsp:ExactlyOne></wsp:Policy><wsdl:service name="WebTicketService"><wsdl:port name="%[1]s"><soap:address location="%[3]s"/></wsdl:port></wsdl:service></wsdl:definitions>
`, port, policy, html.EscapeString(base+"/Auth"))
}
