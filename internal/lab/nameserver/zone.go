package nameserver

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// A zone holds record sets by name. What it holds is found and replaced at a cost that does not depend on its size. The sets
// themselves are never changed, only replaced, so that they may be read after the lock on the zone is gone.
type zone struct {
	name   string // as the options spell it
	origin string // canonical
	names  map[string]map[uint16][]dns.RR
	below  map[string]int // how many names under a name hold records: it exists even where it holds none itself
}

// A setKey names a record set: its canonical owner name and its type.
type setKey struct {
	owner string
	rtype uint16
}

const defaultTTL = 3600

func parseZone(name string, records []string) (*zone, error) {
	z := &zone{name: name, origin: dns.CanonicalName(name), names: map[string]map[uint16][]dns.RR{}, below: map[string]int{}}
	for _, text := range records {
		rr, err := z.parse(text)
		if err != nil {
			return nil, fmt.Errorf("zone %s: %q: %w", name, text, err)
		}
		z.put(keyOf(rr), added(z.set(keyOf(rr)), rr))
	}
	if z.soa() == nil {
		return nil, fmt.Errorf("zone %s has no SOA record", name)
	}
	return z, nil
}

func (z *zone) parse(text string) (dns.RR, error) {
	parser := dns.NewZoneParser(strings.NewReader(text), z.origin, "")
	parser.SetDefaultTTL(defaultTTL)
	rr, ok := parser.Next()
	switch {
	case parser.Err() != nil:
		return nil, parser.Err()
	case !ok:
		return nil, errors.New("holds no record")
	case !dns.IsSubDomain(z.origin, dns.CanonicalName(rr.Header().Name)):
		return nil, errors.New("is outside the zone")
	}
	return rr, nil
}

func keyOf(rr dns.RR) setKey {
	return setKey{dns.CanonicalName(rr.Header().Name), rr.Header().Rrtype}
}

func (z *zone) soa() *dns.SOA {
	for _, rr := range z.names[z.origin][dns.TypeSOA] {
		return rr.(*dns.SOA)
	}
	return nil
}

// at gives the sets of one name, by type; they are not the caller's to change.
func (z *zone) at(owner string) map[uint16][]dns.RR { return z.names[owner] }

func (z *zone) set(key setKey) []dns.RR { return z.names[key.owner][key.rtype] }

// above says whether there are names below this one: it exists even where it holds nothing (RFC 4592 section 2.2.2).
func (z *zone) above(owner string) bool { return z.below[owner] > 0 }

// put replaces a set; without records there is none any more.
func (z *zone) put(key setKey, set []dns.RR) {
	sets := z.names[key.owner]
	switch {
	case len(set) > 0 && sets == nil:
		z.names[key.owner] = map[uint16][]dns.RR{key.rtype: set}
		z.count(key.owner, 1)
	case len(set) > 0:
		sets[key.rtype] = set
	case sets != nil:
		if delete(sets, key.rtype); len(sets) == 0 {
			delete(z.names, key.owner)
			z.count(key.owner, -1)
		}
	}
}

// count tells the names above one that it has come or gone.
func (z *zone) count(owner string, by int) {
	for at := owner; at != z.origin; {
		at = parent(at)
		if z.below[at] += by; z.below[at] == 0 {
			delete(z.below, at)
		}
	}
}

// added gives a set with one more record. A record with the same data is replaced, and the whole set takes the new TTL,
// since a set has only one (RFC 2181 section 5.2).
func added(old []dns.RR, rr dns.RR) []dns.RR {
	set := make([]dns.RR, 0, len(old)+1)
	for _, other := range old {
		h := other.Header()
		if dns.IsDuplicate(other, rr) || h.Rrtype == dns.TypeSOA || h.Rrtype == dns.TypeCNAME {
			continue
		}
		if h.Ttl != rr.Header().Ttl {
			other = dns.Copy(other)
			other.Header().Ttl = rr.Header().Ttl
		}
		set = append(set, other)
	}
	return append(set, rr)
}

// removed gives a set without a record.
func removed(old []dns.RR, rr dns.RR) []dns.RR {
	return slices.DeleteFunc(slices.Clone(old), func(other dns.RR) bool { return dns.IsDuplicate(other, rr) })
}

// keys are the sets in canonical order: the SOA record first, then by name from the apex down, and by type.
func (z *zone) keys() []setKey {
	var all []setKey
	for owner, sets := range z.names {
		for rtype := range sets {
			all = append(all, setKey{owner, rtype})
		}
	}
	return z.sorted(all)
}

// sorted puts sets into canonical order. What a name is ordered by is made once for each.
func (z *zone) sorted(keys []setKey) []setKey {
	type entry struct {
		rank string
		key  setKey
	}
	entries := make([]entry, len(keys))
	for n, key := range keys {
		entries[n] = entry{rank(key.owner), key}
		if key == (setKey{z.origin, dns.TypeSOA}) {
			entries[n].rank = ""
		}
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(strings.Compare(a.rank, b.rank), cmp.Compare(a.key.rtype, b.key.rtype))
	})
	for n, e := range entries {
		keys[n] = e.key
	}
	return keys
}

// rank gives a name's labels from the top down, each closed by an octet that sorts before all that a label is written in.
func rank(name string) string {
	labels := dns.SplitDomainName(name)
	slices.Reverse(labels)
	return strings.Join(labels, "\x00") + "\x00"
}

// records gives every record in canonical order.
func (z *zone) records() []dns.RR {
	var all []dns.RR
	for _, key := range z.keys() {
		all = append(all, ordered(z.set(key))...)
	}
	return all
}

// ordered gives the records of a set by their text.
func ordered(set []dns.RR) []dns.RR {
	if len(set) < 2 {
		return set
	}
	return slices.SortedFunc(slices.Values(set), func(a, b dns.RR) int { return strings.Compare(a.String(), b.String()) })
}

func (z *zone) presentation() []string { return texts(z.records()) }

// texts gives records in presentation form.
func texts(records []dns.RR) []string {
	var all []string
	for _, rr := range records {
		// The library separates fields by tabs; a tab within data is written \009.
		all = append(all, strings.ReplaceAll(rr.String(), "\t", " "))
	}
	return all
}

// zoneOf finds the zone that a name belongs to: the one with the longest name.
func zoneOf(zones map[string]*zone, name string) *zone {
	for at, end := 0, false; !end; at, end = dns.NextLabel(name, at) {
		if z := zones[name[at:]]; z != nil {
			return z
		}
	}
	return zones["."]
}
