package discovery

import (
	"crypto/rand"
	"fmt"
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
