package graph

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/go-hclog"

	"hybrid/internal/lab/https"
)

// Options says what is served and where.
type Options struct {
	Listen    string // host:port
	TLS       *tls.Config
	Directory Directory
	Changed   func(Directory)     // called with every change before its request is answered
	Called    func(method string) // called with every request to Graph; nil is not
	Log       hclog.Logger
	// Refused is with which code the sign-in service refuses tokens, by resource; "" is every resource. 0 refuses none.
	Refused map[string]int
	// Roles are the directory roles of applications, by their id, and of accounts, by their name, in lower case.
	Roles map[string][]string
}

// A Server is a served directory.
type Server struct {
	mu        sync.Mutex
	directory Directory
	changed   func(Directory)
	called    func(method string)
	log       hclog.Logger
	refused   map[string]int
	roles     map[string][]string
	tokens    map[string]Client
	requests  map[string]int // to Graph, by method
	http      *https.Server
}

// Start serves a directory until Close.
func Start(o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = hclog.NewNullLogger()
	}
	s := &Server{directory: o.Directory.Clone(), changed: o.Changed, called: o.Called, log: o.Log, refused: o.Refused, roles: o.Roles, tokens: map[string]Client{}, requests: map[string]int{}}
	s.mu.Lock() // until it knows where it is
	defer s.mu.Unlock()
	var err error
	if s.http, err = https.Serve(o.Listen, o.TLS, s, o.Log); err != nil {
		return nil, fmt.Errorf("the lab's Microsoft Graph: %w", err)
	}
	return s, nil
}

// URL is where both signing in and Graph are: "https://127.0.0.1:1234".
func (s *Server) URL() string { return s.http.URL() }

// Requests counts the requests to Graph of a method.
func (s *Server) Requests(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests[method]
}

// Directory is the state as it is now.
func (s *Server) Directory() Directory {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.directory.Clone()
}

// Change changes the directory while it is served, as if somebody else did.
func (s *Server) Change(change func(*Directory)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.directory)
	s.keep()
}

// keep is called with the lock held.
func (s *Server) keep() {
	if s.changed != nil {
		s.changed(s.directory.Clone())
	}
}

// Close stops serving.
func (s *Server) Close() error { return s.http.Close() }

// ServeHTTP answers a request to any of the services.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case strings.EqualFold(r.URL.Path, autodiscoverPath) && r.Method == http.MethodGet:
		s.autodiscover(w, r)
	case name == "v1.0":
		s.graph(w, r, rest)
	case rest == "v2.0/.well-known/openid-configuration":
		s.discovery(w, name)
	case rest == "oauth2/v2.0/token" && r.Method == http.MethodPost:
		s.token(w, r, name)
	default:
		http.NotFound(w, r)
	}
}

// graph answers a request to Microsoft Graph, unless a fault strikes it.
func (s *Server) graph(w http.ResponseWriter, r *http.Request, path string) {
	s.requests[r.Method]++
	if s.called != nil {
		s.called(r.Method)
	}
	w.Header().Set("request-id", uuid.NewString())
	w.Header().Set("client-request-id", r.Header.Get("client-request-id"))
	client, known := s.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	_, struck := s.directory.strike(r.Method, TokenFails)
	if struck {
		s.keep()
	}
	if struck || !known {
		refuse(w, http.StatusUnauthorized, "InvalidAuthenticationToken", "Access token validation failure.")
		return
	}
	if s.faulty(w, r) {
		return
	}
	if !s.directory.permits(client, r.Method, path) {
		refuse(w, http.StatusForbidden, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
		return
	}
	s.stranger(r.Method, path)
	s.route(w, r, path)
}

// faulty lets what goes wrong before anything is done go wrong.
func (s *Server) faulty(w http.ResponseWriter, r *http.Request) bool {
	f, struck := s.directory.strike(r.Method, Throttle, Unavailable, Forbidden, Cut)
	if !struck {
		return false
	}
	s.keep()
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	switch f.Kind {
	case Throttle:
		refuse(w, http.StatusTooManyRequests, "TooManyRequests", "Too many requests.")
	case Unavailable:
		refuse(w, http.StatusServiceUnavailable, "ServiceUnavailable", "The service is temporarily unavailable.")
	case Forbidden:
		refuse(w, http.StatusForbidden, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
	default:
		panic(http.ErrAbortHandler)
	}
	return true
}

var byAppID = regexp.MustCompile(`^servicePrincipals\(appId='([^']*)'\)$`)

func (s *Server) route(w http.ResponseWriter, r *http.Request, path string) {
	if path == "servicePrincipals" && r.Method == http.MethodGet {
		s.list(w, r)
		return
	}
	if of, ok := strings.CutSuffix(path, "/transitiveMemberOf"); ok && r.Method == http.MethodGet {
		s.memberships(w, of)
		return
	}
	id, ok := strings.CutPrefix(path, "servicePrincipals/")
	if found := byAppID.FindStringSubmatch(path); found != nil {
		id, ok = found[1], true
	}
	p := s.directory.Principal(id)
	switch {
	case !ok:
		refuse(w, http.StatusBadRequest, "BadRequest", "Resource not found for the segment '"+path+"'.")
	case p == nil:
		refuse(w, http.StatusNotFound, "Request_ResourceNotFound", "Resource '"+id+"' does not exist or one of its queried reference-property objects are not present.")
	case r.Method == http.MethodGet:
		answer(w, http.StatusOK, p.selected(r.URL.Query()))
	case r.Method == http.MethodPatch:
		s.patch(w, r, p)
	default:
		refuse(w, http.StatusMethodNotAllowed, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
	}
}

// selected is a single object as it is shown: the certificates only where keyCredentials is selected.
func (p *Principal) selected(query url.Values) Principal {
	shown := *p
	if !slices.Contains(strings.Split(query.Get("$select"), ","), "keyCredentials") {
		shown.Keys = withoutKeys(p.Keys)
	}
	return shown
}

func withoutKeys(keys []Key) []Key {
	bare := slices.Clone(keys)
	for n := range bare {
		bare[n].Key = nil
	}
	return bare
}

// list gives a page of all service principals.
func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	size, _ := strconv.Atoi(r.URL.Query().Get("$top"))
	if size <= 0 || size > 999 {
		size = 100
	}
	from, _ := strconv.Atoi(r.URL.Query().Get("$skiptoken"))
	from = min(max(from, 0), len(s.directory.Principals))
	to := min(from+size, len(s.directory.Principals))
	page := map[string]any{}
	values := []Principal{}
	for _, p := range s.directory.Principals[from:to] {
		p.Keys = withoutKeys(p.Keys)
		values = append(values, p)
	}
	page["value"] = values
	if to < len(s.directory.Principals) {
		next := fmt.Sprintf("%s/v1.0/servicePrincipals?$top=%d&$skiptoken=%d", s.URL(), size, to)
		if _, struck := s.directory.strike(r.Method, Astray); struck {
			next = "https://graph.example.net/v1.0/servicePrincipals?$skiptoken=1"
		}
		page["@odata.nextLink"] = next
	}
	answer(w, http.StatusOK, page)
}

// refuse answers with an error in Graph's form.
func refuse(w http.ResponseWriter, status int, code, message string) {
	inner := map[string]string{"date": time.Now().UTC().Format("2006-01-02T15:04:05"), "request-id": w.Header().Get("request-id"), "client-request-id": w.Header().Get("client-request-id")}
	answer(w, status, map[string]any{"error": map[string]any{"code": code, "message": message, "innerError": inner}})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // who has hung up gets nothing
}
