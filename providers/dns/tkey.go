package dns

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/miekg/dns"

	"hybrid/internal/kerberos"
)

// lasts is how long an agreed key is asked for. Servers end it earlier with the ticket.
const lasts = time.Hour

// spare is how long before its end a key is not used any more.
const spare = 5 * time.Minute

// tkeyMode is that of a key which both ends agree on by GSS-API (RFC 2930 section 2.5).
const tkeyMode = 3

// gssAlgorithm is the name of GSS-TSIG where others name a hash (RFC 3645 section 3.1.3.1).
const gssAlgorithm = "gss-tsig."

// keyName is a name that no other key of the server has.
func keyName(server string) string {
	host, _, _ := net.SplitHostPort(server)
	return dns.CanonicalName(fmt.Sprintf("%d-%d.sig-%s", dns.Id(), time.Now().UnixNano(), strings.NewReplacer(":", "-").Replace(host)))
}

// exchangeKeys sends the server a token, and takes its answer: both ends then have the same key.
func (p *provider) exchangeKeys(ctx context.Context, k *key, token []byte) error {
	const doing = "agreeing on a key (GSS-TSIG)"
	s, err := p.dial(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	defer s.close()
	s.key = nil // there is none yet; that the server is who it says it is, its token proves
	answer, err := p.exchangeToken(s, k.name, token)
	switch {
	case err != nil:
		return p.failed(ctx, doing, err)
	case answer.Rcode != dns.RcodeSuccess:
		return p.noGSS(doing, answer.Rcode)
	}
	proof, err := p.tokenOf(doing, k, answer)
	if err != nil {
		return err
	}
	if err := k.context.signing.Agree(proof); err != nil {
		return fmt.Errorf("%s: the DNS server %s does not prove that it is the one that the ticket is for: %w; check the address and spn", doing, p.server, err)
	}
	return nil
}

// exchangeToken sends one token in a TKEY record (RFC 2930) and gives the answer.
func (p *provider) exchangeToken(s *stream, name string, token []byte) (*dns.Msg, error) {
	now := time.Now()
	m := new(dns.Msg).SetQuestion(name, dns.TypeTKEY)
	m.RecursionDesired, m.Question[0].Qclass = false, dns.ClassANY
	m.Extra = []dns.RR{&dns.TKEY{
		Hdr:       dns.RR_Header{Name: name, Rrtype: dns.TypeTKEY, Class: dns.ClassANY},
		Algorithm: gssAlgorithm, Mode: tkeyMode, Inception: uint32(now.Unix()), Expiration: uint32(now.Add(lasts).Unix()),
		KeySize: uint16(len(token)), Key: hex.EncodeToString(token),
	}}
	p.trips.Add(1)
	if err := s.send(m); err != nil {
		return nil, err
	}
	return s.receive(m.Id)
}

// tokenOf is what the server says in return.
func (p *provider) tokenOf(doing string, k *key, answer *dns.Msg) ([]byte, error) {
	for _, rr := range answer.Answer {
		tkey, is := rr.(*dns.TKEY)
		switch {
		case !is || dns.CanonicalName(tkey.Hdr.Name) != k.name:
			continue
		case tkey.Error != 0:
			return nil, p.failed(context.Background(), doing, &signatureError{code: int(tkey.Error), by: k, cause: errors.New("TKEY error " + tsigError(int(tkey.Error)))})
		}
		return hex.DecodeString(tkey.Key)
	}
	return nil, fmt.Errorf("%s: the answer of the DNS server %s holds no key; check that it takes secure updates by Kerberos, as servers of zones in Active Directory do", doing, p.server)
}

// A secureContext makes and checks signatures with what was agreed on. It is safe for concurrent use.
type secureContext struct {
	signing *kerberos.Signing
	who     string
}

// Generate signs the octets of a message.
func (c *secureContext) Generate(message []byte, _ *dns.TSIG) ([]byte, error) {
	return c.signing.Sign(message)
}

// Verify holds the server's signature against the octets of a message, which begin with the length and the octets of the request's
// signature, so that no older answer fits. Samba's own name server leaves that length out (seen with 4.17); nothing else may differ.
func (c *secureContext) Verify(message []byte, t *dns.TSIG) error {
	signature, err := hex.DecodeString(t.MAC)
	if err != nil {
		return err
	}
	if err = c.signing.Verify(message, signature); err == nil || len(message) < 2 {
		return err
	}
	if c.signing.Verify(message[2:], signature) == nil {
		return nil
	}
	return err
}
