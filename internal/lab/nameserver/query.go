package nameserver

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// maxAliases bounds how far a chain of CNAME records is followed.
const maxAliases = 8

// answer looks a question up (RFC 1034 section 4.3.2). A name outside all zones is refused.
func (s *Server) answer(r *dns.Msg) *dns.Msg {
	m := new(dns.Msg).SetReply(r)
	m.Compress = true
	s.reading.RLock()
	defer s.reading.RUnlock()
	name, qtype := dns.CanonicalName(r.Question[0].Name), r.Question[0].Qtype
	if r.Question[0].Qclass != dns.ClassINET || zoneOf(s.zones, name) == nil && !s.elsewhere(m, name, qtype) {
		return new(dns.Msg).SetRcode(r, dns.RcodeRefused)
	}
	for range maxAliases {
		z := zoneOf(s.zones, name)
		if z == nil {
			break // an alias that leads elsewhere is the resolver's to follow
		}
		alias := z.lookup(m, name, qtype)
		if alias == "" {
			s.added(m, name, qtype)
			break
		}
		if name = alias; zoneOf(s.zones, name) == nil {
			s.elsewhere(m, name, qtype)
		}
	}
	return m
}

// elsewhere answers for a name outside all zones as the resolver does who would find it; false where none is known to.
func (s *Server) elsewhere(m *dns.Msg, name string, qtype uint16) bool {
	if s.beyond == nil {
		return false
	}
	address, known := s.beyond(strings.TrimSuffix(name, "."))
	if !known {
		return false
	}
	m.RecursionAvailable = true
	if !address.IsValid() {
		m.Rcode = dns.RcodeNameError
		return true
	}
	answerAddress(m, name, qtype, address)
	return true
}

// added answers for a name that a zone does not have and others have put there.
func (s *Server) added(m *dns.Msg, name string, qtype uint16) {
	if m.Rcode != dns.RcodeNameError || s.beyond == nil {
		return
	}
	if address, known := s.beyond(strings.TrimSuffix(name, ".")); known && address.IsValid() {
		m.Rcode, m.Ns = dns.RcodeSuccess, nil
		answerAddress(m, name, qtype, address)
	}
}

// answerAddress adds an A record where one is asked for.
func answerAddress(m *dns.Msg, name string, qtype uint16, address netip.Addr) {
	if qtype == dns.TypeA {
		m.Answer = append(m.Answer, &dns.A{Hdr: dns.RR_Header{Name: name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 300}, A: address.AsSlice()})
	}
}

// lookup adds what a zone says about a name. It returns the name to go on with where there is a CNAME record.
func (z *zone) lookup(m *dns.Msg, name string, qtype uint16) (alias string) {
	if cut := z.delegation(name); cut != nil {
		m.Ns = append(m.Ns, cut...)
		return ""
	}
	m.Authoritative = true
	sets := z.at(name)
	if len(sets) == 0 && !z.above(name) {
		sets = z.wildcard(name)
		if sets == nil {
			m.Rcode = dns.RcodeNameError
		}
	}
	switch found, cname := sets[qtype], sets[dns.TypeCNAME]; {
	case qtype == dns.TypeANY && len(sets) > 0:
		for _, rtype := range slices.Sorted(maps.Keys(sets)) {
			m.Answer = append(m.Answer, sets[rtype]...)
		}
	case len(found) > 0:
		m.Answer = append(m.Answer, found...)
	case len(cname) > 0:
		m.Answer = append(m.Answer, cname...)
		return dns.CanonicalName(cname[0].(*dns.CNAME).Target)
	default:
		m.Ns = append(m.Ns, z.denial())
	}
	return ""
}

// denial is the SOA record that says for how long an absence may be remembered (RFC 2308 section 3).
func (z *zone) denial() dns.RR {
	soa := dns.Copy(z.soa()).(*dns.SOA)
	soa.Hdr.Ttl = min(soa.Hdr.Ttl, soa.Minttl)
	return soa
}

// delegation gives the NS records below the apex that a name falls under, nil where there are none.
func (z *zone) delegation(name string) []dns.RR {
	for name != z.origin {
		if ns := z.at(name)[dns.TypeNS]; len(ns) > 0 {
			return ns
		}
		name = parent(name)
	}
	return nil
}

// wildcard gives the sets that a wildcard makes up for a name that does not exist, nil without one (RFC 4592).
func (z *zone) wildcard(name string) map[uint16][]dns.RR {
	for encloser := name; encloser != z.origin; {
		encloser = parent(encloser)
		source := z.at("*." + encloser)
		if len(source) == 0 && len(z.at(encloser)) == 0 && !z.above(encloser) {
			continue
		}
		if len(source) == 0 {
			return nil
		}
		return renamed(source, name)
	}
	return nil
}

func renamed(sets map[uint16][]dns.RR, name string) map[uint16][]dns.RR {
	made := make(map[uint16][]dns.RR, len(sets))
	for rtype, set := range sets {
		var copies []dns.RR
		for _, rr := range set {
			rr = dns.Copy(rr)
			rr.Header().Name = name
			copies = append(copies, rr)
		}
		made[rtype] = copies
	}
	return made
}

func parent(name string) string {
	at, end := dns.NextLabel(name, 0)
	if end {
		return "."
	}
	return name[at:]
}
