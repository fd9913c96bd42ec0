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

// assigned judges the certificates that the servers are assigned, as the host of the sessions has them: part of E-CERT.
func (t *trial) assigned(ctx context.Context) {
	if t.e.Block("skype") == "" {
		return
	}
	h := t.e.host()
	all, err := t.e.Cmdlet(ctx, "skype", Cmdlet{Name: assignedCertificates})
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("%s shows none", assignedCertificates)
	}
	if err != nil {
		t.unknown("the certificates of %s: %v", h.name, err)
		return
	}
	s := t.stores(ctx, h)
	uses := map[string]bool{}
	for _, one := range all {
		c := told(one)
		uses[c.text("Use")] = true
		t.seen = append(t.seen, t.e.Saw(c.text("Use"), fmt.Sprintf("%s, issued by %s; good until %s; names %s; SHA-1 %s", c.text("Subject"), c.text("Issuer"), c.day("NotAfter"), orNothing(strings.Join(told(one).texts("AlternativeNames"), ", ")), c.text("Thumbprint")), h.name))
		t.remaining(h, c)
		t.kept(h, c, s)
		t.edgeNames(h, one)
	}
	if !uses[oauthUse] && !uses[accessUse] {
		t.fault("Request-CsCertificate -New -Type OAuthTokenIssuer, and assign it by Set-CsCertificate -Identity global.", "%s has no certificate for OAuth (%s): the servers cannot prove to Microsoft 365 who they are", h.name, oauthUse)
	}
	t.others(h, assignedCertificates)
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
	known       bool              // all could be read
}

// stores reads those of the host.
func (t *trial) stores(ctx context.Context, h host) stores {
	s := stores{own: map[string]told{}, authorities: map[string]string{}, trusted: map[string]bool{}, known: true}
	for _, path := range []string{`Cert:\LocalMachine\My`, `Cert:\LocalMachine\CA`, rootStore} {
		list, err := t.e.told(ctx, "skype", Cmdlet{Name: storeItems, Params: map[string]any{"Path": path}}, "Thumbprint", "Subject", "Issuer", "HasPrivateKey")
		if err != nil {
			t.unknown("the keys and authorities of %s, %s: %v", h.name, path, err)
			s.known = false
			continue
		}
		for _, c := range list {
			s.take(path, c)
		}
	}
	return s
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
func (t *trial) edgeNames(h host, c map[string]any) {
	if told(c).text("Use") != accessUse {
		return
	}
	for _, d := range t.e.sipDomains() {
		if name := "sip." + d.Name; !fold(told(c).texts("AlternativeNames"), name) {
			t.fault(fmt.Sprintf("Request a new certificate for the Access Edge with the name %s beside those that it has, and assign it.", name), "the certificate %s of %s does not have the name %s", accessUse, h.name, name)
		}
	}
}
