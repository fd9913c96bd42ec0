package nameserver

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// A zone holds record sets. It is not changed once it is served: an update works on a clone.
type zone struct {
	name   string // as the options spell it
	origin string // canonical
	sets   map[setKey][]dns.RR
}

// A setKey names a record set: its canonical owner name and its type.
type setKey struct {
	owner string
	rtype uint16
}

const defaultTTL = 3600

func parseZone(name string, records []string) (*zone, error) {
	z := &zone{name: name, origin: dns.CanonicalName(name), sets: map[setKey][]dns.RR{}}
	for _, text := range records {
		rr, err := z.parse(text)
		if err != nil {
			return nil, fmt.Errorf("zone %s: %q: %w", name, text, err)
		}
		z.add(rr)
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
		return nil, fmt.Errorf("holds no record")
	case !dns.IsSubDomain(z.origin, dns.CanonicalName(rr.Header().Name)):
		return nil, fmt.Errorf("is outside the zone")
	}
	return rr, nil
}

func (z *zone) clone() *zone {
	sets := make(map[setKey][]dns.RR, len(z.sets))
	for key, set := range z.sets {
		sets[key] = slices.Clone(set)
	}
	return &zone{name: z.name, origin: z.origin, sets: sets}
}

func keyOf(rr dns.RR) setKey {
	return setKey{dns.CanonicalName(rr.Header().Name), rr.Header().Rrtype}
}

func (z *zone) soa() *dns.SOA {
	for _, rr := range z.sets[setKey{z.origin, dns.TypeSOA}] {
		return rr.(*dns.SOA)
	}
	return nil
}

// at gives the sets of one name, by type.
func (z *zone) at(owner string) map[uint16][]dns.RR {
	sets := map[uint16][]dns.RR{}
	for key, set := range z.sets {
		if key.owner == owner {
			sets[key.rtype] = set
		}
	}
	return sets
}

// above says whether there are names below this one: it exists even where it holds nothing (RFC 4592 section 2.2.2).
func (z *zone) above(owner string) bool {
	for key := range z.sets {
		if key.owner != owner && dns.IsSubDomain(owner, key.owner) {
			return true
		}
	}
	return false
}

// add puts a record into its set. A record with the same data is replaced, and the whole set takes the new TTL, since a set
// has only one (RFC 2181 section 5.2).
func (z *zone) add(rr dns.RR) {
	key := keyOf(rr)
	var set []dns.RR
	for _, old := range z.sets[key] {
		if dns.IsDuplicate(old, rr) || key.rtype == dns.TypeSOA || key.rtype == dns.TypeCNAME {
			continue
		}
		old = dns.Copy(old)
		old.Header().Ttl = rr.Header().Ttl
		set = append(set, old)
	}
	z.sets[key] = append(set, rr)
}

// remove takes a record out of its set.
func (z *zone) remove(rr dns.RR) {
	key := keyOf(rr)
	set := slices.DeleteFunc(slices.Clone(z.sets[key]), func(old dns.RR) bool { return dns.IsDuplicate(old, rr) })
	if len(set) == 0 {
		delete(z.sets, key)
		return
	}
	z.sets[key] = set
}

// records gives every record: the SOA record first, then by name from the apex down, type and data.
func (z *zone) records() []dns.RR {
	keys := slices.SortedFunc(maps.Keys(z.sets), func(a, b setKey) int { return z.order(a, b) })
	var all []dns.RR
	for _, key := range keys {
		set := slices.SortedFunc(slices.Values(z.sets[key]), func(a, b dns.RR) int {
			return strings.Compare(a.String(), b.String())
		})
		all = append(all, set...)
	}
	return all
}

func (z *zone) order(a, b setKey) int {
	if a.owner == z.origin && a.rtype == dns.TypeSOA {
		return -1
	}
	if b.owner == z.origin && b.rtype == dns.TypeSOA {
		return 1
	}
	if c := slices.Compare(reversed(a.owner), reversed(b.owner)); c != 0 {
		return c
	}
	return int(a.rtype) - int(b.rtype)
}

// reversed gives a name's labels from the top down.
func reversed(name string) []string {
	labels := dns.SplitDomainName(name)
	slices.Reverse(labels)
	return labels
}

func (z *zone) presentation() []string {
	var texts []string
	for _, rr := range z.records() {
		// The library separates fields by tabs; a tab within data is written \009.
		texts = append(texts, strings.ReplaceAll(rr.String(), "\t", " "))
	}
	return texts
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
