package nameserver

import (
	"fmt"

	"github.com/miekg/dns"
)

// A Set is a record set as an update has left it.
type Set struct {
	Owner   string   `json:"owner"`             // canonical: lower case, with the final dot
	Type    string   `json:"type"`              // "A", "SRV", "SOA"
	Records []string `json:"records,omitempty"` // in presentation form, sorted; none: the set was removed
}

func newSet(key setKey, records []dns.RR) Set {
	return Set{Owner: key.owner, Type: dns.Type(key.rtype).String(), Records: texts(ordered(records))}
}

// Merge plays sets into a zone's records, as [Options] takes them, and gives the records in the form and order of
// [Server.Zones]. Where a set comes more than once, the last one counts. It fails where a record or type does not parse, or
// no SOA record is left.
func Merge(zone string, records []string, sets []Set) ([]string, error) {
	z, err := parseZone(zone, records)
	if err != nil {
		return nil, err
	}
	for _, set := range sets {
		if err := z.play(set); err != nil {
			return nil, fmt.Errorf("zone %s: %w", zone, err)
		}
	}
	if z.soa() == nil {
		return nil, fmt.Errorf("zone %s has no SOA record", zone)
	}
	return z.presentation(), nil
}

// play replaces one set.
func (z *zone) play(set Set) error {
	rtype, err := parseType(set.Type)
	if err != nil {
		return err
	}
	key := setKey{dns.CanonicalName(set.Owner), rtype}
	var records []dns.RR
	for _, text := range set.Records {
		rr, err := z.parse(text)
		if err != nil {
			return fmt.Errorf("%q: %w", text, err)
		}
		if keyOf(rr) != key {
			return fmt.Errorf("%q is not of the set %s %s", text, set.Owner, set.Type)
		}
		records = added(records, rr)
	}
	if !dns.IsSubDomain(z.origin, key.owner) {
		return fmt.Errorf("the set %s %s is outside the zone", set.Owner, set.Type)
	}
	z.put(key, records)
	return nil
}

// parseType reads the name of a type, TYPE65534 for one without a name (RFC 3597 section 5).
func parseType(text string) (uint16, error) {
	if rtype, ok := dns.StringToType[text]; ok {
		return rtype, nil
	}
	var rtype uint16
	if _, err := fmt.Sscanf(text, "TYPE%d", &rtype); err != nil {
		return 0, fmt.Errorf("%q is no type of record", text)
	}
	return rtype, nil
}
