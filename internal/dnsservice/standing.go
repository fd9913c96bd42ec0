package dnsservice

import (
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// standing finds, among what stands at the name of a change, the set that it replaces, nil where there is none. The error is a
// [ConflictError] where that is not what the change was made from.
func standing(at []Set, c Change) (*Set, error) {
	var own *Set
	for n := range at {
		other := &at[n]
		switch {
		case other.Owner != c.Owner:
		case other.Type == c.Type:
			own = other
		case len(c.After) > 0 && (other.Type == "CNAME" || c.Type == "CNAME" && other.Type != "NS" && other.Type != "SOA"):
			return nil, &ConflictError{Clash: other}
		}
	}
	switch {
	case own == nil && len(c.Before) == 0:
		return nil, nil
	case own == nil:
		return nil, &ConflictError{Known: true}
	case own.Odd != "":
		return nil, &ConflictError{Odd: own.Odd}
	case !sameRecords(own.Records, c.Before) || own.TTL != c.Before[0].Header().Ttl:
		return nil, &ConflictError{Known: true, Now: own.Records}
	}
	return own, nil
}

// sameRecords compares two sets without regard to order, spelling and TTL.
func sameRecords(a, b []dns.RR) bool {
	return within(a, b) && within(b, a)
}

func within(a, b []dns.RR) bool {
	return !slices.ContainsFunc(a, func(rr dns.RR) bool { return find(b, rr) < 0 })
}

// find is where a record stands among others that says the same, -1 where none does.
func find(all []dns.RR, rr dns.RR) int {
	return slices.IndexFunc(all, func(other dns.RR) bool { return sameData(other, rr) })
}

// sameData compares two records of one type: names without regard to case, texts as what their parts make together.
func sameData(a, b dns.RR) bool {
	if x, is := a.(*dns.TXT); is {
		y, is := b.(*dns.TXT)
		return is && joined(x) == joined(y)
	}
	return dns.IsDuplicate(a, b)
}

// joined is the text of a TXT record as octets: services split it, and write its escapes, in ways of their own.
func joined(rr *dns.TXT) string {
	var b strings.Builder
	for _, part := range rr.Txt {
		b.WriteString(octets(part))
	}
	return b.String()
}

// octets takes the escapes of the presentation form (RFC 1035 section 5.1) out of a text.
func octets(text string) string { return unescape(text, 10) }

// unescape reads \ and three digits of a base as an octet, and \ and anything else as that.
func unescape(text string, base int) string {
	var b strings.Builder
	for at := 0; at < len(text); at++ {
		if text[at] != '\\' || at+1 == len(text) {
			b.WriteByte(text[at])
			continue
		}
		if value, ok := digits(text[at+1:], base); ok {
			b.WriteByte(value)
			at += 3
			continue
		}
		at++
		b.WriteByte(text[at])
	}
	return b.String()
}

func digits(text string, base int) (byte, bool) {
	if len(text) < 3 {
		return 0, false
	}
	value := 0
	for _, c := range []byte(text[:3]) {
		if c < '0' || int(c-'0') >= base {
			return 0, false
		}
		value = value*base + int(c-'0')
	}
	return byte(value), value < 256
}

// escape writes octets as the presentation form has them.
func escape(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		switch {
		case c == '"' || c == '\\':
			b.WriteString(`\` + string(c))
		case c < ' ' || c > '~':
			b.WriteString(`\` + string([]byte{'0' + c/100, '0' + c/10%10, '0' + c%10}))
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// maxString is how many octets one character string of a TXT record holds (RFC 1035 section 3.3.14).
const maxString = 255

// chunks cuts octets into character strings, escaped; no octets are one empty string.
func chunks(text string) (parts []string) {
	for len(text) > maxString {
		parts, text = append(parts, escape(text[:maxString])), text[maxString:]
	}
	return append(parts, escape(text))
}
