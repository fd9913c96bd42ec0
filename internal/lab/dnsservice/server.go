// Package dnsservice is the lab's Amazon Route 53, Azure DNS and Cloudflare: their APIs over HTTPS, told apart by their paths, in
// front of zones that a name server serves. Shapes and refusals are those of the services' published documentation.
package dnsservice

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/go-hclog"
	"github.com/miekg/dns"

	"hybrid/internal/lab/https"
)

// Zones are those that are served: a name server's.
type Zones interface {
	Names() []string
	Records(zone string) ([]dns.RR, error)
	Edit(zone, owner string, decide func(at []dns.RR) ([]dns.RR, error)) error
}

// Options says what is served and where.
type Options struct {
	Listen string // host:port
	TLS    *tls.Config
	Zones  Zones
	// KeyID and Secret are what an account signs in with: KeyID the id of AWS's access key, and of Azure's application and
	// subscription; Secret what proves it, which is Cloudflare's token and Azure's client secret.
	KeyID, Secret string
	// Page is how many elements a page of a list has; 0 means 100.
	Page int
	// Also are further zones that the lists show, and that hold nothing.
	Also []Listed
	// Odd says of sets what they are beside their records, by owner and type, "www.contoso.com. A": "alias", "weighted", "proxied".
	Odd map[string]string
	// Struck is asked, with the name of the zone, what goes wrong with each write; nil is not asked.
	Struck func(zone string) Strike
	// Wrote is called, after a write was carried out and before it is answered; nil is not called.
	Wrote func(zone, owner string)
	Log   hclog.Logger
}

// A Listed is a zone that holds nothing.
type Listed struct {
	ID      string
	Name    string // "contoso.com"
	Private bool
}

// A Strike is what goes wrong with one write; the zero value is nothing.
type Strike struct {
	Status int  // is answered instead of carrying it out: 429, 403, 503; 0 carries it out
	Silent bool // the connection ends without an answer
	Effect bool // with Silent: once the write has been carried out
}

// A Server answers until it is closed.
type Server struct {
	o      Options
	mu     sync.Mutex
	tokens map[string]bool
	http   *https.Server
	asked  map[string]int // requests, by method and the first part of their path
}

// Start serves until Close.
func Start(o Options) (*Server, error) {
	if o.Page <= 0 {
		o.Page = 100
	}
	s := &Server{o: o, tokens: map[string]bool{}, asked: map[string]int{}}
	s.mu.Lock() // until it knows where it is
	defer s.mu.Unlock()
	var err error
	if s.http, err = https.Serve(o.Listen, o.TLS, s, o.Log); err != nil {
		return nil, fmt.Errorf("the lab's DNS services: %w", err)
	}
	return s, nil
}

// URL is where all three services are, and where Azure's accounts sign in: "https://127.0.0.1:1234".
func (s *Server) URL() string { return s.http.URL() }

// Requests counts the requests of a method, whatever came of them.
func (s *Server) Requests(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[method]
}

// Close stops serving.
func (s *Server) Close() error { return s.http.Close() }

// ServeHTTP answers a request to any of the services.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[r.Method]++
	name, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case name == "2013-04-01":
		s.route53(w, r, strings.TrimSuffix(rest, "/"))
	case name == "subscriptions":
		s.azure(w, r)
	case name == "client":
		s.cloudflare(w, r, strings.TrimPrefix(rest, "v4/"))
	case rest == "v2.0/.well-known/openid-configuration":
		s.discovery(w, name)
	case rest == "oauth2/v2.0/token" && r.Method == http.MethodPost:
		s.token(w, r)
	default:
		http.NotFound(w, r)
	}
}

// A refusal is what a service says instead of carrying out what it is asked.
type refusal struct {
	status        int
	code, message string
}

func (r *refusal) Error() string { return r.code + ": " + r.message }

// write carries a change of what stands at one name out, unless something goes wrong with it. The function is given the sets
// there by type, and leaves what shall be.
func (s *Server) write(zone, owner string, change func(sets map[string][]dns.RR) error) error {
	strike := Strike{}
	if s.o.Struck != nil {
		strike = s.o.Struck(zone)
	}
	switch {
	case strike.Status != 0:
		return &refusal{strike.Status, "", ""}
	case strike.Silent && !strike.Effect:
		panic(http.ErrAbortHandler)
	}
	err := s.o.Zones.Edit(zone, owner, func(at []dns.RR) ([]dns.RR, error) {
		sets := byType(at)
		if err := change(sets); err != nil {
			return nil, err
		}
		return updates(owner, byType(at), sets), nil
	})
	if err == nil && s.o.Wrote != nil {
		s.o.Wrote(zone, owner)
	}
	if err == nil && strike.Silent {
		panic(http.ErrAbortHandler)
	}
	return err
}

func byType(records []dns.RR) map[string][]dns.RR {
	sets := map[string][]dns.RR{}
	for _, rr := range records {
		rtype := dns.TypeToString[rr.Header().Rrtype]
		sets[rtype] = append(sets[rtype], rr)
	}
	return sets
}

// updates are what leads from sets to others, in the form of RFC 2136 section 2.5: what goes first.
func updates(owner string, before, after map[string][]dns.RR) []dns.RR {
	var gone, come []dns.RR
	for _, rtype := range typesOf(before, after) {
		if slices.EqualFunc(before[rtype], after[rtype], func(a, b dns.RR) bool { return a.String() == b.String() }) {
			continue
		}
		gone = append(gone, &dns.ANY{Hdr: dns.RR_Header{Name: owner, Rrtype: dns.StringToType[rtype], Class: dns.ClassANY}})
		come = append(come, after[rtype]...)
	}
	return append(gone, come...)
}

func typesOf(all ...map[string][]dns.RR) []string {
	var types []string
	for _, sets := range all {
		for rtype := range sets {
			types = append(types, rtype)
		}
	}
	slices.Sort(types)
	return slices.Compact(types)
}

// zone is a served zone of a name, "" where there is none.
func (s *Server) zone(name string) string {
	for _, zone := range s.o.Zones.Names() {
		if strings.EqualFold(zone, strings.TrimSuffix(name, ".")) {
			return zone
		}
	}
	return ""
}

// A set is all records of one type at one name.
type set struct {
	owner, rtype string
	records      []dns.RR
}

// sets are those of a zone, in the order of their names read from the right, then of their types.
func (s *Server) sets(zone string) []set {
	records, _ := s.o.Zones.Records(zone) // of a zone that is not there, none
	at := map[[2]string]int{}
	var all []set
	for _, rr := range records {
		key := [2]string{dns.CanonicalName(rr.Header().Name), dns.TypeToString[rr.Header().Rrtype]}
		if _, known := at[key]; !known {
			at[key], all = len(all), append(all, set{owner: key[0], rtype: key[1]})
		}
		all[at[key]].records = append(all[at[key]].records, rr)
	}
	slices.SortStableFunc(all, func(a, b set) int { return strings.Compare(a.rank(), b.rank()) })
	return all
}

func (s set) rank() string { return rank(s.owner) + " " + s.rtype }

func rank(owner string) string {
	labels := dns.SplitDomainName(owner)
	slices.Reverse(labels)
	return strings.Join(labels, "\x00")
}

func (s set) ttl() uint32 { return s.records[0].Header().Ttl }

// data is a record's data in presentation form.
func data(rr dns.RR) string { return strings.TrimPrefix(rr.String(), rr.Header().String()) }

func bare(name string) string { return strings.TrimSuffix(strings.ToLower(name), ".") }

// odd is what a set is beside its records.
func (s *Server) odd(owner, rtype string) string { return s.o.Odd[owner+" "+rtype] }

// clash says whether a set that shall be cannot stand beside what else is there.
func clash(sets map[string][]dns.RR) bool {
	others := 0
	for rtype, records := range sets {
		if len(records) > 0 && rtype != "CNAME" {
			others++
		}
	}
	return len(sets["CNAME"]) > 0 && others > 0
}

func answerJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // who has hung up gets nothing
}
