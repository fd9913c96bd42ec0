package nameserver

import (
	"maps"
	"slices"

	"github.com/miekg/dns"
)

// serveUpdate judges an update and answers it. The effect is committed and told before the answer goes out.
func (s *Server) serveUpdate(w dns.ResponseWriter, r *dns.Msg, signed bool) {
	rcode := dns.RcodeRefused
	if s.allowed(signed) {
		rcode = s.update(r)
	}
	s.log.Info("update", "zone", r.Question[0].Name, "result", dns.RcodeToString[rcode], "from", w.RemoteAddr().String())
	if s.has(DropUpdateAnswers) {
		_ = w.Close()
		return
	}
	s.reply(w, r, new(dns.Msg).SetRcode(r, rcode))
}

// update carries out one message wholly or not at all (RFC 2136 section 3) and returns the response code.
func (s *Server) update(r *dns.Msg) int {
	s.updating.Lock()
	defer s.updating.Unlock()
	question := r.Question[0]
	if question.Qtype != dns.TypeSOA {
		return dns.RcodeFormatError
	}
	old := s.snapshot()[dns.CanonicalName(question.Name)]
	if old == nil || question.Qclass != dns.ClassINET {
		return dns.RcodeNotAuth
	}
	if rcode := old.judge(r.Answer); rcode != dns.RcodeSuccess {
		return rcode
	}
	if rcode := old.scan(r.Ns); rcode != dns.RcodeSuccess {
		return rcode
	}
	next := old.clone()
	for _, rr := range r.Ns {
		next.apply(rr)
	}
	s.commit(old, next)
	return dns.RcodeSuccess
}

// commit puts a changed zone in place of the old one, with a higher serial, and tells.
func (s *Server) commit(old, next *zone) {
	if slices.Equal(old.presentation(), next.presentation()) {
		return
	}
	if was, is := old.soa(), next.soa(); int32(is.Serial-was.Serial) <= 0 {
		raised := dns.Copy(is).(*dns.SOA)
		if raised.Serial = was.Serial + 1; raised.Serial == 0 {
			raised.Serial = 1 // RFC 2136 section 4.2
		}
		next.sets[setKey{next.origin, dns.TypeSOA}] = []dns.RR{raised}
	}
	s.reading.Lock()
	s.zones[next.origin] = next
	s.reading.Unlock()
	if s.changed != nil {
		s.changed(s.Zones())
	}
}

// judge checks the prerequisites (RFC 2136 section 3.2).
func (z *zone) judge(prerequisites []dns.RR) int {
	exact := map[setKey][]dns.RR{}
	for _, rr := range prerequisites {
		h := rr.Header()
		if h.Ttl != 0 {
			return dns.RcodeFormatError
		}
		if !z.holds(rr) {
			return dns.RcodeNotZone
		}
		if h.Class == dns.ClassINET {
			exact[keyOf(rr)] = append(exact[keyOf(rr)], rr)
			continue
		}
		if rcode := z.judgeExistence(rr); rcode != dns.RcodeSuccess {
			return rcode
		}
	}
	for key, want := range exact {
		if !sameData(z.sets[key], want) {
			return dns.RcodeNXRrset
		}
	}
	return dns.RcodeSuccess
}

// judgeExistence checks a prerequisite of class ANY, that something exists, or NONE, that it does not.
func (z *zone) judgeExistence(rr dns.RR) int {
	h, key := rr.Header(), keyOf(rr)
	if h.Rdlength != 0 || h.Class != dns.ClassANY && h.Class != dns.ClassNONE {
		return dns.RcodeFormatError
	}
	wanted, found := h.Class == dns.ClassANY, len(z.sets[key]) > 0
	if h.Rrtype == dns.TypeANY {
		found = len(z.at(key.owner)) > 0
	}
	switch {
	case found == wanted:
		return dns.RcodeSuccess
	case h.Rrtype == dns.TypeANY && wanted:
		return dns.RcodeNameError
	case h.Rrtype == dns.TypeANY:
		return dns.RcodeYXDomain
	case wanted:
		return dns.RcodeNXRrset
	}
	return dns.RcodeYXRrset
}

func (z *zone) holds(rr dns.RR) bool {
	return dns.IsSubDomain(z.origin, dns.CanonicalName(rr.Header().Name))
}

// sameData compares two record sets without regard to order and TTL.
func sameData(a, b []dns.RR) bool {
	within := func(set []dns.RR, rr dns.RR) bool {
		return slices.ContainsFunc(set, func(other dns.RR) bool { return dns.IsDuplicate(rr, other) })
	}
	for _, rr := range a {
		if !within(b, rr) {
			return false
		}
	}
	for _, rr := range b {
		if !within(a, rr) {
			return false
		}
	}
	return true
}

// scan checks the form of the updates before any is carried out (RFC 2136 section 3.4.1).
func (z *zone) scan(updates []dns.RR) int {
	for _, rr := range updates {
		h := rr.Header()
		meta := h.Rrtype == dns.TypeOPT || h.Rrtype >= dns.TypeTKEY && h.Rrtype <= dns.TypeANY
		ok := false
		switch h.Class {
		case dns.ClassINET:
			ok = !meta && h.Rdlength > 0
		case dns.ClassANY:
			ok = (!meta || h.Rrtype == dns.TypeANY) && h.Ttl == 0 && h.Rdlength == 0
		case dns.ClassNONE:
			ok = !meta && h.Ttl == 0
		}
		if !z.holds(rr) {
			return dns.RcodeNotZone
		}
		if !ok {
			return dns.RcodeFormatError
		}
	}
	return dns.RcodeSuccess
}

// apply carries out one update (RFC 2136 section 3.4.2).
func (z *zone) apply(rr dns.RR) {
	switch h, key := rr.Header(), keyOf(rr); h.Class {
	case dns.ClassINET:
		z.insert(rr)
	case dns.ClassANY:
		maps.DeleteFunc(z.sets, func(k setKey, _ []dns.RR) bool {
			return k.owner == key.owner && (h.Rrtype == dns.TypeANY || k.rtype == h.Rrtype) && !z.vital(k)
		})
	case dns.ClassNONE:
		rr = dns.Copy(rr)
		rr.Header().Class = dns.ClassINET
		if key.rtype == dns.TypeSOA || z.vital(key) && len(z.sets[key]) == 1 {
			return
		}
		z.remove(rr)
	}
}

// vital says whether a set is the apex's SOA or NS, without which there is no zone.
func (z *zone) vital(k setKey) bool {
	return k.owner == z.origin && (k.rtype == dns.TypeSOA || k.rtype == dns.TypeNS)
}

// insert adds a record. One that clashes with a CNAME record, or a CNAME record that clashes with other data, is ignored
// without a word (RFC 2136 section 3.4.2.2), and so is an SOA record elsewhere than at the apex or with a lower serial.
func (z *zone) insert(rr dns.RR) {
	key := keyOf(rr)
	for rtype := range z.at(key.owner) {
		if (rtype == dns.TypeCNAME) != (key.rtype == dns.TypeCNAME) {
			return
		}
	}
	if soa, is := rr.(*dns.SOA); is {
		if key.owner != z.origin || int32(soa.Serial-z.soa().Serial) < 0 {
			return
		}
	}
	z.add(rr)
}
