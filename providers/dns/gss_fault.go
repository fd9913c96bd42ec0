package dns

import (
	"fmt"

	"github.com/miekg/dns"
)

// noGSS explains the code of an answer to a key that was offered.
func (p *provider) noGSS(doing string, rcode int) error {
	remedy := "it takes no keys by Kerberos: write tsig where it has shared keys, as BIND, Knot and PowerDNS do"
	if rcode == dns.RcodeServerFailure {
		remedy = "it has trouble of its own: its log says why, try again later"
	}
	return &codeError{
		rcode: rcode, remedy: remedy,
		text: fmt.Sprintf("%s: the DNS server %s answered %s", doing, p.server, rcodeName(rcode)),
	}
}

// ticketSignature says what to do about errors of a signature that a ticket stands behind.
func ticketSignature(code int) string {
	if code == dns.RcodeBadSig {
		return "the signature does not hold there: something between here and the server may change requests"
	}
	return "the server does not take the ticket: check that it is the server that spn names, and that its clock is right; its event log says more"
}
