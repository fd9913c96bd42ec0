package check

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Uses of certificates that something is known of.
const (
	oauthUse  = "OAuthTokenIssuer"
	accessUse = "AccessEdgeExternal"
)

// assigned judges the certificates that the servers are assigned, as each host has them: part of E-CERT.
func (t *trial) assigned(ctx context.Context) {
	t.ask(t.hosts("skype"), func(h host) func() {
		all, err := t.e.certificatesOf(ctx, h)
		var s stores
		if err == nil {
			s = t.e.storesOf(ctx, h)
		}
		return func() { t.assignedOn(h, all, s, err) }
	})
}

// certificatesOf are the certificates that a host is assigned, once.
func (e *Estate) certificatesOf(ctx context.Context, h host) ([]told, error) {
	all, err := e.toldBy(ctx, h, Cmdlet{Name: assignedCertificates}, "Use", "Subject", "Issuer", "Thumbprint", "NotAfter", "AlternativeNames")
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("%s shows none", assignedCertificates)
	}
	return all, err
}

// assignedOn judges those of a host.
func (t *trial) assignedOn(h host, all []told, s stores, err error) {
	if err != nil {
		t.unheardBy(h, "the certificates of "+h.name, err, assignedCertificates)
		return
	}
	t.unread = append(t.unread, s.unread...)
	uses := map[string]bool{}
	for _, c := range all {
		uses[c.text("Use")] = true
		t.seen = append(t.seen, t.e.Saw(c.text("Use"), fmt.Sprintf("%s, issued by %s; good until %s; names %s; SHA-1 %s",
			c.text("Subject"), c.text("Issuer"), c.day("NotAfter"), orNothing(strings.Join(c.texts("AlternativeNames"), ", ")), c.text("Thumbprint")), h.name))
		t.remaining(h, c)
		t.kept(h, c, s)
		t.edgeNames(h, c)
	}
	if !uses[oauthUse] && !uses[accessUse] {
		t.fault("Request-CsCertificate -New -Type OAuthTokenIssuer, and assign it by Set-CsCertificate -Identity global.", "%s has no certificate for OAuth (%s): the servers cannot prove to Microsoft 365 who they are", h.name, oauthUse)
	}
	t.others(h, assignedCertificates+` and Get-ChildItem Cert:\LocalMachine\My, where each certificate must be, with its private key`)
}

// renewal says what to do about an assigned certificate.
func renewal(h host, use string) string {
	return fmt.Sprintf("On %s, Request-CsCertificate -New -Type %s with the same names, and assign it by Set-CsCertificate.", h.name, use)
}

func (t *trial) remaining(h host, c told) {
	use := c.text("Use")
	until, ok := c.time("NotAfter")
	switch left := until.Sub(t.e.Now()); {
	case !ok:
		t.unknown("until when the certificate %s of %s is good", use, h.name)
	case left <= 0:
		t.fault(renewal(h, use), "the certificate %s of %s expired on %s", use, h.name, until.UTC().Format(time.DateOnly))
	case left <= minimumLeft:
		t.fault(renewal(h, use), "the certificate %s of %s expires on %s, in %d days", use, h.name, until.UTC().Format(time.DateOnly), int(left.Hours()/24))
	}
}

// stores are a host's certificates: those of its own by thumbprint, and authorities by name.
type stores struct {
	own         map[string]told
	authorities map[string]string // subject to issuer
	trusted     map[string]bool   // subjects of roots
	unread      []string          // what could not be read, and why
	known       bool              // all could be read
}

// storesOf reads those of a host. Behind an endpoint they might be another server's than the certificates that are assigned.
func (e *Estate) storesOf(ctx context.Context, h host) stores {
	s := stores{own: map[string]told{}, authorities: map[string]string{}, trusted: map[string]bool{}}
	if h.endpoint {
		return s
	}
	for _, path := range []string{`Cert:\LocalMachine\My`, `Cert:\LocalMachine\CA`, rootStore} {
		list, err := e.storeOf(ctx, h, path)
		if err != nil {
			s.unread = append(s.unread, fmt.Sprintf("the keys and authorities of %s, %s: %s", h.name, path, sentence(err)))
			continue
		}
		for _, c := range list {
			s.take(path, c)
		}
	}
	s.known = len(s.unread) == 0
	return s
}

// storeOf is what one of a host's stores of certificates has, once.
func (e *Estate) storeOf(ctx context.Context, h host, path string) ([]told, error) {
	return e.toldBy(ctx, h, Cmdlet{Name: storeItems, Params: map[string]any{"Path": path}}, "Thumbprint", "Subject", "Issuer", "HasPrivateKey")
}

func (s stores) take(path string, c told) {
	switch path {
	case `Cert:\LocalMachine\My`:
		s.own[strings.ToUpper(c.text("Thumbprint"))] = c
	case rootStore:
		s.trusted[c.text("Subject")] = true
	default:
		s.authorities[c.text("Subject")] = c.text("Issuer")
	}
}

// kept judges whether a certificate is in the store, with its key, and leads to a root by the names of its issuers. Certificates for
// OAuth are known by their thumbprint, not by who has issued them.
func (t *trial) kept(h host, c told, s stores) {
	use := c.text("Use")
	own, there := s.own[strings.ToUpper(c.text("Thumbprint"))]
	key, known := own["HasPrivateKey"].(bool)
	switch {
	case !s.known:
		return
	case !there:
		t.fault(renewal(h, use), `the certificate %s is assigned on %s, and is not in its store Cert:\LocalMachine\My`, use, h.name)
	case known && !key:
		t.fault(fmt.Sprintf("Import the certificate with its private key on %s (a .pfx file), or request a new one by Request-CsCertificate -New -Type %s and assign it.", h.name, use), "%s has no private key to the certificate %s", h.name, use)
	case !known:
		t.unknown("whether %s has the private key to the certificate %s", h.name, use)
	}
	if issuer, leads := s.leads(c.text("Issuer")); !leads && use != oauthUse {
		t.fault(fmt.Sprintf("Import the certificate of %q on %s: a root into Cert:\\LocalMachine\\Root, any other into Cert:\\LocalMachine\\CA.", issuer, h.name), "the chain of the certificate %s on %s breaks off: its stores do not have %q", use, h.name, issuer)
	}
}

// leads follows issuers by their names to a trusted root; where that ends before, it gives the one that is missing.
func (s stores) leads(issuer string) (missing string, ok bool) {
	for range 10 {
		if s.trusted[issuer] {
			return "", true
		}
		above, known := s.authorities[issuer]
		if !known || above == issuer {
			return issuer, false
		}
		issuer = above
	}
	return issuer, false
}

// edgeNames judges whether the Access Edge's certificate has the names that partners and clients call it by.
func (t *trial) edgeNames(h host, c told) {
	if c.text("Use") != accessUse {
		return
	}
	for _, d := range t.e.sipDomains() {
		if name := "sip." + d.Name; !fold(c.texts("AlternativeNames"), name) {
			t.fault(fmt.Sprintf("Request a new certificate for the Access Edge with the name %s beside those that it has, and assign it.", name), "the certificate %s of %s does not have the name %s", accessUse, h.name, name)
		}
	}
}
