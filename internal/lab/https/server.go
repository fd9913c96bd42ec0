// Package https is what the lab's servers over HTTPS share: a handler is served at an address until it is closed, and nothing of it
// is left then.
package https

import (
	"crypto/tls"
	"net"
	"net/http"
	"time"

	"github.com/hashicorp/go-hclog"
)

// A Server serves until it is closed.
type Server struct {
	http    *http.Server
	address string
	served  chan struct{}
}

// Serve serves a handler at an address, host:port, where port 0 takes a free one. What the server has to complain of goes to the
// log, for those who want to see everything; nil is no log. The error is that of listening.
func Serve(address string, config *tls.Config, h http.Handler, log hclog.Logger) (*Server, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	if log == nil {
		log = hclog.NewNullLogger()
	}
	s := &Server{address: listener.Addr().String(), served: make(chan struct{})}
	s.http = &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.StandardLogger(&hclog.StandardLoggerOptions{ForceLevel: hclog.Debug})}
	go func() {
		defer close(s.served)
		_ = s.http.Serve(tls.NewListener(listener, config)) // ends with ErrServerClosed
	}()
	return s, nil
}

// Address is where it listens: "127.0.0.1:1234".
func (s *Server) Address() string { return s.address }

// URL is the same for clients: "https://127.0.0.1:1234".
func (s *Server) URL() string { return "https://" + s.address }

// Close ends all connections, and waits until nothing is served.
func (s *Server) Close() error {
	err := s.http.Close()
	<-s.served
	return err
}
