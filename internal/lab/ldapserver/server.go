// Package ldapserver is the lab's LDAP: one port for LDAPS and for StartTLS, simple binds, and searches in pages. It goes wrong on demand
// as directories do.
package ldapserver

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
)

// An Object is what a search finds.
type Object struct {
	DN    string
	Names []string // of attributes, given where a search names none
	// Values are those of an attribute, by its name in lower case; none where it is unset.
	Values func(attribute string) []string
}

// A Request is a search.
type Request struct {
	Base   string
	Scope  int    // 0 the base alone, 1 what is right below it, 2 all of it
	Filter string // RFC 4515
}

// Result codes that the lab answers with (RFC 4511, appendix A).
const (
	Success            = 0
	operationsError    = 1
	protocolError      = 2
	sizeLimitExceeded  = 4
	referral           = 10
	NoSuchObject       = 32
	invalidCredentials = 49
	Unavailable        = 52
	Unwilling          = 53
)

// A Refusal is a result that is no success.
type Refusal struct {
	Code int
	Text string
}

func (r *Refusal) Error() string { return r.Text }

// Options say what a server serves.
type Options struct {
	Listen string // "127.0.0.1:0"
	TLS    *tls.Config
	// Admit says whether an account has this password.
	Admit func(name, password string) bool
	// Find gives what a search finds, or a *[Refusal].
	Find func(Request) ([]Object, error)
	// Fault says what goes wrong now; nil: nothing ever does.
	Fault func() Fault
}

// A Fault is what goes wrong.
type Fault string

// What can go wrong.
const (
	None      Fault = ""
	Referral  Fault = "referral"  // every search is referred to another server
	Limit     Fault = "limit"     // a search ends after its first page, as too large
	Endless   Fault = "endless"   // the first page comes again and again
	Empty     Fault = "empty"     // after the first page there are only empty ones, and always one more
	Cut       Fault = "cut"       // the connection ends in the middle of the second page
	Hang      Fault = "hang"      // there is no answer to who asks for a second page
	Unsaid    Fault = "unsaid"    // a search ends after its first page, without a word about more
	Clear     Fault = "clear"     // nothing is encrypted
	Locked    Fault = "locked"    // the account is locked
	Goodbye   Fault = "goodbye"   // the server says that it goes down, in the middle of the second page
	Unbounded Fault = "unbounded" // a page does not end
)

// Faults are all that can go wrong.
func Faults() []Fault {
	return []Fault{Referral, Limit, Endless, Empty, Cut, Hang, Unsaid, Clear, Locked, Goodbye, Unbounded}
}

// A Server serves until it is closed.
type Server struct {
	options  Options
	listener net.Listener
	ctx      context.Context
	stop     context.CancelFunc
	wait     sync.WaitGroup
}

// Start listens.
func Start(o Options) (*Server, error) {
	l, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return nil, err
	}
	s := &Server{options: o, listener: l}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.wait.Go(s.serve)
	return s, nil
}

// Addr is host:port.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Close ends the server and all its connections.
func (s *Server) Close() error {
	s.stop()
	err := s.listener.Close()
	s.wait.Wait()
	return err
}

func (s *Server) serve() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.wait.Go(func() {
			stop := context.AfterFunc(s.ctx, func() { _ = conn.Close() })
			defer stop()
			defer func() { _ = conn.Close() }()
			(&client{server: s, conn: conn}).run()
		})
	}
}

func (s *Server) fault() Fault {
	if s.options.Fault == nil {
		return None
	}
	return s.options.Fault()
}
