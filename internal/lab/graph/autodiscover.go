package graph

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"hybrid/internal/lab/discovery"
)

// autodiscoverPath is where the cloud's autodiscover service answers, as paths are compared.
var autodiscoverPath = strings.ToLower(discovery.RootPath)

// autodiscover answers as the cloud's autodiscover service does to whoever does not sign in.
func (s *Server) autodiscover(w http.ResponseWriter, r *http.Request) {
	if _, struck := s.directory.strike(r.Method, NoDiscovery); struck {
		http.NotFound(w, r)
		return
	}
	service := &discovery.Service{Side: strangers{&s.directory}}
	service.ServeHTTP(w, r)
}

// strangers are the cloud to whoever does not sign in.
type strangers struct{ directory *Directory }

func (s strangers) Place(host string, query url.Values) discovery.Place {
	forests := discovery.Forests{Home: s.directory.Forest, Knows: s.directory.knows}
	return forests.Place(host, query.Get("originalDomain"))
}

func (strangers) SignIn(string, string) (string, bool)            { return "", false }
func (strangers) Home(string, discovery.Place) (h discovery.Home) { return h }
func (strangers) Shows(string, discovery.Fault) bool              { return false }
func (strangers) Now() time.Time                                  { return time.Now() }
