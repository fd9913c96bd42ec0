package main

import (
	"context"
	"crypto/x509"
	"net"
	"strings"
	"time"

	"hybrid/internal/check"
	"hybrid/internal/handshake"
	"hybrid/internal/lab"
	"hybrid/internal/trace"
)

// traceSource asks DNS as checks do, and web servers and SIP servers as clients do. With a lab nothing leaves it.
type traceSource struct {
	estate  *check.Estate
	domain  string // of the user
	client  *trace.Client
	trusted *x509.CertPool
	lab     *lab.Endpoints // nil without one
	limit   time.Duration
}

func newTraceSource(s *session, e *check.Estate, sip string, limit time.Duration) *traceSource {
	_, domain, _ := strings.Cut(sip, "@")
	reads := s.source()
	trusted, _ := reads.Roots()
	made := &traceSource{estate: e, domain: domain, trusted: trusted, lab: reads.lab, limit: limit}
	made.client = &trace.Client{Limit: limit, Trusted: trusted, Now: e.Now}
	if reads.lab != nil {
		made.client.Dial = made.dialLab
	}
	return made
}

// dialLab leads a connection to the lab, whatever the address is.
func (s *traceSource) dialLab(ctx context.Context, host, target, address string) (net.Conn, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	return new(net.Dialer).DialContext(ctx, "tcp", s.lab.Dial(host, target, port))
}

func (s *traceSource) Lookup(ctx context.Context, v trace.View, name string, types ...string) (trace.Names, error) {
	records, by, err := s.estate.Resolve(ctx, check.View(v), s.domain, name, types...)
	n := trace.Names{Unsure: by.System}
	if by.Name != "" {
		n.By = by.String()
	}
	for _, r := range records {
		switch r.Type {
		case "CNAME":
			n.Aliases = append(n.Aliases, r.Target())
		case "A", "AAAA":
			n.Addresses = append(n.Addresses, r.Data)
		case "SRV":
			if fields := strings.Fields(r.Data); len(fields) == 4 {
				n.Targets = append(n.Targets, net.JoinHostPort(r.Target(), fields[2]))
			}
		}
	}
	return n, err
}

func (s *traceSource) Send(ctx context.Context, r trace.Request) (trace.Response, error) {
	return s.client.Send(ctx, r)
}

func (s *traceSource) Handshake(ctx context.Context, address, name string) (handshake.Shown, error) {
	if s.lab != nil {
		if _, port, err := net.SplitHostPort(address); err == nil {
			address = s.lab.Dial(name, "", port)
		}
	}
	return handshake.Look(ctx, address, name, s.limit)
}

func (s *traceSource) Trusted() *x509.CertPool { return s.trusted }
func (s *traceSource) Now() time.Time          { return s.estate.Now() }
