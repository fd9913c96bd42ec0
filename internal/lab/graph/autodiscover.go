package graph

import (
	"net/http"
	"strings"
)

const autodiscoverPath = "/autodiscover/autodiscoverservice.svc/root"

// The forest that answers at the cloud's own name, and the one that the tenant is in where nobody says another.
const (
	frontForest = "0e"
	homeForest  = "0a"
)

// autodiscover answers as the cloud's autodiscover service does at any of its hosts, which are told apart by the name that
// was asked for: it sends a domain of the tenant to the tenant's forest, and knows no others. Both are answers with 200.
func (s *Server) autodiscover(w http.ResponseWriter, r *http.Request) {
	if _, struck := s.directory.strike(r.Method, NoDiscovery); struck {
		http.NotFound(w, r)
		return
	}
	first, below, _ := strings.Cut(strings.ToLower(r.Host), ".")
	here := strings.TrimPrefix(first, "webdir")
	if here == "" {
		here = frontForest
	}
	domain, home := r.URL.Query().Get("originalDomain"), s.directory.forest()
	at := func(forest string) string {
		return "https://webdir" + forest + "." + below + "/Autodiscover/AutodiscoverService.svc/root"
	}
	links := map[string]any{"self": link(at(here), domain), "user": link(at(here)+"/oauth/user", domain), "xframe": link(at(here)+"/xframe", "")}
	if s.directory.knows(domain) && here != home {
		links = map[string]any{"self": link(at(here), domain), "redirect": link(at(home), domain), "xframe": link(at(home)+"/xframe", "")}
	}
	answer(w, http.StatusOK, map[string]any{"_links": links})
}

func link(address, domain string) map[string]string {
	if domain != "" {
		address += "?originalDomain=" + domain
	}
	return map[string]string{"href": address}
}

func (d *Directory) forest() string {
	if d.Forest == "" {
		return homeForest
	}
	return d.Forest
}
