package discovery

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
)

// A Service answers HTTP requests as a side does.
type Service struct {
	Side Side

	mu      sync.Mutex
	tickets map[string]ticket
}

type secureKey struct{}

// Secure marks the requests of a connection as come over TLS.
func Secure(ctx context.Context) context.Context { return context.WithValue(ctx, secureKey{}, true) }

func isSecure(r *http.Request) bool { return r.TLS != nil || r.Context().Value(secureKey{}) != nil }

// ServeHTTP answers a request at any host.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p := s.Side.Place(hostOf(r), r.URL.Query())
	head(w, p)
	if s.struck(w, r, p) {
		return
	}
	switch path := strings.ToLower(strings.TrimSuffix(r.URL.Path, "/")); {
	case path == ticketPath && r.Method == http.MethodPost:
		s.issue(w, r, p)
	case path == webTicketPath:
		refuse(w, p)
	case r.Method != http.MethodGet:
		w.WriteHeader(http.StatusMethodNotAllowed)
	case !isSecure(r) && !s.Side.Shows(p.Host, NoRedirect):
		s.toTLS(w, r, p)
	case path == "" || path == rootPath:
		s.root(w, r, p)
	case path == rootPath+"/domain":
		s.domain(w, r, p)
	case path == rootPath+"/user" || path == rootPath+"/oauth/user":
		s.user(w, r, p)
	case path == mexPath:
		s.mex(w, r, p)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// rootPath is [RootPath] as paths are compared.
const rootPath = "/autodiscover/autodiscoverservice.svc/root"

func hostOf(r *http.Request) string {
	host := strings.ToLower(r.Host)
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.TrimSuffix(host, ".")
}

// head is what every answer carries.
func head(w http.ResponseWriter, p Place) {
	h := w.Header()
	h.Set("X-MS-Server-Fqdn", p.Server)
	h.Set("Cache-Control", "no-cache")
	h.Set("Expires", "-1")
	h.Set("X-Content-Type-Options", "nosniff")
}

// toTLS is the answer over plain HTTP: one Redirect to the same over HTTPS. Whoever asks for anything but Root gets
// nothing.
func (s *Service) toTLS(w http.ResponseWriter, r *http.Request, p Place) {
	if path := strings.ToLower(strings.TrimSuffix(r.URL.Path, "/")); path != "" && path != rootPath {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	s.redirect(w, r, p, "Root", p.root(""))
}

// redirect is an answer of a single link.
func (s *Service) redirect(w http.ResponseWriter, r *http.Request, p Place, part, to string) {
	self := p.root("")
	if s.Side.Shows(p.Host, Loop) {
		to = strings.Replace(self, "https://"+p.Web, "https://"+p.Host, 1)
	}
	s.write(w, r, p, document{part: part, links: []Link{{"Redirect", to}}, members: []Link{{"self", self}, {"redirect", to}, {"xframe", p.XFrame}}})
}

// root is the first answer.
func (s *Service) root(w http.ResponseWriter, r *http.Request, p Place) {
	if p.Elsewhere != "" || s.Side.Shows(p.Host, Loop) {
		s.redirect(w, r, p, "Root", p.Elsewhere)
		return
	}
	s.write(w, r, p, document{
		part:    "Root",
		links:   []Link{{"Domain", p.root("/domain")}, {"User", p.root("/user")}, {"OAuth", p.root("/oauth/user")}},
		members: []Link{{"self", p.root("")}, {"user", p.root("/oauth/user")}, {"xframe", p.XFrame}},
	})
}

// domain is what is published of a SIP domain.
func (s *Service) domain(w http.ResponseWriter, r *http.Request, p Place) {
	s.write(w, r, p, document{part: "Domain", access: p.Access, links: append(s.services(p, "Autodiscover"), p.Links...)})
}
