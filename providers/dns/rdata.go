package dns

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/miekg/dns"
)

// recordTypes are the types that a dns_record can have.
func recordTypes() []string { return []string{"A", "AAAA", "CNAME", "SRV", "TXT"} }

// parseData reads a record's data in presentation form (RFC 1035 section 5.1) into a record without owner and TTL. Names are
// absolute, with or without the trailing dot. The error says what is wrong and what to write instead.
func parseData(rtype, text string) (dns.RR, error) {
	switch rtype {
	case "A":
		return parseA(text)
	case "AAAA":
		return parseAAAA(text)
	case "CNAME":
		target, err := parseTarget(text)
		return &dns.CNAME{Hdr: header(dns.TypeCNAME), Target: target}, err
	case "SRV":
		return parseSRV(text)
	case "TXT":
		parts, err := parseText(text)
		return &dns.TXT{Hdr: header(dns.TypeTXT), Txt: parts}, err
	}
	return nil, fmt.Errorf("record type %q is not known here; write one of %s", rtype, strings.Join(recordTypes(), ", "))
}

func header(rtype uint16) dns.RR_Header { return dns.RR_Header{Rrtype: rtype, Class: dns.ClassINET} }

func parseA(text string) (dns.RR, error) {
	addr, err := netip.ParseAddr(text)
	switch {
	case err == nil && addr.Is4():
		return &dns.A{Hdr: header(dns.TypeA), A: net.IP(addr.AsSlice())}, nil
	case err == nil:
		return nil, fmt.Errorf("an A record holds an IPv4 address, and %q is an IPv6 address; write it in an AAAA record", text)
	case looksLikeName(text):
		return nil, fmt.Errorf("an A record holds an IPv4 address, not the name %q; for a name write a CNAME record", text)
	}
	return nil, fmt.Errorf("an A record holds an IPv4 address such as 203.0.113.10, and %q is none", text)
}

func parseAAAA(text string) (dns.RR, error) {
	addr, err := netip.ParseAddr(text)
	switch {
	case err == nil && addr.Zone() != "":
		return nil, fmt.Errorf("the address %q names a network interface; leave out the part from %% on", text)
	case err == nil && addr.Is6():
		return &dns.AAAA{Hdr: header(dns.TypeAAAA), AAAA: net.IP(addr.AsSlice())}, nil
	case err == nil:
		return nil, fmt.Errorf("an AAAA record holds an IPv6 address, and %q is an IPv4 address; write it in an A record", text)
	case looksLikeName(text):
		return nil, fmt.Errorf("an AAAA record holds an IPv6 address, not the name %q; for a name write a CNAME record", text)
	}
	return nil, fmt.Errorf("an AAAA record holds an IPv6 address such as 2001:db8::10, and %q is none", text)
}

// parseSRV reads priority, weight, port and target (RFC 2782).
func parseSRV(text string) (dns.RR, error) {
	fields := strings.Fields(text)
	if len(fields) != 4 {
		return nil, fmt.Errorf(`an SRV record holds priority, weight, port and target, as in "0 0 443 sip.contoso.com.", and %q has %d of these 4`,
			text, len(fields))
	}
	var numbers [3]uint16
	for n, name := range []string{"priority", "weight", "port"} {
		number, err := strconv.ParseUint(fields[n], 10, 16)
		if err != nil {
			return nil, fmt.Errorf("the %s of the SRV record %q is %q; write a whole number from 0 to 65535", name, text, fields[n])
		}
		numbers[n] = uint16(number)
	}
	target, err := parseTarget(fields[3])
	return &dns.SRV{Hdr: header(dns.TypeSRV), Priority: numbers[0], Weight: numbers[1], Port: numbers[2], Target: target}, err
}

// parseTarget reads the name that a CNAME or SRV record points to.
func parseTarget(text string) (string, error) {
	wire := make([]byte, maxName)
	end, err := dns.PackDomainName(dns.Fqdn(text), wire, 0, nil, false)
	if err != nil || text == "" || strings.ContainsFunc(text, outsideASCII) {
		return "", fmt.Errorf("the target %q is not a DNS name; write a name such as sip.contoso.com", text)
	}
	name, _, err := dns.UnpackDomainName(wire[:end], 0) // with escapes only where they are needed
	return name, err
}

// maxName is how many octets a name has at most (RFC 1035 section 2.3.4).
const maxName = 255

func outsideASCII(r rune) bool { return r < ' ' || r > '~' }

// looksLikeName says whether a text that is no address may be meant as a name: it has a letter and passes as one.
func looksLikeName(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'z' }) && checkName(text) == nil
}

// presentation is a record's data as the server holds it: the case of names and the parts of a TXT record are kept, since
// what an update demands to find is compared part by part.
func presentation(rr dns.RR) string { return strings.TrimPrefix(rr.String(), rr.Header().String()) }

// canonical is the form in which a record's data is compared: names in lower case with the trailing dot, IPv6 addresses as
// RFC 5952 writes them, single spaces, and a TXT record as one text. What is not well formed stays as it is.
func canonical(rtype, text string) string {
	rr, err := parseData(rtype, text)
	if err != nil {
		return text
	}
	switch rr := rr.(type) {
	case *dns.AAAA:
		addr, _ := netip.AddrFromSlice(rr.AAAA)
		return addr.String()
	case *dns.CNAME:
		rr.Target = dns.CanonicalName(rr.Target)
	case *dns.SRV:
		rr.Target = dns.CanonicalName(rr.Target)
	case *dns.TXT:
		return `"` + strings.Join(rr.Txt, "") + `"`
	}
	return presentation(rr)
}
