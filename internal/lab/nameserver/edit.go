package nameserver

import (
	"maps"
	"slices"

	"github.com/miekg/dns"
)

// An edit is one update on its way through a zone. It knows the sets that it has replaced as they were.
type edit struct {
	*zone
	before map[setKey][]dns.RR
}

func (e *edit) put(key setKey, set []dns.RR) {
	if _, known := e.before[key]; !known {
		e.before[key] = e.set(key)
	}
	e.zone.put(key, set)
}

// changed are the sets that are not what they were. An update may delete a set and make it again.
func (e *edit) changed() []setKey {
	var keys []setKey
	for key, before := range e.before {
		if !slices.Equal(texts(ordered(before)), texts(ordered(e.set(key)))) {
			keys = append(keys, key)
		}
	}
	return keys
}

// raise makes the serial higher than it was, where the update has not done so itself (RFC 2136 section 3.6).
func (e *edit) raise(was uint32) {
	if int32(e.soa().Serial-was) > 0 {
		return
	}
	raised := dns.Copy(e.soa()).(*dns.SOA)
	if raised.Serial = was + 1; raised.Serial == 0 {
		raised.Serial = 1 // RFC 2136 section 4.2
	}
	e.put(setKey{e.origin, dns.TypeSOA}, []dns.RR{raised})
}

// apply carries out one update (RFC 2136 section 3.4.2).
func (e *edit) apply(rr dns.RR) {
	switch h, key := rr.Header(), keyOf(rr); h.Class {
	case dns.ClassINET:
		e.insert(rr)
	case dns.ClassANY:
		for _, rtype := range slices.Collect(maps.Keys(e.at(key.owner))) {
			if at := (setKey{key.owner, rtype}); (h.Rrtype == dns.TypeANY || rtype == h.Rrtype) && !e.vital(at) {
				e.put(at, nil)
			}
		}
	case dns.ClassNONE:
		rr = dns.Copy(rr)
		rr.Header().Class = dns.ClassINET
		if key.rtype == dns.TypeSOA || e.vital(key) && len(e.set(key)) == 1 {
			return
		}
		e.put(key, removed(e.set(key), rr))
	}
}

// vital says whether a set is the apex's SOA or NS, without which there is no zone.
func (z *zone) vital(k setKey) bool {
	return k.owner == z.origin && (k.rtype == dns.TypeSOA || k.rtype == dns.TypeNS)
}

// insert adds a record. One that clashes with a CNAME record, or a CNAME record that clashes with other data, is ignored
// without a word (RFC 2136 section 3.4.2.2), and so is an SOA record elsewhere than at the apex or with a lower serial.
func (e *edit) insert(rr dns.RR) {
	key := keyOf(rr)
	for rtype := range e.at(key.owner) {
		if (rtype == dns.TypeCNAME) != (key.rtype == dns.TypeCNAME) {
			return
		}
	}
	if soa, is := rr.(*dns.SOA); is {
		if key.owner != e.origin || int32(soa.Serial-e.soa().Serial) < 0 {
			return
		}
	}
	e.put(key, added(e.set(key), rr))
}
