package check

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"maps"
	"math/big"
	"strings"
	"testing"
	"time"

	"hybrid/internal/handshake"
	"hybrid/internal/roots"
)

// A signer is a certificate with its key.
type signer struct {
	c *x509.Certificate
	k *ecdsa.PrivateKey
}

// sign makes a certificate; without an issuer it signs itself.
func sign(t *testing.T, by *signer, name string, authority bool, until time.Time, names ...string) *signer {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(today.UnixNano()), Subject: pkix.Name{CommonName: name}, DNSNames: names,
		NotBefore: today.AddDate(-2, 0, 0), NotAfter: until, IsCA: authority, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	if by == nil {
		by = &signer{template, k}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, by.c, &k.PublicKey, by.k)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &signer{c, k}
}

func chain(all ...*signer) handshake.Shown {
	shown := handshake.Shown{Version: "TLS 1.2"}
	for _, s := range all {
		shown.Chain = append(shown.Chain, s.c)
	}
	return shown
}

// edge is a fake with good ends everywhere, and what its certificates are signed with.
func edge(t *testing.T) (f *fake, root, between *signer) {
	t.Helper()
	later := today.AddDate(5, 0, 0)
	root = sign(t, nil, "Good Root", true, later)
	between = sign(t, root, "Good Authority", true, later)
	f = served(outside(), inside())
	f.pool = x509.NewCertPool()
	f.pool.AddCert(root.c)
	f.table = roots.BuiltIn().With(root.c)
	f.ends = map[string]shownEnd{}
	for _, name := range []string{"sip.contoso.com", "lyncdiscover.contoso.com", "sipfed.online.lync.com"} {
		f.ends[name] = shownEnd{shown: chain(sign(t, between, name, false, later, name), between)}
	}
	return f, root, between
}

// Each fault of a certificate is told for what it is.
func TestCertificates(t *testing.T) {
	t.Parallel()
	good, root, between := edge(t)
	later := today.AddDate(1, 0, 0)
	other := sign(t, nil, "Contoso Internal CA", true, later)
	below := sign(t, other, "Contoso Issuing CA", true, later)
	baltimore := sign(t, nil, "Baltimore CyberTrust Root", true, later)
	it := sign(t, baltimore, "Microsoft IT SSL SHA2", true, later)
	const sip = "sip.contoso.com"
	for name, c := range map[string]struct {
		host  string
		shown handshake.Shown
		want  Verdict
		told  string
	}{
		"good":            {sip, chain(sign(t, between, sip, false, later, sip), between), Pass, "sip.contoso.com ← Good Authority, issued by Good Root; good until 2027-11-22"},
		"with the root":   {sip, chain(sign(t, between, sip, false, later, sip), between, root), Pass, ""},
		"30 days":         {sip, chain(sign(t, between, sip, false, today.AddDate(0, 0, 30), sip), between), Fail, "expires on 2026-12-22, in 30 days"},
		"31 days":         {sip, chain(sign(t, between, sip, false, today.AddDate(0, 0, 31), sip), between), Pass, ""},
		"expired":         {sip, chain(sign(t, between, sip, false, today.AddDate(0, 0, -1), sip), between), Fail, "expired on 2026-11-21"},
		"another name":    {sip, chain(sign(t, between, sip, false, later, "edge.contoso.com"), between), Fail, "does not have the name sip.contoso.com"},
		"wildcard":        {sip, chain(sign(t, between, sip, false, later, "*.contoso.com"), between), Pass, ""},
		"incomplete":      {sip, chain(sign(t, between, sip, false, later, sip)), Fail, "does not send the whole chain"},
		"self-signed":     {sip, chain(sign(t, nil, sip, false, later, sip)), Fail, "signed itself"},
		"own authority":   {sip, chain(sign(t, below, sip, false, later, sip), below), Fail, "ends at Contoso Internal CA, which this machine does not trust"},
		"Baltimore":       {sip, chain(sign(t, it, sip, false, later, sip), it), Fail, "ends at Baltimore CyberTrust Root, which is dead: it was the root of Lync Online"},
		"Baltimore there": {"sipfed.online.lync.com", chain(sign(t, it, "sipfed.online.lync.com", false, later, "sipfed.online.lync.com"), it), Fail, "Baltimore CyberTrust Root, which is dead"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := *good
			f.ends = maps.Clone(good.ends)
			f.ends[c.host] = shownEnd{shown: c.shown}
			holds(t, run(t, estateOf(t, inPhase("hybrid"), &f), "E-CERT"), c.want, c.told)
		})
	}
}

// An authority of Microsoft's that the table does not have is not taken for good, nor for bad; one that is not seen is unknown.
func TestUnknownRoot(t *testing.T) {
	t.Parallel()
	f, _, _ := edge(t)
	f.table = roots.BuiltIn()
	holds(t, run(t, estateOf(t, inPhase("hybrid"), f), "E-CERT"), Unknown, "ends at Good Root, which this machine trusts and the table of "+f.table.AsOf+" does not have")
	f, _, _ = edge(t)
	delete(f.ends, "sipfed.online.lync.com")
	holds(t, run(t, estateOf(t, inPhase("hybrid"), f), "E-CERT"), Unknown, "was not seen: no answer within 10s")
	holds(t, run(t, estateOf(t, "", f), "E-CERT"), NoCause)
}

// An intermediate authority that this machine happens to have is missing all the same.
func TestCompletedByThisMachine(t *testing.T) {
	t.Parallel()
	f, root, between := edge(t)
	leaf := sign(t, between, "sip.contoso.com", false, today.AddDate(1, 0, 0), "sip.contoso.com")
	verified := &trial{e: estateOf(t, "", f)}
	verified.incomplete(end{what: "the Access Edge", host: "sip.contoso.com"}, []*x509.Certificate{leaf.c}, []*x509.Certificate{leaf.c, between.c, root.c})
	if len(verified.faults) != 1 {
		t.Error(verified.faults)
	}
	verified = &trial{e: verified.e}
	verified.incomplete(end{}, []*x509.Certificate{leaf.c, between.c}, []*x509.Certificate{leaf.c, between.c, root.c})
	if len(verified.faults) != 0 {
		t.Error(verified.faults)
	}
}

// What keeps a connection from being made is a fault where somebody says so, and unknown where nobody answers.
func TestConnections(t *testing.T) {
	t.Parallel()
	refused := &handshake.Failure{Text: "the connection is refused: nothing listens there, or a firewall refuses it", Refused: true}
	for name, c := range map[string]struct {
		host string
		end  shownEnd
		want Verdict
		told string
	}{
		"refused":         {"sip.contoso.com", shownEnd{err: refused}, Fail, "Start the service behind 203.0.113.20:443, or let the firewall pass TCP port 443"},
		"refused there":   {"sipfed.online.lync.com", shownEnd{err: refused}, Unknown, "refused"},
		"silent":          {"sip.contoso.com", shownEnd{err: &handshake.Failure{Text: "no answer within 10s"}}, Unknown, "no answer within 10s"},
		"no TLS":          {"sip.contoso.com", shownEnd{err: &handshake.Failure{Text: "it ends the handshake", Spoke: true}}, Fail, "whatever inspects or cuts TLS"},
		"something else":  {"sip.contoso.com", shownEnd{err: errors.New("no such device")}, Unknown, "no such device"},
		"old":             {"sip.contoso.com", shownEnd{shown: handshake.Shown{Version: "TLS 1.0"}}, Fail, "speaks TLS 1.0 at the most"},
		"wants a client":  {"sip.contoso.com", shownEnd{shown: handshake.Shown{Broke: errors.New("bad certificate")}}, Pass, "wants a certificate of whoever calls"},
		"reverse proxy":   {"lyncdiscover.contoso.com", shownEnd{err: refused}, Fail, "the reverse proxy of contoso.com, lyncdiscover.contoso.com:443"},
		"all is answered": {"sip.contoso.com", shownEnd{shown: handshake.Shown{Version: "TLS 1.2"}}, Pass, "answers over TLS 1.2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, _, _ := edge(t)
			f.ends[c.host] = c.end
			holds(t, run(t, estateOf(t, inPhase("hybrid"), f), "E-NET"), c.want, c.told)
		})
	}
	f, _, _ := edge(t)
	f.zones = nil
	holds(t, run(t, estateOf(t, inPhase("hybrid"), f), "E-NET"), Unknown, "no answer within 5s")
}

// Where DNS leads to the cloud, only Microsoft's end is dialled.
func TestEndsInTheCloud(t *testing.T) {
	t.Parallel()
	f, _, _ := edge(t)
	for name := range f.zones {
		f.zones[name] = with(clouded(), "lyncdiscover.contoso.com CNAME", "webdir.online.lync.com.")
	}
	found := run(t, estateOf(t, inPhase("teams_only"), f), "E-NET")
	holds(t, found, Pass, "Microsoft's end of federation, sipfed.online.lync.com:5061")
	for _, seen := range found.Evidence {
		if strings.Contains(seen.What, "the Access Edge of") || strings.Contains(seen.What, "reverse proxy") {
			t.Error(seen)
		}
	}
}
