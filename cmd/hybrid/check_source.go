package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/miekg/dns"

	"hybrid/internal/check"
	"hybrid/internal/document"
	"hybrid/internal/engine"
	"hybrid/internal/handshake"
	"hybrid/internal/lab"
	"hybrid/internal/powershell"
	"hybrid/internal/question"
	"hybrid/internal/roots"
	"hybrid/planner"
	"hybrid/providers"
)

// How long one answer, and one handshake, may take.
const (
	answerLimit    = 5 * time.Second
	handshakeLimit = 10 * time.Second
)

// noEvents is how the id of the error begins by which Get-WinEvent says that there is no such event.
const noEvents = "NoMatchingEventsFound,"

// publicResolvers are asked about names as the Internet sees them where the configuration names no resolvers: Google's and
// Cloudflare's.
var publicResolvers = []string{"8.8.8.8", "1.1.1.1"}

// source reads for checks by what plans read with, and by asking DNS and dialling as clients do. With a lab nothing leaves it.
type source struct {
	engine *engine.Engine
	roots  roots.Table
	lab    *lab.Endpoints // nil without one
}

func (s *session) source() source {
	made := source{engine: s.engine, roots: s.config.Roots}
	if s.lab != nil {
		endpoints := s.lab.Endpoints()
		made.lab = &endpoints
	}
	return made
}

func (s source) List(ctx context.Context, provider, kind string) planner.Listing {
	return s.engine.List(ctx, provider, kind)
}

func (s source) Cmdlet(ctx context.Context, provider string, c check.Cmdlet) ([]map[string]any, error) {
	return s.engine.Ask(ctx, provider, c.Name, c.Params)
}

func (s source) Resolvers(v check.View) (all []check.Witness) {
	if s.lab != nil {
		return nil
	}
	if v == check.Outside {
		for _, address := range publicResolvers {
			all = append(all, check.Witness{Name: address, Address: net.JoinHostPort(address, "53"), View: v})
		}
		return all
	}
	addresses, _ := question.System() // without any, nobody inside is asked, and the checks say so
	for _, address := range addresses {
		all = append(all, check.Witness{Name: address, Address: address, View: v, System: true})
	}
	return all
}

func (s source) Question(ctx context.Context, w check.Witness, name, rtype string) (check.Answer, error) {
	address := w.Address
	if s.lab != nil {
		if address = s.lab.NameServer(w.Provider, w.Name); address == "" {
			return check.Answer{}, errors.New("the lab has no such view of names: no record is declared in it")
		}
	}
	q := question.Question{Name: dns.CanonicalName(name), Type: dns.StringToType[rtype], Recursive: !w.Authority}
	m, err := q.Ask(ctx, address, answerLimit)
	switch {
	case err != nil && ctx.Err() == nil:
		return check.Answer{}, &check.SilentError{Err: err}
	case err != nil:
		return check.Answer{}, err
	case m.Rcode != dns.RcodeSuccess && m.Rcode != dns.RcodeNameError:
		return check.Answer{}, fmt.Errorf("it answers %s", dns.RcodeToString[m.Rcode])
	case w.Authority && !m.Authoritative:
		return check.Answer{}, errors.New("it does not answer with authority: the zone is not there, or is delegated from there")
	}
	return answer(m, rtype), nil
}

// answer takes over the records that were asked for, and aliases on the way to them.
func answer(m *dns.Msg, rtype string) check.Answer {
	a := check.Answer{NoName: m.Rcode == dns.RcodeNameError, Authoritative: m.Authoritative, Recursive: m.RecursionAvailable}
	for _, rr := range m.Answer {
		h := rr.Header()
		kind := dns.TypeToString[h.Rrtype]
		if kind != rtype && h.Rrtype != dns.TypeCNAME {
			continue
		}
		data := strings.TrimPrefix(rr.String(), h.String())
		a.Records = append(a.Records, check.Record{
			Name: strings.TrimSuffix(strings.ToLower(h.Name), "."), Type: kind, Data: strings.ToLower(data), TTL: int(h.Ttl),
		})
	}
	return a
}

func (s source) Handshake(ctx context.Context, address, name string) (handshake.Shown, error) {
	if s.lab != nil {
		address = s.lab.End(name)
	}
	return handshake.Look(ctx, address, name, handshakeLimit)
}

func (s source) Find(ctx context.Context, provider, kind, identity string) planner.Listing {
	return s.engine.Find(ctx, provider, kind, identity)
}

func (s source) SignIn(ctx context.Context, provider, resource string) (check.Token, error) {
	token, err := s.engine.SignIn(ctx, provider, resource)
	return check.Token(token), err
}

func (s source) GraphList(ctx context.Context, provider, path string) ([]map[string]any, error) {
	return s.engine.GraphList(ctx, provider, path)
}

func (s source) Document(ctx context.Context, address string) (document.Document, error) {
	var o document.Options
	if s.lab != nil {
		pool, _ := s.Roots()
		o.TLS = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool, Time: s.engine.Clock.Now}
		o.Address = func(string) string { return s.lab.Documents }
	}
	client := document.Client(o)
	defer client.CloseIdleConnections()
	return document.Fetch(ctx, client, address)
}

// Roots are the system's authorities, or the lab's, which then stands for Microsoft's as well.
func (s source) Roots() (*x509.CertPool, roots.Table) {
	if s.lab == nil {
		return nil, s.roots
	}
	block, _ := pem.Decode([]byte(s.lab.TLS.RootPEM))
	pool := x509.NewCertPool()
	if block == nil {
		return pool, s.roots
	}
	root, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return pool, s.roots
	}
	pool.AddCert(root)
	return pool, s.roots.With(root)
}

func (s source) Rows(ctx context.Context, provider string, c check.Cmdlet, properties []string) ([][]any, error) {
	rows, err := s.engine.AskRows(ctx, provider, c.Name, c.Params, properties)
	var refused *powershell.CmdletError
	if errors.As(err, &refused) && strings.HasPrefix(refused.Kind, noEvents) {
		return nil, nil
	}
	return rows, err
}

func (s source) Counted(provider string) (users int, when string) {
	for _, kind := range []string{"user", "user_homing"} {
		users = max(users, s.engine.Remembered.Counts[provider+" "+kind])
	}
	return users, s.engine.Remembered.String()
}

func (s source) Hosts(provider string) ([]string, error) { return s.engine.Hosts(provider) }

func (s source) Forest() (providers.Forest, error) { return s.engine.Forest() }

func (s source) Opening(ctx context.Context, provider, host string) (providers.Opening, error) {
	return s.engine.Opening(ctx, provider, host)
}

func (s source) AskOn(ctx context.Context, provider, host string, c check.Cmdlet, properties []string) ([][]any, error) {
	rows, err := s.engine.AskOn(ctx, provider, host, c.Name, c.Params, properties)
	var refused *providers.RefusalError
	if errors.As(err, &refused) && strings.HasPrefix(refused.Kind, noEvents) {
		return nil, nil
	}
	return rows, err
}
