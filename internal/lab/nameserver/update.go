package nameserver

import (
	"slices"

	"github.com/miekg/dns"
)

// serveUpdate judges an update and answers it. The effect is committed and told before the answer goes out.
func (s *Server) serveUpdate(w dns.ResponseWriter, r *dns.Msg, signed bool) {
	strike, rcode := s.strike(r), dns.RcodeRefused
	switch {
	case !s.allowed(signed) || strike.Silent && !strike.Effect:
	case strike.Rcode != 0:
		rcode = strike.Rcode
	default:
		rcode = s.update(r)
	}
	s.log.Info("update", "zone", r.Question[0].Name, "result", dns.RcodeToString[rcode], "from", w.RemoteAddr().String())
	if s.has(DropUpdateAnswers) || strike.Silent {
		_ = w.Close()
		return
	}
	s.reply(w, r, new(dns.Msg).SetRcode(r, rcode))
}

// strike is what goes wrong with an update.
func (s *Server) strike(r *dns.Msg) Strike {
	if s.struck == nil {
		return Strike{}
	}
	return s.struck(dns.CanonicalName(r.Question[0].Name))
}

// update carries out one message wholly or not at all (RFC 2136 section 3) and returns the response code.
func (s *Server) update(r *dns.Msg) int {
	s.updating.Lock()
	defer s.updating.Unlock()
	question := r.Question[0]
	if question.Qtype != dns.TypeSOA {
		return dns.RcodeFormatError
	}
	z := s.zones[dns.CanonicalName(question.Name)]
	if z == nil || question.Qclass != dns.ClassINET {
		return dns.RcodeNotAuth
	}
	if rcode := z.judge(r.Answer); rcode != dns.RcodeSuccess {
		return rcode
	}
	if rcode := z.scan(r.Ns); rcode != dns.RcodeSuccess {
		return rcode
	}
	s.commit(z, r.Ns, true)
	return dns.RcodeSuccess
}

// carryOut makes the changes, raises the serial where the zone is another one than before, and gives the sets that are.
func (s *Server) carryOut(z *zone, updates []dns.RR) []Set {
	s.reading.Lock()
	defer s.reading.Unlock()
	e := &edit{zone: z, before: map[setKey][]dns.RR{}}
	was := z.soa().Serial
	for _, rr := range updates {
		e.apply(rr)
	}
	if len(e.changed()) > 0 {
		e.raise(was)
	}
	var sets []Set
	for _, key := range z.sorted(e.changed()) {
		sets = append(sets, newSet(key, z.set(key)))
	}
	return sets
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
		if !sameData(z.set(key), want) {
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
	wanted, found := h.Class == dns.ClassANY, len(z.set(key)) > 0
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
