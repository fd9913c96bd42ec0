package dns

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/miekg/dns"

	"hybrid/internal/amount"
	"hybrid/internal/socket"
)

// unreachable explains a connection that could not be made.
func (p *provider) unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("connecting to the DNS server %s: %w", p.server, context.Cause(ctx))
	}
	var lookup *net.DNSError
	remedy := "check the server's address and port, and that a firewall lets TCP through from here"
	switch {
	case errors.As(err, &lookup) && lookup.IsNotFound:
		return fmt.Errorf("the DNS server %s does not answer; there is no host %q in DNS: check the spelling of server, or write the address itself", p.server, lookup.Name)
	case errors.As(err, &lookup):
		remedy = "its address cannot be looked up: check the spelling of server, or write the address itself"
	case socket.Refused(err):
		remedy = "nothing listens there on TCP: check the port, and that the server answers over TCP"
	}
	return fmt.Errorf("the DNS server %s does not answer; %s (%w)", p.server, remedy, err)
}

// failed explains an exchange that ended without a usable answer.
func (p *provider) failed(ctx context.Context, doing string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s at the DNS server %s: %w", doing, p.server, context.Cause(ctx))
	}
	var signature *signatureError
	switch {
	case errors.As(err, &signature):
		return p.signatureFault(doing, signature)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("%s: the DNS server %s did not answer within %s; try again, or raise timeout", doing, p.server, amount.Lasting(p.timeout))
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), socket.Reset(err):
		return fmt.Errorf("%s: the DNS server %s ended the connection without an answer; its log says why (%w)", doing, p.server, err)
	}
	return fmt.Errorf("%s: no usable answer from the DNS server %s: %w", doing, p.server, err)
}

// signatureFault explains the errors of RFC 8945 section 5.
func (p *provider) signatureFault(doing string, e *signatureError) error {
	name := "without a key"
	if e.by != nil {
		name = "with " + e.by.String()
	}
	return fmt.Errorf("%s: the DNS server %s, asked %s: %w; %s", doing, p.server, name, e, p.signatureRemedy(e))
}

func (p *provider) signatureRemedy(e *signatureError) string {
	if e.by != nil && e.by.context != nil && e.code != 0 && e.code != dns.RcodeBadTime {
		return ticketSignature(e.code)
	}
	remedy := "check that the key is the server's"
	switch e.code {
	case dns.RcodeBadSig:
		remedy = "the secret differs from the server's: compare it with the server's key of that name"
	case dns.RcodeBadKey:
		remedy = "the server has no key of that name and algorithm, or does not let it do this, which Knot says in the same way: " +
			"compare both with the server's configuration, letter by letter, and what the key may do"
	case dns.RcodeBadTime:
		remedy = fmt.Sprintf("the clocks of this machine and of the server differ by more than %d seconds: set them right", fudge)
		if apart := e.clock.Sub(p.now()); !e.clock.IsZero() && apart.Abs() > fudge*time.Second {
			remedy = fmt.Sprintf("this machine's clock is %s the server's by %s: set the wrong one right", relation(apart), amount.Lasting(apart.Abs()))
		}
	case dns.RcodeBadTrunc:
		remedy = "the server wants longer signatures than the algorithm gives: take hmac-sha256 or stronger"
	case 0:
		if errors.Is(e, errUnsigned) {
			remedy = "something between here and the server may answer in its place, or the server ignores signatures: check the address"
		}
	}
	return remedy
}

// relation is how one clock stands to another that is so far ahead of it.
func relation(ahead time.Duration) string {
	if ahead > 0 {
		return "behind"
	}
	return "ahead of"
}

func tsigError(code int) string {
	if name, ok := map[int]string{
		dns.RcodeBadSig: "BADSIG", dns.RcodeBadKey: "BADKEY", dns.RcodeBadTime: "BADTIME",
		dns.RcodeBadTrunc: "BADTRUNC",
	}[code]; ok {
		return name
	}
	return fmt.Sprintf("%d", code)
}

// A codeError is an answer other than NOERROR.
type codeError struct {
	rcode  int
	text   string
	remedy string
}

func (e *codeError) Error() string { return e.text + "; " + e.remedy }

// refused explains an answer's code (RFC 1035 section 4.1.1, RFC 2136 section 2.2), prerequisites apart.
func (p *provider) refused(doing, zone string, rcode int) error {
	remedies := map[int]string{
		dns.RcodeFormatError:    "it does not understand the request: its log says what it objects to",
		dns.RcodeServerFailure:  p.trouble(),
		dns.RcodeNotImplemented: "it does not do this: write the primary server of the zone as server",
		dns.RcodeRefused:        p.notAllowed(),
		dns.RcodeNotAuth:        p.notAuth(zone),
		dns.RcodeNotZone:        fmt.Sprintf("the name is not within %s: check zones", display(zone)),
	}
	remedy := remedies[rcode]
	if remedy == "" {
		remedy = "its log may say why"
	}
	return &codeError{
		rcode: rcode, remedy: remedy,
		text: fmt.Sprintf("%s: the DNS server %s answered %s", doing, p.server, rcodeName(rcode)),
	}
}

// moreRights is what an account needs in a zone in Active Directory, where records belong to whoever has made them.
const moreRights = "give the account write access to the zone, and to the record where somebody else has made it (the tab Security in DNS Manager), or make it a member of DnsAdmins"

// trouble is what to do about SERVFAIL.
func (p *provider) trouble() string {
	if p.account != nil {
		return fmt.Sprintf("it has changed nothing; Samba says so where %s may not write, too: %s; else its log says why", p.account, moreRights)
	}
	return "it has trouble of its own and has changed nothing: its log says why, try again later"
}

// notAllowed is what to do about REFUSED.
func (p *provider) notAllowed() string {
	if p.account != nil {
		return fmt.Sprintf("it does not let %s do this: %s; check that the zone takes dynamic updates", p.account, moreRights)
	}
	if p.key == nil {
		return "its policy does not allow it: let this machine's address transfer and update the zone (allow-transfer and allow-update in BIND), or write tsig"
	}
	return "its policy does not allow it: let the key transfer the zone and update this name (allow-transfer and update-policy in BIND), or " + keyDoubts
}

// keyDoubts is what to look at where a server may only not know or not believe the key: PowerDNS does not say which.
const keyDoubts = "compare name, algorithm and secret of the key with the server's, and both clocks"

// notAuth is what to do about NOTAUTH, which PowerDNS says of a key that it does not know as well.
func (p *provider) notAuth(zone string) string {
	remedy := fmt.Sprintf("it is not the primary server of %s: write that one as server", display(zone))
	if p.key != nil {
		remedy += ", or, where it is, " + keyDoubts
	}
	return remedy
}

func rcodeName(rcode int) string {
	if name := dns.RcodeToString[rcode]; name != "" {
		return name
	}
	return fmt.Sprintf("RCODE %d", rcode)
}

// display is a name without the trailing dot, as people write it.
func display(name string) string {
	if len(name) > 1 && name[len(name)-1] == '.' {
		return name[:len(name)-1]
	}
	return name
}
