package dnsservice

import (
	"fmt"
	"net"
	"net/netip"
	"strings"

	"github.com/miekg/dns"
)

// An address as a service writes it, in whatever form, as a record of its type.
func addressRecord(h dns.RR_Header, text string) (dns.RR, error) {
	addr, err := netip.ParseAddr(text)
	switch {
	case err == nil && h.Rrtype == dns.TypeA && addr.Is4():
		return &dns.A{Hdr: h, A: net.IP(addr.AsSlice())}, nil
	case err == nil && h.Rrtype == dns.TypeAAAA && addr.Is6() && addr.Zone() == "":
		return &dns.AAAA{Hdr: h, AAAA: net.IP(addr.AsSlice())}, nil
	}
	return nil, fmt.Errorf("%q is no address of a record %s", text, dns.TypeToString[h.Rrtype])
}

// target is a name as a service writes it, with the dot at the end, or without it.
func target(text string) (string, error) {
	if _, ok := dns.IsDomainName(text); !ok || text == "" {
		return "", fmt.Errorf("%q is no name that a record can lead to", text)
	}
	return dns.Fqdn(strings.ToLower(text)), nil
}

func aliasRecord(h dns.RR_Header, text string) (dns.RR, error) {
	name, err := target(text)
	return &dns.CNAME{Hdr: h, Target: name}, err
}

func serviceRecord(h dns.RR_Header, priority, weight, port uint16, text string) (dns.RR, error) {
	name, err := target(text)
	return &dns.SRV{Hdr: h, Priority: priority, Weight: weight, Port: port, Target: name}, err
}

// textRecord is a TXT record of octets.
func textRecord(h dns.RR_Header, parts ...string) dns.RR {
	rr := &dns.TXT{Hdr: h}
	for _, part := range parts {
		rr.Txt = append(rr.Txt, chunks(part)...)
	}
	return rr
}

// quotedParts takes the quoted strings of a text in presentation form apart, whose escapes are of a base, into octets. A text
// that does not begin with a quote is one string as it stands.
func quotedParts(text string, base int) ([]string, error) {
	if !strings.HasPrefix(text, `"`) {
		return []string{text}, nil
	}
	var parts []string
	for rest := text; rest != ""; rest = strings.TrimLeft(rest, " \t") {
		end := closing(rest)
		if end < 0 {
			return nil, fmt.Errorf("the quotes of a text of %d characters do not match", len(text))
		}
		parts, rest = append(parts, unescape(rest[1:end], base)), rest[end+1:]
	}
	return parts, nil
}

// closing is where the quote that a text begins with is closed, -1 where it is not.
func closing(text string) int {
	if text[0] != '"' {
		return -1
	}
	for at := 1; at < len(text); at++ {
		switch text[at] {
		case '\\':
			at++
		case '"':
			return at
		}
	}
	return -1
}
