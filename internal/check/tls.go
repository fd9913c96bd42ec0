package check

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"hybrid/internal/handshake"
	"hybrid/internal/roots"
)

// tlsChecks are those of the connections that clients, partners and servers open, and of what is shown to them there.
func tlsChecks() []Check {
	moves, records := []string{"user_homing"}, []string{"dns_record"} // which lead to the ends
	names := []string{"D-LD", "D-SIP", "D-FED"}                       // by which the ends are found
	return []Check{{
		ID: "E-NET", Group: Servers, Title: "Edge, reverse proxy and Microsoft's end of federation answer over TLS", Blocks: true, Kinds: moves, Mends: records,
		Reads:  "a connection and a TLS handshake from this machine to each address that the names of the SIP domains have outside, and to the cloud's federation target; Test-NetConnection on each host of the servers to the Edge Servers' internal ports",
		Asks:   map[string][]string{"skype": {edgeServices, computers, connections}},
		Remedy: "Open the port in the firewall, or start the service behind it.",
		Source: "Microsoft: Edge Server environmental requirements, ports and protocols", After: names, Run: reached,
	}, {
		ID: "E-CERT", Group: Servers, Title: "The certificates that Edge, reverse proxy and Microsoft show are good", Blocks: true, Kinds: moves, Mends: records,
		Reads:  "the chains shown in those handshakes, held against this machine's authorities and the table of roots of Microsoft 365; Get-CsCertificate and the stores of certificates on each host of the servers",
		Asks:   map[string][]string{"skype": {assignedCertificates, storeItems}},
		Remedy: "Request-CsCertificate and Set-CsCertificate with the names that are missing.",
		Source: "Microsoft: Plan for Edge Server certificates; Microsoft 365 encryption chains", After: append([]string{"E-NET", "O-KEY"}, names...), Run: certificates,
	}}
}

// minimumLeft is how long a certificate must still be good.
const minimumLeft = 30 * 24 * time.Hour

// reached is E-NET.
func reached(ctx context.Context, e *Estate) Result {
	t := &trial{e: e}
	all := t.ends(ctx)
	if len(all) == 0 && len(t.unread) == 0 && e.Block("skype") == "" {
		return Absent("no name of the configuration leads to an end that could be dialled")
	}
	e.lookAll(ctx, all, func(n end, shown handshake.Shown, err error) {
		t.seen = append(t.seen, e.Saw(n.String(), connected(shown, err), n.address))
		t.connection(n, shown, err)
	})
	t.inside(ctx)
	return t.result()
}

func connected(shown handshake.Shown, err error) string {
	switch {
	case err != nil:
		return err.Error()
	case shown.Broke != nil:
		return "answers over TLS, and wants a certificate of whoever calls"
	}
	return "answers over " + shown.Version
}

// connection judges whether an end could be reached. A silence here may be this machine's own firewall, so it says nothing of
// the end.
func (t *trial) connection(n end, shown handshake.Shown, err error) {
	var failure *handshake.Failure
	switch errors.As(err, &failure); {
	case err != nil && failure != nil && failure.Refused && n.own:
		t.fault(fmt.Sprintf("Start the service behind %s, or let the firewall pass TCP port %s to it.", n.address, n.port), "%s: %v", n, err)
	case err != nil && failure != nil && failure.Spoke:
		t.fault(fmt.Sprintf("Take whatever inspects or cuts TLS out of the way to %s, and look at the certificate that the service there is given.", n.address), "%s: %v", n, err)
	case err != nil:
		t.unknown("%s: %v", n, err)
	case n.own && (shown.Version == "TLS 1.0" || shown.Version == "TLS 1.1"):
		t.fault("Switch TLS 1.2 on at "+n.host+": Microsoft 365 takes nothing older.", "%s speaks %s at the most", n, shown.Version)
	}
}

// certificates is E-CERT.
func certificates(ctx context.Context, e *Estate) Result {
	t := &trial{e: e}
	all := t.ends(ctx)
	if len(all) == 0 && len(t.unread) == 0 && e.Block("skype") == "" {
		return Absent("no name of the configuration leads to an end that could be dialled")
	}
	e.lookAll(ctx, all, func(n end, shown handshake.Shown, err error) {
		if err != nil {
			t.unknown("the certificate of %s was not seen: %v", n, err)
			return
		}
		t.seen = append(t.seen, e.Saw(n.String(), chainText(shown.Chain), n.address))
		t.certificate(n, shown.Chain)
	})
	t.assigned(ctx)
	return t.result()
}

// chainText tells a chain as it was sent.
func chainText(chain []*x509.Certificate) string {
	var parts []string
	for _, c := range chain {
		parts = append(parts, nameOf(c))
	}
	leaf := chain[0]
	return fmt.Sprintf("%s, issued by %s; good until %s; names %s; SHA-256 %s", strings.Join(parts, " ← "), orUnnamed(chain[len(chain)-1].Issuer.CommonName),
		leaf.NotAfter.UTC().Format(time.DateOnly), strings.Join(leaf.DNSNames, ", "), roots.Thumbprint(leaf))
}

func nameOf(c *x509.Certificate) string { return orUnnamed(c.Subject.CommonName) }

func orUnnamed(name string) string {
	if name == "" {
		return "(no name)"
	}
	return name
}

// certificate judges a chain.
func (t *trial) certificate(n end, chain []*x509.Certificate) {
	leaf, now := chain[0], t.e.Now()
	renew := fmt.Sprintf("Request a new certificate for %s with the names %s, from an authority that Microsoft 365 trusts, and assign it.", n.what, strings.Join(n.names, ", "))
	if !n.own {
		renew = "Look whether something on the way to " + n.host + " takes TLS apart; Microsoft's own certificate cannot be changed."
	}
	switch left := leaf.NotAfter.Sub(now); {
	case left <= 0:
		t.fault(renew, "the certificate of %s expired on %s", n, leaf.NotAfter.UTC().Format(time.DateOnly))
	case now.Before(leaf.NotBefore):
		t.fault(renew, "the certificate of %s is good from %s on only", n, leaf.NotBefore.UTC().Format(time.DateOnly))
	case left <= minimumLeft && n.own:
		t.fault(renew, "the certificate of %s expires on %s, in %d days", n, leaf.NotAfter.UTC().Format(time.DateOnly), int(left.Hours()/24))
	}
	for _, name := range n.names {
		if leaf.VerifyHostname(name) != nil {
			t.fault(renew, "the certificate of %s does not have the name %s", n, name)
		}
	}
	t.trust(n, chain, renew)
}

// trust verifies the chain up to a root that this machine trusts, and holds that root against the table. A certificate that has
// expired was trusted while it was good, or not: that is judged as of then, so that each thing is said once.
func (t *trial) trust(n end, chain []*x509.Certificate, renew string) {
	pool, table := t.e.Source.Roots()
	if dead, is := deadIn(table, chain); is {
		t.fault(renew, "the chain of %s ends at %s, which is dead: %s", n, dead.Name, dead.Note)
		return
	}
	verified, err := chain[0].Verify(x509.VerifyOptions{Roots: pool, Intermediates: intermediates(chain), CurrentTime: whileGood(chain[0], t.e.Now()), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	if err != nil {
		t.untrusted(n, chain, err, renew)
		return
	}
	t.incomplete(n, chain, verified[0])
	root := verified[0][len(verified[0])-1]
	known, is := table.Of(root)
	switch {
	case is && known.Use == roots.Dead:
		t.fault(renew, "the chain of %s ends at %s, which is dead: %s", n, known.Name, known.Note)
	case !is && !n.own:
		t.unknown("the chain of %s ends at %s, which this machine trusts and the table of %s does not have: if Microsoft has changed its authority, add it to a file of roots (hybrid { roots = … }), and to the Edge servers", n, nameOf(root), table.AsOf)
	}
}

// incomplete says that an end leaves out an authority between its certificate and the root, which this machine had. The root
// itself need not be sent.
func (t *trial) incomplete(n end, sent, verified []*x509.Certificate) {
	if len(sent) >= len(verified)-1 {
		return
	}
	missing := nameOf(verified[len(sent)])
	t.fault("Import the intermediate certificate "+missing+" at "+n.host+", so that it is sent along.",
		"%s does not send the whole chain: %s is missing, which this machine had, and others have not", n, missing)
}

// deadIn finds a dead root in a chain, or as the issuer of its last certificate.
func deadIn(table roots.Table, chain []*x509.Certificate) (roots.Root, bool) {
	for _, c := range chain {
		if root, is := table.Of(c); is && root.Use == roots.Dead {
			return root, true
		}
	}
	root, is := table.Named(chain[len(chain)-1])
	return root, is && root.Use == roots.Dead
}

func intermediates(chain []*x509.Certificate) *x509.CertPool {
	pool := x509.NewCertPool()
	for _, c := range chain[1:] {
		pool.AddCert(c)
	}
	return pool
}

// whileGood is now, or the last moment in which a certificate was good, or the first.
func whileGood(c *x509.Certificate, now time.Time) time.Time {
	switch {
	case now.After(c.NotAfter):
		return c.NotAfter.Add(-time.Second)
	case now.Before(c.NotBefore):
		return c.NotBefore.Add(time.Second)
	}
	return now
}

// untrusted says why a chain leads nowhere.
func (t *trial) untrusted(n end, chain []*x509.Certificate, err error, renew string) {
	var stranger x509.UnknownAuthorityError
	last := chain[len(chain)-1]
	switch self := last.CheckSignature(last.SignatureAlgorithm, last.RawTBSCertificate, last.Signature) == nil; {
	case !errors.As(err, &stranger):
		t.fault(renew, "the chain of %s is not good: %v", n, err)
	case len(chain) == 1 && self:
		t.fault(renew, "%s shows a certificate that it has signed itself, which nobody outside trusts", n)
	case len(chain) == 1:
		t.fault("Import the certificate of the authority "+orUnnamed(last.Issuer.CommonName)+" at "+n.host+", so that it is sent along; if it is an authority of your own, nobody outside trusts it.",
			"%s does not send the whole chain: the certificate of its issuer, %s, is missing", n, orUnnamed(last.Issuer.CommonName))
	default:
		t.fault(renew, "the chain of %s ends at %s, which this machine does not trust", n, orUnnamed(last.Issuer.CommonName))
	}
}
